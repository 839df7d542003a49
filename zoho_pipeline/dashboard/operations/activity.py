"""What was sent, the latest first (R19). A page costs the same, however many there are before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from zoho_pipeline.causes import Cause
from zoho_pipeline.dashboard.operations.filters import SPANS, Filters
from zoho_pipeline.dashboard.operations.labels import labels
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome, State

LINES = 25


@dataclass(frozen=True)
class Line:
    """One attempt, and how its row stands now. Moments in UTC."""

    id: int
    entity: Entity
    row_id: str
    label: str
    action: str
    started_at: datetime
    outcome: str
    status: int | None
    code: int | None
    cause: Cause | None
    message: str | None
    zoho_id: str | None
    state: State | None
    retry_at: datetime | None


@dataclass(frozen=True)
class Activity:
    """A page of it; `older` leads to the next, and is None on the last."""

    lines: Sequence[Line]
    older: str | None


def read_activity(connection: Connection, filters: Filters) -> Activity:
    """The lines that the filters let through."""
    found = connection.execute(text(_statement(filters)), _values(filters)).all()
    names = labels(connection, [(Entity(row.entity), row.row_id) for row in found])
    lines = [_line(row, names) for row in found[:LINES]]
    if len(found) <= LINES:
        return Activity(lines, None)
    return Activity(lines, filters.older_than(lines[-1].started_at, lines[-1].id))


def _statement(filters: Filters) -> str:
    """Constants only: what somebody has chosen is bound, never written into it.

    Where a kind, status or cause is chosen, the latest of each kind, status and cause are looked up by themselves, so
    that no combination, however few lines it has, costs more than some dozens of looks into an index.
    """
    conditions = {
        "a.started_at >= clock_timestamp() - CAST(:span AS interval)": filters.span,
        "a.started_at <= :at AND (a.started_at, a.id) < (:at, :id)": filters.before,
        "a.cause = :cause": filters.cause,
    }
    where = "".join(f" AND {condition}" for condition, value in conditions.items() if value is not None)
    if filters.entity is None and filters.outcome is None and filters.cause is None:
        chosen = _latest(f"true{where}")
    else:
        ended = _latest(f"a.entity = e.entity AND a.outcome = o.outcome{where}")
        still_open = _latest(f"a.entity = ANY(:entities) AND a.ended_at IS NULL AND :open{where}")
        chosen = f"""
            SELECT a.* FROM unnest(CAST(:entities AS text[])) AS e(entity),
                unnest(CAST(:outcomes AS text[])) AS o(outcome), LATERAL ({ended}) a
            UNION ALL ({still_open})
        """  # noqa: S608 - constants only
    return f"""
        SELECT a.id, a.entity, a.row_id::text AS row_id, a.action, a.started_at, a.ended_at, a.outcome, a.status,
               a.code, a.cause, a.message, a.zoho_id, r.state, r.retry_at
        FROM (SELECT * FROM ({chosen}) c ORDER BY started_at DESC, id DESC LIMIT {LINES + 1}) a
        LEFT JOIN zoho_pipeline.sync_records r ON r.entity = a.entity AND r.row_id = a.row_id
        ORDER BY a.started_at DESC, a.id DESC
    """  # noqa: S608 - constants only


def _latest(where: str) -> str:
    return f"""
        SELECT {_COLUMNS} FROM zoho_pipeline.attempts a WHERE {where}
        ORDER BY a.started_at DESC, a.id DESC LIMIT {LINES + 1}
    """  # noqa: S608 - constants only


_COLUMNS = "a.id, a.entity, a.row_id, a.action, a.started_at, a.ended_at, a.outcome, a.status, a.code, a.cause, \
a.message, a.zoho_id"
_ENDINGS = tuple(dict.fromkeys((*Outcome, State.IN_DOUBT.value, "released")))
"""Every outcome that is ever written to an attempt."""


def _values(filters: Filters) -> dict[str, Any]:
    at, attempt = filters.before or (None, None)
    outcomes = [filters.outcome] if filters.outcome else [str(each) for each in _ENDINGS]
    return {
        "entities": [filters.entity.value] if filters.entity else [entity.value for entity in Entity],
        "outcomes": [] if filters.outcome == "open" else outcomes,
        "open": filters.outcome in (None, "open"),
        "cause": filters.cause.value if filters.cause else None,
        "span": SPANS[filters.span] if filters.span else None,
        "at": at,
        "id": attempt,
    }


def _line(row: Any, names: Mapping[tuple[Entity, str], str]) -> Line:
    entity = Entity(row.entity)
    return Line(
        row.id,
        entity,
        row.row_id,
        names.get((entity, row.row_id), row.row_id),
        row.action,
        row.started_at,
        (row.outcome or "ended") if row.ended_at else "open",
        row.status,
        row.code,
        Cause(row.cause) if row.cause else None,
        row.message,
        row.zoho_id,
        State(row.state) if row.state else None,
        row.retry_at,
    )
