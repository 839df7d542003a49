"""How the rows stand: the four figures with the runbook's thresholds, and a card for each kind (R17, R18).

They cost one pass over CircleTel's tables, so that all who look share one reading for a while.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.clock import Clock, local_date
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.health.facts import FAILED, PENDING, SYNCING, Class, Standing
from zoho_pipeline.health.reading_rows import read_standing
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.settings import SyncSettings

SHARED_FOR = timedelta(seconds=25)
"""Less than the pages' own pace, so that each refresh shows something new."""


@dataclass(frozen=True)
class Card:
    """One kind: its rows by how they stand. `outside` are in no total."""

    entity: Entity
    total: int
    synced: int
    pending: int
    syncing: int
    failed: int
    outside: int

    @property
    def percent(self) -> float | None:
        """What part is in Zoho; None where there is nothing to be synced."""
        return 100 * self.synced / self.total if self.total else None


@dataclass(frozen=True)
class Figures:
    """All kinds, as of a moment (UTC), beside the thresholds in force."""

    cards: Sequence[Card]
    as_of: datetime
    at_least_percent: float
    fewer_than: int

    def sum(self, name: str) -> int:
        """Of one figure, over all kinds."""
        return sum(getattr(card, name) for card in self.cards)

    @property
    def percent(self) -> float | None:
        """What part of all rows is in Zoho."""
        return 100 * self.sum("synced") / self.sum("total") if self.sum("total") else None

    @property
    def synced_well(self) -> bool:
        """More than 95 % (R17)."""
        return self.percent is None or self.percent > self.at_least_percent

    @property
    def pending_well(self) -> bool:
        """Fewer than 5 (R17)."""
        return self.sum("pending") < self.fewer_than

    @property
    def failed_well(self) -> bool:
        """None at all (R17)."""
        return self.sum("failed") == 0

    @property
    def well(self) -> bool:
        """All three."""
        return self.synced_well and self.pending_well and self.failed_well


@dataclass
class SharedFigures:
    """The latest reading, for all who look; one at a time reads anew."""

    _latest: Figures | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(
        self, connection: Connection, shape: Shape, clock: Clock, sync: SyncSettings, health: HealthSettings
    ) -> Figures:
        """The figures, no older than `SHARED_FOR`."""
        with self._lock:
            now = clock.now()
            if self._latest is None or now - self._latest.as_of >= SHARED_FOR:
                months = OpenMonths.until(Month.parse(sync.first_month), local_date(now))
                ends_at = months.last.plus(1).starts_at
                cards = [
                    card(entity, read_standing(connection, entity, shape, health, ends_at)) for entity in PARENTS_FIRST
                ]
                self._latest = Figures(cards, now, health.synced_percent, health.pending_rows)
            return self._latest


def card(entity: Entity, standing: Standing) -> Card:
    """A kind's figures out of its classes."""
    return Card(
        entity,
        standing.total,
        standing.count(Class.SYNCED),
        standing.count(*PENDING),
        standing.count(*SYNCING),
        standing.count(*FAILED),
        standing.count(Class.OUTSIDE),
    )
