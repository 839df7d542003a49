"""CircleTel's own log of syncs, zoho_sync_logs, as far as the database takes our rows."""

import json
import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.store.database import reason_of

_ZOHO_ENTITY_TYPE: dict[Entity, str] = {
    Entity.CUSTOMERS: "Contacts",
    Entity.SUBSCRIPTIONS: "Subscriptions",
    Entity.INVOICES: "Invoices",
    Entity.PAYMENTS: "Payments",
}
MOST_ATTEMPTS = 3
"""The table's CHECK on attempt_number."""

_log = logging.getLogger(__name__)
_INSERT = text("""
    INSERT INTO public.zoho_sync_logs (entity_type, entity_id, zoho_entity_type, zoho_entity_id, status,
        attempt_number, error_message, request_payload, response_payload)
    VALUES (:entity_type, CAST(:entity_id AS uuid), :zoho_entity_type, :zoho_entity_id, :status,
        :attempt_number, :error_message, CAST(:request AS jsonb), CAST(:response AS jsonb))
""")
_INSERT_WITH_DETAILS = text("""
    INSERT INTO public.zoho_sync_logs (entity_type, entity_id, zoho_entity_type, zoho_entity_id, status,
        attempt_number, error_message, request_payload, response_payload, duration_ms, cause, run_id)
    VALUES (:entity_type, CAST(:entity_id AS uuid), :zoho_entity_type, :zoho_entity_id, :status,
        :attempt_number, :error_message, CAST(:request AS jsonb), CAST(:response AS jsonb),
        :duration_ms, :cause, :run_id)
""")


@dataclass(frozen=True)
class SyncLog:
    """One attempt and its end. Payloads must have been redacted."""

    entity: Entity
    row_id: str
    zoho_id: str | None
    succeeded: bool
    attempt_number: int
    error: str | None
    request: Any
    response: Any
    duration_ms: int
    cause: str | None
    run_id: str


def write_log(connection: Connection, shape: Shape, log: SyncLog) -> None:
    """Insert the row, unless this database's CHECK constraints would refuse its kind."""
    if log.entity not in shape.logged:
        return
    values = {
        "entity_type": log.entity.singular,
        "entity_id": log.row_id,
        "zoho_entity_type": _ZOHO_ENTITY_TYPE[log.entity],
        "zoho_entity_id": log.zoho_id,
        "status": "success" if log.succeeded else "failed",
        "attempt_number": min(log.attempt_number, MOST_ATTEMPTS),
        "error_message": log.error,
        "request": json.dumps(log.request, default=str),
        "response": json.dumps(log.response, default=str),
    }
    details = {"duration_ms": log.duration_ms, "cause": log.cause, "run_id": log.run_id}
    statement, row = (_INSERT_WITH_DETAILS, values | details) if shape.log_details else (_INSERT, values)
    try:
        with connection.begin_nested():
            connection.execute(statement, row)
    except (IntegrityError, DataError, ProgrammingError) as error:
        # The log is CircleTel's, ours is in attempts: what it refuses must not undo an outcome.
        _log.warning("zoho_sync_logs refused the row of %s %s: %s", log.entity.singular, log.row_id, reason_of(error))
