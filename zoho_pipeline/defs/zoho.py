"""The four Zoho assets: one multi-asset, so that any selection of kinds and months is one run.

The function logs each month's materialization itself as the month is finished, yields no output, and raises at its
very end. Only so the colours are right: a step that succeeds marks every one of its months, and a failure of one
asset would skip those after it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import dagster as dg

from zoho_pipeline.actions.backfill import BackfillRequest, Log
from zoho_pipeline.calendar import Month
from zoho_pipeline.defs import checks, circletel
from zoho_pipeline.defs.config import BackfillConfig
from zoho_pipeline.defs.results import failure_of, not_green_metadata, partition_metadata, sentence, why_not_green
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.sync.results import PartitionResult

Backfill = Callable[[BackfillRequest, dict[str, str] | None, Log], Iterator[PartitionResult]]
MonthEvent = dg.AssetMaterialization | dg.AssetObservation

GROUP = "zoho"
OWNER = "operations@circletel.co.za"
POOL = "zoho_api"
STEP = "zoho_billing"
"""Failures whose message is a sentence for people."""

NAMED_AT_MOST = 12
"""Months that a failure's first sentence names; its table has more."""


def key_of(entity: Entity) -> dg.AssetKey:
    """`zoho/invoices`"""
    return dg.AssetKey(["zoho", entity.value])


_DESCRIPTIONS = {
    Entity.CUSTOMERS: "Customers in Zoho Billing, by the month in which CircleTel created them.",
    Entity.SUBSCRIPTIONS: "Subscriptions in Zoho Billing: CircleTel's active services whose package is a published "
    "plan, by the month in which the service was created. Zoho raises their recurring invoices.",
    Entity.INVOICES: "Invoices in Zoho Billing, by invoice date: installation, pro-rata, equipment and adjustment. "
    "Each equals CircleTel's to the cent, total and VAT, and no mail is sent.",
    Entity.PAYMENTS: "Completed payments in Zoho Billing, applied up to the invoice's balance, by the month in which "
    "they were completed.",
}
_READS: dict[Entity, tuple[dg.AssetSpec, ...]] = {
    Entity.CUSTOMERS: (circletel.CUSTOMERS,),
    Entity.SUBSCRIPTIONS: (circletel.CUSTOMER_SERVICES,),
    Entity.INVOICES: (circletel.CUSTOMER_INVOICES,),
    Entity.PAYMENTS: (circletel.PAYMENT_TRANSACTIONS,),
}
_PARENTS: dict[Entity, tuple[Entity, ...]] = {
    Entity.CUSTOMERS: (),
    Entity.SUBSCRIPTIONS: (Entity.CUSTOMERS,),
    Entity.INVOICES: (Entity.CUSTOMERS, Entity.SUBSCRIPTIONS),
    Entity.PAYMENTS: (Entity.CUSTOMERS, Entity.INVOICES),
}


def _spec(entity: Entity, partitions: dg.PartitionsDefinition[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=key_of(entity),
        deps=[*(table.key for table in _READS[entity]), *(key_of(parent) for parent in _PARENTS[entity])],
        description=f"{_DESCRIPTIONS[entity]} A month with a row that was refused, "
        "parked or failed is not green; which rows, and what to do, stands in the tab Events.",
        group_name=GROUP,
        kinds={"zoho", "python"},
        owners=[OWNER],
        tags={"domain": "billing", "system": "zoho"},
        metadata={"dagster/table_name": f"zoho_billing.{entity.value}"},
        partitions_def=partitions,
        skippable=True,
    )


def zoho_assets(
    partitions: dg.PartitionsDefinition[str], backfill: Backfill, asset_checks: Sequence[checks.Check] = ()
) -> dg.AssetsDefinition:
    """The assets `zoho/customers`, `zoho/subscriptions`, `zoho/invoices` and `zoho/payments`, each with its checks."""

    @dg.multi_asset(
        name=STEP,
        description="Brings the rows of the selected kinds and months into Zoho Billing, parents before children.",
        specs=[_spec(entity, partitions) for entity in PARENTS_FIRST],
        check_specs=checks.specs(asset_checks, key_of),
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POOL,
    )
    def zoho_billing(
        context: dg.AssetExecutionContext, config: BackfillConfig
    ) -> Iterator[MonthEvent | dg.AssetCheckResult]:
        failure: dg.Failure | None = None
        try:
            yield from carried_out(_request(context, config), backfill, context.log)
        except dg.Failure as error:
            failure = error  # the checks look all the same
        yield from checks.evaluated(asset_checks, context.selected_asset_check_keys, key_of)
        if failure is not None:
            raise failure

    return zoho_billing


def carried_out(request: BackfillRequest, backfill: Backfill, log: dg.DagsterLogManager) -> Iterator[MonthEvent]:
    """Each month's event as the month is finished.

    Raises:
        dg.Failure: at the end, where a month is not green; or with the sentence of what was foreseen.
    """
    results: list[PartitionResult] = []
    try:
        for result in backfill(request, None, log.info):
            results.append(result)
            (log.info if result.green else log.warning)(sentence(result))
            yield _event(result)
    except Foreseen as error:
        raise failure_of(error) from None
    _raise_if_not_green(request, results)


def _request(context: dg.AssetExecutionContext, config: BackfillConfig) -> BackfillRequest:
    selected = context.selected_asset_keys
    return BackfillRequest(
        entities=frozenset(entity for entity in PARENTS_FIRST if key_of(entity) in selected),
        months=tuple(sorted(Month.parse(key) for key in context.partition_keys)),
        run_id=context.run.run_id,
        by="dagster",
        dry_run=config.dry_run,
        max_rows=config.max_rows,
        confirmed=config.confirmed,
    )


def _event(result: PartitionResult) -> MonthEvent:
    """A green month is materialized; any other, and a dry run's, is observed, which leaves its colour alone."""
    event = dg.AssetMaterialization if result.green and not result.dry_run else dg.AssetObservation
    return event(
        asset_key=key_of(result.entity),
        partition=result.month.key,
        description=sentence(result),
        metadata=partition_metadata(result),
    )


def _raise_if_not_green(request: BackfillRequest, results: list[PartitionResult]) -> None:
    """A month in trouble fails the run, unless the run was dry; a month that was never reported always does.

    A month that only waits for calls or hours is left open, in the colour that it had, and fails nothing.
    """
    reported = {(result.entity, result.month) for result in results}
    missing = [pair for pair in product(PARENTS_FIRST, request.months) if pair[0] in request.entities]
    missing = [pair for pair in missing if pair not in reported]
    bad = [result for result in results if not (result.green or result.goes_on_by_itself or result.dry_run)]
    if bad or missing:
        raise dg.Failure(
            _failure(bad, missing), metadata=not_green_metadata(bad, complete=not missing), allow_retries=False
        )


def _failure(bad: list[PartitionResult], missing: list[tuple[Entity, Month]]) -> str:
    reasons = [why_not_green(result) for result in bad] + [f"{kind} {month}: not reached" for kind, month in missing]
    more = len(reasons) - NAMED_AT_MOST
    named = "; ".join(reasons[:NAMED_AT_MOST]) + (f"; and {more} more" if more > 0 else "")
    months = "1 month is" if len(reasons) == 1 else f"{len(reasons)} months are"
    return f"{months} not green. {named}. The rows, and what to do, stand in the asset's tab Events, at the month."
