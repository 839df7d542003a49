"""Rows that have failed, the longest first: what a person goes through on Monday (R9). Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from zoho_pipeline.causes import Cause
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.redaction import redacted_text

OLDEST = 20
STALE = timedelta(days=7)
_LABEL = {
    Entity.CUSTOMERS: "coalesce(t.account_number, t.id::text)",
    Entity.SUBSCRIPTIONS: "t.id::text",
    Entity.INVOICES: "t.invoice_number",
    Entity.PAYMENTS: "t.transaction_id",
}
BY_APP = "CircleTel's app failed to push it, and no run has looked at it since."


@dataclass(frozen=True)
class Failure:
    """An eligible row that has not gone, since when, and what to do about it. Names no person."""

    entity: Entity
    row_id: str
    label: str
    state: str
    cause: Cause
    reason: str
    since: datetime

    @property
    def command(self) -> str:
        """What tries it again at once."""
        return f"zoho-pipeline retry {self.entity} {self.row_id}"

    @property
    def advice(self) -> str:
        """What to do first."""
        return self.cause.advice


@dataclass(frozen=True)
class Failures:
    """All of them: how many, how many for over a week, and the oldest."""

    count: int
    stale: int
    oldest: Sequence[Failure]


def read_failures(connection: Connection, shape: Shape, now: datetime) -> Failures:
    """Rows that failed, were refused or parked, and what the app failed to push."""
    found = [failure for entity in PARENTS_FIRST for failure in _of(connection, entity, shape)]
    found.sort(key=lambda each: each.since)
    return Failures(len(found), sum(now - each.since > STALE for each in found), found[:OLDEST])


def failed_since(connection: Connection, shape: Shape, since: datetime) -> dict[Entity, int]:
    """How many of them began to fail after the moment, by kind: what the runbook's daily query means (R4)."""
    return {entity: sum(each.since >= since for each in _of(connection, entity, shape)) for entity in PARENTS_FIRST}


def _of(connection: Connection, entity: Entity, shape: Shape) -> list[Failure]:
    of = source(entity, shape)
    unlinked = f"nullif(t.{of.zoho_id}, '') IS NULL"
    statement = text(f"""
        SELECT t.id::text AS row_id, {_LABEL[entity]} AS label, coalesce(r.state, 'failed') AS state, r.cause,
               coalesce(r.reason, t.zoho_last_sync_error) AS reason, coalesce(
                   (SELECT min(a.started_at) FROM zoho_pipeline.attempts a
                    WHERE a.entity = :entity AND a.row_id = t.id AND a.outcome IN ('failed', 'refused', 'parked')
                      AND a.started_at > coalesce(
                          (SELECT max(w.started_at) FROM zoho_pipeline.attempts w
                           WHERE w.entity = :entity AND w.row_id = t.id
                             AND w.outcome IN ('created', 'updated', 'adopted')), '-infinity')),
                   r.changed_at,
                   (SELECT min(l.created_at) FROM public.zoho_sync_logs l
                    WHERE l.entity_type = :singular AND l.entity_id = t.id AND l.status = 'failed'),
                   t.updated_at, t.created_at, now()) AS since
        FROM public.{of.table} t {of.joins}
        LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = t.id
        WHERE ({of.eligible}) AND (r.state IN ('failed', 'refused', 'parked')
              OR (r.state IS NULL AND t.zoho_sync_status = 'failed' AND {unlinked}))
    """)  # noqa: S608 - constants only
    return [
        Failure(
            entity,
            row.row_id,
            row.label,
            row.state,
            Cause(row.cause) if row.cause else Cause.UNKNOWN,
            redacted_text(row.reason or BY_APP),
            row.since,
        )
        for row in connection.execute(statement, {"entity": entity.value, "singular": entity.singular})
    ]
