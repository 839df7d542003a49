"""How the rows stand: the four figures with the runbook's thresholds, and a card for each kind (R17, R18).

They cost one pass over CircleTel's tables, so that all who look share a reading (`renewed.py`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.clock import local_date
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.health.reading_rows import read_standing
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.health.standing import FAILED, PENDING, SYNCING, Class, Standing
from zoho_pipeline.settings import SyncSettings


@dataclass(frozen=True)
class Card:
    """One kind: its rows by how they stand. `outside` are in no total."""

    entity: Entity
    total: int
    synced: int
    pending: int
    awaited: int
    """They follow what Zoho raises on a day that is known, so that they are pending and nobody's concern."""
    syncing: int
    failed: int
    outside: int

    @property
    def percent(self) -> float | None:
        """What part is in Zoho; None where there is nothing to be synced."""
        return 100 * self.synced / self.total if self.total else None

    @property
    def shown(self) -> str:
        """The same as people read it."""
        return shown_part(self.percent)


@dataclass(frozen=True)
class Figures:
    """All kinds, beside the thresholds in force."""

    cards: Sequence[Card]
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
    def shown(self) -> str:
        """The same as people read it."""
        return shown_part(self.percent)

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


def read_figures(
    connection: Connection, shape: Shape, now: datetime, sync: SyncSettings, health: HealthSettings
) -> Figures:
    """Count all of CircleTel's rows: the dearest thing that the pages read."""
    months = OpenMonths.until(Month.parse(sync.first_month), local_date(now))
    ends_at = months.last.plus(1).starts_at
    cards = [card(entity, read_standing(connection, entity, shape, health, ends_at)) for entity in PARENTS_FIRST]
    return Figures(cards, health.synced_percent, health.pending_rows)


def card(entity: Entity, standing: Standing) -> Card:
    """A kind's figures out of its classes."""
    return Card(
        entity,
        standing.total,
        standing.count(Class.SYNCED),
        standing.count(*PENDING),
        standing.count(Class.AWAITED),
        standing.count(*SYNCING),
        standing.count(*FAILED),
        standing.count(Class.OUTSIDE),
    )


def shown_part(percent: float | None) -> str:
    """Per cent with one digit, cut off: 100 % is shown of all rows alone, however few are missing."""
    return "–" if percent is None else f"{math.floor(10 * percent) / 10:.1f} %"
