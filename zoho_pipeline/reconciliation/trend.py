"""The months before, as far as a trend needs them. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, text

from zoho_pipeline.calendar import Month
from zoho_pipeline.reconciliation.classes import Class

MONTHS = 12
"""How many months a trend shows."""
_UNEXPECTED = sorted(each.value for each in Class if not each.meaning.expected)


@dataclass(frozen=True)
class Past:
    """One compared month as it stands now: open items that need somebody, and the rand that they are about."""

    month: Month
    items: int
    at_stake: Decimal


def read_trend(connection: Connection, month: Month, months: int = MONTHS) -> Sequence[Past]:
    """The month and those before it that were compared, oldest first; rand only, other currencies are left out."""
    given = {"first": month.plus(1 - months).key, "last": month.key, "classes": _UNEXPECTED}
    return [Past(Month.parse(row.month), row.items, row.at_stake) for row in connection.execute(text(_QUERY), given)]


_QUERY = """
    SELECT c.month, coalesce(sum(s.items), 0)::int AS items,
           coalesce(sum(s.at_stake) FILTER (WHERE s.currency = 'ZAR'), 0) AS at_stake
    FROM (
        SELECT DISTINCT month FROM zoho_pipeline.reconciliation_comparisons WHERE month BETWEEN :first AND :last
    ) c LEFT JOIN zoho_pipeline.reconciliation_sums s ON s.month = c.month AND s.class = ANY(:classes)
    GROUP BY c.month ORDER BY c.month
"""
