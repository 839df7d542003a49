"""The ledger of incidents: every change is an event of the timeline, and what people are told is queued with it.

Whatever writes here does so within its caller's transaction: an event and its messages are there together or not at
all. Who changes an incident holds its row.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from zoho_pipeline.alerts.incident import TOLD, Event, EventKind, Incident, Message
from zoho_pipeline.alerts.levels import Graded, Level, graded
from zoho_pipeline.alerts.settings import AlertSettings
from zoho_pipeline.alerts.symptoms import Symptom
from zoho_pipeline.alerts.tables import events, incidents, messages
from zoho_pipeline.alerts.telling import told
from zoho_pipeline.entities import Entity

# Reading


class Lock(Enum):
    """What becomes of the rows that are read, until the transaction ends."""

    NONE = auto()
    HELD = auto()
    UNLESS_BUSY = auto()
    """Held, and those that somebody else holds are left out."""


def read(connection: Connection, *conditions: ColumnElement[bool], lock: Lock = Lock.NONE) -> list[Incident]:
    """Those for which all conditions hold, the oldest first."""
    query = select(incidents).where(*conditions).order_by(incidents.c.id)
    if lock is not Lock.NONE:
        query = query.with_for_update(skip_locked=lock is Lock.UNLESS_BUSY)
    return [_incident(row) for row in connection.execute(query).mappings()]


def is_open() -> ColumnElement[bool]:
    """It is not over."""
    return incidents.c.cleared_at.is_(None)


def timeline(connection: Connection, incident_id: int) -> list[Event]:
    """All that happened to it, in order."""
    query = select(events).where(events.c.incident_id == incident_id).order_by(events.c.id)
    return [Event(EventKind(row.kind), row.at, Level(row.level), row.said) for row in connection.execute(query)]


def messages_of(connection: Connection, incident_id: int) -> list[Message]:
    """All that was to be told of it, in order."""
    query = (
        select(messages, events.c.kind)
        .join(events, events.c.id == messages.c.event_id)
        .where(messages.c.incident_id == incident_id)
        .order_by(messages.c.id)
    )
    return [
        Message(row.channel, EventKind(row.kind), row.uid, row.tries, row.error, row.sent_at)
        for row in connection.execute(query)
    ]


# Writing


def open_incident(
    connection: Connection,
    settings: AlertSettings,
    scope: str,
    symptom: Symptom,
    now: datetime,
    about: Mapping[str, Any] | None = None,
) -> Incident:
    """Enter a new one; the caller has seen that none of this key is open, and holds the scope."""
    incident = _entered(connection, scope, symptom, now, about=about)
    _happens(connection, settings, incident, EventKind.OPENED, now, _on_its_level(incident))
    return incident


def enter_past(connection: Connection, scope: str, symptom: Symptom, began: datetime, ended: datetime) -> None:
    """Enter one that is over, and of which people were told while the ledger could not be written."""
    incident = _entered(connection, scope, symptom, began, cleared_at=ended)
    _enter_event(connection, incident, EventKind.OPENED, began, f"{_on_its_level(incident)}; told without this ledger")
    _enter_event(connection, incident, EventKind.CLEARED, ended, "told without this ledger")


def see_again(connection: Connection, settings: AlertSettings, old: Incident, symptom: Symptom, now: datetime) -> None:
    """Bring one that goes on up to date; it rises where its symptom has become worse, and never falls."""
    values = _of_symptom(symptom) | {
        "most_rows": max(old.most_rows, symptom.rows),
        "most_customers": max(old.most_customers, symptom.customers),
        "seen_at": now,
    }
    new = change(connection, old, **values)
    if new.cause != old.cause:
        _happens(connection, settings, new, EventKind.CHANGED, now, f"its cause is now {new.cause}")
    grade = graded(symptom)
    if grade.level > new.level:
        raise_level(connection, settings, new, grade, now)


def raise_level(
    connection: Connection, settings: AlertSettings, incident: Incident, grade: Graded, now: datetime
) -> None:
    """Put it on a higher level."""
    risen = change(connection, incident, level=grade.level.value, because=grade.because, raised_at=now)
    said = f"from level {incident.level} to level {grade.level}: {grade.because}"
    _happens(connection, settings, risen, EventKind.RAISED, now, said)


def acknowledge(connection: Connection, settings: AlertSettings, incident: Incident, by: str, now: datetime) -> None:
    """Note that somebody is on it."""
    noted = change(connection, incident, acknowledged_by=by, acknowledged_at=now)
    _happens(connection, settings, noted, EventKind.ACKNOWLEDGED, now, f"by {by}")


def clear(connection: Connection, settings: AlertSettings, incident: Incident, said: str, now: datetime) -> None:
    """Note that it is over."""
    _happens(connection, settings, change(connection, incident, cleared_at=now), EventKind.CLEARED, now, said)


def change(connection: Connection, incident: Incident, **values: Any) -> Incident:
    """Change its row, which the caller holds, without an event."""
    statement = update(incidents).where(incidents.c.id == incident.id).values(values).returning(incidents)
    return _incident(connection.execute(statement).mappings().one())


def _happens(
    connection: Connection, settings: AlertSettings, incident: Incident, kind: EventKind, now: datetime, said: str
) -> None:
    """Enter the event, and queue what is told of it."""
    event_id = _enter_event(connection, incident, kind, now, said)
    if kind not in TOLD:
        return
    text = told(incident, Event(kind, now, incident.level, said), settings)
    common = {
        "incident_id": incident.id,
        "event_id": event_id,
        "level": incident.level.value,
        "subject": text.subject,
        "body": text.body,
        "html": text.html,
        "next_try_at": now,
    }
    rows = [common | {"channel": channel, "uid": str(uuid.uuid4())} for channel in settings.channels]
    connection.execute(insert(messages), rows)


def _enter_event(connection: Connection, incident: Incident, kind: EventKind, at: datetime, said: str) -> int:
    values = {"incident_id": incident.id, "kind": kind.value, "at": at, "level": incident.level.value, "said": said}
    return int(connection.execute(insert(events).values(values).returning(events.c.id)).scalar_one())


def _entered(connection: Connection, scope: str, symptom: Symptom, now: datetime, **more: Any) -> Incident:
    grade = graded(symptom)
    values = _of_symptom(symptom) | {
        "scope": scope,
        "key": symptom.key,
        "level": grade.level.value,
        "because": grade.because,
        "most_rows": symptom.rows,
        "most_customers": symptom.customers,
        "opened_at": now,
        "seen_at": now,
    }
    return _incident(connection.execute(insert(incidents).values(values | more).returning(incidents)).mappings().one())


def _on_its_level(incident: Incident) -> str:
    return f"level {incident.level}: {incident.because}"


def _of_symptom(symptom: Symptom) -> dict[str, Any]:
    return {
        "title": symptom.title,
        "cause": symptom.cause,
        "advice": symptom.advice,
        "entity": symptom.entity.value if symptom.entity else None,
        "rows": symptom.rows,
        "customers": symptom.customers,
    }


def _incident(row: RowMapping) -> Incident:
    return replace(Incident(**row), level=Level(row["level"]), entity=Entity(row["entity"]) if row["entity"] else None)
