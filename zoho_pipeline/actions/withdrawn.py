"""What CircleTel has withdrawn although it stands in Zoho: a list for a person, who acts in Zoho."""

from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.guard import guard_database
from zoho_pipeline.settings import DatabaseSettings, SyncSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current
from zoho_pipeline.sync.withdrawn import Withdrawn, read_withdrawn


def withdrawn(environ: dict[str, str] | None) -> list[Withdrawn]:
    """The list, as of the last time that Zoho's lists were read. Costs no call.

    Raises:
        Foreseen: when the settings, the database or its schema do not allow to look.
    """
    sync = SyncSettings.load(environ)
    engine = open_engine(DatabaseSettings.load(environ), connections=1)
    try:
        with telling_of_outages(engine, "list what was withdrawn"), engine.connect() as connection:
            guard_database(sync, connection)
            require_current(connection)
            return read_withdrawn(connection, read_shape(connection))
    finally:
        engine.dispose()
