"""The months as the finance pages list them. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.closing.states import Standing
from zoho_pipeline.reconciliation.closing.trail import read_trail


@dataclass(frozen=True)
class MonthLine:
    """A month in the list; `needing` items need somebody, `compared_at` is None of one that never was (UTC)."""

    month: Month
    standing: Standing
    needing: int
    compared_at: datetime | None


def read_lines(connection: Connection, known: OpenMonths) -> list[MonthLine]:
    """The open months and all that were ever signed, the latest first."""
    signed = read_trail(connection).months
    found = {row.month: row for row in connection.execute(_MONTHS, {"classes": _UNEXPECTED})}
    every = sorted({*known.between(known.first, known.last), *signed}, reverse=True)
    return [
        MonthLine(
            each,
            signed.get(each, Standing(each)),
            found[each.key].needing if each.key in found else 0,
            found[each.key].compared_at if each.key in found else None,
        )
        for each in every
    ]


_UNEXPECTED = [each.value for each in Class if not each.meaning.expected]
_MONTHS = text("""
    SELECT c.month, c.compared_at, coalesce(s.needing, 0)::int AS needing
    FROM (SELECT month, max(compared_at) AS compared_at FROM zoho_pipeline.reconciliation_comparisons GROUP BY month) c
    LEFT JOIN (SELECT month, sum(items) AS needing FROM zoho_pipeline.reconciliation_sums
               WHERE class = ANY(:classes) GROUP BY month) s ON s.month = c.month
""")
