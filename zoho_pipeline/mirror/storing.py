"""Writing objects of Zoho into the mirror: whole pages of a list, or what we have just sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, Text, bindparam, cast, column, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert

from zoho_pipeline.mirror import tables
from zoho_pipeline.mirror.objects import Listed, MirrorObject

_KEPT_WHERE_UNKNOWN: dict[str, frozenset[str]] = {
    "mirror_invoices": frozenset(
        {"subscription_zoho_id", "detailed_version", "tax_total", "credits_applied", "write_off"}
    ),
    "mirror_subscriptions": frozenset({"billed_from", "created_on"}),
    "mirror_customers": frozenset({"created_on", "outstanding", "unused_credits"}),
    "mirror_payments": frozenset({"refunded"}),
    "mirror_credit_notes": frozenset({"detailed_version", "tax_total"}),
}
"""What a list row may not say: what is known from a detail stays."""


def store(connection: Connection, entity: Listed, objects: Sequence[MirrorObject]) -> None:
    """Insert or refresh the objects, as seen now, in one statement; of one that comes twice the last counts.

    It goes in the order of their ids, so that writers wait for each other.
    """
    if objects:
        last = {found.zoho_id: vars(found) for found in objects}
        given = json.dumps(list(last.values()), default=str)
        connection.execute(_upsert(entity, tuple(vars(objects[0]))), {"given": given})


@cache
def _upsert(entity: Listed, names: tuple[str, ...]) -> Insert:
    table = tables.OBJECTS[entity]
    columns = (column(name, table.c[name].type) for name in names)
    rows = func.jsonb_to_recordset(cast(bindparam("given", type_=Text), JSONB)).table_valued(*columns)
    given = rows.render_derived("given", with_types=True)
    statement = insert(table).from_select(names, select(given).order_by(given.c.zoho_id))
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


@dataclass(frozen=True)
class Applied:
    """Rand of a payment of ours that was put on an invoice in Zoho, and when it was sent (UTC, by the database)."""

    zoho_id: str
    amount: Decimal
    sent_at: datetime


def lower_balances(connection: Connection, applied: Sequence[Applied]) -> None:
    """After payments of ours: what they were put on is no longer open, without asking Zoho.

    A balance that was listed after a payment had been sent may show it already, so it is left as it is: too high a
    balance makes Zoho refuse the next payment, too low a one would leave money unapplied.
    """
    if applied:
        values = {name: [getattr(each, name) for each in applied] for name in ("zoho_id", "amount", "sent_at")}
        connection.execute(_LOWER_BALANCES, values)


_LOWER_BALANCES = text("""
    UPDATE zoho_pipeline.mirror_invoices i SET balance = greatest(i.balance - paid.amount, 0)
    FROM (
        SELECT zoho_id, sum(amount) AS amount
        FROM unnest(CAST(:zoho_id AS text[]), CAST(:amount AS numeric[]), CAST(:sent_at AS timestamptz[]))
            AS a(zoho_id, amount, sent_at)
        JOIN zoho_pipeline.mirror_invoices m USING (zoho_id)
        WHERE m.seen_at < a.sent_at
        GROUP BY zoho_id
    ) AS paid
    WHERE i.zoho_id = paid.zoho_id
""")


def forget(connection: Connection, entity: Listed, zoho_id: str) -> None:
    """Note that an object was deleted in Zoho."""
    table = tables.OBJECTS[entity]
    connection.execute(update(table).where(table.c.zoho_id == zoho_id).values(gone_at=func.clock_timestamp()))
