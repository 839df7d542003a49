"""Writing how rows ended, many in one statement: row, link, log, record and attempt together or not at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID, Shape
from zoho_pipeline.circletel.sync_columns import ERROR_LENGTH
from zoho_pipeline.circletel.sync_logs import insert_logs
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import State

LOG_REFUSED = (IntegrityError, DataError, ProgrammingError)
"""What a database raises whose zoho_sync_logs does not take a row: write again without the log, for ours is in
attempts, and what is logged must not undo what was done."""
LOST_ADVICE = "Delete one of the two in Zoho, and link the row to the other."


@dataclass(frozen=True)
class Conclusion:
    """What is to be written about one row.

    Attributes:
        attempt_id: the attempt that ends; None where nothing was sent.
        attempts: where nothing was sent: how often the row had been claimed when it was decided on; None: no matter.
        made: the object in Zoho that the row is linked to now.
        held: the object that it was linked to before, if any.
        taken_back: an object that was deleted in Zoho again: the row is no longer linked to it.
        status: CircleTel's zoho_sync_status; None leaves the row untouched. A row is touched only if something changes.
        problem: CircleTel's error column, and the attempt's message.
        state: the record's, with reason, advice and fingerprint (None keeps the one that is known).
        tries, retry_seconds: how often this content was tried in vain, and when it is tried again, counted from now.
        outcome: the attempt's.
        request, response: for the log, which has a row for what was sent or adopted; redacted. What was sent stands in
            the attempt already.
    """

    row_id: str
    state: str
    source_hash: str
    status: str | None
    held: str | None
    made: str | None = None
    taken_back: str | None = None
    problem: str | None = None
    reason: str | None = None
    advice: str | None = None
    fingerprint: str | None = None
    attempt_id: int | None = None
    attempts: int | None = None
    outcome: str | None = None
    http_status: int | None = None
    code: int | None = None
    cause: str | None = None
    tries: int = 0
    retry_seconds: float | None = None
    duration_ms: int = 0
    request: Any = None
    response: Any = None

    @classmethod
    def of(cls, row: Row, state: State, **more: Any) -> "Conclusion":
        """About this row as it was read."""
        status = state.sync_status
        return cls(
            row.id, state.value, row.sync.source_hash, status.value if status else None, row.sync.zoho_id, **more
        )


def write_conclusions(
    connection: Connection, entity: Entity, shape: Shape, conclusions: Sequence[Conclusion], run_id: str, *, log: bool
) -> dict[str, str]:
    """Write them; returns the rows that are gone or hold another object by now, with what is to be said of them.

    Such a row is left as it is; after an attempt it is parked, after an adoption nothing is noted at all.
    An attempt that somebody else has ended, its lease being over, says no more about its row, unless it made an object;
    nor does a decision that was made before somebody linked or claimed the row (whoever writes decisions holds the rows
    first, so that nobody claims them meanwhile).
    """
    if not conclusions:
        return {}
    values = {
        "entity": entity.value,
        "run_id": run_id,
        "lost_advice": LOST_ADVICE,
        "error_length": ERROR_LENGTH,
        "how_many": len(conclusions),
        "given": json.dumps([vars(conclusion) for conclusion in conclusions], default=str),
    }
    return {row.row_id: row.reason for row in connection.execute(_statement(entity, shape, log), values)}


@cache
def _statement(entity: Entity, shape: Shape, log: bool) -> TextClause:
    """The rows are locked first, so that what they are linked to is the truth and not the statement's snapshot.

    The limit takes nothing away: it tells PostgreSQL how few they are, so that it looks them up and scans no table.
    """
    table, zoho_id = TABLES[entity], ZOHO_ID[entity]
    logged = f", logged AS ({insert_logs(entity, shape)})" if log and entity in shape.logged else ""
    return text(f"""
        WITH given AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(row_id uuid, attempt_id bigint, made text,
                held text, taken_back text, status text, problem text, state text, reason text, advice text,
                source_hash text, fingerprint text, outcome text, http_status int, code int, cause text, tries int,
                retry_seconds double precision, attempts int, duration_ms int, request jsonb, response jsonb)
            LIMIT :how_many
        ), locked AS MATERIALIZED (
            SELECT t.id, nullif(t.{zoho_id}, '') AS link FROM public.{table} t
            WHERE t.id IN (SELECT row_id FROM given) ORDER BY t.id FOR UPDATE
        ), open AS MATERIALIZED (
            SELECT a.id FROM zoho_pipeline.attempts a
            WHERE a.id IN (SELECT attempt_id FROM given) AND a.ended_at IS NULL ORDER BY a.id FOR UPDATE
        ), joined AS MATERIALIZED (
            SELECT g.*, t.link, g.made IS NOT NULL AND (t.id IS NULL OR t.link <> g.made) IS TRUE AS lost,
                   'object ' || g.made || ' was made for it, but the row was '
                   || CASE WHEN t.id IS NULL THEN 'deleted in CircleTel' ELSE 'linked to another one' END
                   || ' meanwhile' AS lost_reason,
                   g.attempt_id IS NULL AND g.state = r.state AS stands, r.cause AS known_cause, r.tries AS known_tries
            FROM given g LEFT JOIN locked t ON t.id = g.row_id
            LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = g.row_id
            WHERE CASE
                WHEN g.attempt_id IS NOT NULL THEN g.made IS NOT NULL OR g.attempt_id IN (SELECT id FROM open)
                ELSE (g.made IS NOT NULL OR t.link IS NOT DISTINCT FROM g.held)
                    AND (g.attempts IS NULL OR g.attempts = coalesce(r.attempts, 0))
                END
        ), concluded AS MATERIALIZED (
            SELECT j.row_id, j.attempt_id, j.made, j.held, j.taken_back, j.status, j.source_hash, j.fingerprint,
                   j.http_status, j.code, j.duration_ms, j.request, j.response, j.link, j.lost,
                   CASE WHEN j.lost THEN 'conflict' WHEN j.stands THEN j.known_cause ELSE j.cause END AS cause,
                   CASE WHEN j.attempt_id IS NULL AND j.state <> 'synced' THEN coalesce(j.known_tries, 0)
                        ELSE j.tries END AS tries,
                   clock_timestamp() + make_interval(secs => j.retry_seconds) AS retry_at,
                   CASE WHEN j.lost THEN 'parked' ELSE j.state END AS state,
                   CASE WHEN j.lost THEN 'parked' ELSE j.outcome END AS outcome,
                   CASE WHEN j.lost THEN j.lost_reason ELSE j.reason END AS reason,
                   CASE WHEN j.lost THEN j.lost_reason ELSE j.problem END AS problem,
                   CASE WHEN j.lost THEN :lost_advice ELSE j.advice END AS advice,
                   CASE WHEN j.lost THEN j.link WHEN j.made IS NOT NULL THEN j.made
                        WHEN j.link = j.taken_back THEN NULL ELSE j.link END AS link_now
            FROM joined j
        ), written AS (
            UPDATE public.{table} t
            SET {zoho_id} = c.link_now, zoho_sync_status = c.status,
                zoho_last_sync_error = left(c.problem, :error_length),
                zoho_last_synced_at = CASE WHEN c.made IS NULL THEN t.zoho_last_synced_at ELSE now() END
            FROM concluded c
            WHERE t.id = c.row_id AND c.status IS NOT NULL AND NOT c.lost
              AND (c.link IS NULL OR c.link IN (c.made, c.held, c.taken_back))
              AND (c.made IS NOT NULL OR (t.{zoho_id}, t.zoho_sync_status, t.zoho_last_sync_error)
                   IS DISTINCT FROM (c.link_now, c.status, left(c.problem, :error_length)))
        ), ended AS (
            UPDATE zoho_pipeline.attempts a
            SET ended_at = clock_timestamp(), outcome = c.outcome, zoho_id = c.made, status = c.http_status,
                code = c.code, cause = c.cause, message = c.problem, duration_ms = c.duration_ms, response = c.response
            FROM concluded c WHERE a.id = c.attempt_id
        ), noted AS (
            INSERT INTO zoho_pipeline.sync_records AS r
                (entity, row_id, state, cause, reason, advice, source_hash, fingerprint, zoho_id, tries, retry_at,
                 doubt_since)
            SELECT :entity, row_id, state, cause, reason, advice, source_hash, fingerprint, link_now, tries, retry_at,
                   CASE WHEN state = 'in_doubt' THEN clock_timestamp() END
            FROM concluded WHERE attempt_id IS NOT NULL OR NOT lost ORDER BY row_id
            ON CONFLICT (entity, row_id) DO UPDATE
            SET state = excluded.state, cause = excluded.cause, reason = excluded.reason, advice = excluded.advice,
                source_hash = excluded.source_hash, fingerprint = coalesce(excluded.fingerprint, r.fingerprint),
                tries = excluded.tries, retry_at = excluded.retry_at,
                zoho_id = excluded.zoho_id, app_syncing_since = NULL, doubt_since = excluded.doubt_since,
                doubt_looks = 0, doubt_looked_at = NULL, changed_at = now()
        ){logged}
        SELECT row_id::text, reason FROM concluded WHERE lost
    """)  # noqa: S608 - constants only
