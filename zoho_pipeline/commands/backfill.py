"""`zoho-pipeline backfill`: the main job in the terminal, without Dagster."""

import getpass
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from zoho_pipeline.calendar import Month
    from zoho_pipeline.sync.results import PartitionResult

Kind = Annotated[
    str | None, typer.Argument(help="customers, subscriptions, invoices or payments; none given: all four.")
]
From = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="First month (default: the first open).")]
To = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="Last month (default: the last open).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")]
MaxRows = Annotated[int | None, typer.Option(min=1, help="Rows to look at per kind and month at most.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Yes, go over the day's ceilings (ZOHO_MAX_..._PER_DAY).")]


def backfill(
    kind: Kind = None,
    first: From = None,
    last: To = None,
    dry_run: DryRun = False,
    max_rows: MaxRows = None,
    confirm: Confirm = False,
) -> None:
    """Bring the rows of the chosen kinds and months into Zoho Billing, parents before children.

    Ends with status 1 when a row was refused, parked or failed, or a month was left unfinished.
    """
    from zoho_pipeline.actions import backfill as action
    from zoho_pipeline.commands import backfill_report
    from zoho_pipeline.entities import PARENTS_FIRST, entity

    request = action.BackfillRequest(
        entities=frozenset({entity(kind)} if kind else PARENTS_FIRST),
        months=_months(first, last),
        run_id=str(uuid.uuid4()),
        by=f"command line: {getpass.getuser()}",
        dry_run=dry_run,
        max_rows=max_rows,
        confirmed=confirm,
    )
    results: list[PartitionResult] = []
    try:
        results.extend(backfill_report.follow(request, lambda log: action.backfill(request, None, log)))
    finally:  # what was done before a failure is shown too
        if results:
            backfill_report.print_report(results)
    if any(not result.green for result in results) or len(results) < len(request.entities) * len(request.months):
        raise typer.Exit(1)


def _months(first: str | None, last: str | None) -> "tuple[Month, ...]":
    from zoho_pipeline.calendar import Month, OpenMonths
    from zoho_pipeline.clock import local_date
    from zoho_pipeline.settings import SyncSettings

    months = OpenMonths.until(Month.parse(SyncSettings.load().first_month), local_date(datetime.now(UTC)))
    start = Month.parse(first) if first else months.first
    return tuple(months.between(start, Month.parse(last) if last else months.last))
