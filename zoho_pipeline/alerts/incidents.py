"""What becomes of incidents: observers open, update and clear them, people acknowledge them, time raises them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_
from sqlalchemy.dialects.postgresql import insert

from zoho_pipeline.alerts import ledger
from zoho_pipeline.alerts.incident import Incident
from zoho_pipeline.alerts.ledger import Lock
from zoho_pipeline.alerts.levels import Graded, Level, graded
from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.alerts.symptoms import Symptom
from zoho_pipeline.alerts.tables import incidents, looks
from zoho_pipeline.clock import shown
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.redaction import redacted_text
from zoho_pipeline.workdays import after_working

GONE = "it is no longer seen"
CLOCKS_DIFFER = timedelta(minutes=5)
"""A look that is said to have begun later than this after now was dated by a wrong clock."""


class NoSuchIncident(Foreseen):
    """There is no incident of that number, or it is over, or it is somebody's already."""


@dataclass(frozen=True)
class Observed:
    """What a look has changed: numbers of incidents."""

    opened: tuple[int, ...] = ()
    cleared: tuple[int, ...] = ()
    going_on: int = 0


def observe(
    connection: Connection, settings: AlertSettings, scope: str, symptoms: Iterable[Symptom], now: datetime
) -> Observed:
    """Open what is new, bring up to date what goes on, clear what is gone; in the caller's transaction.

    Args:
        scope: the observer's own; nobody else's incidents are touched.
        symptoms: all that the observer sees amiss in its scope. One that could not look says so by a symptom, never by
            an empty look.
        now: when it began to look (UTC). Of two looks at once the later one counts: an older one that comes after it
            changes nothing.
    """
    if not hold(connection, scope, now):
        return Observed()
    seen = _by_key(symptoms)
    standing = {each.key: each for each in open_in(connection, scope)}
    opened, cleared = [], []
    for key, symptom in seen.items():
        if key in standing:
            ledger.see_again(connection, settings, standing[key], symptom, now)
        else:
            opened.append(ledger.open_incident(connection, settings, scope, symptom, now).id)
    for key, incident in standing.items():
        if key not in seen:
            ledger.clear(connection, settings, incident, GONE, now)
            cleared.append(incident.id)
    return Observed(tuple(opened), tuple(cleared), len(seen) - len(opened))


def hold(connection: Connection, scope: str, now: datetime) -> bool:
    """Have the scope to oneself until the transaction ends; False where a later look has been entered already."""
    of = looks.c.looked_at
    statement = insert(looks).values(scope=scope, looked_at=now)
    statement = statement.on_conflict_do_update(
        index_elements=["scope"], set_={"looked_at": now}, where=or_(of <= now, of > now + CLOCKS_DIFFER)
    )
    return connection.execute(statement.returning(of)).first() is not None


def open_in(connection: Connection, scope: str) -> list[Incident]:
    """Those that are open in the scope, held until the transaction ends."""
    return ledger.read(connection, ledger.is_open(), incidents.c.scope == scope, lock=Lock.HELD)


def acknowledge(connection: Connection, settings: AlertSettings, incident_id: int, by: str, now: datetime) -> Incident:
    """Note who is on it; it rises no more for lack of an answer.

    Raises:
        NoSuchIncident: when nobody is named, it is unknown or over, or somebody else is on it.
    """
    name = _named(by, "acknowledges")
    incident = _held(connection, incident_id)
    if incident.acknowledged_by is not None:
        raise NoSuchIncident(f"Incident {incident_id} was acknowledged by {incident.acknowledged_by} already.")
    ledger.acknowledge(connection, settings, incident, name, now)
    return incident


def close(
    connection: Connection, settings: AlertSettings, incident_id: int, by: str, because: str, now: datetime
) -> Incident:
    """Clear one by hand; if its observer still sees it, its next look opens it anew.

    Raises:
        NoSuchIncident: when nobody or no reason is named, or it is unknown or over.
    """
    name = _named(by, "closes")
    if not because.strip():
        raise NoSuchIncident("Closing an incident by hand needs a reason (--because).")
    incident = _held(connection, incident_id)
    ledger.clear(connection, settings, incident, f"closed by {name}: {redacted_text(because.strip())}", now)
    return incident


def rise(connection: Connection, settings: AlertSettings, now: datetime) -> list[int]:
    """Raise by one level what nobody acknowledged within its response time in business hours; their numbers."""
    waiting = (ledger.is_open(), incidents.c.acknowledged_at.is_(None), incidents.c.level < max(Level))
    late = [
        each for each in ledger.read(connection, *waiting, lock=Lock.UNLESS_BUSY) if answer_due(each, settings) <= now
    ]
    for incident in late:
        hours = settings.response_hours(incident.level)
        because = f"nobody acknowledged it within {hours:g} business hours"
        ledger.raise_level(connection, settings, incident, Graded(incident.level.next, because), now)
    return [incident.id for incident in late]


def answer_due(incident: Incident, settings: AlertSettings) -> datetime:
    """By when somebody of its level is to have acknowledged it (UTC)."""
    return after_working(incident.on_its_level_since, settings.response_time(incident.level), settings.business_hours)


def _held(connection: Connection, incident_id: int) -> Incident:
    found = ledger.read(connection, incidents.c.id == incident_id, lock=Lock.HELD)
    if not found:
        raise NoSuchIncident(f"There is no incident {incident_id}: see `zoho-pipeline incidents list --all`.")
    if found[0].cleared_at is not None:
        raise NoSuchIncident(f"Incident {incident_id} is over since {shown(found[0].cleared_at)}: nothing was changed.")
    return found[0]


def _named(by: str, does: str) -> str:
    if not by.strip():
        raise NoSuchIncident(f"An incident needs a name: say who {does} it (--by).")
    return by.strip()


def _by_key(symptoms: Iterable[Symptom]) -> dict[str, Symptom]:
    """Each key once: of two symptoms with one key the worse counts."""
    seen: dict[str, Symptom] = {}
    for symptom in symptoms:
        clean = symptom.redacted()
        other = seen.get(clean.key)
        if other is None or (graded(clean).level, clean.rows) > (graded(other).level, other.rows):
            seen[clean.key] = clean
    return seen
