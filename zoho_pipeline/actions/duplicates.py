"""Looking for what stands twice in Zoho: one implementation behind the asset check and the command."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, text

from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.clock import SystemClock, shown
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.guard import guard_database, guard_zoho
from zoho_pipeline.mirror.refresh import refresh
from zoho_pipeline.recovery.duplicates import Duplicate, find_duplicates, listed_at
from zoho_pipeline.settings import DatabaseSettings, SyncSettings, ZohoSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current
from zoho_pipeline.zoho.ports import About

STALE = timedelta(days=7)
"""A look at older lists says nothing about today: what others made in Zoho since is not in them."""
READ_AGAIN = "zoho-pipeline duplicates --fresh reads Zoho's lists and looks again."
LOOK = "look for what stands twice"
CONNECTIONS = 4


@dataclass(frozen=True)
class Looked:
    """What stands twice, and as of when.

    Attributes:
        duplicates: of all kinds that were looked at.
        as_of: when Zoho's latest complete list of each kind was begun (UTC); without one nobody could look.
        now: the database's time (UTC).
    """

    duplicates: tuple[Duplicate, ...]
    as_of: Mapping[Entity, datetime]
    now: datetime

    def of(self, entity: Entity) -> list[Duplicate]:
        """What stands twice of one kind."""
        return [found for found in self.duplicates if found.entity is entity]

    def blind(self, entity: Entity) -> str | None:
        """Why nobody can tell about that kind, as a sentence; None where one can."""
        listed = self.as_of.get(entity)
        if listed is None:
            return f"Zoho's {entity} were never listed completely, so nobody can tell what stands twice. {READ_AGAIN}"
        if self.now - listed > STALE:
            return f"Zoho's {entity} were last listed on {shown(listed)}: too long ago to tell. {READ_AGAIN}"
        return None


def look_for_duplicates(
    environ: dict[str, str] | None = None,
    entities: Collection[Entity] = PARENTS_FIRST,
    *,
    fresh: bool = False,
    log: Callable[[str], None] = lambda sentence: None,
) -> Looked:
    """Look in the mirror and CircleTel's tables; `fresh` reads Zoho's lists first, a call for every 200 objects.

    Raises:
        Foreseen: when the settings, the database, its schema or (if `fresh`) Zoho do not allow to look.
    """
    sync = SyncSettings.load(environ)
    engine = open_engine(DatabaseSettings.load(environ), connections=CONNECTIONS)
    try:
        with telling_of_outages(engine, LOOK):
            with engine.connect() as connection:
                guard_database(sync, connection)
                require_current(connection)
            if fresh:
                _list_all(engine, sync, ZohoSettings.load(environ), entities, log)
            with engine.connect() as connection:
                return _look(connection, entities)
    finally:
        engine.dispose()


def _look(connection: Connection, entities: Collection[Entity]) -> Looked:
    listed = listed_at(connection)
    now: datetime = connection.execute(text("SELECT now()")).scalar_one()
    return Looked(tuple(find_duplicates(connection, entities)), listed, now)


def _list_all(
    engine: Engine,
    sync: SyncSettings,
    zoho: ZohoSettings,
    entities: Collection[Entity],
    log: Callable[[str], None],
) -> None:
    guard_zoho(sync, zoho)
    client = billing_client(zoho, engine, SystemClock())
    for entity in entities:
        refresh(engine, client, entity, About(entity=entity.value, name=f"the list of {entity}"), log)
