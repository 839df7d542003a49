"""What was sent, the latest first (R19), by filters (R20). A page costs the same, however many there are before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, text

from zoho_pipeline.causes import Cause
from zoho_pipeline.dashboard.operations.labels import labels
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.states import State

LINES = 25
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}
"""The time ranges that can be chosen; without one all is shown that is kept."""
OUTCOMES = (
    "created",
    "updated",
    "adopted",
    "failed",
    "refused",
    "parked",
    "blocked",
    "waiting",
    "in_doubt",
    "released",
    "open",
)
"""How an attempt can have ended; `open` has not."""
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class NoSuchFilter(Foreseen):
    """A filter that the page does not offer."""


@dataclass(frozen=True)
class Filters:
    """What is to be shown; None means all."""

    entity: Entity | None = None
    outcome: str | None = None
    cause: Cause | None = None
    span: str | None = None
    before: tuple[datetime, int] | None = None
    """The last line of the page before: when it began (UTC), and its number."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """As the address says.

        Raises:
            NoSuchFilter: when a value is none of those that the page offers.
        """
        try:
            entity, cause = query.get("entity"), query.get("cause")
            return cls(
                Entity(entity) if entity else None,
                _among(query.get("outcome"), OUTCOMES),
                Cause(cause) if cause else None,
                _among(query.get("span"), SPANS),
                _cursor(query.get("before")),
            )
        except (ValueError, OverflowError):
            raise NoSuchFilter("There is no such filter: choose among those that the page offers.") from None

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, as the address says them, without the place."""
        found = {"entity": self.entity, "outcome": self.outcome, "cause": self.cause, "span": self.span}
        return {name: str(value) for name, value in found.items() if value is not None}


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
    before = f"{(lines[-1].started_at - _START) // _MICROSECOND}-{lines[-1].id}"
    return Activity(lines, "?" + urlencode(filters.chosen | {"before": before}))


def _statement(filters: Filters) -> str:
    """Constants only: what somebody has chosen is bound, never written into it."""
    conditions = {
        "a.entity = :entity": filters.entity,
        "a.cause = :cause": filters.cause,
        "a.started_at >= clock_timestamp() - CAST(:span AS interval)": filters.span,
        "a.started_at <= :at AND (a.started_at, a.id) < (:at, :id)": filters.before,
        "a.ended_at IS NULL": filters.outcome == "open" or None,
        "a.outcome = :outcome": filters.outcome if filters.outcome != "open" else None,
    }
    where = " AND ".join(condition for condition, value in conditions.items() if value is not None) or "true"
    return f"""
        SELECT a.id, a.entity, a.row_id::text AS row_id, a.action, a.started_at, a.ended_at, a.outcome, a.status,
               a.code, a.cause, a.message, a.zoho_id, r.state, r.retry_at
        FROM (SELECT * FROM zoho_pipeline.attempts a WHERE {where}
              ORDER BY a.started_at DESC, a.id DESC LIMIT {LINES + 1}) a
        LEFT JOIN zoho_pipeline.sync_records r ON r.entity = a.entity AND r.row_id = a.row_id
        ORDER BY a.started_at DESC, a.id DESC
    """  # noqa: S608 - constants only


def _values(filters: Filters) -> dict[str, Any]:
    at, attempt = filters.before or (None, None)
    span = SPANS[filters.span] if filters.span else None
    values = {"entity": filters.entity, "outcome": filters.outcome, "cause": filters.cause}
    return {name: str(value) if value is not None else None for name, value in values.items()} | {
        "span": span,
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


def _among(value: str | None, known: Mapping[str, object] | Sequence[str]) -> str | None:
    if value and value not in known:
        raise ValueError
    return value or None


def _cursor(value: str | None) -> tuple[datetime, int] | None:
    if not value:
        return None
    at, _, attempt = value.partition("-")
    if not (at.isdecimal() and attempt.isdecimal()) or len(value) > 40 or int(attempt) >= 2**63:
        raise ValueError
    return _START + int(at) * _MICROSECOND, int(attempt)
