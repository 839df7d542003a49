"""The queries behind `withdrawn`: linked rows that CircleTel has withdrawn, beside what the mirror shows of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID, Shape
from zoho_pipeline.circletel.sources import Source, source
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.objects import ENDED, ENDING
from zoho_pipeline.money import ZERO

INTERNAL_TEST, DELETED, CREDITED, ACTIVE = "internal_test", "deleted", "credited", "active"
"""What can have happened, beside the status that a row has in CircleTel by now."""


@dataclass(frozen=True)
class Found:
    """A row, and the object in Zoho that it was linked to."""

    row_id: str
    label: str
    zoho_id: str
    happened: str
    status: str | None
    """In Zoho; None where the mirror keeps none."""
    total: Decimal | None
    """Rand; of a subscription a month's."""
    balance: Decimal | None
    """Rand that are open."""
    shared: bool = False
    """Another service that is not cancelled is linked to the same subscription."""
    by: str | None = None
    """Numbers of credit notes."""
    credited: Decimal = ZERO


def withdrawn(connection: Connection, entity: Entity, shape: Shape) -> list[Found]:
    """Linked rows that became void, cancelled, refunded, failed or internal, and whose object still stands.

    Services too that are active although their subscription is over: nobody bills them.
    """
    return _read(connection, _withdrawn(entity, shape))


def credited(connection: Connection) -> list[Found]:
    """Linked invoices on which Zoho demands more than CircleTel does after its credit notes; none in older databases.

    Issued credit notes count like applied ones, which CircleTel has added to amount_paid.
    """
    if connection.execute(text("SELECT to_regclass('public.credit_notes')")).scalar() is None:
        return []
    return _read(connection, _CREDITED)


def deleted(connection: Connection, entity: Entity) -> list[Found]:
    """Objects to which a row was linked that is no longer there, and to which no other row is."""
    return _read(connection, _deleted(entity))


def _read(connection: Connection, statement: TextClause) -> list[Found]:
    given: dict[str, Sequence[str]] = {"ended": sorted(ENDED), "ending": sorted(ENDING)}
    wanted: dict[str, Any] = {name: value for name, value in given.items() if f":{name}" in statement.text}
    return [Found(**row) for row in connection.execute(statement, wanted).mappings()]


_STANDS = {
    Entity.CUSTOMERS: "coalesce(m.status, 'active') <> 'inactive'",
    Entity.SUBSCRIPTIONS: "m.status <> ALL(:ending)",
    Entity.INVOICES: "m.status <> 'void'",
    Entity.PAYMENTS: "true",
}
"""Whether the object (m) still says that something is owed, billed or was paid."""

_SHOWN = {
    Entity.CUSTOMERS: "m.status, CAST(NULL AS numeric) AS total, m.outstanding AS balance",
    Entity.SUBSCRIPTIONS: "m.status, m.amount AS total, CAST(NULL AS numeric) AS balance",
    Entity.INVOICES: "m.status, m.total, m.balance",
    Entity.PAYMENTS: "CAST(NULL AS text) AS status, m.amount AS total, CAST(NULL AS numeric) AS balance",
}

_LABEL = {
    Entity.CUSTOMERS: "t.account_number",
    Entity.SUBSCRIPTIONS: "c.account_number",
    Entity.INVOICES: "t.invoice_number",
    Entity.PAYMENTS: "t.transaction_id",
}

_LABEL_IN_ZOHO = {
    Entity.CUSTOMERS: "m.account_number",
    Entity.SUBSCRIPTIONS: "m.zoho_id",
    Entity.INVOICES: "m.number",
    Entity.PAYMENTS: "m.zoho_id",
}

