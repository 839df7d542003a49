"""The sheets of items: one for each class that occurs, and the full detail to which the formulas lead."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from zoho_pipeline.reconciliation.classes import Class, Fix
from zoho_pipeline.reconciliation.reading import Item, bucket
from zoho_pipeline.reconciliation.suggesting import Suggestion, suggestion
from zoho_pipeline.reconciliation.values import circletels, zohos
from zoho_pipeline.reconciliation.workbook import ink as inks
from zoho_pipeline.reconciliation.workbook.ink import Ink

DETAIL = "Detail"
MOST_ROWS = 1_000_000
"""Rows of a sheet of items; Excel takes 1 048 576 in all."""
FIXES = {
    Fix.NOTHING: "nobody: as it should be",
    Fix.SYNC: "the sync",
    Fix.APPROVED: "the sync, once approved",
    Fix.PERSON: "a person",
}


@dataclass(frozen=True)
class Line:
    """An item as it is written: with its age in days to the statement's day, and what to do."""

    item: Item
    age: int
    suggested: Suggestion


Write = Callable[[Worksheet, int, int, Line, Ink], None]


@dataclass(frozen=True)
class Column:
    """A column of a sheet of items; its width in characters."""

    heading: str
    width: int
    write: Write


@dataclass(frozen=True)
class Detail:
    """Where the full detail stands, for formulas over it: names of its sheets, and how many items each holds."""

    sheets: tuple[tuple[str, int], ...]

    def count(self, **where: str) -> str:
        """A formula that counts items by columns' exact texts; the columns are named as in COLUMN_OF."""
        return "+".join(f"COUNTIFS({self._criteria(name, rows, where)})" for name, rows in self.sheets)

    def total(self, of: str, **where: str) -> str:
        """Likewise a formula that adds a column up."""
        return "+".join(
            f"SUMIFS({_range(name, rows, of)},{self._criteria(name, rows, where)})" for name, rows in self.sheets
        )

    def _criteria(self, name: str, rows: int, where: dict[str, str]) -> str:
        return ",".join(f"{_range(name, rows, column)},{_exactly(value)}" for column, value in where.items())


def _range(sheet: str, rows: int, column: str) -> str:
    letter = xl_col_to_name(COLUMN_OF[column])
    return f"'{sheet}'!${letter}$2:${letter}${max(rows, 1) + 1}"


def _exactly(value: str) -> str:
    """A criterion that no character of the value widens."""
    exact = re.sub(r"([~*?])", r"~\1", value).replace('"', '""')
    return f'"={exact}"'


def lines(items: Sequence[Item], today: date) -> list[Line]:
    """The items as they are written."""
    return [Line(item, item.age(today), suggestion(item)) for item in items]


def place_detail(count: int) -> Detail:
    """Where that many items will stand."""
    full, rest = divmod(count, MOST_ROWS)
    sizes = [MOST_ROWS] * full + ([rest] if rest or not full else [])
    return Detail(tuple((DETAIL if not place else f"{DETAIL} {place + 1}", size) for place, size in enumerate(sizes)))


def write_detail(workbook: Workbook, detail: Detail, written: Sequence[Line], ink: Ink) -> None:
    """All items with all that is known of each."""
    begin = 0
    for name, rows in detail.sheets:
        sheet = workbook.add_worksheet(name)
        _fill(sheet, 0, FULL, written[begin : begin + rows], ink)
        inks.printable(sheet, name, repeat=0)
        begin += rows


def write_classes(workbook: Workbook, by_class: Sequence[tuple[Class, Sequence[Line]]], ink: Ink) -> None:
    """A sheet for each class: what it means, what to do, and its items; what lies beyond a sheet is in the detail."""
    for what, written in by_class:
        sheet = workbook.add_worksheet(what.heading)
        meaning = what.meaning
        sheet.write_string(0, 0, what.heading, ink.title)
        sheet.write_string(1, 0, meaning.explains)
        sheet.write_string(2, 0, f"What to do: {meaning.advice} Who mends it: {FIXES[meaning.fix]}.")
        _shown(sheet, 3, written[:MOST_ROWS], ink)
        _fill(sheet, TOP, SHORT, written[:MOST_ROWS], ink)
        inks.printable(sheet, what.heading, repeat=TOP)
        if meaning.expected:
            sheet.set_tab_color("#9AA5B1")


def by_class(written: Sequence[Line]) -> list[tuple[Class, Sequence[Line]]]:
    """The classes that occur, in the order of the closed list, each with its items."""
    found: dict[Class, list[Line]] = {}
    for line in written:
        found.setdefault(line.item.what, []).append(line)
    return [(what, found[what]) for what in Class if what in found]


def _shown(sheet: Worksheet, row: int, written: Sequence[Line], ink: Ink) -> None:
    """How many items the filter leaves, and what they come to; of several currencies no sum is made."""
    last = TOP + 1 + len(written)
    sheet.write_string(row, 0, "Shown by the filter", ink.bold)
    inks.count_formula(sheet, (row, 1), f"SUBTOTAL(103,A{TOP + 2}:A{last})", len(written), ink)
    if len(currencies := {line.item.currency for line in written}) > 1:
        return
    for heading, of in (("Difference", _difference), ("Effect on total", _effect)):
        column = next(place for place, each in enumerate(SHORT) if each.heading == heading)
        letter = xl_col_to_name(column)
        total = sum((of(line.item) for line in written), Decimal(0))
        formula = f"SUBTOTAL(109,{letter}{TOP + 2}:{letter}{last})"
        inks.money_formula(sheet, (row, column), formula, total, ink, *currencies)


