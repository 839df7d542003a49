"""The connection to PostgreSQL: one engine for CircleTel's tables and the pipeline's own schema."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.redaction import redacted_text
from zoho_pipeline.settings import DatabaseSettings

CONNECT_TIMEOUT_SECONDS = 10
TRUSTED_SECONDS = 5.0
"""A connection that was in use so short a time ago is taken to be alive."""


class DatabaseUnreachable(Foreseen):
    """PostgreSQL did not answer, refused the login, or ended the connection."""


def open_engine(settings: DatabaseSettings, connections: int = 10) -> Engine:
    """An engine with at most that many connections.

    Works through a transaction pooler: nothing is asked of the session, and psycopg2 prepares no statements.
    """
    engine = create_engine(
        settings.url.get_secret_value(),
        pool_size=connections,
        max_overflow=0,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS, "application_name": "zoho_pipeline"},
    )
    _ping_after_rest(engine)
    return engine


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A connection of which each statement is a transaction of its own, without BEGIN and COMMIT.

    The driver itself is told so: SQLAlchemy's way of saying it costs a round trip, and leaves a setting of the session
    behind that a transaction pooler would hand on to others.
    """
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.autocommit = True
        try:
            yield connection
        finally:
            try:
                raw.autocommit = False
            except engine.dialect.loaded_dbapi.Error:  # the server has ended it: nobody else shall have it
                connection.invalidate()


def _ping_after_rest(engine: Engine) -> None:
    """See whether a connection is still alive before it is used again, if it has rested for some seconds.

    A ping before every use would be a round trip for each; one in steady use tells by itself when it is gone.
    """

    def rests(_raw: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    def wakes(raw: Any, record: Any, _proxy: object) -> None:
        if time.monotonic() - record.info.get("rests_since", math.inf) > TRUSTED_SECONDS:
            try:
                engine.dialect.do_ping(raw)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error  # which makes the pool open another one

    event.listen(engine, "checkin", rests)
    event.listen(engine, "checkout", wakes)


def place(engine: Engine) -> str:
    """Where the database is, without user and password: `db.example:5432/circletel`."""
    url = make_url(str(engine.url))
    host = url.host or url.query.get("host", "local socket")
    return f"{host}{f':{url.port}' if url.port else ''}/{url.database}"


class DatabaseRefused(Foreseen):
    """PostgreSQL answered, and refused what was asked: a right, a constraint, or a table that is not as expected."""


@contextmanager
def telling_of_outages(engine: Engine, attempted: str) -> Iterator[None]:
    """Turn a lost or refused connection into a sentence that says where and what to do.

    Raises:
        DatabaseUnreachable, DatabaseRefused: instead of the driver's error.
    """
    try:
        yield
    except DBAPIError as error:
        said = f"The database at {place(engine)} could not be used to {attempted}: {reason_of(error)}."
        if is_outage(error):
            raise DatabaseUnreachable(
                f"{said} Check CIRCLETEL_DATABASE_URL and that PostgreSQL is up, then start again; "
                "nothing was left half-written."
            ) from error
        raise DatabaseRefused(
            f"{said} Nothing was left half-written; mend what it says, or the role's rights, then start again."
        ) from error


def is_outage(error: DBAPIError) -> bool:
    """Whether the connection is gone, or none was to be had; psycopg2 tells that in several ways."""
    return isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated


def reason_of(error: DBAPIError) -> str:
    """What PostgreSQL said, on one line; its details stay out, for they quote the row."""
    lines = str(error.orig).strip().splitlines()
    return redacted_text(lines[0]) if lines else type(error.orig).__name__
