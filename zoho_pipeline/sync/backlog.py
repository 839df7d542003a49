"""Choosing what to look at: one pass over a month in SQL, so that unchanged rows never leave the database."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, TextClause, text

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import Source, source
from zoho_pipeline.circletel.sync_columns import mark_linked_as_synced
from zoho_pipeline.entities import Entity


@dataclass(frozen=True)
class Backlog:
    """A month's eligible rows, sorted by what is to be done about them; ids oldest first."""

    candidates: list[str] = field(default_factory=list)
    """Not in Zoho as far as we know, or changed since."""
    linked_by_app: list[str] = field(default_factory=list)
    """Linked already when first seen."""
    unchanged: int = 0
    excluded: int = 0


def read_backlog(connection: Connection, entity: Entity, shape: Shape, month: Month, months: OpenMonths) -> Backlog:
    """Sort the month's rows. The first open month also holds everything earlier, the last everything later."""
    bounds = {"since": _since(month, months), "until": _until(month, months)}
    rows = connection.execute(_statement(source(entity, shape)), bounds | {"entity": entity.value})
    found = {row.standing: row for row in rows}
    return Backlog(
        candidates=found["candidate"].ids if "candidate" in found else [],
        linked_by_app=found["linked"].ids if "linked" in found else [],
        unchanged=found["unchanged"].rows if "unchanged" in found else 0,
        excluded=found["excluded"].rows if "excluded" in found else 0,
    )


_UNDATED = text("""
    INSERT INTO zoho_pipeline.sync_records AS r (entity, row_id, state, dated_at)
    SELECT 'customers', id, 'waiting', coalesce(updated_at, 'epoch') FROM public.customers
    WHERE created_at IS NULL AND account_type <> 'internal_test'
    ON CONFLICT (entity, row_id) DO UPDATE SET dated_at = excluded.dated_at WHERE r.dated_at IS NULL
""")


def pin_undated(connection: Connection) -> None:
    """Keep customers without a creation date in the month in which they were first seen (the first, if undated)."""
    connection.execute(_UNDATED)


def take_over_linked(connection: Connection, entity: Entity, shape: Shape, ids: list[str]) -> None:
    """Remember rows that the app has linked as synced with their present content, and mend a status left behind."""
    if not ids:
        return
    connection.execute(_baseline(source(entity, shape)), {"ids": ids, "entity": entity.value})
    mark_linked_as_synced(connection, entity, ids)


def _since(month: Month, months: OpenMonths) -> datetime | None:
    return None if month == months.first else month.starts_at


def _until(month: Month, months: OpenMonths) -> datetime | None:
    return None if month == months.last else month.plus(1).starts_at


def _statement(of: Source) -> TextClause:
    return text(f"""
        WITH eligible AS (
            SELECT t.id, {of.moment} AS moment, nullif(t.{of.zoho_id}, '') AS zoho_id,
                   t.zoho_sync_status AS status, {of.source_hash} AS source_hash,
                   r.state, r.source_hash AS known_hash, {of.parent_linked} > r.changed_at AS reconsider
            FROM public.{of.table} t {of.joins}
            LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = t.id
            WHERE {of.eligible}
        ), sorted AS (
            SELECT e.id, e.moment, CASE
                WHEN e.zoho_id IS NOT NULL AND e.state IS NULL THEN 'linked'
                WHEN e.zoho_id IS NOT NULL AND e.status = 'synced' AND e.state = 'synced'
                     AND e.known_hash = e.source_hash THEN 'unchanged'
                WHEN e.zoho_id IS NULL AND e.state = 'before_zoho' AND e.known_hash = e.source_hash
                     AND e.reconsider IS NOT TRUE THEN 'excluded'
                ELSE 'candidate' END AS standing
            FROM eligible e
            WHERE (e.moment >= CAST(:since AS timestamptz) OR CAST(:since AS timestamptz) IS NULL)
              AND (e.moment < CAST(:until AS timestamptz) OR CAST(:until AS timestamptz) IS NULL
                   OR (e.moment IS NULL AND CAST(:since AS timestamptz) IS NULL))
        )
        SELECT standing, count(*) AS rows,
               array_agg(id::text ORDER BY moment, id) FILTER (WHERE standing IN ('candidate', 'linked')) AS ids
        FROM sorted GROUP BY standing
    """)  # noqa: S608 - constants only


def _baseline(of: Source) -> TextClause:
    return text(f"""
        INSERT INTO zoho_pipeline.sync_records (entity, row_id, state, source_hash)
        SELECT :entity, t.id, 'synced', {of.source_hash}
        FROM public.{of.table} t {of.joins}
        WHERE t.id = ANY(CAST(:ids AS uuid[]))
        ON CONFLICT (entity, row_id) DO NOTHING
    """)  # noqa: S608 - constants only
