"""The first sheet, on which everything hangs together, and the last, which says how it was made."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from zoho_pipeline.clock import shown
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.reconciliation.statement import RULES, Statement, versions
from zoho_pipeline.reconciliation.workbook import ink as inks
from zoho_pipeline.reconciliation.workbook.ink import Ink
from zoho_pipeline.reconciliation.workbook.tying import NAME as TIE_OUT
from zoho_pipeline.reconciliation.workbook.tying import Block

COVER, MADE = "Cover", "How it was made"
NOT_YET = "not yet"


def write_cover(
    workbook: Workbook,
    statement: Statement,
    blocks: Sequence[Block],
    sheets: Iterable[tuple[str, int | None]],
    ink: Ink,
) -> None:
    """Month, sign-off, as of when, the kinds at a glance, and what stands on which sheet (with its items)."""
    sheet = workbook.add_worksheet(COVER)
    for column, width in enumerate((30, 22, 14, 20, 14, 20, 20, 14, 16)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, f"Reconciliation {statement.books.month}", ink.title)
    sheet.write_string(1, 0, "CircleTel against Zoho Billing; times in Africa/Johannesburg", ink.note)
    good = statement.books.ties
    sheet.write_string(2, 0, statement.verdict, ink.of(bold=True, font_color=inks.GOOD if good else inks.BAD))
    row = _facts(sheet, 4, statement, ink)
    row = _glance(sheet, row + 1, blocks, ink)
    sheet.write_string(row + 1, 0, "Sheets", ink.band)
    for place, (name, count) in enumerate(sheets, start=row + 2):
        sheet.write_url(place, 0, f"internal:'{name}'!A1", ink.link, name)
        if count is not None:
            sheet.write_string(place, 1, f"{count:,} item{'' if count == 1 else 's'}".replace(",", " "), ink.plain)
    inks.printable(sheet, f"Reconciliation {statement.books.month}")
    sheet.activate()


def _facts(sheet: Worksheet, row: int, statement: Statement, ink: Ink) -> int:
    cover, books = statement.cover, statement.books
    facts: dict[str, str | datetime | None] = {
        "Month": books.month.key,
        "Status": cover.stage.value,
        "Prepared by": cover.prepared_by,
        "Prepared at": cover.prepared_at,
        "Approved by": cover.approved_by,
        "Approved at": cover.approved_at,
        "Head of the audit trail": cover.trail_head,
        "These papers made at": statement.at,
    }
    for name, value in facts.items():
        sheet.write_string(row, 0, name, ink.bold)
        if isinstance(value, datetime):
            inks.moment(sheet, row, 1, value, ink)
        else:
            inks.text(sheet, row, 1, value or NOT_YET, ink)
        row += 1
    for kind in PARENTS_FIRST:
        sheet.write_string(row, 0, f"Zoho's {kind} as of", ink.bold)
        if kind in books.as_of:
            inks.moment(sheet, row, 1, books.as_of[kind], ink)
            sheet.write_string(row, 2, f"compared {shown(books.compared_at[kind])}", ink.plain)
        else:
            sheet.write_string(row, 1, "never compared", ink.bad)
        row += 1
    return row


def _glance(sheet: Worksheet, row: int, blocks: Sequence[Block], ink: Ink) -> int:
    """Each tie-out in a line, taken from its sheet."""
    names = ("", "CircleTel, count", "Zoho, count", "CircleTel", "Apart, count", "Zoho", "Apart", "Unexplained", "")
    inks.headings(sheet, row, names[:-1], ink)
    for block in blocks:
        row += 1
        of, ours, theirs, left = block.of, block.circletel + 1, block.zoho + 1, block.unexplained + 1
        inks.text(sheet, row, 0, block.title, ink, ink.bold)
        inks.count_formula(sheet, (row, 1), f"'{TIE_OUT}'!C{ours}", of.circletel_count, ink)
        inks.count_formula(sheet, (row, 2), f"'{TIE_OUT}'!C{theirs}", of.zoho_count, ink)
        inks.count_formula(sheet, (row, 4), f"C{row + 1}-B{row + 1}", of.zoho_count - of.circletel_count, ink)
        apart = of.zoho_amount - of.circletel_amount
        for column, formula, amount in (
            (3, f"'{TIE_OUT}'!D{ours}", of.circletel_amount),
            (5, f"'{TIE_OUT}'!D{theirs}", of.zoho_amount),
            (6, f"F{row + 1}-D{row + 1}", apart),
            (7, f"'{TIE_OUT}'!D{left}", of.unexplained_amount),
        ):
            inks.money_formula(sheet, (row, column), formula, Decimal(amount), ink, of.currency)
        inks.mark_nonzero(sheet, row, 7, 7, ink)
    return row + 1


def write_made(workbook: Workbook, statement: Statement, ink: Ink) -> None:
    """Sources, rules, versions and settings."""
    sheet = inks.begun(workbook, MADE, "How it was made", (44, 110), ink)
    books = statement.books
    sources = {
        "CircleTel": "its tables customers, customer_services, customer_invoices, payment_transactions and "
        "credit_notes, as they were when each kind was compared",
        **{f"CircleTel's {kind}": f"compared {shown(at)}" for kind, at in books.compared_at.items()},
        "Zoho": "the mirror of its lists, each read completely",
        **{f"Zoho's {kind}": f"as of {shown(at)}, when the oldest list began" for kind, at in books.as_of.items()},
    }
    rules = {str(number): rule for number, rule in enumerate(RULES, start=1)}
    row = 2
    for title, entries in (
        ("Sources", sources),
        ("Rules", rules),
        ("Versions", versions()),
        ("Settings in force (values of secrets are not shown)", statement.settings),
    ):
        row = _section(sheet, row, title, entries, ink) + 1


def _section(sheet: Worksheet, row: int, title: str, entries: Mapping[str, str], ink: Ink) -> int:
    sheet.write_string(row, 0, title, ink.band)
    sheet.write_blank(row, 1, None, ink.band)
    for name, value in entries.items():
        row += 1
        inks.text(sheet, row, 0, name, ink, ink.bold)
        inks.text(sheet, row, 1, value, ink, ink.wrapped)
    return row + 1
