"""Rows that need a person, as symptoms: one for each kind, state and cause, however many rows there are."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from zoho_pipeline.alerts.levels import CUSTOMERS
from zoho_pipeline.alerts.symptoms import Sign, Symptom
from zoho_pipeline.causes import Cause
from zoho_pipeline.circletel.shape import TABLES
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import State

SCOPE = "rows"
_SIGNS = {Cause.UNKNOWN: Sign.UNKNOWN_ERROR, Cause.CONFLICT: Sign.DATA_INTEGRITY}
_SAYS = {
    State.PARKED: "parked until a person decides",
    State.REFUSED: "refused until corrected in CircleTel",
    State.FAILED: "failed, and tried again",
}


def rows_amiss(connection: Connection) -> list[Symptom]:
    """What is amiss with rows now: parked and refused ones, and Zoho's errors once they affect many customers.

    A row that is being tried again is not amiss by itself.
    """
    found = [
        _symptom(entity, State(row.state), Cause(row.cause or Cause.UNKNOWN), row)
        for entity in Entity
        for row in connection.execute(_amiss(entity), {"entity": entity.value})
    ]
    return [symptom for symptom in found if symptom is not None]


def _symptom(entity: Entity, state: State, cause: Cause, row: Any) -> Symptom | None:
    signs = {_SIGNS[cause]} if cause in _SIGNS else set()
    if state is State.FAILED:
        if cause is not Cause.ZOHO_ERROR or row.customers <= CUSTOMERS:
            return None
        signs = {Sign.ZOHO_FAILING}
    return Symptom(
        key=f"{entity} {state} {cause}",
        title=f"{row.rows} {entity if row.rows > 1 else entity.singular} {_SAYS[state]}",
        cause=cause.value,
        advice=f"{cause.advice}{_seen_in(row)} `zoho-pipeline retry-failed {entity} --cause {cause}` tries them again.",
        rows=row.rows,
        customers=row.customers,
        retries_used=max(row.tries - 1, 0),
        signs=frozenset(signs),
        entity=entity,
    )


def _seen_in(row: Any) -> str:
    """Which backfill met them last: its failure has no incident of its own."""
    return f" Run {row.run_id} met them in Dagster, and names the months." if row.run_id else ""


@cache
def _amiss(entity: Entity) -> TextClause:
    customer = "t.id" if entity is Entity.CUSTOMERS else "t.customer_id"
    return text(f"""
        SELECT r.state, r.cause, count(*) AS rows, count(DISTINCT {customer}) AS customers, max(r.tries) AS tries,
               (SELECT s.run_id FROM zoho_pipeline.sync_results s
                WHERE s.entity = :entity AND NOT s.dry_run AND CAST(s.counts ->> r.state AS int) > 0
                ORDER BY s.finished_at DESC LIMIT 1) AS run_id
        FROM zoho_pipeline.sync_records r JOIN public.{TABLES[entity]} t ON t.id = r.row_id
        WHERE r.entity = :entity AND r.state IN ('parked', 'refused', 'failed')
        GROUP BY r.state, r.cause ORDER BY r.state, r.cause
    """)  # noqa: S608 - constants only