def _difference(item: Item) -> Decimal:
    return item.difference or Decimal(0)


def _effect(item: Item) -> Decimal:
    return item.amount_effect


def _fill(sheet: Worksheet, top: int, columns: Sequence[Column], written: Sequence[Line], ink: Ink) -> None:
    inks.headings(sheet, top, tuple(column.heading for column in columns), ink)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    writes = [(place, column.write) for place, column in enumerate(columns)]
    for row, line in enumerate(written, start=top + 1):
        for place, write in writes:
            write(sheet, row, place, line, ink)
    last = top + max(1, len(written))
    sheet.autofilter(top, 0, last, len(columns) - 1)
    sheet.freeze_panes(top + 1, 2)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(len(columns) - 1)}{last + 1}"})


def _text(of: Callable[[Line], str | None]) -> Write:
    def write(sheet: Worksheet, row: int, column: int, line: Line, ink: Ink) -> None:
        if value := of(line):
            inks.text(sheet, row, column, value, ink)

    return write


def _number(of: Callable[[Line], int]) -> Write:
    def write(sheet: Worksheet, row: int, column: int, line: Line, ink: Ink) -> None:
        sheet.write_number(row, column, of(line), ink.count)

    return write


def _money(of: Callable[[Item], Decimal | None]) -> Write:
    def write(sheet: Worksheet, row: int, column: int, line: Line, ink: Ink) -> None:
        amount = of(line.item)
        if amount is not None:
            inks.money(sheet, row, column, amount, line.item.currency, ink)

    return write


def _value(of: Callable[[Item], Decimal | date | str | None]) -> Write:
    def write(sheet: Worksheet, row: int, column: int, line: Line, ink: Ink) -> None:
        value = of(line.item)
        if isinstance(value, Decimal):
            inks.money(sheet, row, column, value, line.item.currency, ink)
        elif isinstance(value, date):
            inks.day(sheet, row, column, value, ink)
        elif value:
            inks.text(sheet, row, column, value, ink)

    return write


def _dated(sheet: Worksheet, row: int, column: int, line: Line, ink: Ink) -> None:
    if line.item.dated is not None:
        inks.day(sheet, row, column, line.item.dated, ink)


def _opened(sheet: Worksheet, row: int, column: int, line: Line, ink: Ink) -> None:
    inks.moment(sheet, row, column, line.item.opened_at, ink)


def _bucket(line: Line) -> str:
    return f"{bucket(line.age)} days"


RECORD = Column("Record", 22, _text(lambda line: line.item.label))
KIND = Column("Kind", 14, _text(lambda line: line.item.entity.value))
DAY = Column("Date", 11, _dated)
AGE = Column("Age in days", 8, _number(lambda line: line.age))
CIRCLETEL = Column("CircleTel's value", 18, _value(circletels))
ZOHO = Column("Zoho's value", 18, _value(zohos))
DIFFERENCE = Column("Difference", 16, _money(lambda item: item.difference))
COUNT = Column("Effect on count", 9, _number(lambda line: line.item.count_effect))
TOTAL = Column("Effect on total", 16, _money(_effect))
CURRENCY = Column("Currency", 9, _text(lambda line: line.item.currency))
CAUSE = Column("Cause", 30, _text(lambda line: line.item.why))
TO_DO = Column("What to do", 60, _text(lambda line: line.suggested.text))
COMMAND = Column("Command", 60, _text(lambda line: line.suggested.command))
NUMBER = Column("Item", 9, _number(lambda line: line.item.id))

SHORT = (RECORD, KIND, DAY, AGE, CIRCLETEL, ZOHO, DIFFERENCE, TOTAL, CAUSE, TO_DO, COMMAND, NUMBER)
FULL = (
    NUMBER, RECORD, KIND, Column("Class", 26, _text(lambda line: line.item.what.heading)), DAY, AGE,
    Column("Ageing", 13, _text(_bucket)), CIRCLETEL, ZOHO, DIFFERENCE, COUNT, TOTAL,
    Column("At stake", 16, _money(lambda item: item.at_stake)), CURRENCY, CAUSE,
    Column("Found", 16, _opened),
    Column("CircleTel's id", 38, _text(lambda line: line.item.row_id)),
    Column("Zoho's id", 20, _text(lambda line: line.item.zoho_id)),
)  # fmt: skip
TOP = 4
"""Row of the headings on a class's sheet, counted from 0."""
_FORMULAS = {
    "kind": "Kind", "what": "Class", "ageing": "Ageing", "count": "Effect on count", "total": "Effect on total",
    "at_stake": "At stake", "currency": "Currency",
}  # fmt: skip
COLUMN_OF = {
    name: next(place for place, each in enumerate(FULL) if each.heading == heading)
    for name, heading in _FORMULAS.items()
}
"""Columns of the detail that formulas name."""


def listed_sheets(detail: Detail, classes: Sequence[tuple[Class, Sequence[Line]]]) -> Iterator[tuple[str, int]]:
    """The names of the sheets of items, and how many each lists."""
    yield from ((what.heading, len(written)) for what, written in classes)
    yield from detail.sheets
