"""Bringing the schema `zoho_pipeline` up to date, and telling whether it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.redaction import redacted_text
from zoho_pipeline.store.database import place, telling_of_outages
from zoho_pipeline.store.schema import metadata
from zoho_pipeline.store.sync_logs_widening import widen_sync_logs

_LOCK = text("SELECT pg_advisory_xact_lock(7467023012)")


class MigrationMissing(Foreseen):
    """The schema `zoho_pipeline` is not there, or older or newer than this version of the pipeline."""


class MigrationRefused(Foreseen):
    """The role may not make or change the schema."""


@dataclass(frozen=True)
class Upgraded:
    """What `db upgrade` did."""

    before: str | None
    after: str
    sync_logs_refusal: str | None
    """Why zoho_sync_logs could not be widened; None where it is wide enough."""


def upgrade(engine: Engine) -> Upgraded:
    """Apply what is missing, in one transaction; run twice, or twice at once, it does nothing more.

    Raises:
        MigrationRefused: when the role lacks the rights; nothing was changed.
        DatabaseUnreachable: when PostgreSQL does not answer.
    """
    with telling_of_outages(engine, "upgrade the schema zoho_pipeline"), _telling_of_refusals(engine):
        with engine.begin() as connection:
            connection.execute(_LOCK)
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS zoho_pipeline"))
            before = _current(connection)
            command.upgrade(_config(connection), "head")
        with engine.begin() as connection:
            connection.execute(_LOCK)
            refusal = widen_sync_logs(connection)
    return Upgraded(before, _head(), refusal)


def require_current(connection: Connection) -> None:
    """See that the schema fits this version of the pipeline.

    Raises:
        MigrationMissing: when it does not.
    """
    current, head = _current(connection), _head()
    if current != head:
        found = "is missing" if current is None else f"is at revision {current}, and this version needs {head}"
        raise MigrationMissing(
            f"The schema zoho_pipeline in {place(connection.engine)} {found}: run `zoho-pipeline db upgrade`."
        )


@contextmanager
def _telling_of_refusals(engine: Engine) -> Iterator[None]:
    try:
        yield
    except ProgrammingError as error:
        reason = redacted_text(str(error.orig).strip().splitlines()[0])
        raise MigrationRefused(
            f"The schema zoho_pipeline in {place(engine)} could not be upgraded: {reason}. Nothing was changed; "
            "connect with a role that may create a schema in this database."
        ) from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "zoho_pipeline:store/migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection) -> str | None:
    options = {"version_table_schema": metadata.schema}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


@cache
def _head() -> str:
    """Read once: it is part of this version of the pipeline, and sensors ask many times a minute."""
    config = Config()
    config.set_main_option("script_location", "zoho_pipeline:store/migrations")
    config.set_main_option("path_separator", "os")
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None
    return head
