"""The engine: one month of one kind at a time, parents brought along, every row left in a state with a next step."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import OUTCOME_OF_STATE, Outcome, State
from zoho_pipeline.sync.attempts import end_abandoned
from zoho_pipeline.sync.backlog import Backlog, pin_undated, read_backlogs, take_over_linked
from zoho_pipeline.sync.decisions import Adopt, After, Create, Decision, Hold, Keep, Send
from zoho_pipeline.sync.endings import STOPS_THE_RUN
from zoho_pipeline.sync.kinds import KINDS
from zoho_pipeline.sync.planner import Planner
from zoho_pipeline.sync.results import TROUBLED, PartitionResult, Trouble
from zoho_pipeline.sync.sending import Sendable, Sender
from zoho_pipeline.sync.settling import Settler

BATCH = 500
"""Rows decided on together: enough for few queries, little enough for memory."""


@dataclass
class SyncEngine:
    """Syncs months of rows. One run, one thread of decisions; the sender has several."""

    engine: Engine
    shape: Shape
    months: OpenMonths
    planner: Planner
    settler: Settler
    sender: Sender
    dry_run: bool
    log: Callable[[str], None]
    calls_made: Callable[[], int]
    max_rows: int | None = None
    only: Mapping[Entity, frozenset[str]] | None = None
    """The rows to look at, by kind; the parents that they lack are brought along all the same. None: all rows."""
    _tried: set[tuple[Entity, str]] = field(default_factory=set)

    def sync(self, entity: Entity, months: Sequence[Month]) -> Iterator[PartitionResult]:
        """All that is to be done for one kind in these months, one after another; the table is read once for all.

        Of a run for certain rows, months that hold none of them are left out.
        """
        if months:
            backlogs = self._read_backlogs(entity, months)
            for month in months:
                if self.only is None or not backlogs[month].empty:
                    yield self._sync_month(entity, month, backlogs[month])

    def _sync_month(self, entity: Entity, month: Month, backlog: Backlog) -> PartitionResult:
        began, calls_before = time.monotonic(), self.calls_made()
        result = PartitionResult(entity, month, self.dry_run)
        result.count(Outcome.UNCHANGED, backlog.unchanged + len(backlog.linked_by_app))
        result.count(Outcome.EXCLUDED, backlog.excluded)
        chosen = backlog.candidates[: self.max_rows]
        for start in range(0, len(chosen), BATCH):
            if self.sender.stopped_for(entity):
                break
            try:
                self._sync_rows(entity, chosen[start : start + BATCH], result)
            except STOPS_THE_RUN as error:
                self.sender.stop(error)
            self.log(f"{entity} {month}: {min(start + BATCH, len(chosen))} of {len(chosen)} rows looked at.")
        if chosen and (stop := self.sender.stopped_for(entity)):
            result.interrupted, result.resumes_at = stop.reason, stop.resumes_at
        result.api_calls = self.calls_made() - calls_before
        result.seconds = time.monotonic() - began
        return result

    def _read_backlogs(self, entity: Entity, months: Sequence[Month]) -> dict[Month, Backlog]:
        only = None if self.only is None else self.only.get(entity, frozenset())
        with self.engine.begin() as connection:
            if self.dry_run:
                return read_backlogs(connection, entity, self.shape, months, self.months, only)
            end_abandoned(connection, entity)
            pin_undated(connection)
            backlogs = read_backlogs(connection, entity, self.shape, months, self.months, only)
            linked = [row_id for backlog in backlogs.values() for row_id in backlog.linked_by_app]
            take_over_linked(connection, entity, self.shape, linked)
        return backlogs

    def _sync_rows(self, entity: Entity, ids: Sequence[str], result: PartitionResult) -> None:
        if not ids:
            return
        self._tried.update((entity, row_id) for row_id in ids)
        rows = self.planner.load(entity, ids)
        if self._bring_parents(entity, rows, result):
            rows = self.planner.load(entity, ids)
        decisions = self.planner.decide(entity, rows)
        to_send: list[Sendable] = []
        later: list[Row] = []
        for row in rows:
            decision = decisions[row.id]
            if isinstance(decision, Send):
                to_send.append(Sendable(row, decision, self.planner.attempts(row)))
            elif isinstance(decision, After):
                later.append(row)
            else:
                _count(result, row, decision)
        if self.dry_run:
            self._tell(to_send, later, result)
            return
        if outdated := self.settler.settle(
            entity, [(row, decisions[row.id], self.planner.attempts(row)) for row in rows]
        ):
            result.count(Outcome.ADOPTED, -len(outdated))
            self._sync_rows(entity, outdated, result)
        unsent = len(to_send)
        for row, ending in self.sender.send(entity, to_send):
            unsent -= 1
            result.count(ending.outcome)
            if ending.outcome in TROUBLED:
                result.tell(_trouble(row, ending.outcome, ending.reason or "", ending.advice or ""))
        result.count(Outcome.WAITING, unsent)
        if len(later) < len(rows):
            self._sync_rows(entity, [row.id for row in later], result)
        else:
            result.count(Outcome.WAITING, len(later))

    def _bring_parents(self, entity: Entity, rows: Sequence[Row], result: PartitionResult) -> bool:
        """Send parents that are not in Zoho yet, whatever their month; whether there were any."""
        brought = False
        for parent, ids in KINDS[entity].missing_parents(rows).items():
            untried = [row_id for row_id in ids if (parent, row_id) not in self._tried]
            for start in range(0, len(untried), BATCH):
                apart = PartitionResult(parent, result.month, self.dry_run)
                self._sync_rows(parent, untried[start : start + BATCH], apart)
                result.brought_along += apart.counts[Outcome.CREATED] + apart.counts[Outcome.ADOPTED]
                brought = True
        return brought

    def _tell(self, to_send: Sequence[Sendable], later: Sequence[Row], result: PartitionResult) -> None:
        """Count and name what a run that may send would send."""
        for row in later:
            result.count(Outcome.CREATED)
            self.log(f"Dry run: would create {row.entity.singular} {row.label}, after the others of its invoice.")
        for row, decision, _ in to_send:
            result.count(Outcome.CREATED if isinstance(decision, Create) else Outcome.UPDATED)
            self.log(f"Dry run: would {type(decision).__name__.lower()} {row.entity.singular} {row.label}.")


def _count(result: PartitionResult, row: Row, decision: Decision) -> None:
    match decision:
        case Adopt():
            result.count(Outcome.ADOPTED)
        case Keep():
            result.count(Outcome.UNCHANGED)
        case Hold(state, reason, advice):
            result.count(OUTCOME_OF_STATE[state])
            if state is not State.BEFORE_ZOHO:
                result.tell(_trouble(row, OUTCOME_OF_STATE[state], reason, advice))
        case _:
            raise AssertionError(f"{type(decision).__name__} of {row.entity.singular} {row.id} is not settled here")


def _trouble(row: Row, outcome: Outcome, reason: str, advice: str) -> Trouble:
    return Trouble(row.entity, row.id, row.label, outcome, reason, advice)
