"""From ids to decisions: read the rows, have the mirror young enough, ask what it cannot tell, decide. No writes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection, Engine, func, select

from zoho_pipeline.calendar import Month
from zoho_pipeline.circletel.reading import load
from zoho_pipeline.circletel.rows import Invoice, PaidInvoice, Payment, Row, Service
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.refresh import ensure_listed
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.states import State
from zoho_pipeline.store.database import alone
from zoho_pipeline.sync.apps_hands import Moment, app_settled_at
from zoho_pipeline.sync.asking import answer
from zoho_pipeline.sync.catalogue import Catalogue
from zoho_pipeline.sync.closed import closed_months
from zoho_pipeline.sync.deciding import DOUBT, NOT_JUDGED, in_doubt, unless_signed
from zoho_pipeline.sync.decisions import Adopt, Ask, Create, Decision, Hold, Open, Record, Update
from zoho_pipeline.sync.kinds import KINDS
from zoho_pipeline.sync.kinds.kind import Desk
from zoho_pipeline.sync.kinds.parents import PLANNED
from zoho_pipeline.sync.records import load_records
from zoho_pipeline.sync.settling import Settler
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.ports import About, Purpose


@dataclass
class Planner:
    """Decides for batches of rows. A dry run's remembers what it would have linked, so that children count on it."""

    engine: Engine
    client: ZohoBilling
    settings: SyncSettings
    shape: Shape
    settler: Settler
    run_id: str
    purpose: Purpose
    dry_run: bool
    log: Callable[[str], None]
    _would_link: dict[tuple[Entity, str], str] = field(default_factory=dict)
    _records: dict[str, Record] = field(default_factory=dict)
    _catalogue: Catalogue = field(init=False)

    def __post_init__(self) -> None:
        self._catalogue = Catalogue(self.client, self.run_id, self.purpose)

    def load(self, entity: Entity, ids: Sequence[str]) -> list[Row]:
        """Of those ids, in that order, the rows that are eligible, and those of which a send is in doubt."""
        with alone(self.engine) as connection:
            found = load(connection, entity, self.shape, ids)
            no_longer = [row_id for row_id, row in found.items() if not row.sync.eligible]
            records = load_records(connection, entity, no_longer)
        dropped = {row_id for row_id in no_longer if not _doubted(records.get(row_id))}
        rows = [found[row_id] for row_id in ids if row_id in found and row_id not in dropped]
        return [self._as_if_parents_were_made(row) for row in rows] if self.dry_run else rows

    def decide(self, entity: Entity, rows: Sequence[Row]) -> dict[str, Decision]:
        """One decision for every row, by id."""
        if not rows:
            return {}
        listed_at = self._list_mirrors(entity, rows)
        decided = self._ask_and_decide(entity, rows)
        if self.dry_run:
            self._remember(entity, decided)
        elif listed_at is not None:
            doubtful = [row for row in rows if _in_doubt(decided[row.id])]
            self.settler.note_vain_looks(entity, [row.id for row in doubtful], listed_at)
            decided |= self._ask_and_decide(entity, doubtful)  # that look may have been the last one wanted
        doubted = {row.id for row in rows if in_doubt(self._records[row.id]) is not None}
        return _each_object_once(decided, doubted)

    def attempts(self, row: Row) -> int:
        """How often the row had been claimed when it was last decided on."""
        return self._records[row.id].attempts

    def _ask_and_decide(self, entity: Entity, rows: Sequence[Row]) -> dict[str, Decision]:
        decided: dict[str, Decision] = {}
        undecided = list(rows)
        while undecided:
            with alone(self.engine) as connection:
                decisions = KINDS[entity].decide(self._desk(connection, entity, undecided), undecided)
            decided |= decisions
            questions = {decision for decision in decisions.values() if isinstance(decision, Ask)}
            answered = answer(self.engine, self.client, questions, self._about(entity), self.dry_run)
            undecided = [row for row in undecided if _was_answered(decisions[row.id], answered)]
        first = Month.parse(self.settings.first_month)
        return {row.id: unless_signed(_unasked(decided[row.id]), row, self._closed, first) for row in rows}

    @cached_property
    def _closed(self) -> frozenset[Month]:
        """The months that finance has signed, read once for the run."""
        with alone(self.engine) as connection:
            return closed_months(connection)

    def _desk(self, connection: Connection, entity: Entity, rows: Sequence[Row]) -> Desk:
        records = load_records(connection, entity, [row.id for row in rows])
        self._records.update({row.id: records.get(row.id, Record()) for row in rows})
        return Desk(
            connection,
            self._moment(connection),
            self.settings,
            self._catalogue,
            records,
        )

    def _moment(self, connection: Connection) -> Moment:
        now = connection.execute(select(func.now())).scalar_one()
        return Moment(now, self.settings.app_grace_seconds, self.settings.max_retries)

    @cached_property
    def _began(self) -> datetime:
        """When this run first decided about anything, by the database's clock (UTC)."""
        with alone(self.engine) as connection:
            began: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return began

    def _list_mirrors(self, entity: Entity, rows: Sequence[Row]) -> datetime | None:
        """Have the lists that the decisions rest on young enough; when the kind's own was last begun (UTC)."""
        max_age = timedelta(seconds=self.settings.mirror_max_age_seconds)
        with alone(self.engine) as connection:
            records = load_records(connection, entity, [row.id for row in rows])
            doubts = self.settler.look_wanted_after(connection, records.values())
            moment = self._moment(connection)
        settled = [app_settled_at(row, records.get(row.id, Record()), moment, self._began) for row in rows]
        after = max((at for at in (doubts, *settled) if at is not None), default=None)
        for listed in KINDS[entity].mirrors:
            wanted = after if listed is entity else None
            ensure_listed(self.engine, self.client, listed, max_age, wanted, self._about(listed), self.log)
        return self.settler.last_listing(entity)

    def _about(self, entity: Entity) -> About:
        return About(entity=entity.value, name=f"the list of {entity}", run_id=self.run_id, purpose=self.purpose)

    def _remember(self, entity: Entity, decided: dict[str, Decision]) -> None:
        for row_id, decision in decided.items():
            match decision:
                case Create():
                    self._would_link[entity, row_id] = PLANNED
                case Adopt(zoho_id) | Open(zoho_id) | Update(zoho_id):
                    self._would_link[entity, row_id] = zoho_id

    def _as_if_parents_were_made(self, row: Row) -> Row:
        """In a dry run, parents that would be made or adopted count as linked."""
        if isinstance(row, Service | Invoice | Payment) and row.customer_zoho_id is None:
            row = replace(row, customer_zoho_id=self._would_link.get((Entity.CUSTOMERS, row.customer_id or "")))
        if isinstance(row, Payment) and row.invoice is not None:
            row = replace(row, invoice=self._as_if_linked(row.invoice))
        return row

    def _as_if_linked(self, paid: PaidInvoice) -> PaidInvoice:
        """A subscription that would only be made bills no period that CircleTel has invoiced, so it changes nothing."""
        own = paid.zoho_id or self._would_link.get((Entity.INVOICES, paid.id))
        found = self._would_link.get((Entity.SUBSCRIPTIONS, paid.service_id or ""))
        adopted = None if found == PLANNED else found
        return replace(paid, zoho_id=own, subscription_zoho_id=paid.subscription_zoho_id or adopted)