_INTERNAL = "c.account_type = 'internal_test'"
_HAPPENED = {
    Entity.CUSTOMERS: "CASE WHEN t.account_type = 'internal_test' THEN 'internal_test' END",
    Entity.SUBSCRIPTIONS: f"CASE WHEN {_INTERNAL} THEN 'internal_test' WHEN t.status <> 'suspended' THEN t.status END",
    Entity.INVOICES: (
        f"CASE WHEN t.status IN ('voided', 'cancelled') THEN t.status WHEN {_INTERNAL} THEN 'internal_test' END"
    ),
    Entity.PAYMENTS: (
        "CASE WHEN t.provider = 'zoho_billing' THEN NULL WHEN t.status <> 'completed' THEN t.status "
        f"WHEN {_INTERNAL} THEN 'internal_test' END"
    ),
}
"""What happened to the row (t) in CircleTel; NULL where nothing did."""


@cache
def _withdrawn(entity: Entity, shape: Shape) -> TextClause:
    of: Source = source(entity, shape)
    stands, shared = _STANDS[entity], "false"
    if entity is Entity.SUBSCRIPTIONS:
        stands = "CASE WHEN f.happened = 'active' THEN m.status = ANY(:ended) ELSE m.status <> ALL(:ending) END"
        shared = (
            f"EXISTS (SELECT FROM public.{of.table} o WHERE o.{of.zoho_id} = f.zoho_id AND o.status <> 'cancelled' "
            "AND o.id <> f.id)"
        )
    return text(f"""
        WITH f AS (
            SELECT t.id, coalesce({_LABEL[entity]}, t.id::text) AS label, t.{of.zoho_id} AS zoho_id,
                   {_HAPPENED[entity]} AS happened
            FROM public.{of.table} t {of.joins} WHERE t.{of.zoho_id} <> ''
        )
        SELECT f.id::text AS row_id, f.label, f.zoho_id, f.happened, {_SHOWN[entity]}, {shared} AS shared
        FROM f JOIN zoho_pipeline.mirror_{entity} m ON m.zoho_id = f.zoho_id AND m.gone_at IS NULL
        WHERE f.happened IS NOT NULL AND {stands}
        ORDER BY f.label, f.id
    """)  # noqa: S608 - constants only


@cache
def _deleted(entity: Entity) -> TextClause:
    table, zoho_id = TABLES[entity], ZOHO_ID[entity]
    return text(f"""
        SELECT r.row_id::text AS row_id, coalesce({_LABEL_IN_ZOHO[entity]}, m.zoho_id) AS label, m.zoho_id,
               'deleted' AS happened, {_SHOWN[entity]}
        FROM zoho_pipeline.sync_records r
        JOIN zoho_pipeline.mirror_{entity} m ON m.zoho_id = r.zoho_id AND m.gone_at IS NULL
        WHERE r.entity = '{entity}' AND {_STANDS[entity]}
          AND NOT EXISTS (SELECT FROM public.{table} t WHERE t.id = r.row_id)
          AND NOT EXISTS (SELECT FROM public.{table} t WHERE t.{zoho_id} = r.zoho_id)
        ORDER BY label, r.row_id
    """)  # noqa: S608 - constants only


_CREDITED = text("""
    SELECT t.id::text AS row_id, t.invoice_number AS label, m.zoho_id, 'credited' AS happened, m.status, m.total,
           m.balance, n.by, n.credited
    FROM (
        SELECT original_invoice_id, sum(total_amount) AS credited,
               coalesce(sum(total_amount) FILTER (WHERE status = 'issued'), 0) AS not_applied,
               string_agg(credit_note_number, ', ' ORDER BY credit_note_number) AS by
        FROM public.credit_notes WHERE status IN ('issued', 'applied') GROUP BY original_invoice_id
    ) n
    JOIN public.customer_invoices t ON t.id = n.original_invoice_id
    JOIN zoho_pipeline.mirror_invoices m ON m.zoho_id = t.zoho_billing_invoice_id AND m.gone_at IS NULL
    WHERE m.status <> 'void'
      AND m.balance > greatest(t.total_amount - coalesce(t.amount_paid, 0) - n.not_applied, 0)
    ORDER BY t.invoice_number
""")
