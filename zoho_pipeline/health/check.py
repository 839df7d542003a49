"""What a health check is, what it finds, and the report of all of them. Pure.

The runbook's three levels, and a fourth for a check that could not look: that is never a pass (R32).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from zoho_pipeline.entities import Entity
from zoho_pipeline.health.settings import HealthSettings


class Level(StrEnum):
    """How well it is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    """Nobody could look."""
    UNHEALTHY = "unhealthy"

    @property
    def rank(self) -> int:
        """0 for the best; what could not be seen is worse than a warning, and less than a certain failure."""
        return list(Level).index(self)

    @property
    def ends_with(self) -> int:
        """The command's status, as the runbook has it; what could not look is no pass."""
        return 0 if self in (Level.HEALTHY, Level.DEGRADED) else 1


class Component(StrEnum):
    """What a check speaks of."""

    SYNC = "sync"
    INTEGRITY = "integrity"
    MIRROR = "mirror"
    ZOHO_API = "zoho_api"
    DATABASE = "database"
    DAGSTER = "dagster"
    INCIDENTS = "incidents"


@dataclass(frozen=True)
class Verdict:
    """What a check says, before its name and its advice stand beside it.

    Attributes:
        found: a sentence; names records by kind and id only.
        value: the figure that was compared with the threshold, as text; empty where there is none.
        examples: some of the records, as "invoice INV-2025-00012".
        advice: what to do, where it is not what the check always advises.
    """

    level: Level
    found: str
    value: str = ""
    examples: tuple[str, ...] = ()
    advice: str | None = None


@dataclass(frozen=True)
class Check:
    """One check: a plain function on one part of the facts, and what people should know of it.

    Attributes:
        name: the same in terminal, UI, mail and table.
        part: the field of `Facts` that it reads; where that could not be read, nor can the check.
        row: the runbook's rows, such as "R3, R33".
        meaning: what must hold, as a sentence.
        advice: what to do where it does not.
        variables: the fields of HealthSettings that are its thresholds.
    """

    name: str
    component: Component
    part: str
    row: str
    meaning: str
    advice: str
    look: Callable[[Any, HealthSettings], Verdict] = field(repr=False)
    entity: Entity | None = None
    variables: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name and kind: `failed_rows/invoices`."""
        return f"{self.name}/{self.entity}" if self.entity else self.name

    def threshold(self, settings: HealthSettings) -> str:
        """Its thresholds in force: `ZOHO_HEALTH_PENDING_MINUTES=60`."""
        return ", ".join(f"{settings.variable(name)}={getattr(settings, name):g}" for name in self.variables)


@dataclass(frozen=True)
class Finding:
    """What one check found of one kind, or of the whole."""

    check: str
    component: Component
    entity: Entity | None
    level: Level
    found: str
    advice: str
    value: str = ""
    threshold: str = ""
    examples: tuple[str, ...] = ()
    row: str = ""

    @property
    def key(self) -> str:
        """Name and kind: `failed_rows/invoices`."""
        return f"{self.check}/{self.entity}" if self.entity else self.check

    @property
    def well(self) -> bool:
        """Whether there is nothing to do about it."""
        return self.level is Level.HEALTHY


@dataclass(frozen=True)
class Change:
    """A check whose level is another one than in the report before."""

    key: str
    before: Level
    after: Level
    found: str

    @property
    def worse(self) -> bool:
        """Whether it has become worse."""
        return self.after.rank > self.before.rank


@dataclass(frozen=True)
class Table:
    """Figures that `--detailed` shows, as text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class HealthReport:
    """All that was found at one look.

    Attributes:
        findings: one for each check, the worst first.
        looked_at: when (UTC).
        missing: what could not be read, and why: by part of the facts.
        compared_with: when the report was made that `changes` compares with (UTC); None where none is kept.
        details: figures, where they were asked for.
    """

    findings: tuple[Finding, ...]
    looked_at: datetime
    missing: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    compared_with: datetime | None = None
    details: tuple[Table, ...] = ()

    @property
    def level(self) -> Level:
        """The worst of all; without a single finding nobody has looked."""
        return max((finding.level for finding in self.findings), key=lambda level: level.rank, default=Level.UNKNOWN)

    @property
    def amiss(self) -> tuple[Finding, ...]:
        """All that is not healthy, the worst first."""
        return tuple(finding for finding in self.findings if not finding.well)

    def of(self, check: str) -> tuple[Finding, ...]:
        """What the check of that name found: once, or once for each kind."""
        return tuple(finding for finding in self.findings if finding.check == check)

    def counts(self) -> dict[Level, int]:
        """How many findings there are of each level."""
        return {level: sum(finding.level is level for finding in self.findings) for level in Level}


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """In the order in which people should read them; those of one level as the registry has them."""
    return tuple(sorted(findings, key=lambda finding: -finding.level.rank))
