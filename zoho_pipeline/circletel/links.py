"""Taking a link off a row, and holding a row while one decides on it by hand."""

from sqlalchemy import Connection, text

from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID
from zoho_pipeline.entities import Entity


def lock_row(connection: Connection, entity: Entity, row_id: str) -> None:
    """Until the transaction ends no run claims the row."""
    connection.execute(
        text(f"SELECT 1 FROM public.{TABLES[entity]} WHERE id = :row_id FOR UPDATE"),  # noqa: S608 - constants only
        {"row_id": row_id},
    )


def unlink(connection: Connection, entity: Entity, row_id: str) -> None:
    """Take the link to Zoho's object off the row, whichever it is."""
    connection.execute(
        text(f"UPDATE public.{TABLES[entity]} SET {ZOHO_ID[entity]} = NULL WHERE id = :row_id"),  # noqa: S608 - constants only
        {"row_id": row_id},
    )
