"""A month as finance reads it: tie-outs, items, ageing, what rolled forward, and controls. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, text

from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.controls import Control, read_controls
from zoho_pipeline.reconciliation.receivables import Receivables, read_receivables
from zoho_pipeline.reconciliation.tie_out import TieOut, read_tie_outs
from zoho_pipeline.states import State

BUCKETS = ((30, "0-30"), (60, "31-60"), (90, "61-90"))
OLDEST_BUCKET = "over 90"
_STATES = frozenset(State)
Moments = Mapping[Entity, datetime]


@dataclass(frozen=True)
class Item:
    """One thing that sets the sides apart. Names records, never people; money in `currency`, VAT included."""

    id: int
    entity: Entity
    month: str
    what: Class
    row_id: str
    zoho_id: str
    label: str
    circletel: str | None
    zoho: str | None
    difference: Decimal | None
    count_effect: int
    amount_effect: Decimal
    currency: str
    dated: date | None
    cause: str | None
    opened_at: datetime

    def age(self, today: date) -> int:
        """Days since the document's day (since it was found, where it has none)."""
        return max(0, (today - (self.dated or self.opened_at.date())).days)

    @property
    def why(self) -> str:
        """The cause, in words where it is the name of a state; nothing where none is known."""
        cause = self.cause or ""
        return cause.replace("_", " ") if cause in _STATES else cause

    @property
    def at_stake(self) -> Decimal:
        """What it is about, without its sign; 0 where it is not about money."""
        return abs(self.difference if self.difference is not None else self.amount_effect)


@dataclass(frozen=True)
class RolledForward:
    """What became of a class's items since a moment: opened before = cleared of it + part of carried."""

    what: Class
    opened_before: int
    new: int
    cleared: int
    carried: int


@dataclass(frozen=True)
class MonthBooks:
    """All of a month.

    Attributes:
        as_of: as of when Zoho is known, by kind (UTC); a kind that was never compared is not there.
        compared_at: when it was compared (UTC).
        tie_outs: by kind and currency.
        items: open ones, the dearest first.
        controls: independent of the comparison.
        receivables: CircleTel's and Zoho's.
        rolled: since the moment that was asked for.
    """

    month: Month
    as_of: Mapping[Entity, datetime]
    compared_at: Mapping[Entity, datetime]
    tie_outs: Sequence[TieOut]
    items: Sequence[Item]
    controls: Sequence[Control]
    receivables: Sequence[Receivables]
    rolled: Sequence[RolledForward]

    @property
    def complete(self) -> bool:
        """Whether all four kinds were compared."""
        return set(self.as_of) == set(Entity)

    @property
    def ties(self) -> bool:
        """Whether all is compared, nothing is left unexplained, and every binding control holds."""
        return (
            self.complete
            and all(each.ties for each in self.tie_outs)
            and all(each.holds for each in self.controls if each.binding)
        )


def bucket(days: int) -> str:
    """The ageing bucket of an age in days."""
    return next((name for most, name in BUCKETS if days <= most), OLDEST_BUCKET)


def ageing(items: Sequence[Item], today: date) -> dict[str, Decimal]:
    """What is at stake by age, of items in one currency; expected ones are left out, every bucket is there."""
    found = {name: Decimal(0) for name in (*(name for _, name in BUCKETS), OLDEST_BUCKET)}
    for item in items:
        if not item.what.meaning.expected:
            found[bucket(item.age(today))] += item.at_stake
    return found


def read_month(connection: Connection, month: Month, since: datetime | None = None) -> MonthBooks:
    """The month by its latest comparisons; `since` (UTC) begins the roll-forward."""
    as_of, compared_at = read_compared(connection, month)
    return MonthBooks(
        month=month,
        as_of=as_of,
        compared_at=compared_at,
        tie_outs=read_tie_outs(connection, month),
        items=read_items(connection, month),
        controls=read_controls(connection, month),
        receivables=read_receivables(connection, month),
        rolled=read_rolled(connection, month, since),
    )


def read_compared(connection: Connection, month: Month) -> tuple[Moments, Moments]:
    """As of when Zoho is known, and when it was compared, by kind (UTC)."""
    rows = connection.execute(text(_COMPARED), {"month": month.key}).all()
    return {Entity(row.entity): row.as_of for row in rows}, {Entity(row.entity): row.compared_at for row in rows}


def read_items(connection: Connection, month: Month) -> list[Item]:
    """The month's open items, the dearest first."""
    rows = connection.execute(text(_ITEMS), {"month": month.key}).mappings()
    return [Item(**{**row, "entity": Entity(row["entity"]), "what": Class(row["what"])}) for row in rows]


def read_rolled(connection: Connection, month: Month, since: datetime | None) -> list[RolledForward]:
    """By class, over all months up to this one."""
    rows = connection.execute(text(_ROLLED), {"month": month.key, "since": since})
    return [RolledForward(Class(row.what), row.opened_before, row.new, row.cleared, row.carried) for row in rows]


_COMPARED = """
    SELECT DISTINCT ON (entity) entity, as_of, compared_at FROM zoho_pipeline.reconciliation_comparisons
    WHERE month = :month ORDER BY entity, id DESC
"""
_ITEMS = """
    SELECT id, entity, month, class AS what, row_id, zoho_id, label, circletel, zoho, difference, count_effect,
           amount_effect, currency, dated, cause, opened_at
    FROM zoho_pipeline.reconciliation_items WHERE month = :month AND cleared_at IS NULL
    ORDER BY abs(coalesce(difference, amount_effect)) DESC, entity, class, label, id
"""
_ROLLED = """
    SELECT class AS what,
           count(*) FILTER (WHERE opened_at <= s.since AND (cleared_at IS NULL OR cleared_at > s.since))
               AS opened_before,
           count(*) FILTER (WHERE opened_at > s.since) AS new,
           count(*) FILTER (WHERE cleared_at > s.since) AS cleared,
           count(*) FILTER (WHERE cleared_at IS NULL) AS carried
    FROM zoho_pipeline.reconciliation_items,
         (SELECT coalesce(CAST(:since AS timestamptz), '-infinity') AS since) s
    WHERE month <= :month GROUP BY class ORDER BY class
"""
