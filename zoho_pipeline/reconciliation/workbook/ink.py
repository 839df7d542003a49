"""How cells look, and how values get into them: text stays text, money and dates are numbers."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from zoho_pipeline.clock import JOHANNESBURG

MOST_CHARACTERS = 32_767
"""What Excel takes in a cell."""
INK, PAPER, BAND, GOOD, BAD = "#1F3A5F", "#FFFFFF", "#E8EEF5", "#1E6B3A", "#B3261E"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a formula of a text, in Excel or in what a sheet is exported to."""
_BEGINNING = date(1899, 12, 30)
"""Day 0 of Excel's dates, as far as they are later than February 1900."""
_TOP, _MIDDLE = Decimal(1_000_000_000), Decimal(1_000_000)


class Ink:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._money: dict[tuple[str, int, bool], Format] = {}
        self.plain = self.of(valign="top")
        self.quoted = self.of(valign="top", quote_prefix=True)
        self.wrapped = self.of(valign="top", text_wrap=True)
        self.bold = self.of(bold=True, valign="top")
        self.title = self.of(bold=True, font_size=16, font_color=INK)
        self.heading = self.of(bold=True, font_color=PAPER, bg_color=INK, valign="vcenter", text_wrap=True)
        self.band = self.of(bold=True, font_color=INK, bg_color=BAND, font_size=12)
        self.note = self.of(italic=True, font_color="#555555", valign="top")
        self.count = self.of(num_format="#,##0", valign="top")
        self.count_total = self.of(num_format="#,##0", bold=True, top=1, valign="top")
        self.total = self.of(bold=True, top=1, valign="top")
        self.date = self.of(num_format="yyyy-mm-dd", align="left", valign="top")
        self.moment = self.of(num_format="yyyy-mm-dd hh:mm", align="left", valign="top")
        self.link = self.of(font_color="#0B5CAD", underline=1, valign="top")
        self.good = self.of(font_color=GOOD, bold=True)
        self.bad = self.of(font_color=PAPER, bg_color=BAD, bold=True)

    def of(self, **properties: Any) -> Format:
        """The format of these properties of XlsxWriter's."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]

    def money(self, amount: Decimal, currency: str = "ZAR", *, total: bool = False) -> Format:
        """`R # ##0.00`, with as many groups as the amount needs: a format with a space has no groups of its own."""
        groups = (abs(amount) >= _MIDDLE) + (abs(amount) >= _TOP)
        key = (currency, groups, total)
        if key not in self._money:
            symbol = "R" if currency == "ZAR" else re.sub(r"[^A-Za-z]", "", currency)
            digits = "# " + "### " * groups + "##0.00"
            border = {"bold": True, "top": 1} if total else {}
            self._money[key] = self.of(num_format=f'"{symbol} "{digits}', valign="top", **border)
        return self._money[key]


def text(sheet: Worksheet, row: int, column: int, value: str, ink: Ink, look: Format | None = None) -> None:
    """Write a text as it is: it becomes no formula, link or number, not even when somebody edits the cell."""
    if value.startswith(_DANGEROUS):
        look = ink.quoted
    if value.startswith("<r>"):  # XlsxWriter would take it for markup of its own
        value = f'<r><t xml:space="preserve">{escape(value[:MOST_CHARACTERS])}</t></r>'
        sheet.write_string(row, column, value, look or ink.plain)
        return
    sheet.write_string(row, column, value[:MOST_CHARACTERS], look or ink.plain)


def money(sheet: Worksheet, row: int, column: int, amount: Decimal, currency: str, ink: Ink) -> None:
    """Write money as a number."""
    sheet.write_number(row, column, float(amount), ink.money(amount, currency))


def moment(sheet: Worksheet, row: int, column: int, at: datetime, ink: Ink) -> None:
    """Write a moment as it is in Johannesburg."""
    sheet.write_number(row, column, _moment_serial(at), ink.moment)


def day(sheet: Worksheet, row: int, column: int, on: date, ink: Ink) -> None:
    """Write a day."""
    sheet.write_number(row, column, on.toordinal() - _BEGINNING.toordinal(), ink.date)


@lru_cache(100_000)
def _moment_serial(at: datetime) -> float:
    """Days since Excel's beginning, to the second."""
    local = at.astimezone(JOHANNESBURG).replace(tzinfo=None, microsecond=0)
    return (local - datetime.combine(_BEGINNING, time())) / timedelta(days=1)


def money_formula(
    sheet: Worksheet, cell: tuple[int, int], formula: str, result: Decimal, ink: Ink, currency: str = "ZAR",
    *, total: bool = False,
) -> None:  # fmt: skip
    """Write a formula over money, rounded to the cent, with its result for whatever shows the file uncalculated."""
    sheet.write_formula(*cell, f"=ROUND({formula},2)", ink.money(result, currency, total=total), float(result))


def count_formula(
    sheet: Worksheet, cell: tuple[int, int], formula: str, result: int, ink: Ink, *, total: bool = False
) -> None:
    """Write a formula over counts, with its result."""
    sheet.write_formula(*cell, f"={formula}", ink.count_total if total else ink.count, result)


def begun(workbook: Workbook, name: str, title: str, widths: Sequence[int], ink: Ink) -> Worksheet:
    """A new sheet of figures: its title on top, its headings (to be written in the third row) always in sight."""
    sheet: Worksheet = workbook.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, title, ink.title)
    sheet.freeze_panes(3, 1)
    printable(sheet, name, repeat=2)
    return sheet


def headings(sheet: Worksheet, row: int, names: tuple[str, ...], ink: Ink) -> None:
    """A row of headings."""
    sheet.set_row(row, 30)
    for column, name in enumerate(names):
        sheet.write_string(row, column, name, ink.heading)


def mark_nonzero(sheet: Worksheet, row: int, first: int, last: int, ink: Ink) -> None:
    """Make whatever is not 0 there stand out, and what is 0 look well."""
    for criteria, look in (("==", ink.good), ("!=", ink.bad)):
        sheet.conditional_format(
            row, first, row, last, {"type": "cell", "criteria": criteria, "value": 0, "format": look}
        )


def printable(sheet: Worksheet, title: str, *, landscape: bool = True, repeat: int | None = None) -> None:
    """A4, as wide as a page, with its name and page numbers; the row of headings on every page."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L{title.replace('&', '&&')}&RPage &P of &N")
    sheet.hide_gridlines(2)
    if repeat is not None:
        sheet.repeat_rows(repeat)
