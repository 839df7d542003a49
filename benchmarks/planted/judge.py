"""Holding what the comparison found against what was planted. Reads the stored items and totals by SQL of its own."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection, Engine, text

from benchmarks.planted.truth import Expected

_ITEMS = text("""
    SELECT entity, month, class AS what, row_id, zoho_id, currency, difference, count_effect AS count,
           amount_effect AS amount, cause
    FROM zoho_pipeline.reconciliation_items WHERE cleared_at IS NULL
""")
_UNEXPLAINED = text("""
    SELECT c.entity, c.month, t.currency, t.zoho_count - t.circletel_count - coalesce(i.count, 0) AS count,
           t.zoho_amount - t.circletel_amount - coalesce(i.amount, 0) AS amount
    FROM zoho_pipeline.reconciliation_comparisons c
    JOIN zoho_pipeline.reconciliation_totals t ON t.comparison_id = c.id
    LEFT JOIN (
        SELECT entity, month, currency, sum(count_effect) AS count, sum(amount_effect) AS amount
        FROM zoho_pipeline.reconciliation_items WHERE cleared_at IS NULL GROUP BY 1, 2, 3
    ) i ON i.entity = c.entity AND i.month = c.month AND i.currency = t.currency
""")
_COUNTED = text("""
    SELECT 'invoices', sum(circletel_count), (SELECT count(*) FROM customer_invoices i
        JOIN customers c ON c.id = i.customer_id WHERE c.account_type <> 'internal_test' AND i.status <> 'voided'),
        sum(zoho_count), (SELECT count(*) FROM zoho_pipeline.mirror_invoices WHERE gone_at IS NULL AND status <> 'void')
    FROM zoho_pipeline.reconciliation_totals t JOIN zoho_pipeline.reconciliation_comparisons c ON c.id = t.comparison_id
    WHERE entity = 'invoices'
    UNION ALL
    SELECT 'payments', sum(circletel_count), (SELECT count(*) FROM payment_transactions p
        JOIN customers c ON c.id = p.customer_id WHERE c.account_type <> 'internal_test'
        AND p.status IN ('completed', 'refunded')),
        sum(zoho_count), (SELECT count(*) FROM zoho_pipeline.mirror_payments WHERE gone_at IS NULL)
    FROM zoho_pipeline.reconciliation_totals t JOIN zoho_pipeline.reconciliation_comparisons c ON c.id = t.comparison_id
    WHERE entity = 'payments'
""")
"""What each side has, counted by the comparison and from the tables."""


@dataclass
class Verdict:
    """How a comparison did.

    Attributes:
        missed: planted items about whose record nothing was said.
        false: items that nothing planted explains.
        wrong_class, wrong_cause, wrong_values: said of the right record, but otherwise than planted.
        unexplained: months and kinds whose tie-out is not 0 and 0.00.
        miscounted: kinds whose totals are not those of the tables.
    """

    expected: int = 0
    found: int = 0
    missed: list[Expected] = field(default_factory=list)
    false: list[Expected] = field(default_factory=list)
    wrong_class: list[tuple[Expected, Expected]] = field(default_factory=list)
    wrong_cause: list[tuple[Expected, Expected]] = field(default_factory=list)
    wrong_values: list[tuple[Expected, Expected]] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)

    @property
    def right_share(self) -> float:
        """Of the items that were expected, those with the right class, cause and values."""
        wrong = len(self.missed) + len(self.wrong_class) + len(self.wrong_cause) + len(self.wrong_values)
        return 1 - wrong / self.expected if self.expected else 1.0


def judge(engine: Engine, expected: list[Expected]) -> Verdict:
    """Compare the two lists, and work the tie-out out anew."""
    with engine.connect() as connection:
        found = [Expected(**row) for row in connection.execute(_ITEMS).mappings()]
        verdict = Verdict(len(expected), len(found))
        verdict.unexplained = _unexplained(connection)
        verdict.miscounted = [
            str(tuple(row)) for row in connection.execute(_COUNTED) if row[1] != row[2] or row[3] != row[4]
        ]
    _match(verdict, found, expected)
    return verdict


def _unexplained(connection: Connection) -> list[str]:
    rows = connection.execute(_UNEXPLAINED)
    return [str(tuple(row)) for row in rows if (row.count, row.amount) != (0, Decimal(0))]  # type: ignore[comparison-overlap]


def _match(verdict: Verdict, found: list[Expected], expected: list[Expected]) -> None:
    """By what an item is about and its class; then by what it is about alone."""
    left = {(*item.place, item.what): item for item in found}
    unmatched = []
    for want in expected:
        got = left.pop((*want.place, want.what), None)
        if got is None:
            unmatched.append(want)
        elif got.cause != want.cause:
            verdict.wrong_cause.append((want, got))
        elif (got.difference, got.count, got.amount) != (want.difference, want.count, want.amount):
            verdict.wrong_values.append((want, got))
    for want in unmatched:
        key = next((key for key in left if key[:5] == want.place), None)
        if key is None:
            verdict.missed.append(want)
        else:
            verdict.wrong_class.append((want, left.pop(key)))
    verdict.false = list(left.values())


def classes(expected: list[Expected]) -> Counter[str]:
    """How many of each class."""
    return Counter(each.what for each in expected)
