"""The checked database for an action on single rows, who does it, and the line that it leaves behind."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, insert

from zoho_pipeline.actions.tables import actions
from zoho_pipeline.circletel.reading import load
from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import Shape, read_shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import guard_database
from zoho_pipeline.settings import DatabaseSettings, SyncSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current

CONNECTIONS = 4
Environ = dict[str, str] | None


class NobodyNamed(Foreseen):
    """An action that is kept for the audit needs a name."""


class NoSuchRow(Foreseen):
    """CircleTel has no row of that id."""


@dataclass(frozen=True)
class Opened:
    """A database that is CircleTel's and whose schema is current, and the settings."""

    engine: Engine
    shape: Shape
    sync: SyncSettings


@contextmanager
def opened(attempted: str, environ: Environ) -> Iterator[Opened]:
    """Open it for as long as the action lasts.

    Raises:
        Foreseen: when the settings, the database or its schema do not allow it.
    """
    sync = SyncSettings.load(environ)
    engine = open_engine(DatabaseSettings.load(environ), connections=CONNECTIONS)
    try:
        with telling_of_outages(engine, attempted):
            with engine.connect() as connection:
                guard_database(sync, connection)
                require_current(connection)
                shape = read_shape(connection)
            yield Opened(engine, shape, sync)
    finally:
        engine.dispose()


def named(by: str) -> str:
    """Who does it, without surrounding blanks.

    Raises:
        NobodyNamed: when nobody is.
    """
    if not by.strip():
        raise NobodyNamed("This is kept for the audit and needs a name: say who does it (--by).")
    return by.strip()


def row_of(connection: Connection, entity: Entity, shape: Shape, row_id: str) -> Row:
    """The row of that id.

    Raises:
        NoSuchRow: when there is none.
    """
    found = load(connection, entity, shape, [checked_id(entity, row_id)])
    if not found:
        raise no_such_row(entity, row_id)
    return next(iter(found.values()))


def checked_id(entity: Entity, row_id: str) -> str:
    """The id as the database writes it.

    Raises:
        NoSuchRow: when it is no UUID.
    """
    try:
        return str(UUID(row_id))
    except ValueError:
        raise no_such_row(entity, row_id) from None


@dataclass(frozen=True)
class Done:
    """What was done to one row; the details name no customer."""

    row_id: str
    details: Mapping[str, Any]


def note(connection: Connection, action: str, by: str, entity: Entity, done: Sequence[Done]) -> None:
    """Leave a line for each in the audit, in the transaction of what was done."""
    common = {"action": action, "by": by, "entity": entity.value}
    lines = [common | {"row_id": each.row_id, "details": dict(each.details)} for each in done]
    if lines:
        connection.execute(insert(actions), lines)


def no_such_row(entity: Entity, row_id: str) -> NoSuchRow:
    """What is said of an id that no row has."""
    return NoSuchRow(
        f"CircleTel has no {entity.singular} {row_id!r}: give the row's id (a UUID), as reports and pages show it."
    )
