"""The injected clock: one simulated time for the product, its database and the practice Zoho.

Simulated time is real time and what it is ahead. It runs on by itself while the product works, and jumps where the
simulation goes to the next moment, or where the product sleeps: nobody waits.

The database's now() is injected too. PostgreSQL looks functions up along the search path, and pg_catalog is the first
place only where the path does not name it: on this database the path names the schema `practice_clock` before it, whose
functions of the same names add what time is ahead. So no stored moment has to be set back, calendar days included, and
no column can be forgotten. The words CURRENT_TIMESTAMP and their like are no functions and could not be injected; that
nobody uses them, and that every moment which the pipeline stores is a simulated one, is tested.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class that psycopg2 calls otherwise
from sqlalchemy import Engine, text

from zoho_pipeline.clock import SystemClock

SCHEMA = "practice_clock"
FUNCTIONS = ("now", "transaction_timestamp", "statement_timestamp", "clock_timestamp")
REAL_SLEEP_SECONDS = 0.01
"""A sleep that waits for another thread lets it run so long at most."""
_TABLE = """
    CREATE SCHEMA practice_clock;
    CREATE TABLE practice_clock.ahead (of_real interval NOT NULL);
    INSERT INTO practice_clock.ahead VALUES ('0 s');
"""
_FUNCTION = """
    CREATE FUNCTION {schema}.{name}() RETURNS timestamptz LANGUAGE sql {how}
    AS 'SELECT pg_catalog.{name}() + of_real FROM {schema}.ahead';
"""


def install(engine: Engine) -> None:
    """Make the database tell simulated time to all who connect from now on; before any other table is made."""
    with engine.begin() as connection:
        connection.execute(text(_TABLE))
        for name in FUNCTIONS:
            how = "VOLATILE" if name == "clock_timestamp" else "STABLE"
            connection.execute(text(_FUNCTION.format(schema=SCHEMA, name=name, how=how)))
        database = connection.execute(text("SELECT quote_ident(current_database())")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {database} SET search_path = public, {SCHEMA}, pg_catalog"))
    engine.dispose()


@dataclass
class WorldClock:
    """Simulated time, as `zoho_pipeline.clock.Clock`; `dsn` leads to the database that is to tell it too."""

    dsn: str
    begins: InitVar[datetime]
    _ahead: timedelta = timedelta()
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _connection: Connection | None = None

    def __post_init__(self, begins: datetime) -> None:
        self._ahead = begins - datetime.now(UTC)
        self._tell_database()

    def now(self) -> datetime:
        """The simulated moment (UTC)."""
        return datetime.now(UTC) + self._ahead

    def go_to(self, moment: datetime) -> None:
        """Make it that moment, unless it is later already."""
        with self._lock:
            self._ahead = max(self._ahead, moment - datetime.now(UTC))
            self._tell_database()

    def sleep(self, seconds: float) -> None:
        """So much simulated time passes."""
        with self._lock:
            self._ahead += timedelta(seconds=seconds)
            self._tell_database()
        time.sleep(min(seconds, REAL_SLEEP_SECONDS))

    def close(self) -> None:
        """Let the database go."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _tell_database(self) -> None:
        """A database that is down is told when time moves next."""
        with suppress(psycopg2.OperationalError, psycopg2.InterfaceError):
            if self._connection is None or self._connection.closed:
                self._connection = psycopg2.connect(self.dsn)
                self._connection.autocommit = True
            with self._connection.cursor() as cursor:
                cursor.execute(f"UPDATE {SCHEMA}.ahead SET of_real = %s", (self._ahead,))  # noqa: S608
            return
        self.close()


@contextmanager
def in_force(clock: WorldClock) -> Iterator[None]:
    """All of this process's SystemClocks tell and pass simulated time."""
    now, sleep = SystemClock.now, SystemClock.sleep
    SystemClock.now = lambda self: clock.now()  # type: ignore[method-assign]
    SystemClock.sleep = lambda self, seconds: clock.sleep(seconds)  # type: ignore[method-assign]
    try:
        yield
    finally:
        SystemClock.now, SystemClock.sleep = now, sleep  # type: ignore[method-assign]
