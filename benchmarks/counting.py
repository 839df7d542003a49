"""Counting what travels to PostgreSQL: each statement, BEGIN, COMMIT, ROLLBACK and ping is a round trip of its own."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2


class RoundTrips:
    """A count of them by what they were; a statement by its first words."""

    def __init__(self) -> None:
        self.by_kind: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def total(self) -> int:
        """All of them."""
        return self.by_kind.total()

    def executing(self, _conn: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        """A statement goes out; where it is given many sets of values, psycopg2 sends it once for each."""
        self._note(" ".join(statement.split())[:60], len(given) if many else 1)

    def begun(self, connection: Connection) -> None:
        """A transaction begins: psycopg2 sends BEGIN apart, before its first statement."""
        if not _raw(connection).autocommit:
            self._note("BEGIN")

    def committed(self, connection: Connection) -> None:
        """A transaction ends."""
        if not _raw(connection).autocommit:
            self._note("COMMIT")

    def rolled_back(self, connection: Connection) -> None:
        """A transaction is given up; psycopg2 sends nothing where none was open."""
        if not connection.invalidated and _raw(connection).info.transaction_status != TRANSACTION_STATUS_IDLE:
            self._note("ROLLBACK")

    def pinging(self, usual: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
        """The driver's way to see whether a connection is alive, counted."""

        def ping(dialect: Any, raw: Any) -> bool:
            self._note("ping")
            return usual(dialect, raw)

        return ping

    def _note(self, kind: str, times: int = 1) -> None:
        with self._lock:
            self.by_kind[kind] += times


@contextmanager
def round_trips() -> Iterator[RoundTrips]:
    """Count those of every engine in this process."""
    counted = RoundTrips()
    listeners: list[tuple[type[Any], str, Any]] = [
        (Engine, "before_cursor_execute", counted.executing),
        (Engine, "begin", counted.begun),
        (Engine, "commit", counted.committed),
        (Engine, "rollback", counted.rolled_back),
    ]
    usual = PGDialect_psycopg2.do_ping
    setattr(PGDialect_psycopg2, "do_ping", counted.pinging(usual))  # noqa: B010 - no event tells of a ping
    for target, name, listener in listeners:
        event.listen(target, name, listener)
    try:
        yield counted
    finally:
        setattr(PGDialect_psycopg2, "do_ping", usual)  # noqa: B010
        for target, name, listener in listeners:
            event.remove(target, name, listener)


def _raw(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
