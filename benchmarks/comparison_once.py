"""In a process of its own: the comparison of a large database, or a bare full join of its two tables, timed.

The bare join reads the same columns of the same rows, compares the same ones, and answers with one row.
"""

import json
import resource
import sys
import time
from datetime import timedelta

from sqlalchemy import Connection, text

from benchmarks.comparison_world import FIRST_MONTH
from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.compare import Terms, compare
from zoho_pipeline.settings import DatabaseSettings, SyncSettings
from zoho_pipeline.store.database import open_engine

BARE = """
    SELECT count(*), count(c.id), count(z.zoho_id), sum(c.total_amount), sum(z.total),
           count(*) FILTER (WHERE c.total_amount <> z.total OR c.invoice_date <> z.date OR c.tax_amount <> z.tax_total
               OR c.amount_due <> z.balance OR c.status <> z.status OR c.parent <> z.customer_zoho_id
               OR z.currency_code <> 'ZAR')
    FROM (
        SELECT i.*, k.zoho_billing_customer_id AS parent
        FROM public.customer_invoices i JOIN public.customers k ON k.id = i.customer_id
    ) c FULL JOIN zoho_pipeline.mirror_invoices z ON z.zoho_id = c.zoho_billing_invoice_id
"""


def main() -> int:
    """`bare` or `compare`: prints seconds, items and this process's peak memory as JSON."""
    engine = open_engine(DatabaseSettings.load(), connections=2)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    began = time.perf_counter()
    with engine.begin() as connection:
        items = _compared(connection) if sys.argv[1] == "compare" else _joined(connection)
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "items": items, "peak_mb": peak_mb}) + "\n")
    return 0


def _compared(connection: Connection) -> int:
    months = open_months(SyncSettings.load())
    assert months.first == Month.parse(FIRST_MONTH)
    wanted = months.between(months.first, months.last)
    compare(connection, Entity.INVOICES, wanted, Terms(months, timedelta(days=1)), "benchmark")
    count = text("SELECT count(*) FROM zoho_pipeline.reconciliation_items WHERE cleared_at IS NULL")
    return int(connection.execute(count).scalar_one())


def _joined(connection: Connection) -> int:
    """By the same terms as the comparison."""
    connection.execute(text("SET LOCAL work_mem = '64MB'"))
    connection.execute(text("SET LOCAL parallel_tuple_cost = 0.001"))
    row = connection.execute(text(BARE)).one()
    return int(row[5] + (row[0] - row[1]) + (row[0] - row[2]))


if __name__ == "__main__":
    sys.exit(main())
