"""What the checks look at: the facts, read once, as values. Each part is there, or the reason why nobody could look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zoho_pipeline.alerts.daemon import Life
from zoho_pipeline.budget.circuit import Circuit
from zoho_pipeline.entities import Entity
from zoho_pipeline.health.standing import Recent, Standing
from zoho_pipeline.recovery.duplicates import Duplicate


@dataclass(frozen=True)
class NotSeen:
    """A part of the facts that nobody could look at, and why, as a sentence."""

    reason: str


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
