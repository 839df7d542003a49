"""Urgent work: the same rows by the same way as the assets, beside bulk runs and before their calls.

A job of its own, because a pool belongs to a step: every run of the four assets takes a place in the pool `zoho_api`,
and this job takes none.
"""

from typing import Any

import dagster as dg
from pydantic import Field

from zoho_pipeline.actions.backfill import BackfillRequest
from zoho_pipeline.calendar import Month
from zoho_pipeline.defs.results import failure_of, sentence
from zoho_pipeline.defs.zoho import Backfill, carried_out
from zoho_pipeline.entities import PARENTS_FIRST, entity
from zoho_pipeline.errors import Foreseen

STEP = "zoho_billing_urgently"


class UrgentConfig(dg.Config):
    """What is to be brought into Zoho at once."""

    entities: list[str] = Field(
        default=[], description="The kinds: customers, subscriptions, invoices, payments. Empty: all four."
    )
    months: list[str] = Field(description="The months, such as 2025-03. Empty only where rows are named.")
    only: dict[str, list[str]] = Field(
        default={},
        description="Rows by kind, such as invoices: [their ids]: these alone, in whichever month they are. Empty: all "
        "of the kinds and months above.",
    )
    dry_run: bool = Field(default=False, description="Show what would be sent and send nothing.")
    max_rows: int | None = Field(default=None, ge=1, description="Rows per kind and month at most. Empty: no limit.")
    confirmed: bool = Field(
        default=False, description="A person has confirmed that this run may go over the day's ceilings."
    )


def sync_urgently(backfill: Backfill) -> dg.JobDefinition:
    """The job `sync_urgently`."""

    @dg.op(name=STEP, description="Brings rows of the chosen kinds and months into Zoho Billing, before bulk work.")
    def _urgently(context: dg.OpExecutionContext, config: UrgentConfig) -> None:
        try:
            request = _request(context.run_id, config)
        except Foreseen as error:
            raise failure_of(error) from None
        if request.only is not None:
            _try_rows(request, backfill, context.log)
            return
        for event in carried_out(request, backfill, context.log):
            context.log_event(event)

    @dg.job(
        name="sync_urgently",
        description="Bring a few months into Zoho Billing at once, at any hour: beside bulk runs, whose pool it does "
        "not wait for, and with API calls that go before theirs.",
        tags={"dagster/priority": "10"},
        executor_def=dg.in_process_executor,
    )
    def _job() -> None:
        _urgently()

    return _job


def asked_for(run: dg.DagsterRun) -> dict[str, list[str]]:
    """The rows for which a run was launched by name, by kind; none of any other run."""
    config: Any = run.run_config
    for name in ("ops", STEP, "config", "only"):
        config = config.get(name) or {}
    return dict(config)


def _try_rows(request: BackfillRequest, backfill: Backfill, log: dg.DagsterLogManager) -> None:
    """Rows by name say nothing of their months' colours, and one that does not go is told by its state, not by the run.

    Raises:
        dg.Failure: with the sentence of what was foreseen.
    """
    try:
        for result in backfill(request, None, log.info):
            (log.info if result.green else log.warning)(sentence(result))
    except Foreseen as error:
        raise failure_of(error) from None


class NothingNamed(Foreseen):
    """Neither months nor rows."""


def _request(run_id: str, config: UrgentConfig) -> BackfillRequest:
    """Raises UnknownEntity or NoSuchMonth where a name is none, and NothingNamed where there is none at all."""
    only = {entity(kind): frozenset(ids) for kind, ids in config.only.items() if ids}
    if not (only or config.months):
        raise NothingNamed("Name the months, such as 2025-03, or the rows (only), that are to be brought into Zoho.")
    kinds = config.entities or list(only) or PARENTS_FIRST
    return BackfillRequest(
        entities=frozenset(map(entity, kinds)),
        months=tuple(sorted({Month.parse(key) for key in config.months})),
        run_id=run_id,
        by="dagster",
        dry_run=config.dry_run,
        max_rows=config.max_rows,
        confirmed=config.confirmed,
        urgent=True,
        only=only or None,
    )
