"""Rows that have stood in `syncing` for too long: taken over, or looked for in Zoho; none is sent blindly. Audited."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, text

from zoho_pipeline.actions.backfill import Log, Paused, backfill
from zoho_pipeline.actions.due import patience_of
from zoho_pipeline.actions.opening import Done, Environ, Opened, named, note, opened
from zoho_pipeline.actions.retry import Retried, request_for, standings_now
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.guard import guard_zoho
from zoho_pipeline.recovery.due import Why, find_due
from zoho_pipeline.recovery.keeping import EVER
from zoho_pipeline.recovery.standing import Standing, standing_of
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.sync.attempts import end_abandoned

MOST_ROWS = 100_000
"""Of one call; the next one goes on."""


def reset_stuck(entities: Collection[Entity], by: str, environ: Environ, log: Log) -> Retried:
    """End abandoned attempts, then run the engine for the rows that are stuck, as the next run would do for all.

    What was never sent waits again and goes; what may have reached Zoho is looked for there before anything is sent.
    What CircleTel's app has left behind is taken over, or where nobody knows since when it stands so, noted, and taken
    over by a run after the grace period. With ZOHO_WRITES off they are only listed.

    Raises:
        Foreseen: as a backfill does; what it did not reach is taken up by the next run.
    """
    by = named(by)
    with opened("reset stuck rows", environ) as at:
        if at.sync.paused:
            raise Paused("The pipeline is paused (ZOHO_PAUSED is on): nothing was reset. Switch it off to go on.")
        with at.engine.connect() as connection:
            rows = _stuck(connection, at, entities)
        if not at.sync.writes:
            log("ZOHO_WRITES is off, so this is a dry run: nothing is sent to Zoho, and no row is changed.")
        if not rows or not at.sync.writes:
            return Retried(not at.sync.writes, rows)
        guard_zoho(at.sync, ZohoSettings.load(environ))
        with at.engine.begin() as connection:
            _end_and_date(connection, rows, by)
        results = list(backfill(request_for(rows, by), environ, log))
        with at.engine.connect() as connection:
            return Retried(False, rows, standings_now(connection, at.shape, rows), results)


def _stuck(connection: Connection, at: Opened, entities: Collection[Entity]) -> list[Standing]:
    kept = dict.fromkeys(PARENTS_FIRST, EVER)
    due = find_due(connection, at.shape, Why.STUCK, kept, patience_of(at.sync), MOST_ROWS, entities)
    return [row for entity, ids in due.only.items() for row in standing_of(connection, entity, at.shape, ids)]


# Of services and invoices no column says since when they stand so; an attempt of ours that sent nothing does.
_DATE_RELEASED = text("""
    UPDATE zoho_pipeline.sync_records r SET app_syncing_since = a.started_at
    FROM zoho_pipeline.attempts a
    WHERE r.entity = :entity AND r.row_id = ANY(CAST(:ids AS uuid[])) AND r.state = 'waiting'
      AND r.app_syncing_since IS NULL AND a.outcome = 'released'
      AND a.id = (SELECT max(l.id) FROM zoho_pipeline.attempts l WHERE l.entity = r.entity AND l.row_id = r.row_id)
""")


def _end_and_date(connection: Connection, rows: Sequence[Standing], by: str) -> None:
    for entity in PARENTS_FIRST:
        of_kind = [row for row in rows if row.entity is entity]
        if of_kind:
            end_abandoned(connection, entity)
            connection.execute(_DATE_RELEASED, {"entity": entity.value, "ids": [row.row_id for row in of_kind]})
            done = [Done(row.row_id, {"state": row.state} if row.state else {}) for row in of_kind]
            note(connection, "reset_stuck", by, entity, done)
