"""What a permit costs where so many calls were made in the last minute: one thread, limits out of sight.

Run it with `python -m benchmarks.permit_cost`.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text

from benchmarks.report import Line, show
from zoho_pipeline.budget.api_budget import PostgresBudget
from zoho_pipeline.budget.flusher import SOON_SECONDS
from zoho_pipeline.budget.shares import Share, Shares
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.store.migrate import upgrade
from zoho_pipeline.zoho.ports import Call, Purpose

CALLS_PER_MINUTE = (100, 1_000, 10_000)
PERMITS = 1_000
BETWEEN = 50
"""Permits after which the minute is made anew, so that it holds what it is said to hold."""
CALL = Call("GET", "GET /customers", Purpose.BULK, "customers", "c-1", "run-1")
NO_LIMIT = Share(minute=1_000_000, day=10_000_000, in_flight=1_000, burst=1_000_000, space_seconds=0.0)

_MINUTE = text("""
    UPDATE zoho_pipeline.api_budget SET
        minute_ends = ARRAY(
            SELECT clock_timestamp() - make_interval(secs => 59.9 * (1 - n::float8 / :ends))
            FROM generate_series(1, :ends) AS n
        ),
        minute_calls = ARRAY(SELECT :calls / :ends FROM generate_series(1, :ends))
""")
EXACT, GRAINS = 200, 120
"""Ends that are kept one by one, and the parts of a minute that they are kept in beyond that (`hear_endings`)."""


def main() -> int:
    """Measure and show."""
    with database() as engine:
        lines = [line for calls in CALLS_PER_MINUTE for line in _lines(calls, sorted(cost(engine, calls)))]
    return show("What a permit costs", lines)


def _lines(calls: int, taken: list[float]) -> Iterator[Line]:
    what = f"a permit beside {calls:,} calls in the last minute"
    yield Line(f"{what}, median of {len(taken):,}", statistics.median(taken) * 1000, "ms")
    yield Line(f"{what}, 95 of 100 at most", taken[int(0.95 * (len(taken) - 1))] * 1000, "ms")


def cost(engine: Engine, calls: int) -> list[float]:
    """Seconds for each permit with what it reports of the call before it."""
    budget = PostgresBudget(engine, str(calls), Shares(NO_LIMIT, NO_LIMIT), lease_seconds=60.0)
    taken = []
    for number in range(PERMITS):
        if number % BETWEEN == 1:
            with engine.begin() as connection:
                fill(connection, calls)
        began = time.perf_counter()
        with budget.permit(CALL) as record:
            taken.append(time.perf_counter() - began)
            record.status, record.code = 200, 0
    return taken


def fill(connection: Connection, calls: int) -> None:
    """Let the last minute have held so many calls, one as long after another as the next."""
    connection.execute(_MINUTE, {"calls": calls, "ends": calls if calls <= EXACT else GRAINS})


@contextmanager
def database() -> Iterator[Engine]:
    """A database of its own with the pipeline's tables."""
    with tempfile.TemporaryDirectory(prefix="zp-") as directory:
        Path(directory).chmod(0o755)  # for the account that the server runs as
        server = EmbeddedPostgres.start(Path(directory))
        engine = create_engine(server.create_database("permits"))
        try:
            with engine.begin() as connection:
                connection.execute(text("CREATE SCHEMA IF NOT EXISTS zoho_pipeline"))
            upgrade(engine)
            yield engine
        finally:
            time.sleep(2 * SOON_SECONDS)  # the last call's end is reported
            engine.dispose()
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
