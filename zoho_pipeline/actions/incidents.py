"""Incidents as people and sensors deal with them: list, acknowledge, close, report; tell what is due."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine

from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.alerts import incidents, ledger, report, rows, runs, zoho
from zoho_pipeline.alerts.connect import channels
from zoho_pipeline.alerts.incident import Incident
from zoho_pipeline.alerts.incidents import NoSuchIncident, Observed
from zoho_pipeline.alerts.outbox import Delivered, deliver
from zoho_pipeline.alerts.runs import EndedRun, note
from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.alerts.symptoms import Symptom
from zoho_pipeline.alerts.tables import incidents as table
from zoho_pipeline.budget.circuit import circuit_state
from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.clock import Clock, SystemClock
from zoho_pipeline.entities import Entity
from zoho_pipeline.guard import guard_database
from zoho_pipeline.recovery.months import Cell, among, not_come
from zoho_pipeline.settings import DatabaseSettings, SyncSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current

Environ = Mapping[str, str] | None
LISTED_AT_MOST = 200


@dataclass(frozen=True)
class Told:
    """What was due: incidents that rose, and messages that were sent."""

    risen: Sequence[int]
    delivered: Delivered

    def __str__(self) -> str:
        count = len(self.risen)
        risen = f"{count} {'incident' if count == 1 else 'incidents'} rose; " if count else ""
        return f"{risen}{self.delivered}"


def listed(environ: Environ, *, cleared_too: bool = False) -> list[Incident]:
    """Open incidents, the oldest first; of all, the latest 200.

    Raises:
        Foreseen: here and below, when the settings, the database or its schema do not allow it.
    """
    with at_work("list incidents", environ) as (engine, _), engine.begin() as connection:
        found = ledger.read(connection, *([] if cleared_too else [ledger.is_open()]))
        return found[-LISTED_AT_MOST:] if cleared_too else found


def acknowledge(incident_id: int, by: str, environ: Environ, clock: Clock | None = None) -> Incident:
    """Take one on; raises NoSuchIncident where that cannot be."""
    now = (clock or SystemClock()).now()
    with at_work("acknowledge an incident", environ) as (engine, settings), engine.begin() as connection:
        return incidents.acknowledge(connection, settings, incident_id, by, now)


def close(incident_id: int, by: str, because: str, environ: Environ, clock: Clock | None = None) -> Incident:
    """Clear one by hand; raises NoSuchIncident where that cannot be."""
    now = (clock or SystemClock()).now()
    with at_work("close an incident", environ) as (engine, settings), engine.begin() as connection:
        return incidents.close(connection, settings, incident_id, by, because, now)


def written(incident_id: int, environ: Environ, *, public: bool) -> str:
    """Its timeline as markdown for the incident report, or the text for a public status page.

    Raises:
        NoSuchIncident: when it is unknown.
    """
    with at_work("report an incident", environ) as (engine, _), engine.begin() as connection:
        found = ledger.read(connection, table.c.id == incident_id)
        if not found:
            raise NoSuchIncident(f"There is no incident {incident_id}: see `zoho-pipeline incidents list --all`.")
        if public:
            return report.public_text(found[0])
        return report.report(
            found[0], ledger.timeline(connection, incident_id), ledger.messages_of(connection, incident_id)
        )


def observe(
    scope: str, look: Callable[[], Sequence[Symptom]], environ: Environ, clock: Clock | None = None
) -> Observed:
    """Look, and enter what is seen."""
    now = (clock or SystemClock()).now()
    symptoms = look()
    with at_work(f"enter incidents of {scope}", environ) as (engine, settings), engine.begin() as connection:
        return incidents.observe(connection, settings, scope, symptoms, now)


def note_rows(environ: Environ, clock: Clock | None = None) -> Observed:
    """Enter what is amiss with rows: those that wait for a person, and errors of Zoho's that affect many customers."""
    now = (clock or SystemClock()).now()
    with at_work("enter rows that need a person", environ) as (engine, settings), engine.begin() as connection:
        return incidents.observe(connection, settings, rows.SCOPE, rows.rows_amiss(connection), now)


def note_zoho(environ: Environ, clock: Clock | None = None) -> Observed:
    """Enter what is amiss with Zoho itself, as the budget has heard; costs no call."""
    now = (clock or SystemClock()).now()
    with at_work("enter how Zoho stands", environ) as (engine, settings), engine.begin() as connection:
        amiss = zoho.zoho_amiss(circuit_state(connection), now)
        return incidents.observe(connection, settings, zoho.SCOPE, amiss, now)


def note_runs(ended: Sequence[EndedRun], environ: Environ, clock: Clock | None = None) -> None:
    """Enter what runs that have ended mean, in the order in which they ended."""
    now = (clock or SystemClock()).now()
    months = open_months(SyncSettings.load(environ))
    with at_work("enter failed runs", environ) as (engine, settings), engine.begin() as connection:
        for run in ended:
            note(connection, settings, run if run.succeeded else _counted(connection, months, run), now)


def note_mended(cells: Collection[Cell], environ: Environ, clock: Clock | None = None) -> None:
    """Enter months whose rows have gone since the run that was to bring them."""
    now = (clock or SystemClock()).now()
    with at_work("enter months that were mended", environ) as (engine, settings), engine.begin() as connection:
        runs.note_mended(connection, settings, {f"zoho/{entity} {month}" for entity, month in cells}, now)


def _counted(connection: Connection, months: OpenMonths, run: EndedRun) -> EndedRun:
    """The failed run, with how many rows and customers have not come for it."""
    shape = read_shape(connection)
    counted = [among(connection, Entity(kind), shape, ids) for kind, ids in run.asked.items()]
    if cells := [cell for name in run.owes if (cell := _cell(name)) is not None]:
        counted.append(not_come(connection, shape, months, cells))
    customers = max((each.customers for each in counted), default=0)
    return replace(run, rows=sum(each.rows for each in counted) or run.rows, customers=customers)


def _cell(name: str) -> Cell | None:
    """`zoho/invoices 2025-03` as a kind and a month; None for anything else that a run may owe."""
    asset, _, month = name.partition(" ")
    kind = asset.removeprefix("zoho/")
    return (Entity(kind), Month.parse(month)) if asset.startswith("zoho/") and kind in set(Entity) else None


def tell(environ: Environ, clock: Clock | None = None) -> Told:
    """Raise what nobody answered in time, and send what is due on every channel."""
    with at_work("tell of incidents", environ) as (engine, settings):
        return tell_with(engine, settings, clock or SystemClock())


def tell_with(engine: Engine, settings: AlertSettings, clock: Clock) -> Told:
    """The same on a database that was checked."""
    with engine.begin() as connection:
        risen = incidents.rise(connection, settings, clock.now())
    return Told(risen, deliver(engine, channels(settings, clock), clock))


@contextmanager
def at_work(attempted: str, environ: Environ) -> Iterator[tuple[Engine, AlertSettings]]:
    """The checked database, and who is told."""
    sync, settings = SyncSettings.load(environ), AlertSettings.load(environ)
    engine = open_engine(DatabaseSettings.load(environ), connections=1)
    try:
        with telling_of_outages(engine, attempted):
            with engine.connect() as connection:
                _check(connection, sync)
            yield engine, settings
    finally:
        engine.dispose()


def _check(connection: Connection, sync: SyncSettings) -> None:
    guard_database(sync, connection)
    require_current(connection)
