"""The trace of a send: written before anything leaves the house, checked right before, ended with the outcome."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, TextClause, func, select, text, update

from zoho_pipeline.budget.statement import Condition
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import Source, source
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.states import SyncStatus
from zoho_pipeline.store.database import alone
from zoho_pipeline.sync.tables import attempts


class LeaseLost(Foreseen):
    """Another worker may have taken the row over, so this one must not send it."""


class Claim(NamedTuple):
    """A row is this worker's."""

    attempt_id: int
    tries: int
    """How often this very content was tried in vain before."""


@dataclass(frozen=True)
class Wanted:
    """A row that is to be sent, as it was when that was decided: if it has changed since, it is not claimed."""

    row_id: str
    action: str
    source_hash: str
    sync_status: str
    zoho_id: str | None
    rand: str
    request: Any
    """What will be sent, redacted."""
    attempts: int | None = None
    """How often it had been claimed by then; None: no matter."""


def claim(
    connection: Connection,
    entity: Entity,
    shape: Shape,
    wanted: Sequence[Wanted],
    run_id: str,
    worker: str,
    lease: float,
) -> dict[str, Claim]:
    """Take the rows for this worker: status syncing, and an open attempt with a lease of so many seconds.

    Rows that another worker holds, or that changed meanwhile, are left out, and so are rows that are not eligible: only
    cancelling is for these. Returns the claims by row. One statement, so it needs no transaction.
    """
    parameters = {
        "entity": entity.value,
        "how_many": len(wanted),
        "wanted": json.dumps([item.__dict__ for item in wanted], default=str),
        "run_id": run_id,
        "worker": worker,
        "lease": lease,
    }
    found = connection.execute(_claim(entity, shape), parameters)
    return {row.row_id: Claim(row.id, row.tries) for row in found}


_LEASE_HOLDS = (
    "zoho_pipeline.still_ours(given ->> 'entity', (given ->> 'row')::uuid, given ->> 'worker', "
    "(given ->> 'seconds')::float8)"
)


def lease_of(entity: str, row_id: str, worker: str, seconds: float) -> Condition:
    """That the worker's lease on the row still holds: looked at right before sending, by the database's clock.

    Where it does it holds for so many seconds from then on, and from then on something may have arrived in Zoho.
    """
    return Condition(_LEASE_HOLDS, {"entity": entity, "row": row_id, "worker": worker, "seconds": seconds})


def still_ours(engine: Engine, lease: Condition) -> bool:
    """The look at a lease by itself, where it cannot ride with a permit."""
    with alone(engine) as connection:
        statement = text(f"SELECT {lease.sql} FROM (SELECT CAST(:given AS jsonb) AS given) lease")  # noqa: S608 - a constant
        return bool(connection.execute(statement, {"given": json.dumps(lease.values)}).scalar_one())


def end_attempt(connection: Connection, attempt_id: int, outcome: str) -> bool:
    """Close the attempt in the caller's transaction; False where it is closed already."""
    statement = (
        update(attempts)
        .where(attempts.c.id == attempt_id, attempts.c.ended_at.is_(None))
        .values(ended_at=func.clock_timestamp(), outcome=outcome)
    )
    return connection.execute(statement).rowcount == 1


def made_by_us(connection: Connection, entity: Entity, zoho_ids: Collection[str]) -> set[str]:
    """Those of the objects that a create of ours is known to have made."""
    query = select(attempts.c.zoho_id).where(
        attempts.c.entity == entity.value, attempts.c.action == "create", attempts.c.zoho_id.in_(zoho_ids)
    )
    return set(connection.execute(query).scalars())


def sending_times(connection: Connection, attempt_ids: Collection[int]) -> dict[int, datetime]:
    """When each of the attempts was about to be sent (UTC)."""
    query = select(attempts.c.id, attempts.c.sent_at).where(attempts.c.id.in_(attempt_ids))
    return {row.id: row.sent_at for row in connection.execute(query)}


def last_sent_hashes(connection: Connection, entity: Entity, row_ids: Collection[str]) -> dict[str, str]:
    """The source hashes of rows as they were when they were last sent; those that never were are left out."""
    query = (
        select(attempts.c.row_id, attempts.c.source_hash)
        .where(attempts.c.entity == entity.value, attempts.c.row_id.in_(row_ids), attempts.c.sent_at.is_not(None))
        .order_by(attempts.c.id)
    )
    return {row.row_id: row.source_hash for row in connection.execute(query) if row.source_hash}


