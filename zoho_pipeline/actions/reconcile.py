"""Comparing CircleTel with Zoho: one implementation behind assets, command and page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine

from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.mirror import refresh_mirror
from zoho_pipeline.actions.missed import conclude_missed
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import guard_database
from zoho_pipeline.reconciliation.compare import Terms, compare
from zoho_pipeline.reconciliation.controls import write_controls
from zoho_pipeline.reconciliation.reading import MonthBooks, read_month
from zoho_pipeline.reconciliation.settings import ReconciliationSettings
from zoho_pipeline.settings import DatabaseSettings, SyncSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current

Log = Callable[[str], None]
CONNECTIONS = 3


class NotRefreshed(Foreseen):
    """Zoho's lists could not be read to their end, so there is nothing to compare with yet."""


@dataclass(frozen=True)
class ReconcileRequest:
    """What is to be compared, and whether Zoho's lists are read first."""

    months: Sequence[Month]
    run_id: str
    entities: frozenset[Entity] = frozenset(PARENTS_FIRST)
    refresh: bool = False


@dataclass(frozen=True)
class Books:
    """The database that is compared, and the terms."""

    engine: Engine
    terms: Terms


def reconcile(request: ReconcileRequest, environ: dict[str, str] | None, log: Log) -> Iterator[MonthBooks]:
    """Compare the kinds for the months, work out the controls, and yield each month's books, oldest first.

    Raises:
        Foreseen: when the settings, the database, its schema, the mirror or the months do not allow it.
    """
    if request.refresh:
        refresh_all(environ, log, request.run_id)
    with_books = _opened(environ)
    try:
        with telling_of_outages(with_books.engine, "compare CircleTel with Zoho"):
            for entity in (each for each in PARENTS_FIRST if each in request.entities):
                compare_kind(with_books, entity, request, log)
            for month in sorted(set(request.months)):
                yield close_look(with_books.engine, month)
    finally:
        with_books.engine.dispose()


def refresh_all(environ: dict[str, str] | None, log: Log, run_id: str | None = None) -> None:
    """Read all of Zoho's lists, and the details that are new.

    Raises:
        NotRefreshed: calls are spent, or Zoho is down: what was read is kept.
    """
    for done in refresh_mirror(environ, log, run_id=run_id):
        if done.stopped is not None:
            raise NotRefreshed(f"Zoho's lists could not be read to their end: {done.stopped}. What was read is kept.")


def compare_kind(books: Books, entity: Entity, request: ReconcileRequest, log: Log) -> None:
    """One kind in one transaction, for all months at once."""
    with books.engine.begin() as connection:
        compare(connection, entity, request.months, books.terms, request.run_id)
        if entity is Entity.INVOICES:
            conclude_missed(connection)
    log(f"Compared {entity}: {len(set(request.months))} months.")


def close_look(engine: Engine, month: Month) -> MonthBooks:
    """The month's controls, worked out now, and its books."""
    with engine.begin() as connection:
        write_controls(connection, month)
        return read_month(connection, month)


def _opened(environ: dict[str, str] | None) -> Books:
    sync, reconciliation = SyncSettings.load(environ), ReconciliationSettings.load(environ)
    engine = open_engine(DatabaseSettings.load(environ), connections=CONNECTIONS)
    with telling_of_outages(engine, "compare CircleTel with Zoho"), engine.connect() as connection:
        _check(sync, connection)
    max_age = timedelta(hours=reconciliation.max_mirror_hours)
    return Books(engine, Terms(open_months(sync), max_age, sync.prices_include_vat, sync.vat_exception_skus))


def _check(sync: SyncSettings, connection: Connection) -> None:
    guard_database(sync, connection)
    require_current(connection)
