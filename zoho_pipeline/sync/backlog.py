"""Choosing what to look at: one pass over a table in SQL, so that unchanged rows never leave the database."""

from collections.abc import Collection
from dataclasses import dataclass, field

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

    @property
    def empty(self) -> bool:
        """Whether it holds no row at all."""
        return not (self.candidates or self.linked_by_app or self.unchanged or self.excluded)


def read_backlogs(
    connection: Connection,
    entity: Entity,
    shape: Shape,
    chosen: Collection[Month],
    months: OpenMonths,
    only: Collection[str] | None = None,
) -> dict[Month, Backlog]:
    """Sort the rows of several months in one pass over the table, which costs little more than one month's.

    The first open month also holds everything earlier, the last everything later. Where `only` names ids, no other rows
    are looked at.

    Raises:
        NoSuchMonth: when one of them is not open.
    """
    places = {month: len(months.between(months.first, month)) - 1 for month in chosen}
    starts = [month.starts_at for month in months.between(months.first, months.last)[1:]]
    values = {
        "entity": entity.value,
        "starts": starts,
        "places": list(places.values()),
        "only": None if only is None else list(only),
    }
    found = {(row.place, row.standing): row for row in connection.execute(_statement(source(entity, shape)), values)}
    return {
        month: Backlog(
            candidates=found[place, "candidate"].ids if (place, "candidate") in found else [],
            linked_by_app=found[place, "linked"].ids if (place, "linked") in found else [],
            unchanged=found[place, "unchanged"].rows if (place, "unchanged") in found else 0,
            excluded=found[place, "excluded"].rows if (place, "excluded") in found else 0,
        )
        for month, place in places.items()
    }


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


def _statement(of: Source) -> TextClause:
    """`starts` are the starts of the open months but the first, so that a row's place among them is its month's.

    What is grouped is narrow, and materialized so that it stays so: hashing takes the wide columns, sorting does not.
    """
    return text(f"""
        WITH eligible AS (
            SELECT t.id, {of.moment} AS moment, nullif(t.{of.zoho_id}, '') AS zoho_id,
                   t.zoho_sync_status AS status, {of.source_hash} AS source_hash,
                   r.state, r.source_hash AS known_hash, {of.parent_linked} > r.changed_at AS reconsider
            FROM public.{of.table} t {of.joins}
            LEFT JOIN zoho_pipeline.sync_records r ON r.entity = :entity AND r.row_id = t.id
            WHERE (({of.eligible}) OR r.state = 'in_doubt')
              AND (CAST(:only AS uuid[]) IS NULL OR t.id = ANY(CAST(:only AS uuid[])))
        ), placed AS (
            SELECT e.*, coalesce(width_bucket(e.moment, CAST(:starts AS timestamptz[])), 0) AS place FROM eligible e
        ), sorted AS MATERIALIZED (
            SELECT p.id, p.moment, p.place, CASE
                WHEN p.zoho_id IS NOT NULL AND p.state IS NULL THEN 'linked'
                WHEN p.zoho_id IS NOT NULL AND p.status = 'synced' AND p.state = 'synced'
                     AND p.known_hash = p.source_hash THEN 'unchanged'
                WHEN p.zoho_id IS NULL AND p.state = 'before_zoho' AND p.known_hash = p.source_hash
                     AND p.reconsider IS NOT TRUE THEN 'excluded'
                ELSE 'candidate' END AS standing
            FROM placed p
            WHERE p.place = ANY(:places)
        )
        SELECT place, standing, count(*) AS rows,
               array_agg(id::text ORDER BY moment, id) FILTER (WHERE standing IN ('candidate', 'linked')) AS ids
        FROM sorted GROUP BY place, standing
    """)  # noqa: S608 - constants only


def _baseline(of: Source) -> TextClause:
    return text(f"""
        INSERT INTO zoho_pipeline.sync_records (entity, row_id, state, source_hash, zoho_id)
        SELECT :entity, t.id, 'synced', {of.source_hash}, t.{of.zoho_id}
        FROM public.{of.table} t {of.joins}
        WHERE t.id = ANY(CAST(:ids AS uuid[]))
        ON CONFLICT (entity, row_id) DO NOTHING
    """)  # noqa: S608 - constants only
