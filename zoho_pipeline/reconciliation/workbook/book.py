"""The workbook of a month, sheet by sheet."""

from datetime import UTC
from pathlib import Path

from xlsxwriter.workbook import Workbook

from zoho_pipeline.reconciliation.statement import Statement
from zoho_pipeline.reconciliation.workbook import ageing, figures, front, tying
from zoho_pipeline.reconciliation.workbook.ink import Ink
from zoho_pipeline.reconciliation.workbook.items import (
    by_class,
    lines,
    listed_sheets,
    place_detail,
    write_classes,
    write_detail,
)

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
FIGURES = (tying.NAME, figures.CONTROLS, figures.RECEIVABLES, ageing.NAME, figures.ROLLED)


def write_workbook(path: Path, statement: Statement) -> None:
    """Write the workbook there; the same statement makes the same file.

    Raises:
        OSError: when it cannot be written.
    """
    books = statement.books
    with Workbook(str(path), OPTIONS) as workbook:
        workbook.set_properties(
            {
                "title": f"Reconciliation {books.month}",
                "subject": "CircleTel against Zoho Billing",
                "author": "zoho-pipeline",
                "created": statement.at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        ink = Ink(workbook)
        written = lines(books.items, statement.today)
        classes = by_class(written)
        detail, blocks = place_detail(len(written)), tying.placed(books.tie_outs)
        sheets = [*((name, None) for name in FIGURES), *listed_sheets(detail, classes), (front.MADE, None)]
        front.write_cover(workbook, statement, blocks, sheets, ink)
        tying.write_tie_out(workbook, blocks, detail, ink)
        figures.write_controls(workbook, books.controls, ink)
        figures.write_receivables(workbook, books.receivables, ink)
        ageing.write_ageing(workbook, written, detail, ink)
        figures.write_rolled(workbook, books.rolled, ink)
        write_classes(workbook, classes, ink)
        write_detail(workbook, detail, written, ink)
        front.write_made(workbook, statement, ink)
