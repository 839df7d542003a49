"""pyrate-limiter's bucket in PostgreSQL as a budget, used as its documentation says, to compare with.

It knows the minute and the day. Of what a `Budget` is asked beside, it hears nothing: which calls are urgent, in flight
or refused.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool
from pyrate_limiter import Duration, Limiter, PostgresBucket, Rate

from benchmarks.budget_callers import CONNECTIONS, Cost
from zoho_pipeline.budget.shares import shares
from zoho_pipeline.settings import DatabaseSettings, ZohoSettings
from zoho_pipeline.zoho.ports import Budget, Call, CallRecord

TABLE = "zoho"


class PyrateBudget:
    """Leave to call, from a pyrate-limiter."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    @contextmanager
    def permit(self, call: Call) -> Iterator[CallRecord]:
        """Waits until there is room; takes no note of the call's purpose or end."""
        self._limiter.try_acquire(TABLE)
        yield CallRecord()


@contextmanager
def pyrate_budget(zoho: ZohoSettings, database: DatabaseSettings, cost: Cost) -> Iterator[Budget]:
    """The bucket that all processes share, with our share of minute and day as its rates."""
    share = shares(zoho).urgent
    rates = [Rate(share.minute, Duration.MINUTE), Rate(share.day, Duration.DAY)]
    url = database.url.get_secret_value().replace("postgresql+psycopg2://", "postgresql://", 1)
    with (
        ConnectionPool(url, connection_class=_counting(cost), min_size=1, max_size=CONNECTIONS, open=True) as pool,
        Limiter(PostgresBucket(pool, TABLE, rates)) as limiter,
    ):
        yield PyrateBudget(limiter)


def _counting(cost: Cost) -> type[psycopg.Connection[Any]]:
    """A connection that adds to the cost what it sends; psycopg sends BEGIN and COMMIT as round trips of their own."""

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, *given: Any, **more: Any) -> "Cursor":
            began = time.perf_counter()
            try:
                super().execute(*given, **more)
            finally:
                cost.seconds += time.perf_counter() - began
                cost.round_trips += 1
            return self

    class Connection(psycopg.Connection[Any]):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            self.cursor_factory = Cursor

        def commit(self) -> None:
            began = time.perf_counter()
            super().commit()
            cost.seconds += time.perf_counter() - began
            cost.round_trips += 2

    return Connection
