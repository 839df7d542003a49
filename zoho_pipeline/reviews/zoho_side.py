"""CircleTel's links beside Zoho's lists, as the mirror holds them (R8): counts by kind. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, TextClause, text

from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID
from zoho_pipeline.clock import shown
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.recovery.duplicates import find_duplicates, listed_at
from zoho_pipeline.reviews.paper import Table
from zoho_pipeline.reviews.span import Span

_DAY = {
    Entity.CUSTOMERS: "m.created_on",
    Entity.SUBSCRIPTIONS: "m.created_on",
    Entity.INVOICES: "m.date",
    Entity.PAYMENTS: "m.date",
}
_RAISED = {Entity.INVOICES: "coalesce(m.subscription_zoho_id, '') <> ''"}


@dataclass(frozen=True)
class Side:
    """One kind, on both sides.

    Attributes:
        linked: rows of CircleTel that carry an id of Zoho's.
        not_there: of these, rows whose object Zoho's list does not show.
        in_zoho: objects in Zoho's list.
        raised: of these, invoices without a row, raised by Zoho itself for a subscription.
        alone: the other objects without a row of CircleTel.
        new: objects that came into Zoho in the span.
        twice: groups of which one must go, and `alike`: that only look so.
        listed_at: when Zoho's list was begun (UTC); None where there is none, and the figures say nothing.
    """

    entity: Entity
    linked: int
    not_there: int
    in_zoho: int
    raised: int
    alone: int
    new: int
    twice: int
    alike: int
    listed_at: datetime | None


def read_sides(connection: Connection, span: Span) -> list[Side]:
    """All four kinds, parents first."""
    listed, duplicates = listed_at(connection), find_duplicates(connection)
    sides = []
    for entity in PARENTS_FIRST:
        row = connection.execute(_query(entity), {"first": span.first, "until": span.until}).one()
        of = [each.certain for each in duplicates if each.entity is entity]
        sides.append(Side(entity, **row._mapping, twice=sum(of), alike=len(of) - sum(of), listed_at=listed.get(entity)))
    return sides


def sides_table(sides: Sequence[Side]) -> Table:
    """As people read it."""
    columns = (
        "kind", "CircleTel, linked", "of these not in Zoho", "in Zoho", "raised by Zoho", "without a row", "new",
        "stand twice", "look alike", "Zoho's list of",
    )  # fmt: skip
    rows = [
        (
            each.entity.value, each.linked, each.not_there, each.in_zoho, each.raised, each.alone, each.new, each.twice,
            each.alike, shown(each.listed_at) if each.listed_at else "never",
        )
        for each in sides
    ]  # fmt: skip
    return Table("CircleTel and Zoho", columns, rows)


def _query(entity: Entity) -> TextClause:
    table, column = f"public.{TABLES[entity]}", ZOHO_ID[entity]
    mirror, raised = f"zoho_pipeline.mirror_{entity.value}", _RAISED.get(entity, "false")
    row = f"EXISTS (SELECT FROM {table} t WHERE t.{column} = m.zoho_id)"
    return text(f"""
        SELECT
            (SELECT count(*) FROM {table} t WHERE nullif(t.{column}, '') IS NOT NULL) AS linked,
            (SELECT count(*) FROM {table} t WHERE nullif(t.{column}, '') IS NOT NULL AND NOT EXISTS (
                SELECT FROM {mirror} m WHERE m.zoho_id = t.{column} AND m.gone_at IS NULL)) AS not_there,
            count(*) AS in_zoho,
            count(*) FILTER (WHERE {raised} AND NOT {row}) AS raised,
            count(*) FILTER (WHERE NOT ({raised}) AND NOT {row}) AS alone,
            count(*) FILTER (WHERE {_DAY[entity]} >= :first AND {_DAY[entity]} < :until) AS new
        FROM {mirror} m WHERE m.gone_at IS NULL
    """)  # noqa: S608 - constants only
