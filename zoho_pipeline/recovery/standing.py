"""How single rows stand: CircleTel's columns beside our record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from zoho_pipeline.causes import Cause
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import State

_LABEL = {
    Entity.CUSTOMERS: "coalesce(t.account_number, t.id::text)",
    Entity.SUBSCRIPTIONS: "t.id::text",
    Entity.INVOICES: "t.invoice_number",
    Entity.PAYMENTS: "t.transaction_id",
}
_LAST_TRIED = """coalesce(
    (SELECT max(a.started_at) FROM zoho_pipeline.attempts a WHERE a.entity = :entity AND a.row_id = t.id),
    r.first_seen_at)"""


@dataclass(frozen=True)
class Standing:
    """One row, and what is known of it. Names the record, never a person."""

    entity: Entity
    row_id: str
    label: str
    eligible: bool
    zoho_id: str | None
    state: State | None
    """None where it was never looked at."""
    cause: Cause | None
    reason: str | None
    advice: str | None
    tries: int
    being_sent: bool

    @property
    def name(self) -> str:
        """`Invoice INV-2025-00012`."""
        return f"{self.entity.singular.capitalize()} {self.label}"


def standing_of(connection: Connection, entity: Entity, shape: Shape, ids: Sequence[str]) -> list[Standing]:
    """The rows of those ids that exist."""
    return _read(connection, entity, shape, "t.id = ANY(CAST(:ids AS uuid[]))", {"ids": list(ids)})


def failed_rows(
    connection: Connection,
    entity: Entity,
    shape: Shape,
    states: Sequence[State],
    cause: Cause | None,
    older_than: timedelta | None,
) -> list[Standing]:
    """Eligible rows in these states, the least recently tried first; without a cause also those that CircleTel's app
    has failed to push and nobody has tried since.
    """
    of = source(entity, shape)
    failed_by_app = f"t.zoho_sync_status = 'failed' AND nullif(t.{of.zoho_id}, '') IS NULL AND r.state IS NULL"
    wanted = f"""({of.eligible}) AND (r.state = ANY(:states) OR {failed_by_app})
        AND (CAST(:cause AS text) IS NULL OR r.cause = :cause)
        AND (CAST(:older_than AS interval) IS NULL OR {_LAST_TRIED} < now() - CAST(:older_than AS interval))
        ORDER BY {_LAST_TRIED} NULLS LAST"""
    values = {"states": [state.value for state in states], "cause": cause, "older_than": older_than}
    return _read(connection, entity, shape, wanted, values)


def _read(connection: Connection, entity: Entity, shape: Shape, wanted: str, values: dict[str, Any]) -> list[Standing]:
    of = source(entity, shape)
    statement = text(f"""
        SELECT t.id::text AS row_id, {_LABEL[entity]} AS label, ({of.eligible}) IS TRUE AS eligible,
               nullif(t.{of.zoho_id}, '') AS zoho_id, r.state, r.cause, r.reason, r.advice,
               coalesce(r.tries, 0) AS tries,
               EXISTS (SELECT 1 FROM zoho_pipeline.attempts a WHERE a.entity = :entity AND a.row_id = t.id
                       AND a.ended_at IS NULL AND a.lease_until > clock_timestamp()) AS being_sent
        FROM public.{of.table} t {of.joins}
        LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = t.id
        WHERE {wanted}
    """)  # noqa: S608 - constants only
    return [
        Standing(
            entity,
            row.row_id,
            row.label,
            row.eligible,
            row.zoho_id,
            State(row.state) if row.state else None,
            Cause(row.cause) if row.cause else None,
            row.reason,
            row.advice,
            row.tries,
            row.being_sent,
        )
        for row in connection.execute(statement, values | {"entity": entity.value})
    ]
