"""What a run reports: one result per entity and month, and the rows that did not go."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome

TROUBLED = frozenset({Outcome.FAILED, Outcome.REFUSED, Outcome.PARKED})
"""Outcomes that need somebody or something to act; a partition with one of them is not green."""

_WORST_FIRST = (
    Outcome.FAILED, Outcome.PARKED, Outcome.REFUSED, Outcome.BLOCKED, Outcome.WAITING, Outcome.EXCLUDED,
)  # fmt: skip
KEPT_FOR_SHOWING = 50
"""Rows kept for each outcome of a month."""


@dataclass(frozen=True)
class Trouble:
    """A row that did not go: which, why, and what to do. Names the record, never a person."""

    entity: Entity
    row_id: str
    label: str
    """The invoice number, account number or gateway's id."""
    outcome: Outcome
    reason: str
    advice: str


@dataclass
class PartitionResult:
    """What was done (or, in a dry run, would be done) for one entity in one month."""

    entity: Entity
    month: Month
    dry_run: bool
    counts: Counter[Outcome] = field(default_factory=Counter)
    brought_along: int = 0
    """Parents of other months that were created or adopted for the sake of these rows."""
    api_calls: int = 0
    seconds: float = 0.0
    interrupted: str | None = None
    """Why the month was left unfinished (the day's quota is spent, a ceiling was reached), or None."""
    resumes_at: datetime | None = None
    """When an unfinished month can go on by itself (UTC); None where a person has to act first."""

    _told: dict[Outcome, list[Trouble]] = field(default_factory=dict)

    def count(self, outcome: Outcome, rows: int = 1) -> None:
        """Add rows to a count."""
        if rows:
            self.counts[outcome] += rows

    def tell(self, trouble: Trouble) -> None:
        """Keep a row to be shown, up to a number for each outcome: a month may hold a million."""
        told = self._told.setdefault(trouble.outcome, [])
        if len(told) < KEPT_FOR_SHOWING:
            told.append(trouble)

    @property
    def troubles(self) -> list[Trouble]:
        """Rows that did not go, the worst outcomes first."""
        return [trouble for outcome in _WORST_FIRST for trouble in self._told.get(outcome, [])]

    @property
    def rows(self) -> int:
        """Rows looked at."""
        return self.counts.total()

    @property
    def in_trouble(self) -> int:
        """Rows refused, parked or failed."""
        return sum(self.counts[outcome] for outcome in TROUBLED)

    @property
    def goes_on_by_itself(self) -> bool:
        """Whether all that is wrong with the month is that it waits for calls or hours."""
        return self.in_trouble == 0 and self.interrupted is not None and self.resumes_at is not None

    @property
    def green(self) -> bool:
        """Whether the month went without trouble and to its end."""
        return self.in_trouble == 0 and self.interrupted is None


def total(results: Iterable[PartitionResult]) -> Counter[Outcome]:
    """The counts of several results together."""
    together: Counter[Outcome] = Counter()
    for result in results:
        together.update(result.counts)
    return together
