"""Runs that have ended, read from Dagster's instance: what each was for, what it brought, and why it failed."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
from dagster._core.execution.plan.objects import StepFailureData

from zoho_pipeline.alerts.runs import EndedRun
from zoho_pipeline.causes import Cause
from zoho_pipeline.defs.results import CAUSE, ROWS, ROWS_ALONE
from zoho_pipeline.defs.urgent import asked_for

ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)
WILL_RETRY = "dagster/will_retry"
AT_FIRST = timedelta(hours=1)
"""A cursor that was lost, or never was, begins so long ago."""
OVERLAP = timedelta(minutes=5)
"""Runs are written by several hosts: one whose time lies a little before another's may come after it."""
AT_ONCE = 100
_LISTED, _PAGE = 1_000, 500


@dataclass(frozen=True)
class Cursor:
    """How far runs have been noted: all that were updated until the moment, and these later ones."""

    until: datetime
    seen: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str | None, now: datetime) -> "Cursor":
        """The cursor as it was saved; one hour ago where there is none."""
        if not text:
            return cls(now - AT_FIRST)
        saved = json.loads(text)
        return cls(datetime.fromisoformat(saved["until"]), frozenset(saved["seen"]))

    def past(self, records: Sequence[dg.RunRecord]) -> "Cursor":
        """The cursor once all of these, which are in the order of their updates, have been noted."""
        if not records:
            return self
        until = max(self.until, records[-1].update_timestamp - OVERLAP)
        late = (record for record in records if record.update_timestamp > until)
        return Cursor(until, frozenset(record.dagster_run.run_id for record in late))

    def __str__(self) -> str:
        return json.dumps({"until": self.until.isoformat(), "seen": sorted(self.seen)})


def ended_since(instance: dg.DagsterInstance, cursor: Cursor) -> tuple[list[EndedRun], Cursor]:
    """Runs that have ended since, the earliest first, and the cursor for when they have been noted."""
    filters = dg.RunsFilter(statuses=ENDED, updated_after=cursor.until)
    records = instance.get_run_records(filters, limit=_LISTED, order_by="update_timestamp", ascending=True)
    new = [record for record in records if record.dagster_run.run_id not in cursor.seen][:AT_ONCE]
    reached = records[: records.index(new[-1]) + 1] if len(new) == AT_ONCE else records
    return [_read(instance, record) for record in new if not _goes_again(record.dagster_run)], cursor.past(reached)


def _goes_again(run: dg.DagsterRun) -> bool:
    """Its worker crashed, and Dagster starts it again by itself: that run's end is what counts."""
    return run.tags.get(WILL_RETRY) == "true"


def _read(instance: dg.DagsterInstance, record: dg.RunRecord) -> EndedRun:
    run = record.dagster_run
    planned = frozenset(_planned(instance, run.run_id))
    succeeded = run.status is dg.DagsterRunStatus.SUCCESS
    why = _Why() if succeeded else _why(instance, run.run_id)
    return EndedRun(
        id=run.run_id,
        job=run.job_name,
        what=_what(run.job_name, planned),
        ended_at=datetime.fromtimestamp(record.end_time or record.update_timestamp.timestamp(), UTC),
        succeeded=succeeded,
        reason=why.reason,
        expected=why.expected,
        rows=why.rows,
        cause=why.cause,
        rows_alone=why.rows_alone,
        asked=asked_for(run),
        planned=planned,
        brought=frozenset(_brought(instance, run.run_id)),
    )


def _planned(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    for event in _events(instance, run_id, dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED):
        partitions = event.partitions_subset.get_partition_keys() if event.partitions_subset else [event.partition]
        for partition in partitions:
            yield _cell(event, partition)


def _brought(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    for event in _events(instance, run_id, dg.DagsterEventType.ASSET_MATERIALIZATION):
        yield _cell(event, event.partition)


def _cell(event: dg.DagsterEvent, partition: str | None) -> str:
    """`zoho/invoices 2025-03`; an asset without partitions by its name alone."""
    assert event.asset_key is not None
    return f"{event.asset_key.to_user_string()} {partition or ''}".strip()


def _what(job: str, planned: Collection[str]) -> str:
    """What a run was for: its assets and the first and last of their partitions, or its job."""
    if not planned:
        return job
    split = [cell.partition(" ") for cell in planned]
    assets, partitions = sorted({cell[0] for cell in split}), sorted({cell[2] for cell in split if cell[2]})
    span = partitions[:1] if len(partitions) < 2 else [f"{partitions[0]} to {partitions[-1]}"]
    return " ".join([", ".join(assets), *span])


@dataclass(frozen=True)
class _Why:
    """Why a run failed, whether by a sentence of the pipeline's own, and how many rows did not go."""

    reason: str = ""
    expected: bool = True
    rows: int = 0
    cause: Cause | None = None
    rows_alone: bool = False


def _why(instance: dg.DagsterInstance, run_id: str) -> _Why:
    """Of an error that was not foreseen only the kind is told: its text may quote a row."""
    failure = next(_events(instance, run_id, dg.DagsterEventType.STEP_FAILURE), None)
    if failure is None:
        return _Why("it ended without a step's failure: its process died, or Dagster could not start it", False)
    data = failure.step_failure_data
    if data.user_failure_data is None or not data.user_failure_data.description:
        return _Why(f"an error that was not foreseen: {_kind(data)}", False)
    told: dict[str, Any] = {name: value.value for name, value in data.user_failure_data.metadata.items()}
    return _Why(
        data.user_failure_data.description,
        rows=int(told.get(ROWS) or 0),
        cause=Cause(told[CAUSE]) if CAUSE in told else None,
        rows_alone=told.get(ROWS_ALONE) is True,
    )


def _kind(failure: StepFailureData) -> str:
    """The class of the first error; Dagster wraps it into its own."""
    error = failure.error
    while error is not None and error.cause is not None:
        error = error.cause
    return (error.cls_name if error else None) or "of an unknown kind"


def _events(instance: dg.DagsterInstance, run_id: str, of_type: dg.DagsterEventType) -> Iterator[dg.DagsterEvent]:
    cursor = None
    while True:
        page = instance.get_records_for_run(run_id, cursor=cursor, of_type=of_type, limit=_PAGE)
        for record in page.records:
            if record.event_log_entry.dagster_event is not None:
                yield record.event_log_entry.dagster_event
        if not page.has_more:
            return
        cursor = page.cursor
