"""One line to the database for a process's budget: kept open while calls follow each other, given back when they stop.

Each statement is a transaction of its own, so a transaction pooler may stand in between.
"""

import threading
import time
from contextlib import ExitStack, suppress
from typing import Any

from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import DBAPIError

from zoho_pipeline.store.database import alone, is_outage, telling_of_outages


class Line:
    """A connection that is opened when needed. Threads take turns on it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._connection: Connection | None = None
        self._last_use = 0.0
        self.round_trips = 0

    def ask(self, statement: str, values: dict[str, Any]) -> Row[Any]:
        """The one row that the statement answers with.

        A connection that the server has ended is replaced once, so the statement must bear being carried out twice.

        Raises:
            DatabaseUnreachable: the database cannot be used.
        """
        with self._lock, telling_of_outages(self._engine, "ask the API budget"):
            was_open = self._connection is not None
            try:
                return self._ask(statement, values)
            except DBAPIError as error:
                if not (was_open and is_outage(error)):
                    raise
                return self._ask(statement, values)

    def release_if_idle(self, seconds: float) -> bool:
        """Give the connection back to the pool if it was not used for so long; whether it is given back."""
        if time.monotonic() - self._last_use < seconds:
            return False  # told without taking turns
        with self._lock:
            if time.monotonic() - self._last_use < seconds:
                return False
            self._drop()
            return True

    def _ask(self, statement: str, values: dict[str, Any]) -> Row[Any]:
        if self._connection is None:
            self._connection = self._held.enter_context(alone(self._engine))
        self.round_trips += 1
        self._last_use = time.monotonic()
        try:
            return self._connection.exec_driver_sql(statement, values).one()
        except DBAPIError:
            self._drop()
            raise
        finally:
            self._last_use = time.monotonic()

    def _drop(self) -> None:
        self._connection = None
        with suppress(DBAPIError, self._engine.dialect.loaded_dbapi.Error):  # the server has ended it before us
            self._held.close()
