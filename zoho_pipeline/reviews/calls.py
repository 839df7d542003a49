"""Calls to Zoho in a span, of the ledger `api_calls`. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.mirror.objects import Extra, Listed
from zoho_pipeline.reviews.span import Span


@dataclass(frozen=True)
class Endpoint:
    """Calls of one endpoint for one purpose; `vain` of them brought nothing (an answer of 400 and more, or none)."""

    endpoint: str
    purpose: str
    calls: int
    vain: int

    @property
    def looks_up_one(self) -> bool:
        """Whether it reads a single object, of which a list would show 200."""
        return self.endpoint.startswith("GET ") and "{id}" in self.endpoint


@dataclass(frozen=True)
class PerRecord:
    """Calls on behalf of single records of one kind, and how many records and objects made these are."""

    entity: Entity
    calls: int
    records: int
    created: int


@dataclass(frozen=True)
class Stored:
    """Objects of one kind in Zoho, as of its latest list; `new` of them are dated in the span."""

    kind: Listed
    objects: int
    new: int


_ENDPOINTS = text("""
    SELECT endpoint, purpose, count(*) AS calls,
           count(*) FILTER (WHERE status >= 400 OR (status IS NULL AND ms IS NOT NULL)) AS vain
    FROM zoho_pipeline.api_calls WHERE at >= :starts_at AND at < :ends_at
    GROUP BY endpoint, purpose ORDER BY calls DESC, endpoint, purpose
""")
_DAYS = text("""
    SELECT (at AT TIME ZONE 'Africa/Johannesburg')::date AS day, count(*) AS calls
    FROM zoho_pipeline.api_calls WHERE at >= :starts_at AND at < :ends_at GROUP BY 1
""")
_BUSIEST_MINUTES = text("""
    SELECT CAST(extract(hour FROM minute AT TIME ZONE 'Africa/Johannesburg') AS integer) AS hour, max(calls) AS calls
    FROM (SELECT date_trunc('minute', at) AS minute, count(*) AS calls FROM zoho_pipeline.api_calls
          WHERE at >= :starts_at AND at < :ends_at GROUP BY 1) m
    GROUP BY 1
""")
_PER_RECORD = text("""
    SELECT c.entity, count(*) AS calls, count(DISTINCT c.record_id) AS records,
           (SELECT count(*) FROM zoho_pipeline.attempts a WHERE a.entity = c.entity AND a.outcome = 'created'
              AND a.started_at >= :starts_at AND a.started_at < :ends_at) AS created
    FROM zoho_pipeline.api_calls c
    WHERE c.at >= :starts_at AND c.at < :ends_at AND c.record_id IS NOT NULL AND c.entity = ANY(:kinds)
    GROUP BY c.entity
""")
_DAY: dict[Listed, str] = {
    Entity.CUSTOMERS: "created_on",
    Entity.SUBSCRIPTIONS: "created_on",
    Entity.INVOICES: "date",
    Entity.PAYMENTS: "date",
    Extra.CREDIT_NOTES: "date",
    Extra.REFUNDS: "date",
}


def read_endpoints(connection: Connection, span: Span) -> list[Endpoint]:
    """By endpoint and purpose, the most frequent first."""
    return [Endpoint(**row._mapping) for row in connection.execute(_ENDPOINTS, span.bounds)]


def read_days(connection: Connection, span: Span) -> dict[date, int]:
    """Calls of each day in Johannesburg; days without any are there too."""
    found = {row.day: row.calls for row in connection.execute(_DAYS, span.bounds)}
    return {day: found.get(day, 0) for day in span.days}


def read_busiest_minutes(connection: Connection, span: Span) -> dict[int, int]:
    """The calls of the busiest minute that each hour of the day (0 to 23, Johannesburg) had in the span."""
    found = {row.hour: row.calls for row in connection.execute(_BUSIEST_MINUTES, span.bounds)}
    return {hour: found.get(hour, 0) for hour in range(24)}


def read_per_record(connection: Connection, span: Span) -> list[PerRecord]:
    """By kind, parents first; calls for whole lists are on behalf of no record."""
    given = span.bounds | {"kinds": [entity.value for entity in PARENTS_FIRST]}
    rows = {row.entity: row for row in connection.execute(_PER_RECORD, given)}
    return [
        PerRecord(entity, row.calls, row.records, row.created)
        for entity in PARENTS_FIRST
        if (row := rows.get(entity.value)) is not None
    ]


def read_stored(connection: Connection, span: Span) -> Sequence[Stored]:
    """Objects by kind, documents included that CircleTel has no rows of."""
    stored = []
    for kind, day in _DAY.items():
        row = connection.execute(
            text(f"""
                SELECT count(*) AS objects, count(*) FILTER (WHERE {day} >= :first AND {day} < :until) AS new
                FROM zoho_pipeline.mirror_{kind.value} WHERE gone_at IS NULL
            """),  # noqa: S608 - constants only
            {"first": span.first, "until": span.until},
        ).one()
        stored.append(Stored(kind, row.objects, row.new))
    return stored
