"""Traps in the database: triggers that hold a worker inside a transaction, or make its transaction fail.

They are laid in the run's own database by the campaign; the product knows nothing of them.
"""

import psycopg2
from sqlalchemy import Engine, text

CLAIMING = "BEFORE INSERT ON zoho_pipeline.attempts"
CHECKING = "BEFORE UPDATE ON zoho_pipeline.attempts"
ENDING = "BEFORE UPDATE ON zoho_pipeline.attempts"
LOGGING = "BEFORE INSERT ON public.zoho_sync_logs"
_WHEN = {
    "checking": "WHEN (NEW.sent_at IS NOT NULL AND OLD.sent_at IS NULL)",
    "ending": "WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL)",
}
_EVENTS = {"claiming": CLAIMING, "checking": CHECKING, "ending": ENDING, "logging": LOGGING}
_LOCK = 4711
_WAITING = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {_LOCK} AND NOT granted"  # noqa: S608

_FUNCTIONS = """
    CREATE SCHEMA IF NOT EXISTS faults;
    CREATE SEQUENCE IF NOT EXISTS faults.arrivals;
    CREATE OR REPLACE FUNCTION faults.hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('faults.arrivals') = TG_ARGV[0]::bigint THEN
            PERFORM pg_advisory_xact_lock_shared(4711);
        END IF;
        RETURN NEW;
    END $$;
    CREATE OR REPLACE FUNCTION faults.fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('faults.arrivals') BETWEEN TG_ARGV[0]::bigint AND TG_ARGV[1]::bigint THEN
            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = TG_ARGV[2];
        END IF;
        RETURN NEW;
    END $$;
"""


def fail_at(engine: Engine, event: str, first: int, last: int, sqlstate: str = "53100") -> None:
    """Make the transactions fail that arrive at the event from the first to the last time (53100: disk full)."""
    _lay(engine, event, f"faults.fail('{first}', '{last}', '{sqlstate}')")


def arrivals(engine: Engine) -> int:
    """How many rows have come to the trap so far."""
    with engine.connect() as connection:
        count = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM faults.arrivals"
        return int(connection.execute(text(count)).scalar_one())


def remove(engine: Engine) -> None:
    """No traps any more."""
    with engine.begin() as connection:
        for event in _EVENTS:
            connection.execute(text(f"DROP TRIGGER IF EXISTS a_trap ON {_table(event)}"))


def _lay(engine: Engine, event: str, function: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(_FUNCTIONS))
        when = _WHEN.get(event, "")
        connection.execute(
            text(f"CREATE TRIGGER a_trap {_EVENTS[event]} FOR EACH ROW {when} EXECUTE FUNCTION {function}")
        )


def _table(event: str) -> str:
    return _EVENTS[event].rpartition(" ")[2]


class Gate:
    """Holds the nth transaction that arrives at the event until it is opened."""

    def __init__(self, engine: Engine, url: str, event: str, nth: int) -> None:
        _lay(engine, event, f"faults.hold('{nth}')")
        self._connection = psycopg2.connect(url.replace("postgresql+psycopg2://", "postgresql://", 1))
        self._connection.autocommit = True
        self._ask(f"SELECT pg_advisory_lock({_LOCK})")

    def open(self) -> None:
        """Let everybody through."""
        self._connection.close()

    def holds(self) -> bool:
        """Whether somebody stands before it."""
        return self._ask(_WAITING) > 0

    def _ask(self, statement: str) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return int((cursor.fetchone() or [0])[0] or 0)
