"""Which rows once had a create whose answer was lost: what they were linked to afterwards may be of our making."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import State
from zoho_pipeline.sync.tables import attempts


def sent_into_doubt(connection: Connection, entity: Entity, row_ids: Collection[str]) -> set[str]:
    """Those of the rows; the attempt itself never learnt the id of what it made."""
    query = select(attempts.c.row_id).where(
        attempts.c.entity == entity.value,
        attempts.c.action == "create",
        attempts.c.outcome == State.IN_DOUBT.value,
        attempts.c.row_id.in_(row_ids),
    )
    return set(connection.execute(query).scalars())
