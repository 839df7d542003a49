"""Syncs of a span: counted by kind and status, with the durations that were measured. Reads only.

A sync is an attempt that was sent and has ended, or a row of CircleTel's zoho_sync_logs that tells of no attempt of
ours: the app pushes too. Durations are those of our attempts, from claim to recorded end, in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Row, TextClause, text

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.reviews.paper import percent
from zoho_pipeline.reviews.span import Span

SUCCESS, FAILED = "success", "failed"


@dataclass(frozen=True)
class Counted:
    """Syncs of one kind in one status."""

    entity: Entity
    status: str
    syncs: int


@dataclass(frozen=True)
class Measured:
    """Syncs of one kind, of one day or of the whole span; seconds are None where none was measured.

    Attributes:
        median: half of them took no longer.
        slow: 95 of a hundred took no longer.
    """

    entity: Entity
    day: date | None
    syncs: int
    succeeded: int
    failed: int
    average: float | None
    median: float | None
    slow: float | None
    longest: float | None


@dataclass(frozen=True)
class Hour:
    """Syncs that began in that hour of the day (0 to 23, Africa/Johannesburg), on all days together."""

    hour: int
    syncs: int
    average: float | None


def count_syncs(connection: Connection, shape: Shape, span: Span) -> list[Counted]:
    """By kind and status, parents first."""
    rows = connection.execute(
        _query(shape, "SELECT entity, status, count(*) AS syncs FROM syncs GROUP BY 1, 2 ORDER BY 2 DESC"), span.bounds
    )
    found = [Counted(Entity(row.entity), row.status, row.syncs) for row in rows]
    return sorted(found, key=lambda each: list(Entity).index(each.entity))


def measure_days(connection: Connection, shape: Shape, span: Span) -> list[Measured]:
    """By day and kind, the latest day first; days without a sync are left out."""
    found = _measured(connection, shape, span, f"{_LOCAL}::date", "1 DESC, 2")
    return sorted(found, key=lambda each: (-(each.day or span.first).toordinal(), list(Entity).index(each.entity)))


def measure_kinds(connection: Connection, shape: Shape, span: Span) -> list[Measured]:
    """By kind, over the whole span."""
    found = _measured(connection, shape, span, "CAST(NULL AS date)", "2")
    return sorted(found, key=lambda each: list(Entity).index(each.entity))


def measure_hours(connection: Connection, shape: Shape, span: Span) -> list[Hour]:
    """All 24 hours of the day."""
    chosen = f"""SELECT CAST(extract(hour FROM {_LOCAL}) AS integer) AS hour, count(*) AS syncs,
        avg(seconds) AS average FROM syncs GROUP BY 1"""  # noqa: S608 - constants only
    rows = {row.hour: row for row in connection.execute(_query(shape, chosen), span.bounds)}
    return [
        Hour(hour, rows[hour].syncs, _seconds(rows[hour].average)) if hour in rows else Hour(hour, 0, None)
        for hour in range(24)
    ]


def average_seconds(connection: Connection, shape: Shape, span: Span) -> float | None:
    """Of all measured syncs; None where there is none."""
    return _seconds(connection.execute(_query(shape, "SELECT avg(seconds) FROM syncs"), span.bounds).scalar())


def total(counted: Sequence[Counted], status: str | None = None) -> int:
    """Syncs of all kinds, in that status if one is given."""
    return sum(each.syncs for each in counted if status in (None, each.status))


def success_percent(counted: Sequence[Counted]) -> float | None:
    """Of the syncs that have succeeded or failed; None where there is none."""
    won, lost = total(counted, SUCCESS), total(counted, FAILED)
    return percent(won, won + lost) if won + lost else None


_LOCAL = "(at AT TIME ZONE 'Africa/Johannesburg')"


def _measured(connection: Connection, shape: Shape, span: Span, day: str, order: str) -> list[Measured]:
    chosen = f"""SELECT {day} AS day, entity, count(*) AS syncs,
        count(*) FILTER (WHERE status = 'success') AS succeeded,
        count(*) FILTER (WHERE status = 'failed') AS failed, avg(seconds) AS average, max(seconds) AS longest,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS slow
        FROM syncs GROUP BY 1, 2 ORDER BY {order}"""  # noqa: S608 - constants only
    return [_one(row) for row in connection.execute(_query(shape, chosen), span.bounds)]


def _one(row: Row[tuple[object, ...]]) -> Measured:
    return Measured(
        Entity(row.entity),
        row.day,
        row.syncs,
        row.succeeded,
        row.failed,
        _seconds(row.average),
        _seconds(row.median),
        _seconds(row.slow),
        _seconds(row.longest),
    )


def _seconds(value: object) -> float | None:
    return None if value is None else round(float(str(value)), 3)


def _query(shape: Shape, chosen: str) -> TextClause:
    return text(f"{_syncs(shape)} {chosen}")


def _syncs(shape: Shape) -> str:
    """Where the log has our columns it names the run; else ours are told by the moment at which they ended."""
    same = (
        "a.run_id = l.run_id"
        if shape.log_details
        else "a.ended_at BETWEEN l.created_at - interval '1 second' AND l.created_at + interval '1 minute'"
    )
    return f"""
        WITH syncs AS (
            SELECT entity, started_at AS at, nullif(duration_ms, 0) / 1000.0 AS seconds,
                   CASE WHEN outcome IN ('created', 'updated', 'adopted', 'unchanged') THEN 'success'
                        WHEN outcome IN ('failed', 'refused', 'parked') THEN 'failed' ELSE outcome END AS status
            FROM zoho_pipeline.attempts
            WHERE started_at >= :starts_at AND started_at < :ends_at AND sent_at IS NOT NULL AND ended_at IS NOT NULL
            UNION ALL
            SELECT l.entity_type || 's', l.created_at, NULL, l.status FROM public.zoho_sync_logs l
            WHERE l.created_at >= :starts_at AND l.created_at < :ends_at
              AND l.entity_type IN ('customer', 'subscription', 'invoice', 'payment')
              AND NOT EXISTS (SELECT FROM zoho_pipeline.attempts a WHERE a.entity = l.entity_type || 's'
                              AND a.row_id = l.entity_id AND {same})
        )
    """  # noqa: S608 - constants only
