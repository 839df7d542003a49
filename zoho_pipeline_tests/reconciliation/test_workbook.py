"""The workbook: its formulas come to what the database says, and whatever stands in the database stays text."""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import formulas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook as Read
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Connection
from xlsxwriter.workbook import Workbook

from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.reading import ageing
from zoho_pipeline.reconciliation.statement import Statement
from zoho_pipeline.reconciliation.workbook.book import FIGURES, OPTIONS, write_workbook
from zoho_pipeline.reconciliation.workbook.front import COVER, MADE
from zoho_pipeline.reconciliation.workbook.ink import Ink, text
from zoho_pipeline.reconciliation.workbook.items import DETAIL, MOST_ROWS, place_detail
from zoho_pipeline_tests.reconciliation.paper_fixtures import connection, month
from zoho_pipeline_tests.reconciliation.papers import MIXED, Apart, statement

__all__ = ["connection", "month"]

HOSTILE = (
    '=HYPERLINK("http://a.example","x")', "+27 82 000 0000", "-2+3", "@SUM(A1)", "\t=1+1", "<r><t>x</t></r>", "<r>",
    "http://a.example", "0012", "_x000D_", "a\x01b", "INV_x0041_1",
)  # fmt: skip


def written(month: Statement, folder: Path) -> Path:
    path = folder / "month.xlsx"
    write_workbook(path, month)
    return path


def of_formulas(book: Read) -> list[Cell]:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]  # type: ignore[misc]


def recalculated(path: Path) -> dict[tuple[str, str], Any]:
    """What an independent calculator makes of each formula; it knows no SUBTOTAL, which nothing is filtered from."""
    book = load_workbook(path)
    for cell in of_formulas(book):
        cell.value = str(cell.value).replace("SUBTOTAL(109,", "SUM(").replace("SUBTOTAL(103,", "COUNTA(")
    book.save(path.with_name("plain.xlsx"))
    solution = formulas.ExcelModel().loads(str(path.with_name("plain.xlsx"))).finish().calculate()
    found = {}
    for name, value in solution.items():
        match = re.search(r"\](.+?)'?!([A-Z]+\d+)$", str(name))
        if match and hasattr(value, "value"):
            found[match[1], match[2]] = value.value[0, 0]
    return found