def _doubted(record: Record | None) -> bool:
    return record is not None and record.state is State.IN_DOUBT


def _was_answered(decision: Decision, answered: set[Ask]) -> bool:
    return isinstance(decision, Ask) and decision in answered


def _unasked(decision: Decision) -> Decision:
    return decision.otherwise if isinstance(decision, Ask) else decision


def _in_doubt(decision: Decision) -> bool:
    return isinstance(decision, Hold) and decision.state is State.IN_DOUBT


def _each_object_once(decisions: dict[str, Decision], doubted: Collection[str]) -> dict[str, Decision]:
    """Two rows that would adopt one object are both left to a person; one in doubt stays so until that is settled."""
    adopters: dict[str, list[str]] = {}
    for row_id, decision in decisions.items():
        if isinstance(decision, Adopt | Open):
            adopters.setdefault(decision.zoho_id, []).append(row_id)
    parked = {
        row_id: Hold(
            State.PARKED,
            f"object {zoho_id} in Zoho fits several rows of CircleTel",
            "See which row it belongs to, and link that one to it.",
            NOT_JUDGED,
        )
        for zoho_id, ids in adopters.items()
        if len(ids) > 1
        for row_id in ids
    }
    return decisions | {row_id: DOUBT if row_id in doubted else hold for row_id, hold in parked.items()}
