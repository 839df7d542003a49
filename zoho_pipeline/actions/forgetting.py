"""Forgetting what has been kept long enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, func

from zoho_pipeline.actions.tables import WITHDRAWN_DONE, actions
from zoho_pipeline.alerts.keeping import forget_cleared
from zoho_pipeline.budget.ledger import forget_old_calls
from zoho_pipeline.guard import guard_database
from zoho_pipeline.settings import DatabaseSettings, SyncSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current


@dataclass(frozen=True)
class Forgotten:
    """How many records were deleted, and how many days they are kept."""

    calls: int
    calls_kept_days: int
    incidents: int
    actions: int
    incidents_kept_days: int

    def __str__(self) -> str:
        return (
            f"{self.calls:,} API calls older than {self.calls_kept_days} days were forgotten, and {self.incidents:,} "
            f"incidents and {self.actions:,} actions older than {self.incidents_kept_days} days."
        )


def forget_old_records(environ: Mapping[str, str] | None) -> Forgotten:
    """Delete what is older than the settings allow; it may be done at any time, by several at once.

    Raises:
        Foreseen: when the settings, the database or its schema do not allow it; a part may have been deleted.
    """
    database, sync = DatabaseSettings.load(environ), SyncSettings.load(environ)
    engine = open_engine(database, connections=1)
    try:
        with telling_of_outages(engine, "forget old records"):
            with engine.begin() as connection:
                guard_database(sync, connection)
                require_current(connection)
            return _forget(engine, database)
    finally:
        engine.dispose()


def _forget(engine: Engine, database: DatabaseSettings) -> Forgotten:
    calls = forget_old_calls(engine, timedelta(days=database.calls_kept_days))
    kept = timedelta(days=database.incidents_kept_days)
    with engine.begin() as connection:
        incidents, old_actions = forget_cleared(connection, kept), _forget_actions(connection, kept)
    return Forgotten(calls, database.calls_kept_days, incidents, old_actions, database.incidents_kept_days)


def _forget_actions(connection: Connection, kept: timedelta) -> int:
    old = (actions.c.at < func.now() - kept, actions.c.action != WITHDRAWN_DONE)
    return connection.execute(delete(actions).where(*old)).rowcount
