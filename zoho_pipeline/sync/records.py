"""Reading and writing what the engine knows of each row."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from zoho_pipeline.causes import Cause
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import State
from zoho_pipeline.sync.decisions import Record
from zoho_pipeline.sync.tables import attempts, records


def load_records(connection: Connection, entity: Entity, ids: Sequence[str]) -> dict[str, Record]:
    """What is known of those rows, by id."""
    leased = (
        select(attempts.c.id)
        .where(
            attempts.c.entity == records.c.entity,
            attempts.c.row_id == records.c.row_id,
            attempts.c.ended_at.is_(None),
            attempts.c.lease_until > func.clock_timestamp(),
        )
        .exists()
    )
    query = select(records, leased.label("being_sent")).where(
        records.c.entity == entity.value, records.c.row_id.in_(ids)
    )
    return {
        row["row_id"]: Record(
            known=True,
            state=State(row["state"]),
            reason=row["reason"],
            advice=row["advice"],
            source_hash=row["source_hash"],
            fingerprint=row["fingerprint"],
            zoho_id=row["zoho_id"],
            attempts=row["attempts"],
            cause=Cause(row["cause"]) if row["cause"] else None,
            tries=row["tries"],
            retry_at=row["retry_at"],
            first_seen_at=row["first_seen_at"],
            changed_at=row["changed_at"],
            app_syncing_since=row["app_syncing_since"],
            doubt_since=row["doubt_since"],
            doubt_looks=row["doubt_looks"],
            doubt_looked_at=row["doubt_looked_at"],
            being_sent=row["being_sent"],
        )
        for row in connection.execute(query).mappings()
    }


_LEFT_TO_APP = text("""
    INSERT INTO zoho_pipeline.sync_records (entity, row_id, state, reason, app_syncing_since)
    SELECT :entity, row_id, 'waiting', :reason, now() FROM unnest(CAST(:ids AS uuid[])) AS row_id
    ON CONFLICT (entity, row_id) DO UPDATE
    SET app_syncing_since = coalesce(zoho_pipeline.sync_records.app_syncing_since, now())
""")


def leave_to_app(connection: Connection, entity: Entity, ids: Sequence[str], reason: str) -> None:
    """Note since when the rows were seen in the app's hands; nothing else of them is touched."""
    if ids:
        connection.execute(_LEFT_TO_APP, {"entity": entity.value, "ids": list(ids), "reason": reason})


_LOOKED_IN_VAIN = text("""
    UPDATE zoho_pipeline.sync_records
    SET doubt_looks = doubt_looks + 1, doubt_looked_at = :listed_at
    WHERE entity = :entity AND row_id = ANY(CAST(:ids AS uuid[])) AND state = 'in_doubt'
      AND :listed_at > coalesce(doubt_looked_at, doubt_since) + make_interval(secs => :settling)
""")


def note_vain_look(
    connection: Connection, entity: Entity, ids: Sequence[str], listed_at: datetime, settling_seconds: int
) -> None:
    """Count a complete listing, begun late enough, that did not show the objects in doubt."""
    if ids:
        values = {"entity": entity.value, "ids": list(ids), "listed_at": listed_at, "settling": settling_seconds}
        connection.execute(_LOOKED_IN_VAIN, values)
