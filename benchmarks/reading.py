"""Reading rows with all that their mapping needs, a batch at a time, beside many more rows than are read.

CircleTel's invoices have no index on their customer or service, so a batch must not look for them row by row.
"""

import statistics
import sys
import time
from collections.abc import Iterator

from sqlalchemy import Connection, text

from benchmarks.practice import SEED, make_tables, opened, postgres, today, vacuum
from benchmarks.report import Line, say, show
from zoho_pipeline.circletel.reading import load as read_rows
from zoho_pipeline.circletel.shape import TABLES, read_shape
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.sandbox.sample.generate import generate
from zoho_pipeline.sandbox.sample.load import load
from zoho_pipeline.sandbox.sample.world import Size

CUSTOMERS = 5_000
BATCH = 500
REPEATS = 3
BATCH_SECONDS = 1.0


def main() -> int:
    """Measure; 1 if a claim fails."""
    with postgres() as server:
        url = server.create_database("rows")
        make_tables(url)
        say(f"Loading {CUSTOMERS:,} customers with their services, invoices and payments")
        with opened(url) as engine:
            load(generate(SEED, today(), Size(customers=CUSTOMERS, dirty=False, app=False)), engine)
            vacuum(url)
            with engine.connect() as connection:
                return show(f"Reading {BATCH} rows", _lines(connection))


def _lines(connection: Connection) -> Iterator[Line]:
    shape = read_shape(connection)
    for entity in PARENTS_FIRST:
        table = TABLES[entity]
        rows = connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - constants only
        query = text(f"SELECT id::text FROM {table} ORDER BY id LIMIT {BATCH}")  # noqa: S608 - constants only
        ids = list(connection.scalars(query))
        seconds = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            read_rows(connection, entity, shape, ids)
            seconds.append(time.perf_counter() - began)
        yield Line(f"{entity}, of {rows:,}", statistics.median(seconds), "s", BATCH_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
