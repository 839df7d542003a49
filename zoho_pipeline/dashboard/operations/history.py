"""What is known of one row: how it stands, what was sent for it, and what people did."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from zoho_pipeline.actions.opening import no_such_row
from zoho_pipeline.causes import Cause
from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID
from zoho_pipeline.dashboard.operations.labels import labels
from zoho_pipeline.entities import Entity
from zoho_pipeline.redaction import redacted, redacted_text
from zoho_pipeline.states import State

ATTEMPTS = 30
"""Shown at most, the latest first."""


@dataclass(frozen=True)
class Call:
    """One call to Zoho that was made for the row."""

    at: datetime
    endpoint: str
    status: int | None
    code: int | None
    ms: int | None


@dataclass(frozen=True)
class Attempt:
    """One send, with what was sent and answered (people's data redacted). Moments in UTC."""

    action: str
    started_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    status: int | None
    code: int | None
    cause: Cause | None
    message: str
    run_id: str
    zoho_id: str | None
    rand: Decimal | None
    request: str
    response: str


@dataclass(frozen=True)
class Deed:
    """What a person did to it."""

    at: datetime
    by: str
    action: str


@dataclass(frozen=True)
class History:
    """The row and all of that. `state` is None of a row that no run has looked at."""

    entity: Entity
    row_id: str
    label: str
    status: str
    error: str
    synced_at: datetime | None
    zoho_id: str | None
    state: State | None
    cause: Cause | None
    reason: str
    advice: str
    tries: int
    retry_at: datetime | None
    changed_at: datetime | None
    attempts: Sequence[Attempt]
    calls: Sequence[Call]
    deeds: Sequence[Deed]


def read_history(connection: Connection, entity: Entity, row_id: str) -> History:
    """The row of that id (a UUID).

    Raises:
        NoSuchRow: when CircleTel has none.
    """
    of = {"entity": entity.value, "id": row_id}
    row = connection.execute(text(_row(entity)), of).first()
    if row is None:
        raise no_such_row(entity, row_id)
    return History(
        entity,
        row_id,
        labels(connection, [(entity, row_id)])[entity, row_id],
        row.status or "pending",
        redacted_text(row.error or ""),
        row.synced_at,
        row.zoho_id or None,
        State(row.state) if row.state else None,
        Cause(row.cause) if row.cause else None,
        redacted_text(row.reason or ""),
        redacted_text(row.advice or ""),
        row.tries or 0,
        row.retry_at,
        row.changed_at,
        [_attempt(each) for each in connection.execute(_ATTEMPTS, of)],
        [Call(each.at, each.endpoint, each.status, each.code, each.ms) for each in connection.execute(_CALLS, of)],
        [Deed(each.at, each.by, each.action) for each in connection.execute(_DEEDS, of)],
    )


def _row(entity: Entity) -> str:
    return f"""
        SELECT t.zoho_sync_status AS status, t.zoho_last_sync_error AS error, t.zoho_last_synced_at AS synced_at,
               t.{ZOHO_ID[entity]} AS zoho_id, r.state, r.cause, r.reason, r.advice, r.tries, r.retry_at, r.changed_at
        FROM public.{TABLES[entity]} t
        LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = t.id
        WHERE t.id = CAST(:id AS uuid)
    """  # noqa: S608 - constants only


def _attempt(row: Any) -> Attempt:
    return Attempt(
        row.action,
        row.started_at,
        row.sent_at,
        row.ended_at,
        row.outcome,
        row.status,
        row.code,
        Cause(row.cause) if row.cause else None,
        redacted_text(row.message or ""),
        row.run_id,
        row.zoho_id,
        row.rand,
        _payload(row.request),
        _payload(row.response),
    )


def _payload(payload: Any) -> str:
    return "" if payload is None else json.dumps(redacted(payload), indent=2, ensure_ascii=False)


_ATTEMPTS = text(f"""
    SELECT * FROM zoho_pipeline.attempts WHERE entity = :entity AND row_id = CAST(:id AS uuid)
    ORDER BY id DESC LIMIT {ATTEMPTS}
""")  # noqa: S608 - constants only
_CALLS = text(f"""
    SELECT c.at, c.endpoint, c.status, c.code, c.ms
    FROM (SELECT started_at, ended_at FROM zoho_pipeline.attempts
          WHERE entity = :entity AND row_id = CAST(:id AS uuid) ORDER BY id DESC LIMIT {ATTEMPTS}) a
    JOIN zoho_pipeline.api_calls c
        ON c.at BETWEEN a.started_at AND least(a.ended_at, a.started_at + interval '1 hour')
    WHERE c.record_id = CAST(:id AS text) AND c.entity = :entity ORDER BY c.at DESC LIMIT 100
""")  # noqa: S608 - constants only
_DEEDS = text("""
    SELECT at, by, action FROM zoho_pipeline.actions WHERE entity = :entity AND row_id = CAST(:id AS uuid)
    ORDER BY at DESC LIMIT 50
""")
