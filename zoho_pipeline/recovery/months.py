"""What of a month has not come: how many rows and customers, and which months are free of trouble."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.states import State

Cell = tuple[Entity, Month]
"""One kind's month."""

TROUBLED = (State.FAILED, State.REFUSED, State.PARKED, State.IN_DOUBT, State.SENDING)
"""States that keep a month from being green, or may."""
NOT_COME = (*TROUBLED, State.WAITING, State.BLOCKED)
_CUSTOMER = {
    Entity.CUSTOMERS: "t.id",
    Entity.SUBSCRIPTIONS: "t.customer_id",
    Entity.INVOICES: "t.customer_id",
    Entity.PAYMENTS: "c.id",
}


@dataclass(frozen=True)
class Affected:
    """Rows, and the customers that they belong to."""

    rows: int = 0
    customers: int = 0


def not_come(connection: Connection, shape: Shape, months: OpenMonths, cells: Collection[Cell]) -> Affected:
    """How much of these kinds' months is not in Zoho as it should be, though it is eligible."""
    wanted = [cell for cell in cells if months.first <= cell[1] <= months.last]
    counts = "count(*) AS rows, count(DISTINCT customer) AS customers"
    statement = text(f"SELECT {counts} FROM ({_of(shape)}) counted")  # noqa: S608 - constants only
    row = connection.execute(statement, _values(months, wanted, NOT_COME)).one()
    return Affected(row.rows, row.customers)


def among(connection: Connection, entity: Entity, shape: Shape, ids: Collection[str]) -> Affected:
    """Rows that are named by their ids."""
    of = source(entity, shape)
    statement = text(f"""
        SELECT count(*) AS rows, count(DISTINCT {_CUSTOMER[entity]}) AS customers FROM public.{of.table} t {of.joins}
        WHERE t.id = ANY(CAST(:ids AS uuid[]))
    """)  # noqa: S608 - constants only
    row = connection.execute(statement, {"ids": list(ids)}).one()
    return Affected(row.rows, row.customers)


def without_trouble(connection: Connection, shape: Shape, months: OpenMonths, cells: Collection[Cell]) -> set[Cell]:
    """Those of these kinds' months of which no row failed, was refused or parked, or is on its way."""
    wanted = [cell for cell in cells if months.first <= cell[1] <= months.last]
    statement = text(f"SELECT DISTINCT entity, place FROM ({_of(shape)}) troubled")  # noqa: S608 - constants only
    found = connection.execute(statement, _values(months, wanted, TROUBLED))
    every = months.between(months.first, months.last)
    return set(wanted) - {(Entity(row.entity), every[row.place]) for row in found}


def _values(months: OpenMonths, cells: Collection[Cell], states: Collection[State]) -> dict[str, Any]:
    every = months.between(months.first, months.last)
    return {
        "starts": [month.starts_at for month in every[1:]],
        "entities": [entity.value for entity, _ in cells],
        "places": [every.index(month) for _, month in cells],
        "states": [state.value for state in states],
    }


def _of(shape: Shape) -> str:
    """Rows of the wanted kinds and months that stand in one of the states; never looked at counts as waiting."""
    kinds = " UNION ALL ".join(_rows_of(entity, shape) for entity in PARENTS_FIRST)
    return f"""
        SELECT entity, place, customer FROM ({kinds}) standing
        JOIN unnest(CAST(:entities AS text[]), CAST(:places AS int[])) AS wanted(entity, place) USING (entity, place)
    """  # noqa: S608 - constants only


def _rows_of(entity: Entity, shape: Shape) -> str:
    of = source(entity, shape)
    return f"""
        SELECT '{entity.value}' AS entity, {_CUSTOMER[entity]} AS customer,
               coalesce(width_bucket({of.moment}, CAST(:starts AS timestamptz[])), 0) AS place
        FROM public.{of.table} t {of.joins}
        LEFT JOIN zoho_pipeline.sync_records r ON r.entity = '{entity.value}' AND r.row_id = t.id
        WHERE ({of.eligible}) AND '{entity.value}' = ANY(CAST(:entities AS text[]))
          AND coalesce(r.state, CASE WHEN nullif(t.{of.zoho_id}, '') IS NULL THEN 'waiting' ELSE 'synced' END)
              = ANY(:states)"""  # noqa: S608 - constants only
