"""The ageing: what is at stake by class and age, worked out from the detail; a block for each currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from zoho_pipeline.reconciliation.reading import BUCKETS, OLDEST_BUCKET, bucket
from zoho_pipeline.reconciliation.workbook import ink as inks
from zoho_pipeline.reconciliation.workbook.ink import Ink
from zoho_pipeline.reconciliation.workbook.items import Detail, Line

NAME = "Ageing"
AGES = (*(name for _, name in BUCKETS), OLDEST_BUCKET)
TOTAL = len(AGES) + 1
"""Column of a class's total."""


def write_ageing(workbook: Workbook, written: Sequence[Line], detail: Detail, ink: Ink) -> None:
    """Of items that are no mere expectation."""
    title = "Ageing: what is at stake in items that need somebody"
    sheet = inks.begun(workbook, NAME, title, (36, *(20 for _ in AGES), 22), ink)
    inks.headings(sheet, 2, ("Class", *(f"{age} days" for age in AGES), "Total"), ink)
    sums: dict[str, dict[tuple[str, str], Decimal]] = {}
    for line in written:
        if not line.item.what.meaning.expected:
            of = sums.setdefault(line.item.currency, {})
            key = (line.item.what.heading, bucket(line.age))
            of[key] = of.get(key, Decimal(0)) + line.item.at_stake
    row = 3
    for currency in sorted(sums, key=lambda each: (each != "ZAR", each)):
        block = _Block(sheet, currency, sums[currency], detail, ink)
        row = block.write(row) + 2
    if not sums:
        sheet.write_string(row, 0, "No item needs anybody.", ink.note)


@dataclass(frozen=True)
class _Block:
    """One currency's; `sums` by class and age."""

    sheet: Worksheet
    currency: str
    sums: dict[tuple[str, str], Decimal]
    detail: Detail
    ink: Ink

    def write(self, top: int) -> int:
        """Its last row."""
        for column in range(TOTAL + 1):
            self.sheet.write_blank(top, column, None, self.ink.band)
        inks.text(self.sheet, top, 0, self.currency, self.ink, self.ink.band)
        classes = sorted({heading for heading, _ in self.sums})
        for row, heading in enumerate(classes, start=top + 1):
            self._class(row, heading)
        last = top + 1 + len(classes)
        self._totals(top + 1, last, classes)
        return last

    def _class(self, row: int, heading: str) -> None:
        self.sheet.write_url(row, 0, f"internal:'{heading}'!A1", self.ink.link, heading)
        for column, age in enumerate(AGES, start=1):
            formula = self.detail.total("at_stake", what=heading, ageing=f"{age} days", currency=self.currency)
            self._money(row, column, formula, self._sum([heading], [age]))
        self._across(row, self._sum([heading], AGES))

    def _totals(self, first: int, last: int, classes: Sequence[str]) -> None:
        self.sheet.write_string(last, 0, "Total", self.ink.total)
        for column, age in enumerate(AGES, start=1):
            letter = xl_col_to_name(column)
            self._money(last, column, f"SUM({letter}{first + 1}:{letter}{last})", self._sum(classes, [age]), total=True)
        self._across(last, self._sum(classes, AGES), total=True)

    def _across(self, row: int, amount: Decimal, *, total: bool = False) -> None:
        self._money(row, TOTAL, f"SUM(B{row + 1}:{xl_col_to_name(TOTAL - 1)}{row + 1})", amount, total=total)

    def _money(self, row: int, column: int, formula: str, amount: Decimal, *, total: bool = False) -> None:
        inks.money_formula(self.sheet, (row, column), formula, amount, self.ink, self.currency, total=total)

    def _sum(self, classes: Sequence[str], ages: Sequence[str]) -> Decimal:
        return sum((self.sums.get((heading, age), Decimal(0)) for heading in classes for age in ages), Decimal(0))