def value_in(sheet: Worksheet, heading: str) -> Any:
    """What stands in the first row of items below that heading."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == heading:
                return sheet.cell(cell.row + 1, cell.column)
    raise AssertionError(f"{sheet.title} has no heading {heading}")


def rows_of(sheet: Worksheet) -> dict[str, tuple[Any, ...]]:
    """By the first column; of equal ones the first."""
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] is not None]
    return {str(row[0]): row[1:] for row in reversed(rows)}


def test_every_formula_recalculated_comes_to_what_is_shown(month: Statement, tmp_path: Path) -> None:
    path = written(month, tmp_path)
    shown, again = load_workbook(path, data_only=True), recalculated(path)
    cells = of_formulas(load_workbook(path))
    assert len(cells) > 100
    for cell in cells:
        kept, made = shown[cell.parent.title][cell.coordinate].value, again[cell.parent.title.upper(), cell.coordinate]
        assert made == kept or float(made) == pytest.approx(float(kept), abs=1e-9), (cell.parent.title, cell.coordinate)


def test_the_tie_out_is_the_databases(month: Statement, tmp_path: Path) -> None:
    path = written(month, tmp_path)
    again = recalculated(path)
    sheet = load_workbook(path, data_only=True)["Tie-out"]
    for each in month.books.tie_outs:
        top = next(
            row for row in range(1, 100) if sheet.cell(row, 1).value == f"{each.entity.capitalize()}, {each.currency}"
        )
        assert (sheet.cell(top + 1, 3).value, sheet.cell(top + 1, 4).value) == (
            each.circletel_count, float(each.circletel_amount),
        )  # fmt: skip
        for row, line in enumerate(each.lines, start=top + 2):
            assert sheet.cell(row, 1).value == line.what.heading
            made = [again["TIE-OUT", f"{column}{row}"] for column in "BCD"]
            assert made == [line.items, line.count, float(line.amount)]
        last = top + len(each.lines) + 2
        assert (sheet.cell(last + 1, 3).value, sheet.cell(last + 1, 4).value) == (
            each.zoho_count, float(each.zoho_amount),
        )  # fmt: skip
        assert (again["TIE-OUT", f"C{last + 2}"], again["TIE-OUT", f"D{last + 2}"]) == (0, 0)


def test_a_cent_that_no_item_explains_stands_in_the_tie_out(month: Statement, tmp_path: Path) -> None:
    first, *others = month.books.tie_outs
    off = replace(first, zoho_amount=first.zoho_amount + Decimal("0.01"))
    wrong = replace(month, books=replace(month.books, tie_outs=[off, *others]))
    path = written(wrong, tmp_path)
    row = next(each.row for each in load_workbook(path)["Tie-out"]["A"] if each.value == "Unexplained")
    assert recalculated(path)["TIE-OUT", f"D{row}"] == 0.01


def test_the_ageing_comes_to_what_is_at_stake(month: Statement, tmp_path: Path) -> None:
    again = recalculated(written(month, tmp_path))
    sheet = load_workbook(tmp_path / "month.xlsx")["Ageing"]
    rand = [item for item in month.books.items if item.currency == "ZAR"]
    row = next(each.row for each in sheet["A"] if each.value == "Total")
    made = [again["AGEING", f"{column}{row}"] for column in "BCDE"]
    assert made == [float(about) for about in ageing(rand, month.today).values()]
    assert sum(made) > 0


def test_receivables_roll_forward_to_their_closing_on_both_sides(month: Statement, tmp_path: Path) -> None:
    again = recalculated(written(month, tmp_path))
    circletel, zoho = month.books.receivables
    assert (again["RECEIVABLES", "B10"], again["RECEIVABLES", "C10"]) == (
        float(circletel.closing), float(zoho.closing),
    )  # fmt: skip
    assert again["RECEIVABLES", "D10"] == float(zoho.closing - circletel.closing)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_from_the_database_never_becomes_a_formula_or_a_link(
    connection: Connection, tmp_path: Path, hostile: str
) -> None:
    item = Apart(Class.STATUS, label=hostile, circletel=hostile, zoho=hostile, cause=hostile)
    book = load_workbook(written(statement(connection, [item]), tmp_path))
    for sheet in (book["Status"], book[DETAIL]):
        for heading in ("Record", "CircleTel's value", "Zoho's value", "Cause"):
            cell = value_in(sheet, heading)
            assert (cell.data_type, cell.hyperlink) == ("s", None)
            assert unescape(cell.value) == hostile
            assert bool(cell.quotePrefix) is (hostile[0] in "=+-@\t")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1))
def test_any_text_is_read_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    path = tmp_path_factory.mktemp("text") / "text.xlsx"
    with Workbook(str(path), OPTIONS) as book:
        text(book.add_worksheet("x"), 0, 0, value, Ink(book))
    assert unescape(load_workbook(path)["x"]["A1"].value) == value


def test_money_is_a_number_that_reads_as_rand(month: Statement, tmp_path: Path) -> None:
    book = load_workbook(written(month, tmp_path))
    refused = value_in(book["Missing in Zoho"], "Difference")
    assert (refused.value, refused.number_format) == (-1150.1, '"R "# ##0.00')
    before = value_in(book["Before Zoho"], "CircleTel's value")
    assert (before.value, before.number_format) == (1200000.05, '"R "# ### ##0.00')
    assert value_in(book["Status"], "Difference").number_format == '"USD "# ##0.00'


def test_what_is_no_money_is_not_made_a_number(connection: Connection, tmp_path: Path) -> None:
    item = Apart(Class.WRONG_INVOICE, circletel="5f1c", zoho="5214837000000001783", difference="10.00")
    book = load_workbook(written(statement(connection, [item]), tmp_path))
    assert value_in(book["Payment on the wrong invoice"], "Zoho's value").value == "5214837000000001783"


def test_days_and_moments_are_dates_in_johannesburg(month: Statement, tmp_path: Path) -> None:
    book = load_workbook(written(month, tmp_path))
    assert value_in(book["Timing"], "Zoho's value").value == datetime(2025, 11, 1)  # noqa: DTZ001
    assert value_in(book[DETAIL], "Found").value == datetime(2025, 11, 1, 0, 30)  # noqa: DTZ001
    assert rows_of(book[COVER])["Prepared at"][0] == datetime(2025, 11, 5, 10, 0)  # noqa: DTZ001


def test_each_class_that_occurs_has_a_sheet_with_its_items(month: Statement, tmp_path: Path) -> None:
    book = load_workbook(written(month, tmp_path))
    occurring = {item.what for item in MIXED}
    expected = [COVER, *FIGURES, *(what.heading for what in Class if what in occurring), DETAIL, MADE]
    assert book.sheetnames == expected
    assert book["Missing in Zoho"].max_row - 5 == 2
    assert book[DETAIL].max_row - 1 == len(MIXED)


def test_every_class_has_a_heading_that_can_name_a_sheet() -> None:
    names = [COVER, MADE, DETAIL, *FIGURES, *(what.heading for what in Class)]
    assert len({name.lower() for name in names}) == len(names)
    assert [name for name in names if len(name) > 31 or re.search(r"[\[\]:*?/\\]|^'|'$", name)] == []


def test_items_can_be_filtered_scrolled_and_printed(month: Statement, tmp_path: Path) -> None:
    book = load_workbook(written(month, tmp_path))
    for name, first in ((DETAIL, 1), ("Missing in Zoho", 5)):
        sheet = book[name]
        assert sheet.auto_filter.ref.startswith(f"A{first}:")
        assert sheet.freeze_panes == f"C{first + 1}"
        assert sheet.print_title_rows == f"${first}:${first}"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.column_dimensions["A"].width > 8


def test_the_cover_says_month_sign_off_and_as_of_when(month: Statement, tmp_path: Path) -> None:
    cover = rows_of(load_workbook(written(month, tmp_path), data_only=True)[COVER])
    assert cover["Month"][0] == "2025-10"
    assert (cover["Status"][0], cover["Prepared by"][0], cover["Approved by"][0]) == ("prepared", "a.naidoo", "not yet")
    assert cover["Head of the audit trail"][0] == "9f2c" * 16
    assert cover["Zoho's payments as of"][0] == datetime(2025, 11, 5, 10, 0)  # noqa: DTZ001
    assert cover["Detail"][0] == f"{len(MIXED)} items"


def test_a_month_that_was_never_compared_says_so(connection: Connection, tmp_path: Path) -> None:
    month = statement(connection, [])
    nothing = replace(month, books=replace(month.books, as_of={}, compared_at={}, tie_outs=[], controls=[], rolled=[]))
    book = load_workbook(written(nothing, tmp_path))
    assert book[COVER]["A3"].value == "Not complete: customers, subscriptions, invoices, payments were never compared."
    assert rows_of(book[COVER])["Zoho's invoices as of"][0] == "never compared"


def test_the_same_statement_makes_the_same_file(month: Statement, tmp_path: Path) -> None:
    first = written(month, tmp_path).read_bytes()
    assert written(month, tmp_path).read_bytes() == first


def test_more_items_than_a_sheet_holds_go_on_on_the_next() -> None:
    detail = place_detail(2 * MOST_ROWS + 5)
    assert detail.sheets == (("Detail", MOST_ROWS), ("Detail 2", MOST_ROWS), ("Detail 3", 5))
    assert detail.count(kind="invoices").count("COUNTIFS") == 3
