"""Asking the mirror, for many rows at once. Only what exists in Zoho is found."""

from collections.abc import Collection
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Table, func, or_, select

from zoho_pipeline.mirror import tables
from zoho_pipeline.mirror.objects import MirrorCustomer, MirrorInvoice, MirrorPayment, MirrorSubscription

Object = TypeVar("Object", MirrorCustomer, MirrorSubscription, MirrorInvoice, MirrorPayment)
UUID_LENGTH = 36


def customers_like(
    connection: Connection, ids: Collection[str], account_numbers: Collection[str], emails: Collection[str]
) -> list[MirrorCustomer]:
    """Customers that carry one of the ids or account numbers, or have one of the (lower-case) addresses."""
    of = tables.customers.c
    address = func.lower(of.email).in_(emails)
    return _found(
        connection,
        tables.customers,
        MirrorCustomer,
        of.circletel_id.in_(ids) | of.account_number.in_(account_numbers) | address,
    )


def subscriptions_like(
    connection: Connection, ids: Collection[str], customer_zoho_ids: Collection[str]
) -> list[MirrorSubscription]:
    """Subscriptions that carry one of the services' ids, and all of those customers'."""
    of = tables.subscriptions.c
    keyed = of.reference_id.in_(ids) | of.circletel_id.in_(ids)
    return _found(
        connection, tables.subscriptions, MirrorSubscription, keyed | of.customer_zoho_id.in_(customer_zoho_ids)
    )


def invoices_like(
    connection: Connection, ids: Collection[str], numbers: Collection[str], customer_zoho_ids: Collection[str]
) -> list[MirrorInvoice]:
    """Invoices that carry one of the ids or numbers, and all of those customers'."""
    of = tables.invoices.c
    keyed = of.number.in_(numbers) | of.circletel_id.in_(ids)
    return _found(connection, tables.invoices, MirrorInvoice, keyed | of.customer_zoho_id.in_(customer_zoho_ids))


def payments_like(
    connection: Connection, ids: Collection[str], customer_zoho_ids: Collection[str]
) -> list[MirrorPayment]:
    """Payments that carry one of the ids (in field or reference), and all of those customers'."""
    of = tables.payments.c
    keyed = or_(of.circletel_id.in_(ids), func.left(of.reference_number, UUID_LENGTH).in_(ids))
    return _found(connection, tables.payments, MirrorPayment, keyed | of.customer_zoho_id.in_(customer_zoho_ids))


def customers_by_id(connection: Connection, zoho_ids: Collection[str]) -> dict[str, MirrorCustomer]:
    """The customers of those ids."""
    found = _found(connection, tables.customers, MirrorCustomer, tables.customers.c.zoho_id.in_(zoho_ids))
    return {customer.zoho_id: customer for customer in found}


def subscriptions_by_id(connection: Connection, zoho_ids: Collection[str]) -> dict[str, MirrorSubscription]:
    """The subscriptions of those ids."""
    wanted = tables.subscriptions.c.zoho_id.in_(zoho_ids)
    found = _found(connection, tables.subscriptions, MirrorSubscription, wanted)
    return {subscription.zoho_id: subscription for subscription in found}


def listed_subscriptions(connection: Connection, zoho_ids: Collection[str]) -> set[str]:
    """Those subscriptions whose invoices were listed since the last complete listing of all invoices began."""
    of = tables.subscriptions.c
    query = select(of.zoho_id).where(of.zoho_id.in_(zoho_ids), of.invoices_listed_at >= _invoices_last_listed())
    return set(connection.execute(query).scalars())


def older_subscriptions(connection: Connection, zoho_ids: Collection[str]) -> set[str]:
    """Those that were seen in Zoho before the last complete listing of all invoices began."""
    of = tables.subscriptions.c
    query = select(of.zoho_id).where(of.zoho_id.in_(zoho_ids), of.seen_at < _invoices_last_listed())
    return set(connection.execute(query).scalars())


def _invoices_last_listed() -> ScalarSelect[Any]:
    """When the last complete listing of all invoices began."""
    return (
        select(func.max(tables.listings.c.started_at))
        .where(tables.listings.c.entity == "invoices", tables.listings.c.completed_at.is_not(None))
        .scalar_subquery()
    )


def _found(connection: Connection, table: Table, kind: type[Object], wanted: ColumnElement[bool]) -> list[Object]:
    columns = [table.c[name] for name in kind.__dataclass_fields__]
    query = select(*columns).where(table.c.gone_at.is_(None), wanted).order_by(table.c.zoho_id)
    return [kind(**row) for row in connection.execute(query).mappings()]
