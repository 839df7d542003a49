"""What CircleTel has withdrawn although it stands in Zoho: a list for a person, who acts in Zoho and may say so."""

from sqlalchemy import Connection, text

from zoho_pipeline.actions.opening import Done, Environ, named, note, opened
from zoho_pipeline.actions.tables import WITHDRAWN_DONE
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.sync.withdrawn import Withdrawn, read_withdrawn

_DONE = text("""
    SELECT entity, row_id::text AS row_id, details ->> 'zoho_id' AS zoho_id, details ->> 'happened' AS happened
    FROM zoho_pipeline.actions WHERE action = :action
""")


class NotWithdrawn(Foreseen):
    """The row is not on the list, or nobody says what was done."""


def withdrawn(environ: Environ) -> list[Withdrawn]:
    """The list, as of the last time that Zoho's lists were read, without what a person has said is done. No call.

    Raises:
        Foreseen: when the settings, the database or its schema do not allow to look.
    """
    with opened("list what was withdrawn", environ) as at, at.engine.connect() as connection:
        done = _done(connection)
        return [row for row in read_withdrawn(connection, at.shape) if _identity(row) not in done]


def withdrawn_done(entity: Entity, row_id: str, by: str, why: str, environ: Environ) -> Withdrawn:
    """Take a row off the list, for what no list of Zoho's shows, such as a refund; audited.

    It comes back when something else happens to it in CircleTel, or it is linked to another object.

    Raises:
        NobodyNamed, NotWithdrawn: when nobody is named, nothing is said, or the row is not on the list.
    """
    by = named(by)
    if not why.strip():
        raise NotWithdrawn("Nothing was changed: say what was done in Zoho (--why); it is kept.")
    on_list = [row for row in withdrawn(environ) if (row.entity, row.row_id) == (entity, row_id.strip().lower())]
    if not on_list:
        raise NotWithdrawn(
            f"{entity.singular.capitalize()} {row_id} is not on the list: see `zoho-pipeline withdrawn`."
        )
    with opened("note what was done in Zoho", environ) as at, at.engine.begin() as connection:
        for row in on_list:
            details = {"zoho_id": row.zoho_id, "happened": row.happened, "why": why.strip()}
            note(connection, WITHDRAWN_DONE, by, entity, [Done(row.row_id, details)])
    return on_list[0]


def _done(connection: Connection) -> set[tuple[str, ...]]:
    rows = connection.execute(_DONE, {"action": WITHDRAWN_DONE})
    return {(row.entity, row.row_id, row.zoho_id, row.happened) for row in rows}


def _identity(row: Withdrawn) -> tuple[str, ...]:
    return (row.entity.value, row.row_id, row.zoho_id, row.happened)
