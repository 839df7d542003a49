"""Writing objects of Zoho into the mirror: whole pages of a list, or what we have just sent."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, func, text, update
from sqlalchemy.dialects.postgresql import Insert, insert

from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror import tables
from zoho_pipeline.mirror.objects import MirrorObject

_KEPT_WHERE_UNKNOWN: dict[str, frozenset[str]] = {
    "mirror_invoices": frozenset({"subscription_zoho_id"}),
    "mirror_subscriptions": frozenset({"billed_from"}),
}
"""What a list row may not say: what is known from a detail stays."""


def store(connection: Connection, entity: Entity, objects: Sequence[MirrorObject]) -> None:
    """Insert or refresh the objects, as seen now; in the order of their ids, so that writers wait for each other."""
    if not objects:
        return
    in_order = sorted(objects, key=lambda found: found.zoho_id)
    names = tuple(vars(objects[0]))
    connection.execute(_upsert(entity, names), [vars(found) for found in in_order])


@cache
def _upsert(entity: Entity, names: tuple[str, ...]) -> Insert:
    table = tables.OBJECTS[entity]
    statement = insert(table)
    fresh = _fresh_columns(table, statement.excluded, names)
    return statement.on_conflict_do_update(index_elements=[table.c.zoho_id], set_=fresh)


def _fresh_columns(table: Table, excluded: Any, names: Sequence[str]) -> Mapping[str, Any]:
    kept = _KEPT_WHERE_UNKNOWN.get(table.name, frozenset())
    values: dict[str, Any] = {
        name: func.coalesce(excluded[name], table.c[name]) if name in kept else excluded[name]
        for name in names
        if name != "zoho_id"
    }
    return values | {"seen_at": func.clock_timestamp(), "gone_at": None}


def lower_balances(connection: Connection, applied: Mapping[str, Decimal]) -> None:
    """After a payment of ours: what it was applied to is no longer open, without asking Zoho."""
    if applied:
        connection.execute(_LOWER_BALANCES, {"ids": list(applied), "amounts": list(applied.values())})


_LOWER_BALANCES = text("""
    UPDATE zoho_pipeline.mirror_invoices i SET balance = greatest(i.balance - a.amount, 0)
    FROM unnest(CAST(:ids AS text[]), CAST(:amounts AS numeric[])) AS a(zoho_id, amount)
    WHERE i.zoho_id = a.zoho_id
""")


def forget(connection: Connection, entity: Entity, zoho_id: str) -> None:
    """Note that an object was deleted in Zoho."""
    table = tables.OBJECTS[entity]
    connection.execute(update(table).where(table.c.zoho_id == zoho_id).values(gone_at=func.clock_timestamp()))
