"""Controls, receivables, and the roll-forward of items: figures with formulas over them."""

from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from zoho_pipeline.reconciliation.controls import Control
from zoho_pipeline.reconciliation.reading import RolledForward
from zoho_pipeline.reconciliation.receivables import Receivables
from zoho_pipeline.reconciliation.workbook import ink as inks
from zoho_pipeline.reconciliation.workbook.ink import Ink

CONTROLS, RECEIVABLES, ROLLED = "Controls", "Receivables", "Roll-forward"
HOLDS, FAILS = "holds", "does not hold"
MOVEMENTS = (
    ("Opening balance", "opening", ""),
    ("Invoices", "invoices", "+"),
    ("Credit notes", "credit_notes", "-"),
    ("Payments", "payments", "-"),
    ("Refunds", "refunds", "+"),
    ("Write-offs", "write_offs", "-"),
)
"""Lines of the roll-forward, and with which sign each counts."""


def write_controls(workbook: Workbook, controls: Sequence[Control], ink: Ink) -> None:
    """Each figure twice, and whether both come to the same."""
    sheet = inks.begun(workbook, CONTROLS, "Controls: one figure, from two sources", (80, 10, 10, 20, 20, 18, 16), ink)
    inks.headings(sheet, 2, ("Control", "Binding", "Currency", "Stated", "Found", "Difference", "Result"), ink)
    for row, each in enumerate(controls, start=3):
        sheet.write_string(row, 0, each.meaning, ink.plain)
        sheet.write_string(row, 1, "yes" if each.binding else "no", ink.plain)
        inks.text(sheet, row, 2, each.currency, ink)
        inks.money(sheet, row, 3, each.stated, each.currency, ink)
        inks.money(sheet, row, 4, each.found, each.currency, ink)
        inks.money_formula(sheet, (row, 5), f"E{row + 1}-D{row + 1}", each.difference, ink, each.currency)
        result = HOLDS if each.holds else FAILS
        sheet.write_formula(row, 6, f'=IF(F{row + 1}=0,"{HOLDS}","{FAILS}")', ink.bold, result)
        if each.binding:
            inks.mark_nonzero(sheet, row, 5, 5, ink)
    note = "A month cannot be signed unless its binding controls hold; what the others show is explained by items."
    sheet.write_string(4 + len(controls), 0, note, ink.note)


def write_receivables(workbook: Workbook, sides: Sequence[Receivables], ink: Ink) -> None:
    """Opening to closing on each side, and how far they are apart."""
    title = "Receivables: roll-forward of the month"
    sheet = inks.begun(workbook, RECEIVABLES, title, (30, *(22 for _ in sides), 22), ink)
    inks.headings(sheet, 2, ("ZAR, VAT included", *(side.side.value for side in sides), "Zoho less CircleTel"), ink)
    for row, (name, of, sign) in enumerate(MOVEMENTS, start=3):
        sheet.write_string(row, 0, f"{sign.replace('-', '–')} {name}".strip(), ink.plain)
        amounts = [getattr(side, of) for side in sides]
        for column, amount in enumerate(amounts, start=1):
            inks.money(sheet, row, column, amount, "ZAR", ink)
        _apart(sheet, row, amounts, ink)
    closing, vat = 3 + len(MOVEMENTS), 5 + len(MOVEMENTS)
    sheet.write_string(closing, 0, "= Closing balance", ink.total)
    for column, side in enumerate(sides, start=1):
        letter = xl_col_to_name(column)
        formula = "".join(f"{sign}{letter}{4 + place}" for place, (_, _, sign) in enumerate(MOVEMENTS))
        inks.money_formula(sheet, (closing, column), formula, side.closing, ink, total=True)
    _apart(sheet, closing, [side.closing for side in sides], ink, total=True)
    sheet.write_string(vat, 0, "Output VAT of the month", ink.plain)
    for column, side in enumerate(sides, start=1):
        inks.money(sheet, vat, column, side.output_vat, "ZAR", ink)
    _apart(sheet, vat, [side.output_vat for side in sides], ink)


def _apart(sheet: Worksheet, row: int, amounts: Sequence[Decimal], ink: Ink, *, total: bool = False) -> None:
    column = len(amounts) + 1
    apart = amounts[-1] - amounts[0]
    formula = f"{xl_col_to_name(column - 1)}{row + 1}-B{row + 1}"
    inks.money_formula(sheet, (row, column), formula, apart, ink, total=total)


def write_rolled(workbook: Workbook, rolled: Sequence[RolledForward], ink: Ink) -> None:
    """What became of the items of each class, over all months up to this one: opened before + new - cleared."""
    title = "Roll-forward of items, over all months up to this one"
    sheet = inks.begun(workbook, ROLLED, title, (36, 16, 12, 12, 12), ink)
    inks.headings(sheet, 2, ("Class", "Opened before", "New", "Cleared", "Carried forward"), ink)
    for row, each in enumerate(rolled, start=3):
        sheet.write_string(row, 0, each.what.heading, ink.plain)
        for column, count in enumerate((each.opened_before, each.new, each.cleared), start=1):
            sheet.write_number(row, column, count, ink.count)
        inks.count_formula(sheet, (row, 4), f"B{row + 1}+C{row + 1}-D{row + 1}", each.carried, ink)
    last = 3 + len(rolled)
    sheet.write_string(last, 0, "Total", ink.total)
    totals = [sum(column) for column in zip(*map(_counts, rolled), strict=True)] or [0, 0, 0, 0]
    for column, total in enumerate(totals, start=1):
        letter = xl_col_to_name(column)
        inks.count_formula(sheet, (last, column), f"SUM({letter}4:{letter}{max(last, 4)})", total, ink, total=True)


def _counts(each: RolledForward) -> tuple[int, int, int, int]:
    return each.opened_before, each.new, each.cleared, each.carried
