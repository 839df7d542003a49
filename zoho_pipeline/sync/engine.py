"""The engine: one month of one kind at a time, parents brought along, every row left in a state with a next step."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, select

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.reading import load
from zoho_pipeline.circletel.rows import Invoice, Payment, Row, Service
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.refresh import ensure_listed
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.states import OUTCOME_OF_STATE, Outcome, State
from zoho_pipeline.sync.asking import answer
from zoho_pipeline.sync.attempts import end_abandoned
from zoho_pipeline.sync.backlog import pin_undated, read_backlog, take_over_linked
from zoho_pipeline.sync.catalogue import Catalogue
from zoho_pipeline.sync.deciding import Moment
from zoho_pipeline.sync.decisions import Adopt, Ask, Create, Decision, Hold, Keep, Open, Update
from zoho_pipeline.sync.kinds import KINDS
from zoho_pipeline.sync.kinds.kind import Desk
from zoho_pipeline.sync.kinds.parents import PLANNED
from zoho_pipeline.sync.records import load_records
from zoho_pipeline.sync.results import PartitionResult, Trouble
from zoho_pipeline.sync.sending import Sender
from zoho_pipeline.sync.settling import Settler
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.ports import About

BATCH = 500
"""Rows decided on together: enough for few queries, little enough for memory."""

Log = Callable[[str], None]


@dataclass
class SyncEngine:
    """Syncs months of rows. One run, one thread of decisions; the sender has several."""

    engine: Engine
    client: ZohoBilling
    settings: SyncSettings
    shape: Shape
    months: OpenMonths
    run_id: str
    log: Log
    sender: Sender
    settler: Settler
    dry_run: bool
    calls_made: Callable[[], int]
    max_rows: int | None = None
    _tried: set[tuple[Entity, str]] = field(default_factory=set)
    _would_link: dict[tuple[Entity, str], str] = field(default_factory=dict)
    _catalogue: Catalogue = field(init=False)

    def __post_init__(self) -> None:
        self._catalogue = Catalogue(self.client, self.run_id)

    def sync_month(self, entity: Entity, month: Month) -> PartitionResult:
        """All that is to be done for one kind in one month."""
        began, calls_before = time.monotonic(), self.calls_made()
        result = PartitionResult(entity, month, self.dry_run)
        with self.engine.begin() as connection:
            if not self.dry_run:
                end_abandoned(connection, entity)
                pin_undated(connection)
            backlog = read_backlog(connection, entity, self.shape, month, self.months)
            if not self.dry_run:
                take_over_linked(connection, entity, self.shape, backlog.linked_by_app)
        result.counts[Outcome.UNCHANGED] += backlog.unchanged + len(backlog.linked_by_app)
        result.counts[Outcome.EXCLUDED] += backlog.excluded
        chosen = backlog.candidates[: self.max_rows]
        for start in range(0, len(chosen), BATCH):
            if self.sender.stopped:
                break
            self._sync_rows(entity, chosen[start : start + BATCH], result)
            self.log(f"{entity} {month}: {min(start + BATCH, len(chosen))} of {len(chosen)} rows looked at.")
        result.interrupted = self.sender.stopped or self.sender.stopped_for(entity)
        result.counts += type(result.counts)()  # drops zero counts
        result.api_calls = self.calls_made() - calls_before
        result.seconds = time.monotonic() - began
        return result

    def _sync_rows(self, entity: Entity, ids: Sequence[str], result: PartitionResult) -> None:
        self._tried.update((entity, row_id) for row_id in ids)
        rows = self._load(entity, ids)
        if self._bring_parents(entity, list(rows.values()), result):
            rows = self._load(entity, ids)
        decisions = self._decide(entity, list(rows.values()))
        to_send: list[tuple[Row, Create | Update | Open]] = []
        for row_id, decision in decisions.items():
            if isinstance(decision, Create | Update | Open):
                to_send.append((rows[row_id], decision))
            else:
                _tally(result, rows[row_id], decision)
        if self.dry_run:
            self._tell(to_send, result)
            adopted = {row_id: found.zoho_id for row_id, found in decisions.items() if isinstance(found, Adopt)}
            self._would_link |= {(entity, row_id): zoho_id for row_id, zoho_id in adopted.items()}
            return
        self.settler.settle([(rows[row_id], decision) for row_id, decision in decisions.items()])
        for row, ending in self.sender.send(entity, to_send):
            result.counts[ending.outcome] += 1
            if ending.reason and ending.outcome in (Outcome.FAILED, Outcome.REFUSED, Outcome.PARKED):
                result.troubles.append(_trouble(row, ending.outcome, ending.reason, ending.advice or ""))

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

    def _load(self, entity: Entity, ids: Sequence[str]) -> dict[str, Row]:
        with self.engine.connect() as connection:
            rows = load(connection, entity, self.shape, ids)
        ordered = {row_id: rows[row_id] for row_id in ids if row_id in rows}
        if self.dry_run:
            return {row_id: self._as_if_parents_were_made(row) for row_id, row in ordered.items()}
        return ordered

    def _decide(self, entity: Entity, rows: Sequence[Row]) -> dict[str, Decision]:
        kind = KINDS[entity]
        listed_at = self._list_mirrors(entity, rows)
        decided: dict[str, Decision] = {}
        undecided = list(rows)
        while undecided:
            with self.engine.connect() as connection:
                desk = self._desk(connection, entity, undecided)
                decisions = kind.decide(desk, undecided)
            decided |= decisions
            questions = {decision for decision in decisions.values() if isinstance(decision, Ask)}
            answered = answer(self.engine, self.client, questions, self._about(entity), self.dry_run)
            undecided = [row for row in undecided if _was_answered(decisions[row.id], answered)]
        decided = {row_id: _unasked(decision) for row_id, decision in decided.items()}
        if listed_at is not None and not self.dry_run:
            doubtful = [row_id for row_id, decision in decided.items() if _in_doubt(decision)]
            self.settler.note_vain_looks(entity, doubtful, listed_at)
        return _each_object_once(decided)

    def _desk(self, connection: Connection, entity: Entity, rows: Sequence[Row]) -> Desk:
        now = connection.execute(select(func.now())).scalar_one()
        moment = Moment(now, self.settings.app_grace_seconds)
        records = load_records(connection, entity, [row.id for row in rows])
        return Desk(connection, moment, self.settings, self._catalogue, records)

    def _list_mirrors(self, entity: Entity, rows: Sequence[Row]) -> datetime | None:
        """Have the lists that the decisions rest on young enough; when the kind's own was last begun."""
        if not rows:
            return None
        max_age = timedelta(seconds=self.settings.mirror_max_age_seconds)
        with self.engine.connect() as connection:
            records = load_records(connection, entity, [row.id for row in rows])
            after = self.settler.look_wanted_after(connection, records.values())
        for listed in KINDS[entity].mirrors:
            wanted = after if listed is entity else None
            ensure_listed(self.engine, self.client, listed, max_age, wanted, self._about(listed), self.log)
        return self.settler.last_listing(entity)

    def _about(self, entity: Entity) -> About:
        return About(entity=entity.value, name=f"the list of {entity}", run_id=self.run_id)

    def _as_if_parents_were_made(self, row: Row) -> Row:
        """In a dry run, parents that would be made or adopted count as linked."""
        if isinstance(row, Service | Invoice | Payment) and row.customer_zoho_id is None:
            row = replace(row, customer_zoho_id=self._would_link.get((Entity.CUSTOMERS, row.customer_id or "")))
        if isinstance(row, Payment) and row.invoice is not None and row.invoice.zoho_id is None:
            planned = self._would_link.get((Entity.INVOICES, row.invoice.id))
            row = replace(row, invoice=replace(row.invoice, zoho_id=planned))
        return row

    def _tell(self, to_send: Sequence[tuple[Row, Create | Update | Open]], result: PartitionResult) -> None:
        """Count and name what a run that may send would send."""
        for row, decision in to_send:
            if isinstance(decision, Create):
                result.counts[Outcome.CREATED] += 1
                self._would_link[row.entity, row.id] = PLANNED
            else:
                result.counts[Outcome.UPDATED] += 1
                self._would_link[row.entity, row.id] = decision.zoho_id
            self.log(f"Dry run: would {type(decision).__name__.lower()} {row.entity.singular} {row.label}.")