_ABANDONED = text("""
    WITH ended AS (
        UPDATE zoho_pipeline.attempts
        SET ended_at = clock_timestamp(), outcome = CASE WHEN sent_at IS NULL THEN 'released' ELSE 'in_doubt' END,
            message = 'the worker ended before it could record the outcome'
        WHERE id IN (
            SELECT id FROM zoho_pipeline.attempts
            WHERE ended_at IS NULL AND lease_until < clock_timestamp() AND entity = :entity
            FOR UPDATE SKIP LOCKED
        )
        RETURNING row_id, sent_at
    )
    UPDATE zoho_pipeline.sync_records r
    SET state = CASE WHEN e.sent_at IS NULL THEN 'waiting' ELSE 'in_doubt' END,
        reason = 'the worker that sent it ended before it could record the outcome',
        doubt_since = e.sent_at, changed_at = now()
    FROM ended e WHERE r.entity = :entity AND r.row_id = e.row_id
""")


def end_abandoned(connection: Connection, entity: Entity) -> int:
    """Close attempts whose lease ran out: what was never sent waits again, what was sent is in doubt."""
    return connection.execute(_ABANDONED, {"entity": entity.value}).rowcount


_STATUSES = ", ".join(f"'{status}'" for status in SyncStatus)


@cache
def _claim(entity: Entity, shape: Shape) -> TextClause:
    """The limit takes nothing away: it tells PostgreSQL how few rows there are, so that it scans no table."""
    of: Source = source(entity, shape)
    return text(f"""
        WITH wanted AS (
            SELECT * FROM jsonb_to_recordset(CAST(:wanted AS jsonb)) AS w(row_id uuid, action text, source_hash text,
                sync_status text, zoho_id text, rand numeric, request jsonb, attempts int)
            LIMIT :how_many
        ), locked AS (
            SELECT w.* FROM public.{of.table} t {of.joins} JOIN wanted w ON w.row_id = t.id
            WHERE (({of.eligible}) IS TRUE) <> (w.action = 'cancel') AND {of.source_hash} = w.source_hash
              AND w.sync_status
                  = CASE WHEN t.zoho_sync_status IN ({_STATUSES}) THEN t.zoho_sync_status ELSE 'pending' END
              AND coalesce(t.{of.zoho_id}, '') = coalesce(w.zoho_id, '')
              AND (w.attempts IS NULL OR w.attempts = coalesce((
                  SELECT r.attempts FROM zoho_pipeline.sync_records r WHERE r.entity = :entity AND r.row_id = w.row_id
              ), 0))
            FOR UPDATE OF t SKIP LOCKED
        ), claimed AS (
            INSERT INTO zoho_pipeline.attempts (entity, row_id, action, run_id, worker, rand, source_hash, lease_until,
                request)
            SELECT :entity, row_id, action, :run_id, :worker, rand, source_hash,
                   clock_timestamp() + make_interval(secs => :lease), request
            FROM locked
            ON CONFLICT (entity, row_id) WHERE ended_at IS NULL DO NOTHING
            RETURNING id, row_id, source_hash
        ), marked AS (
            UPDATE public.{of.table} t SET zoho_sync_status = 'syncing'
            FROM claimed c WHERE t.id = c.row_id
        ), noted AS (
            INSERT INTO zoho_pipeline.sync_records AS r (entity, row_id, state, attempts)
            SELECT :entity, row_id, 'sending', 1 FROM claimed
            ON CONFLICT (entity, row_id) DO UPDATE
            SET state = 'sending', attempts = r.attempts + 1, changed_at = now(),
                tries = CASE WHEN r.source_hash = (SELECT c.source_hash FROM claimed c WHERE c.row_id = r.row_id)
                             THEN r.tries ELSE 0 END
            RETURNING r.row_id, r.tries
        )
        SELECT c.row_id::text, c.id, n.tries FROM claimed c JOIN noted n ON n.row_id = c.row_id
    """)  # noqa: S608 - constants only
