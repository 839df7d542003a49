"""A month's result as Dagster shows it: pure, from `PartitionResult` to metadata.

Only what names a record, never what names a person, gets in: metadata stays in the event log for ever.
"""

from collections.abc import Mapping, Sequence

import dagster as dg

from zoho_pipeline.causes import Cause
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.states import Outcome
from zoho_pipeline.store.database import DatabaseRefused, DatabaseUnreachable
from zoho_pipeline.sync.results import TROUBLED, PartitionResult
from zoho_pipeline.zoho.errors import ZohoError

ROWS_SHOWN = 20
"""Rows of a table that is put into the event log at most."""

ROWS = "rows that did not go"
ROWS_ALONE = "single rows are all that went wrong"
CAUSE = "cause"
IN_ZOHO = (Outcome.CREATED, Outcome.UPDATED, Outcome.ADOPTED, Outcome.UNCHANGED)
Metadata = dict[str, dg.MetadataValue]

_TROUBLES = dg.TableSchema(
    columns=[
        dg.TableColumn("record", description="invoice number, account number or the gateway's id"),
        dg.TableColumn("outcome", description="refused, parked, failed, blocked or waiting"),
        dg.TableColumn("reason", description="why it did not go"),
        dg.TableColumn("what to do", description="who or what makes it go"),
        dg.TableColumn("id", description="the row's id in CircleTel"),
    ]
)


def partition_metadata(result: PartitionResult) -> Metadata:
    """What somebody must act on first; then counts, calls and seconds, of one entity's month."""
    shown: Metadata = {}
    if result.interrupted is not None:
        shown["interrupted"] = dg.MetadataValue.text(result.interrupted)
    if result.troubles:
        shown[ROWS] = _troubles(result)
    shown |= {outcome.value: dg.MetadataValue.int(result.counts[outcome]) for outcome in Outcome}
    shown |= {
        "parents_brought_along": dg.MetadataValue.int(result.brought_along),
        "api_calls": dg.MetadataValue.int(result.api_calls),
        "seconds": dg.MetadataValue.float(round(result.seconds, 2)),
        "dry_run": dg.MetadataValue.bool(result.dry_run),
    }
    if not result.dry_run:
        in_zoho = sum(result.counts[outcome] for outcome in IN_ZOHO)
        shown["dagster/partition_row_count"] = dg.MetadataValue.int(in_zoho)
    return shown


def _troubles(result: PartitionResult) -> dg.TableMetadataValue:
    records = [
        dg.TableRecord(
            {
                "record": trouble.label,
                "outcome": trouble.outcome.value,
                "reason": trouble.reason,
                "what to do": trouble.advice,
                "id": trouble.row_id,
            }
        )
        for trouble in result.troubles[:ROWS_SHOWN]
    ]
    return dg.MetadataValue.table(records, _TROUBLES)


def sentence(result: PartitionResult) -> str:
    """One line for the run's log: `invoices 2025-03: 12 created, 2 refused (31 API calls, 4.2 s)`."""
    counted = ", ".join(f"{result.counts[outcome]} {outcome}" for outcome in Outcome if result.counts[outcome])
    would = "dry run, " if result.dry_run else ""
    stopped = f" - unfinished: {result.interrupted}" if result.interrupted else ""
    return (
        f"{result.entity} {result.month}: {counted or 'no rows'} "
        f"({would}{result.api_calls} API calls, {result.seconds:.1f} s){stopped}"
    )


def why_not_green(result: PartitionResult) -> str:
    """`invoices 2025-03: 2 refused, 1 failed`, with the reason where the month was left unfinished."""
    counted = [f"{result.counts[each]} {each}" for each in Outcome if each in TROUBLED and result.counts[each]]
    if result.interrupted:
        counted.append(f"unfinished: {result.interrupted}")
    return f"{result.entity} {result.month}: {', '.join(counted)}"


def failure_of(error: Foreseen) -> dg.Failure:
    """A run's failure with the sentence of what was foreseen, and its cause where that is one of the closed list."""
    cause = cause_of(error)
    metadata = {CAUSE: dg.MetadataValue.text(cause.value)} if cause else {}
    return dg.Failure(description=str(error), metadata=metadata, allow_retries=False)


def cause_of(error: Foreseen) -> Cause | None:
    """Why a run could not go on; None where the sentence alone says it."""
    if isinstance(error, ZohoError):
        return error.cause
    return Cause.DATABASE if isinstance(error, DatabaseUnreachable | DatabaseRefused) else None


def not_green_metadata(results: Sequence[PartitionResult], *, complete: bool) -> Mapping[str, dg.MetadataValue]:
    """For the run's failure: a line per month that is not green, worst first; `complete` where none is missing."""
    worst = sorted(results, key=lambda result: (-result.in_trouble, result.month.key))
    records = [
        dg.TableRecord(
            {
                "partition": f"{result.entity} {result.month}",
                "refused": result.counts[Outcome.REFUSED],
                "parked": result.counts[Outcome.PARKED],
                "failed": result.counts[Outcome.FAILED],
                "unfinished": result.interrupted or "",
            }
        )
        for result in worst[:ROWS_SHOWN]
    ]
    columns = [
        dg.TableColumn("partition"),
        *(dg.TableColumn(name, type="int") for name in ("refused", "parked", "failed")),
        dg.TableColumn("unfinished"),
    ]
    return {
        "months that are not green": dg.MetadataValue.int(len(results)),
        ROWS_ALONE: dg.MetadataValue.bool(complete and not any(result.interrupted for result in results)),
        ROWS: dg.MetadataValue.int(sum(result.in_trouble for result in results)),
        "worst first": dg.MetadataValue.table(records, dg.TableSchema(columns=columns)),
    }
