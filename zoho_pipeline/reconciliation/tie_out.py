"""The tie-out: from CircleTel's count and total, class by class, to Zoho's, with nothing left unexplained."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, text

from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class


@dataclass(frozen=True)
class Line:
    """What one class adds to CircleTel's side to arrive at Zoho's."""

    what: Class
    items: int
    count: int
    amount: Decimal


@dataclass(frozen=True)
class TieOut:
    """One kind's month in one currency; amounts include VAT (of subscriptions: a month's price)."""

    entity: Entity
    month: Month
    currency: str
    circletel_count: int
    circletel_amount: Decimal
    zoho_count: int
    zoho_amount: Decimal
    lines: tuple[Line, ...]

    @property
    def unexplained_count(self) -> int:
        """What the classes leave open; anything but 0 is a fault of the comparison itself."""
        return self.zoho_count - self.circletel_count - sum(line.count for line in self.lines)

    @property
    def unexplained_amount(self) -> Decimal:
        """Likewise of the total."""
        return self.zoho_amount - self.circletel_amount - sum((line.amount for line in self.lines), Decimal(0))

    @property
    def ties(self) -> bool:
        """Whether nothing is left unexplained."""
        return self.unexplained_count == 0 and self.unexplained_amount == 0


def read_tie_outs(connection: Connection, month: Month) -> list[TieOut]:
    """The latest comparison of each kind, by currency."""
    rows = connection.execute(text(_QUERY), {"month": month.key}).all()
    found: dict[tuple[str, str], list[Line]] = {}
    sums = {}
    for row in rows:
        key = (row.entity, row.currency)
        sums[key] = row
        lines = found.setdefault(key, [])
        if row.what is not None:
            lines.append(Line(Class(row.what), row.items, row.counted, row.amount))
    return [_tie_out(month, sums[key], lines) for key, lines in found.items()]


def _tie_out(month: Month, row: object, lines: Sequence[Line]) -> TieOut:
    return TieOut(
        Entity(row.entity), month, row.currency, row.circletel_count, row.circletel_amount, row.zoho_count,  # type: ignore[attr-defined]
        row.zoho_amount, tuple(lines),  # type: ignore[attr-defined]
    )  # fmt: skip


_QUERY = """
    WITH latest AS (
        SELECT entity, max(id) AS id FROM zoho_pipeline.reconciliation_comparisons WHERE month = :month GROUP BY entity
    ), sums AS (
        SELECT entity, month, currency, class, count(*) AS items, sum(count_effect) AS counted,
               sum(amount_effect) AS amount
        FROM zoho_pipeline.reconciliation_items
        WHERE month = :month AND cleared_at IS NULL GROUP BY entity, month, currency, class
    ), whole AS (
        SELECT l.entity, t.currency, t.circletel_count, t.circletel_amount, t.zoho_count, t.zoho_amount
        FROM latest l JOIN zoho_pipeline.reconciliation_totals t ON t.comparison_id = l.id
    )
    SELECT coalesce(w.entity, s.entity) AS entity, coalesce(w.currency, s.currency) AS currency,
           coalesce(circletel_count, 0) AS circletel_count, coalesce(circletel_amount, 0) AS circletel_amount,
           coalesce(zoho_count, 0) AS zoho_count, coalesce(zoho_amount, 0) AS zoho_amount,
           s.class AS what, s.items, s.counted, s.amount
    FROM whole w FULL JOIN sums s ON s.entity = w.entity AND s.currency = w.currency
    ORDER BY array_position(ARRAY['customers', 'subscriptions', 'invoices', 'payments'], coalesce(w.entity, s.entity)),
             coalesce(w.currency, s.currency) <> 'ZAR', currency, s.class
"""
