"""An incident and its timeline, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from zoho_pipeline.alerts.levels import Level
from zoho_pipeline.entities import Entity


class EventKind(StrEnum):
    """What can happen to an incident."""

    OPENED = "opened"
    RAISED = "raised"
    CHANGED = "changed"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


TOLD = frozenset({EventKind.OPENED, EventKind.RAISED, EventKind.CLEARED})
"""What people get a message of, one on each channel."""


@dataclass(frozen=True)
class Incident:
    """Something that is or was wrong. Moments are in UTC.

    Attributes:
        scope: whose look it was that found it; only that observer says when it is over.
        key: what it is, the same at every look.
        because: which criteria put it on its level.
        rows: affected at the last look; `most_rows` at the worst.
        customers: affected at the last look; `most_customers` at the worst.
        raised_at: when it rose to its level; None where it has had it from the first.
        about: what its observer needs to tell when it is over.
    """

    id: int
    scope: str
    key: str
    title: str
    cause: str
    advice: str
    entity: Entity | None
    level: Level
    because: str
    rows: int
    customers: int
    most_rows: int
    most_customers: int
    opened_at: datetime
    seen_at: datetime
    raised_at: datetime | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    cleared_at: datetime | None
    about: Mapping[str, Any] | None

    @property
    def on_its_level_since(self) -> datetime:
        """From when on those of its level have had time to answer."""
        return self.raised_at or self.opened_at


@dataclass(frozen=True)
class Event:
    """One entry of the timeline: what happened, and on which level the incident was then."""

    kind: EventKind
    at: datetime
    level: Level
    said: str


@dataclass(frozen=True)
class Message:
    """What a channel was to tell of one event, and whether it has (moments in UTC)."""

    channel: str
    event: EventKind
    uid: str
    tries: int
    error: str | None
    sent_at: datetime | None
