"""Writing the four zoho_* columns of a row: all that the pipeline ever changes in CircleTel's tables."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, TextClause, text

from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import SyncStatus

ERROR_LENGTH = 500


def write_status(
    connection: Connection,
    entity: Entity,
    ids: Sequence[str],
    status: SyncStatus,
    error: str | None,
    linked: str | None = None,
) -> None:
    """Set the status and the error of rows that are not linked to an object in Zoho, or only to the one given.

    A row that the app has linked meanwhile is left as the app left it.
    """
    if ids:
        shortened = error[:ERROR_LENGTH] if error else None
        values = {"ids": list(ids), "status": status.value, "error": shortened, "linked": linked or ""}
        connection.execute(_set_status(entity), values)


def hold_rows(connection: Connection, entity: Entity, ids: Sequence[str]) -> None:
    """Keep everybody else from claiming or writing these rows until the transaction ends."""
    if ids:
        connection.execute(_lock(entity), {"ids": list(ids)})


def mark_linked_as_synced(connection: Connection, entity: Entity, ids: Sequence[str]) -> None:
    """Mend the status of rows that have their id: the app can leave 'syncing' behind on them."""
    if ids:
        connection.execute(_set_synced(entity), {"ids": list(ids)})


@cache
def _set_status(entity: Entity) -> TextClause:
    return text(
        f"UPDATE public.{TABLES[entity]} SET zoho_sync_status = :status, zoho_last_sync_error = :error "  # noqa: S608 - constants only
        f"WHERE id = ANY(CAST(:ids AS uuid[])) AND coalesce({ZOHO_ID[entity]}, '') IN ('', :linked) "
        "AND (zoho_sync_status, zoho_last_sync_error) IS DISTINCT FROM (:status, :error)"
    )


@cache
def _lock(entity: Entity) -> TextClause:
    return text(
        f"SELECT 1 FROM public.{TABLES[entity]} WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE"  # noqa: S608 - constants only
    )


@cache
def _set_synced(entity: Entity) -> TextClause:
    return text(
        f"UPDATE public.{TABLES[entity]} SET zoho_sync_status = 'synced' "  # noqa: S608 - constants only
        "WHERE id = ANY(CAST(:ids AS uuid[])) AND zoho_sync_status IS DISTINCT FROM 'synced'"
    )