def _tally(result: PartitionResult, row: Row, decision: Decision) -> None:
    match decision:
        case Adopt():
            result.counts[Outcome.ADOPTED] += 1
        case Keep():
            result.counts[Outcome.UNCHANGED] += 1
        case Hold(state, reason, advice):
            outcome = OUTCOME_OF_STATE[state]
            result.counts[outcome] += 1
            if state is not State.BEFORE_ZOHO:
                result.troubles.append(_trouble(row, outcome, reason, advice))
        case _:
            raise AssertionError(f"{decision} is not settled here")


def _trouble(row: Row, outcome: Outcome, reason: str, advice: str) -> Trouble:
    return Trouble(row.entity, row.id, row.label, outcome, reason, advice)


def _was_answered(decision: Decision, answered: set[Ask]) -> bool:
    return isinstance(decision, Ask) and decision in answered


def _unasked(decision: Decision) -> Decision:
    return decision.otherwise if isinstance(decision, Ask) else decision


def _in_doubt(decision: Decision) -> bool:
    return isinstance(decision, Hold) and decision.state is State.IN_DOUBT


def _each_object_once(decisions: dict[str, Decision]) -> dict[str, Decision]:
    """Two rows that would adopt one object by its content are both left to a person."""
    adopters: dict[str, list[str]] = {}
    for row_id, decision in decisions.items():
        if isinstance(decision, Adopt | Open):
            adopters.setdefault(decision.zoho_id, []).append(row_id)
    contested = {row_id: zoho_id for zoho_id, ids in adopters.items() if len(ids) > 1 for row_id in ids}
    parked = {
        row_id: Hold(
            State.PARKED,
            f"object {zoho_id} in Zoho fits several rows of CircleTel",
            "See which row it belongs to, and link that one to it.",
        )
        for row_id, zoho_id in contested.items()
    }
    return decisions | parked
