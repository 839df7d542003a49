"""How eligible rows stand, and what was sent of them lately: the part of the facts that CircleTel's tables give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zoho_pipeline.entities import Entity


class Class(StrEnum):
    """How an eligible row stands, and for how long; each row is in one class."""

    SYNCED = "synced"
    OUTSIDE = "outside"
    """Older than Zoho's billing, or resolved by a person: outside of all totals."""
    WAITING = "waiting"
    WAITING_LONG = "waiting_long"
    UNSYNCED = "unsynced"
    """It has waited for longer than `unsynced_hours`."""
    BLOCKED = "blocked"
    BLOCKED_LONG = "blocked_long"
    AWAITED = "awaited"
    """It follows an invoice that Zoho raises on a day that is known: there is nothing for anybody to do."""
    SYNCING = "syncing"
    STUCK = "stuck"
    STALE = "stale"
    RETRYING = "retrying"
    RETRYING_STALE = "retrying_stale"
    DOUBT = "doubt"
    DOUBT_LONG = "doubt_long"
    FAILED_TODAY = "failed_today"
    """Within the last 24 hours."""
    FAILED = "failed"
    FAILED_LONG = "failed_long"
    PARKED = "parked"
    UNLINKED = "unlinked"
    """CircleTel calls it synced, and it has no object in Zoho."""


PENDING = (Class.WAITING, Class.WAITING_LONG, Class.UNSYNCED, Class.BLOCKED, Class.BLOCKED_LONG, Class.UNLINKED)
SYNCING = (Class.SYNCING, Class.STUCK, Class.STALE, Class.RETRYING, Class.RETRYING_STALE, Class.DOUBT, Class.DOUBT_LONG)
FAILED = (Class.FAILED_TODAY, Class.FAILED, Class.FAILED_LONG, Class.PARKED)


@dataclass(frozen=True)
class Rows:
    """How many rows there are in a class, since when the oldest is, and one or two of them by their labels."""

    count: int = 0
    oldest: datetime | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """The eligible rows of one kind."""

    rows: Mapping[Class, Rows]
    outside_months: Rows = Rows()
    """Dated after the last open month, or not at all."""
    orphans: Rows = Rows()
    """In Zoho, while their customer is not linked to any."""
    idle: int = 0
    """Wait for longer than `idle_minutes`, in which no row of any kind has come into Zoho."""

    def count(self, *classes: Class) -> int:
        """How many are in those classes."""
        return sum(self.rows[each].count for each in classes if each in self.rows)

    @property
    def total(self) -> int:
        """All but those outside of the totals."""
        return self.count(*(each for each in Class if each is not Class.OUTSIDE))


@dataclass(frozen=True)
class Attempts:
    """What was sent of one kind: within 24 hours, and within seven days."""

    day_good: int = 0
    day_bad: int = 0
    week_good: int = 0
    week_bad: int = 0
    rows_bad: int = 0
    """Rows of which one attempt or more failed within the week."""
    average_seconds: float | None = None
    ended_at: datetime | None = None
    """When the latest one ended that brought a row into Zoho."""


@dataclass(frozen=True)
class Recent:
    """What was sent lately."""

    of: Mapping[Entity, Attempts]
    causes: Mapping[str, int]
    """Failed attempts of the last 24 hours by cause."""
