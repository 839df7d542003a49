"""Asking the mirror, for many rows at once."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, func, or_, select

from zoho_pipeline.mirror import tables
from zoho_pipeline.mirror.objects import MirrorCustomer, MirrorInvoice, MirrorPayment, MirrorSubscription


def _existing(table: Table, kind: type[Any]) -> Select[Any]:
    columns = [table.c[name] for name in kind.__dataclass_fields__]
    return select(*columns).where(table.c.gone_at.is_(None)).order_by(table.c.zoho_id)


def customers_like(
    connection: Connection, ids: Collection[str], account_numbers: Collection[str], emails: Collection[str]
) -> list[MirrorCustomer]:
    """Customers in Zoho that carry one of the ids or account numbers, or have one of the (lower-case) addresses."""
    table = tables.customers
    query = _existing(table, MirrorCustomer).where(
        or_(
            table.c.circletel_id.in_(ids),
            table.c.account_number.in_(account_numbers),
            func.lower(table.c.email).in_(emails),
        )
    )
    return [MirrorCustomer(**row) for row in connection.execute(query).mappings()]


def customers_by_id(connection: Connection, zoho_ids: Collection[str]) -> dict[str, MirrorCustomer]:
    """The customers of those ids that exist in Zoho."""
    query = _existing(tables.customers, MirrorCustomer).where(tables.customers.c.zoho_id.in_(zoho_ids))
    return {row["zoho_id"]: MirrorCustomer(**row) for row in connection.execute(query).mappings()}


def subscriptions_like(
    connection: Connection, ids: Collection[str], customer_zoho_ids: Collection[str]
) -> list[MirrorSubscription]:
    """Subscriptions in Zoho that carry one of the services' ids, and all of those customers'."""
    table = tables.subscriptions
    query = _existing(table, MirrorSubscription).where(
        or_(
            table.c.reference_id.in_(ids),
            table.c.circletel_id.in_(ids),
            table.c.customer_zoho_id.in_(customer_zoho_ids),
        )
    )
    return [MirrorSubscription(**row) for row in connection.execute(query).mappings()]


def subscriptions_by_id(connection: Connection, zoho_ids: Collection[str]) -> dict[str, MirrorSubscription]:
    """The subscriptions of those ids that exist in Zoho."""
    query = _existing(tables.subscriptions, MirrorSubscription).where(tables.subscriptions.c.zoho_id.in_(zoho_ids))
    return {row["zoho_id"]: MirrorSubscription(**row) for row in connection.execute(query).mappings()}


def invoices_like(
    connection: Connection, ids: Collection[str], numbers: Collection[str], customer_zoho_ids: Collection[str]
) -> list[MirrorInvoice]:
    """Invoices in Zoho that carry one of the ids or numbers, and all of those customers'."""
    table = tables.invoices
    query = _existing(table, MirrorInvoice).where(
        or_(
            table.c.number.in_(numbers),
            table.c.circletel_id.in_(ids),
            table.c.customer_zoho_id.in_(customer_zoho_ids),
        )
    )
    return [MirrorInvoice(**row) for row in connection.execute(query).mappings()]


def payments_like(
    connection: Connection, ids: Sequence[str], customer_zoho_ids: Collection[str]
) -> list[MirrorPayment]:
    """Payments in Zoho that carry one of the ids (in field or reference), and all of those customers'."""
    table = tables.payments
    query = _existing(table, MirrorPayment).where(
        or_(
            table.c.circletel_id.in_(ids),
            func.left(table.c.reference_number, 36).in_(ids),
            table.c.customer_zoho_id.in_(customer_zoho_ids),
        )
    )
    return [MirrorPayment(**row) for row in connection.execute(query).mappings()]


def listed_subscriptions(connection: Connection, zoho_ids: Collection[str]) -> set[str]:
    """Those subscriptions whose invoices were listed since the last complete listing of all invoices began."""
    last = (
        select(func.max(tables.listings.c.started_at))
        .where(tables.listings.c.entity == "invoices", tables.listings.c.completed_at.is_not(None))
        .scalar_subquery()
    )
    table = tables.subscriptions
    query = select(table.c.zoho_id).where(table.c.zoho_id.in_(zoho_ids), table.c.invoices_listed_at >= last)
    return set(connection.execute(query).scalars())
