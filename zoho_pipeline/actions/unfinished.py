"""Months that a run left open because calls or hours ran out: which of them can go on by now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.settings import DatabaseSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current

_LATEST = text("""
    SELECT entity, month, resumes_at FROM (
        SELECT DISTINCT ON (entity, month) entity, month, resumes_at FROM zoho_pipeline.sync_results
        WHERE NOT dry_run ORDER BY entity, month, finished_at DESC
    ) latest
    WHERE resumes_at IS NOT NULL
""")


@dataclass(frozen=True)
class Open:
    """One kind's month that was left open, and when it can go on (UTC)."""

    entity: Entity
    month: Month
    resumes_at: datetime


@dataclass(frozen=True)
class Span:
    """Months in an unbroken row, and the kinds that are open in every one of them."""

    first: Month
    last: Month
    entities: tuple[Entity, ...]
    resumes_at: datetime
    """When the last of them can go on (UTC)."""


def read_open(environ: dict[str, str] | None) -> tuple[list[Open], datetime]:
    """All months that are open, and the database's time (UTC).

    Raises:
        Foreseen: when the settings, the database or its schema do not allow to look.
    """
    engine = open_engine(DatabaseSettings.load(environ), connections=1)
    try:
        with telling_of_outages(engine, "look for unfinished months"), engine.connect() as connection:
            require_current(connection)
            return _open(connection), connection.execute(text("SELECT now()")).scalar_one()
    finally:
        engine.dispose()


def spans_due(left_open: Iterable[Open], now: datetime) -> list[Span]:
    """What can go on now, in as few spans as hold exactly these kinds and months."""
    months: dict[Month, dict[Entity, datetime]] = defaultdict(dict)
    for one in left_open:
        if one.resumes_at <= now:
            months[one.month][one.entity] = one.resumes_at
    spans: list[Span] = []
    for month in sorted(months):
        entities = tuple(entity for entity in PARENTS_FIRST if entity in months[month])
        resumes_at = max(months[month].values())
        before = spans[-1] if spans else None
        if before is not None and before.last.plus(1) == month and before.entities == entities:
            spans[-1] = Span(before.first, month, entities, max(before.resumes_at, resumes_at))
        else:
            spans.append(Span(month, month, entities, resumes_at))
    return spans


def _open(connection: Connection) -> list[Open]:
    return [Open(Entity(row.entity), Month.parse(row.month), row.resumes_at) for row in connection.execute(_LATEST)]
