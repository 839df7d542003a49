"""The tie-out: each class's line is worked out from the detail, and what is left unexplained from the lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from zoho_pipeline.reconciliation.tie_out import TieOut
from zoho_pipeline.reconciliation.workbook import ink as inks
from zoho_pipeline.reconciliation.workbook.ink import Ink
from zoho_pipeline.reconciliation.workbook.items import Detail

NAME = "Tie-out"
FIRST = 3
"""Row of the first block, counted from 0."""
BESIDE_LINES = 6
"""Rows of a block beside its classes' lines, the empty one after it among them."""
WIDTHS = (36, 10, 12, 20, 90)


@dataclass(frozen=True)
class Block:
    """A tie-out and the row, counted from 0, in which it begins."""

    of: TieOut
    top: int

    @property
    def title(self) -> str:
        return f"{self.of.entity.capitalize()}, {self.of.currency}"

    @property
    def circletel(self) -> int:
        """Row of CircleTel's side."""
        return self.top + 1

    @property
    def explained(self) -> int:
        """Row of what CircleTel's side and the classes come to."""
        return self.circletel + len(self.of.lines) + 1

    @property
    def zoho(self) -> int:
        """Row of Zoho's side."""
        return self.explained + 1

    @property
    def unexplained(self) -> int:
        """Row of what is left."""
        return self.zoho + 1


def placed(tie_outs: Sequence[TieOut]) -> list[Block]:
    """One block under the other."""
    blocks: list[Block] = []
    top = FIRST
    for each in tie_outs:
        blocks.append(Block(each, top))
        top += len(each.lines) + BESIDE_LINES
    return blocks


def write_tie_out(workbook: Workbook, blocks: Sequence[Block], detail: Detail, ink: Ink) -> None:
    """All blocks."""
    sheet = inks.begun(workbook, NAME, "Tie-out: from CircleTel to Zoho", WIDTHS, ink)
    sheet.write_string(1, 0, "Amounts include VAT; of subscriptions they are a month's price.", ink.note)
    inks.headings(sheet, 2, ("", "Items", "Count", "Amount", "What it means"), ink)
    for block in blocks:
        _Writing(sheet, block, detail, ink).write()


@dataclass(frozen=True)
class _Writing:
    sheet: Worksheet
    block: Block
    detail: Detail
    ink: Ink

    def write(self) -> None:
        of, block, sheet = self.block.of, self.block, self.sheet
        for column in range(len(WIDTHS)):
            sheet.write_blank(block.top, column, None, self.ink.band)
        inks.text(sheet, block.top, 0, block.title, self.ink, self.ink.band)
        self._side(block.circletel, "CircleTel", of.circletel_count, of.circletel_amount)
        self._lines()
        self._sums()
        self._side(block.zoho, "Zoho", of.zoho_count, of.zoho_amount)
        self._left()

    def _side(self, row: int, name: str, count: int, amount: Decimal) -> None:
        self.sheet.write_string(row, 0, name, self.ink.bold)
        self.sheet.write_number(row, 2, count, self.ink.count)
        inks.money(self.sheet, row, 3, amount, self.block.of.currency, self.ink)

    def _lines(self) -> None:
        of = self.block.of
        for row, line in enumerate(of.lines, start=self.block.circletel + 1):
            where = {"kind": of.entity.value, "what": line.what.heading, "currency": of.currency}
            self.sheet.write_url(row, 0, f"internal:'{line.what.heading}'!A1", self.ink.link, line.what.heading)
            inks.count_formula(self.sheet, (row, 1), self.detail.count(**where), line.items, self.ink)
            inks.count_formula(self.sheet, (row, 2), self.detail.total("count", **where), line.count, self.ink)
            inks.money_formula(
                self.sheet, (row, 3), self.detail.total("total", **where), line.amount, self.ink, of.currency
            )
            self.sheet.write_string(row, 4, line.what.meaning.explains, self.ink.plain)

    def _sums(self) -> None:
        block, of = self.block, self.block.of
        self.sheet.write_string(block.explained, 0, "CircleTel, with what is explained", self.ink.total)
        self.sheet.write_blank(block.explained, 1, None, self.ink.total)
        first, last = block.circletel + 1, block.explained
        count = of.zoho_count - of.unexplained_count
        amount = of.zoho_amount - of.unexplained_amount
        inks.count_formula(self.sheet, (block.explained, 2), f"SUM(C{first}:C{last})", count, self.ink, total=True)
        inks.money_formula(
            self.sheet, (block.explained, 3), f"SUM(D{first}:D{last})", amount, self.ink, of.currency, total=True
        )

    def _left(self) -> None:
        block, of = self.block, self.block.of
        explained, zoho = block.explained + 1, block.zoho + 1
        row = block.unexplained
        self.sheet.write_string(row, 0, "Unexplained", self.ink.total)
        self.sheet.write_blank(row, 1, None, self.ink.total)
        inks.count_formula(self.sheet, (row, 2), f"C{zoho}-C{explained}", of.unexplained_count, self.ink, total=True)
        inks.money_formula(
            self.sheet, (row, 3), f"D{zoho}-D{explained}", of.unexplained_amount, self.ink, of.currency, total=True
        )
        inks.mark_nonzero(self.sheet, row, 2, 3, self.ink)
