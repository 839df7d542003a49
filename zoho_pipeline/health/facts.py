"""What the checks look at: the facts, read once, as values. Each part is there, or the reason why nobody could look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from zoho_pipeline.alerts.daemon import Life
from zoho_pipeline.budget.circuit import Circuit
from zoho_pipeline.entities import Entity
from zoho_pipeline.recovery.duplicates import Duplicate


@dataclass(frozen=True)
class NotSeen:
    """A part of the facts that nobody could look at, and why, as a sentence."""

    reason: str


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


@dataclass(frozen=True)
class Database:
    """The database itself."""

    reachable: bool
    sentence: str
    """What was found, or why it cannot be used."""
    missing: str | None = None
    """CircleTel's tables or columns that are not there."""
    connections: int = 0
    connections_limit: int = 0


@dataclass(frozen=True)
class Schema:
    """The pipeline's own schema: None where it fits this version."""

    amiss: str | None


@dataclass(frozen=True)
class Log:
    """CircleTel's log of syncs."""

    refused: tuple[Entity, ...]
    """Kinds whose rows its CHECK constraints refuse."""
    details: bool
    """Whether it has our columns."""
    sent: int = 0
    """Attempts of kinds that it takes, ended within 24 hours."""
    logged: int = 0
    """Its rows of the last 24 hours."""


@dataclass(frozen=True)
class Mirror:
    """When Zoho's latest complete list of each kind was begun (UTC)."""

    listed_at: Mapping[Entity, datetime]
    now: datetime


@dataclass(frozen=True)
class Api:
    """How near to Zoho's limits we are, and how the circuit and the shared token stand."""

    calls: int
    limit: int
    limited: int
    """Answers of the last 24 hours that were a limit."""
    circuit: Circuit
    token_at: datetime | None
    token_lives_seconds: float
    refusal: str
    """Why Zoho granted no token the last time; empty where it did."""
    now: datetime
    days: tuple[tuple[str, int, int, int], ...] = ()
    """Day, calls, of them failed, of them limited: the last seven."""


@dataclass(frozen=True)
class OpenIncident:
    """One that is not over."""

    id: int
    level: int
    title: str
    acknowledged_by: str | None
    opened_at: datetime


@dataclass(frozen=True)
class Incidents:
    """Those that are open, and the messages that wait to be sent."""

    open: tuple[OpenIncident, ...]
    unsent: int
    unsent_since: datetime | None
    error: str | None
    now: datetime


@dataclass(frozen=True)
class Dagster:
    """The last signs of life."""

    life: Life
    now: datetime
    silence: timedelta


@dataclass(frozen=True)
class Switches:
    """What a run may do."""

    writes: bool
    paused: bool


@dataclass(frozen=True)
class Asked:
    """What Zoho answered to one question: None where it was well, else why not, and what to do."""

    amiss: str | None
    advice: str | None = None
    sentence: str = ""


@dataclass(frozen=True)
class Zoho:
    """What Zoho itself answered; what was not asked says why."""

    token: Asked | NotSeen
    organisation: Asked | NotSeen
    read: Asked | NotSeen
    write: Asked | NotSeen


@dataclass(frozen=True)
class Facts:
    """All parts. `zoho` is None where Zoho was not to be asked: then its checks are left out."""

    switches: Switches | NotSeen
    database: Database
    schema: Schema | NotSeen
    log: Log | NotSeen
    standing: Mapping[Entity, Standing] | NotSeen
    recent: Recent | NotSeen
    mirror: Mirror | NotSeen
    duplicates: Mapping[Entity, tuple[Duplicate, ...]] | NotSeen
    api: Api | NotSeen
    incidents: Incidents | NotSeen
    dagster: Dagster | NotSeen
    zoho: Zoho | None = None
    now: datetime = field(kw_only=True)

    @property
    def missing(self) -> dict[str, str]:
        """What could not be looked at, and why."""
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: part.reason for name, part in parts.items() if isinstance(part, NotSeen)}
