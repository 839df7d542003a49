"""Refreshing the mirror for the books: all lists, and the details that lists do not give."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.guard import guard_database, guard_zoho
from zoho_pipeline.mirror.details import DETAILED, read_details
from zoho_pipeline.mirror.objects import Extra, Listed
from zoho_pipeline.mirror.refresh import ensure_listed, spoken
from zoho_pipeline.settings import DatabaseSettings, SyncSettings, ZohoSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current
from zoho_pipeline.sync.stops import Stop, stop_for
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import ZohoError
from zoho_pipeline.zoho.ports import About

BOOKS: tuple[Listed, ...] = (*PARENTS_FIRST, *Extra)
"""All that a reconciliation rests on, parents first."""
ALWAYS = timedelta(0)
RESUMABLE = timedelta(days=3)
"""A list that the day's calls broke off is gone on with: its state is that of when it began."""
CONNECTIONS = 4


@dataclass(frozen=True)
class Refreshed:
    """One list.

    Attributes:
        listed: whether it was read now; else it was young enough.
        details: documents that were asked for one by one.
        stopped: why it was not read to its end, though nothing is wrong: calls are spent, or Zoho is down.
    """

    kind: Listed
    listed: bool = False
    details: int = 0
    stopped: str | None = None
    resumes_at: datetime | None = None


def refresh_mirror(
    environ: dict[str, str] | None,
    log: Callable[[str], None],
    *,
    kinds: Collection[Listed] = BOOKS,
    max_age: timedelta = ALWAYS,
    run_id: str | None = None,
) -> Iterator[Refreshed]:
    """Read the lists that are older than `max_age`, and every detail that is new or changed.

    What was read until a stop is kept: the next refresh goes on with what is left.

    Raises:
        Foreseen: when the settings, the database, its schema or Zoho do not allow it.
    """
    sync, zoho = SyncSettings.load(environ), ZohoSettings.load(environ)
    guard_zoho(sync, zoho)
    engine = open_engine(DatabaseSettings.load(environ), connections=CONNECTIONS)
    try:
        with telling_of_outages(engine, "refresh the mirror"):
            with engine.connect() as connection:
                guard_database(sync, connection)
                require_current(connection)
            client = billing_client(zoho, engine, SystemClock(), run_id)
            for kind in (each for each in BOOKS if each in kinds):
                done = _refreshed(engine, client, kind, max_age, log)
                yield done
                if done.stopped is not None:
                    return
    finally:
        engine.dispose()


def _refreshed(
    engine: Engine, client: ZohoBilling, kind: Listed, max_age: timedelta, log: Callable[[str], None]
) -> Refreshed:
    about = About(entity=kind.value, name=f"the list of {spoken(kind)}")
    try:
        listed = ensure_listed(engine, client, kind, max_age, None, about, log, resumable=RESUMABLE)
        details = read_details(engine, client, kind, about, log) if kind in DETAILED else 0
    except ZohoError as error:
        return _stopped(kind, stop_for(error, SystemClock().now()))
    return Refreshed(kind, listed, details)


def _stopped(kind: Listed, stop: Stop) -> Refreshed:
    if stop.fault is not None:
        raise stop.fault
    return Refreshed(kind, stopped=stop.reason, resumes_at=stop.resumes_at)
