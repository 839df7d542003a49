"""100,000 items of one month: how long finance waits for its workbook and report, and how large they are.

The items are made in SQL, of many classes, with totals that they explain. Claimed is the processor's time: one thread
that waits for nothing, so it is what passes on a machine with nothing else to do; what passed here stands beside it.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, text

from benchmarks.practice import make_tables, opened, postgres
from benchmarks.report import Line, say, show
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.reading import MonthBooks, read_month
from zoho_pipeline.reconciliation.report.page import write_report
from zoho_pipeline.reconciliation.statement import Statement
from zoho_pipeline.reconciliation.sums import write_sums
from zoho_pipeline.reconciliation.trend import read_trend
from zoho_pipeline.reconciliation.workbook.book import write_workbook

ITEMS = 100_000
SECONDS = 30.0
MONTH = Month(2025, 10)
AT = datetime(2025, 11, 5, 8, 0, tzinfo=UTC)
MEGA = 1_000_000
Given = TypeVar("Given")


def main() -> int:
    """Measure and print."""
    with postgres() as server, tempfile.TemporaryDirectory() as directory:
        url = server.create_database("items")
        make_tables(url)
        with opened(url) as engine:
            say(f"Making {ITEMS:,} items")
            fill(engine)
            with engine.connect() as connection:
                reading, books = _timed(lambda: read_month(connection, MONTH))
                statement = Statement(
                    books, datetime(2025, 11, 5, 8, 0, tzinfo=UTC), past=read_trend(connection, MONTH)
                )
        workbook, page = Path(directory, "book.xlsx"), Path(directory, "page.html")
        lines = [Line(f"reading the month: {ITEMS:,} items", reading[0], "s")]
        for name, path, write, most in (
            ("workbook", workbook, write_workbook, SECONDS),
            ("report", page, write_report, None),
        ):
            taken, _ = _timed(lambda write=write, path=path: write(path, statement))  # type: ignore[misc]
            lines.append(Line(f"writing the {name}, processor's time", taken[1], "s", most))
            lines.append(Line(f"writing the {name}, time that passed", taken[0], "s"))
            lines.append(Line(f"size of the {name}", path.stat().st_size / MEGA, "MB"))
        lines.append(Line("totals that are not explained", float(_unexplained(books)), "", 0.0))
        say(f"load of the machine in the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        return show(f"A month of {ITEMS:,} items", lines)


def _timed(do: Callable[[], Given]) -> tuple[tuple[float, float], Given]:
    """Seconds that passed, seconds of the processor, and what it gave."""
    began, worked = time.perf_counter(), time.process_time()
    given = do()
    return (time.perf_counter() - began, time.process_time() - worked), given


def _unexplained(books: MonthBooks) -> int:
    return sum(not each.ties for each in books.tie_outs)


def fill(engine: Engine, month: Month = MONTH, number: int = ITEMS) -> None:
    """Make so many items of the month, with totals that they explain."""
    given = {"month": month.key, "items": number, "classes": [each.value for each in Class]}
    with engine.begin() as connection:
        connection.execute(text(_ITEMS), given)
        connection.execute(text(_TOTALS), given)
        for entity in Entity:
            write_sums(connection, entity, [month.key])


_ITEMS = """
    WITH compared AS (
        INSERT INTO zoho_pipeline.reconciliation_comparisons (entity, month, as_of, run_id)
        SELECT e, :month, now(), 'benchmark' FROM unnest(ARRAY['customers', 'subscriptions', 'invoices', 'payments']) e
        RETURNING id, entity
    )
    INSERT INTO zoho_pipeline.reconciliation_items
        (entity, month, class, row_id, zoho_id, currency, label, circletel, zoho, difference, count_effect,
         amount_effect, dated, cause, comparison_id)
    SELECT c.entity, :month, (CAST(:classes AS text[]))[1 + n % cardinality(CAST(:classes AS text[]))],
           gen_random_uuid()::text, (5214837000000000000 + n)::text, 'ZAR', 'INV-2025-' || lpad(n::text, 6, '0'),
           ((n % 90000) / 100.0)::numeric(12, 2)::text, ((n % 70000) / 100.0)::numeric(12, 2)::text,
           ((n % 70000) / 100.0 - (n % 90000) / 100.0)::numeric(12, 2), n % 3 - 1,
           ((n % 50000) / 100.0)::numeric(12, 2),
           date '2025-10-31' - n % 120, 'refused: VAT of the draft is R 0.01 off', c.id
    FROM generate_series(1, :items) n
    JOIN compared c ON c.entity = (ARRAY['customers', 'subscriptions', 'invoices', 'payments'])[1 + n % 4]
"""
_TOTALS = """
    INSERT INTO zoho_pipeline.reconciliation_totals
        (comparison_id, currency, circletel_count, circletel_amount, zoho_count, zoho_amount)
    SELECT comparison_id, currency, 100000, 50000000.25, 100000 + sum(count_effect), 50000000.25 + sum(amount_effect)
    FROM zoho_pipeline.reconciliation_items WHERE month = :month GROUP BY comparison_id, currency
"""


if __name__ == "__main__":
    sys.exit(main())
