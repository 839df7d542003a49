"""The rows that one row belongs to, and those that it holds.

CircleTel's tables have no index by customer, so that finding what a customer holds reads all invoices and payments.
That is done once in a while for a row that somebody looks at, beside the page, which waits for it a moment only.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from zoho_pipeline.circletel.shape import TABLES, Shape
from zoho_pipeline.dashboard.desk import Desk
from zoho_pipeline.dashboard.operations.labels import labels
from zoho_pipeline.dashboard.operations.parts import Unread, unless
from zoho_pipeline.dashboard.operations.renewed import alone
from zoho_pipeline.entities import Entity

RELATIVES = 20
"""Shown at most of a kind, the latest first."""
KEPT_SECONDS = 300.0
KEPT_ROWS = 500
PAGE_WAITS_SECONDS = 0.03
AT_ONCE = 2


@dataclass(frozen=True)
class Relative:
    """A row that it hangs on, or that hangs on it."""

    entity: Entity
    row_id: str
    label: str
    status: str


Found = Sequence[Relative] | Unread


@dataclass
class Children:
    """What rows hold, as it was found within the last minutes."""

    desk: Desk
    _found: dict[tuple[Entity, str], tuple[float, Future[Found]]] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE), init=False)

    def of(self, entity: Entity, row_id: str) -> Found | None:
        """The rows that this one holds; None while they are being found."""
        try:
            return self._future(entity, row_id).result(PAGE_WAITS_SECONDS)
        except NotYet:
            return None

    def _future(self, entity: Entity, row_id: str) -> Future[Found]:
        now = time.monotonic()
        with self._lock:
            at, future = self._found.get((entity, row_id), (now, None))
            if future is None or (future.done() and now - at > KEPT_SECONDS):
                self._found.pop((entity, row_id), None)
                while len(self._found) >= KEPT_ROWS:
                    del self._found[next(iter(self._found))]
                future = Future()
                self._found[entity, row_id] = (now, future)
                threading.Thread(target=self._find, args=(entity, row_id, future), daemon=True).start()
            return future

    def _find(self, entity: Entity, row_id: str, future: Future[Found]) -> None:
        found: Found = Unread("It could not be found out: the log of the pages says why.")
        try:
            with self._turns:
                found = unless(lambda: self.desk.read("what the row holds", lambda on: self._read(on, entity, row_id)))
        finally:
            future.set_result(found)

    def _read(self, connection: Connection, entity: Entity, row_id: str) -> Sequence[Relative]:
        alone(connection)
        return _relatives(connection, _children_of(entity, self.desk.shape()), row_id)


def read_parents(connection: Connection, entity: Entity, row_id: str, shape: Shape) -> Sequence[Relative]:
    """The rows that this one belongs to."""
    return _relatives(connection, _parents_of(entity, shape), row_id)


def _invoice_of(shape: Shape) -> str:
    return "coalesce(t.customer_invoice_id, t.invoice_id)" if shape.customer_invoice_id else "t.invoice_id"


def _parents_of(entity: Entity, shape: Shape) -> Mapping[Entity, str]:
    """By kind, which row of it this one hangs on."""
    own = f"(SELECT {{}} FROM public.{TABLES[entity]} t WHERE t.id = CAST(:id AS uuid))"  # noqa: S608 - constants only
    customer = "p.id = " + own.format("t.customer_id")
    match entity:
        case Entity.CUSTOMERS:
            return {}
        case Entity.SUBSCRIPTIONS | Entity.INVOICES:
            return {Entity.CUSTOMERS: customer}
        case Entity.PAYMENTS:
            return {Entity.CUSTOMERS: customer, Entity.INVOICES: "p.id = " + own.format(_invoice_of(shape))}


def _children_of(entity: Entity, shape: Shape) -> Mapping[Entity, str]:
    """By kind, which rows of it hang on this one."""
    paying = "p.customer_invoice_id = CAST(:id AS uuid) OR " if shape.customer_invoice_id else ""
    match entity:
        case Entity.CUSTOMERS:
            kinds = (Entity.SUBSCRIPTIONS, Entity.INVOICES, Entity.PAYMENTS)
            return dict.fromkeys(kinds, "p.customer_id = CAST(:id AS uuid)")
        case Entity.INVOICES:
            return {Entity.PAYMENTS: f"{paying}p.invoice_id = CAST(:id AS uuid)"}
        case Entity.SUBSCRIPTIONS | Entity.PAYMENTS:
            return {}


def _relatives(connection: Connection, wanted: Mapping[Entity, str], row_id: str) -> list[Relative]:
    found = []
    for entity, condition in wanted.items():
        statement = f"""
            SELECT p.id::text AS id, p.zoho_sync_status AS status FROM public.{TABLES[entity]} p
            WHERE {condition} ORDER BY p.created_at DESC LIMIT {RELATIVES}
        """  # noqa: S608 - constants only
        found += [(entity, row.id, row.status) for row in connection.execute(text(statement), {"id": row_id})]
    names = labels(connection, [(entity, each) for entity, each, _ in found])
    return [Relative(entity, each, names[entity, each], status or "pending") for entity, each, status in found]
