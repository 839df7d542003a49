"""Reading whole rows by id, each with what its mapping needs to know about its parents."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from zoho_pipeline.circletel.rows import (
    Customer,
    Invoice,
    PaidInvoice,
    Payment,
    RecurringInvoice,
    Row,
    Service,
    SyncColumns,
)
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import Source, source
from zoho_pipeline.entities import Entity
from zoho_pipeline.money import ZERO
from zoho_pipeline.states import SyncStatus

_COLUMNS: dict[Entity, str] = {
    Entity.CUSTOMERS: (
        "t.account_number, t.first_name, t.last_name, t.business_name, t.email, t.phone, t.account_type"
    ),
    Entity.SUBSCRIPTIONS: (
        "t.customer_id::text, c.zoho_billing_customer_id AS customer_zoho_id, t.package_name, p.sku, "
        "coalesce(g.zoho_billing_plan_id <> '' AND coalesce(g.zoho_billing_sync_status, 'ok') = 'ok', false) "
        "AS plan_published, t.monthly_price, t.activation_date, invoiced.until AS invoiced_until, "
        "latest.invoice_number AS latest_number, latest.total_amount AS latest_total, latest.line_items AS latest_lines"
    ),
    Entity.INVOICES: (
        "t.invoice_number, t.customer_id::text, c.zoho_billing_customer_id AS customer_zoho_id, t.invoice_type, "
        "coalesce(t.status, 'draft') AS status, t.invoice_date, t.due_date, t.subtotal, t.tax_amount, t.total_amount, "
        "t.vat_rate, t.line_items"
    ),
    Entity.PAYMENTS: (
        "t.transaction_id, t.reference, t.amount, t.currency, t.payment_method, "
        "coalesce(t.completed_at, t.created_at) AS paid_at, c.id::text AS customer_id, "
        "c.zoho_billing_customer_id AS customer_zoho_id, i.id::text AS invoice_id, i.invoice_number, "
        "i.customer_id::text AS invoice_customer_id, i.status AS invoice_status, i.total_amount AS invoice_total, "
        "i.service_id::text AS service_id, i.zoho_billing_invoice_id AS invoice_zoho_id, "
        "coalesce(i.period_start, i.invoice_date) AS period_start, "
        "coalesce(i.period_end, (i.invoice_date + interval '1 month - 1 day')::date) AS period_end, "
        "service.zoho_subscription_id AS subscription_zoho_id"
    ),
}

# A recurring invoice without a service may cover any service of its customer, so it counts as having invoiced each;
# one without a period is taken to bill the month that begins on its date. A pro-rata one counts if it has a period.
# CircleTel's invoices have no index on customer or service, so they are read once for all the rows, not once for each.
_BILLED = """
    WITH wanted AS (
        SELECT id, customer_id FROM public.customer_services WHERE id = ANY(CAST(:ids AS uuid[]))
    ), billed AS MATERIALIZED (
        SELECT i.*, {recurring} AS is_recurring
        FROM public.customer_invoices i
        WHERE i.customer_id IN (SELECT customer_id FROM wanted)
          AND coalesce(i.status, 'draft') NOT IN ('voided', 'cancelled')
          AND ({recurring} OR ({pro_rata} AND i.period_end IS NOT NULL))
    )
"""
_INVOICED = """
    LEFT JOIN (
        SELECT s.id, max(coalesce(b.period_end, (b.invoice_date + interval '1 month - 1 day')::date)) AS until
        FROM wanted s
        JOIN billed b ON b.customer_id = s.customer_id AND coalesce(b.service_id, s.id) = s.id
        GROUP BY s.id
    ) invoiced ON invoiced.id = t.id
    LEFT JOIN (
        SELECT DISTINCT ON (s.id) s.id, b.invoice_number, b.total_amount, b.line_items
        FROM wanted s
        JOIN billed b ON b.customer_id = s.customer_id AND b.service_id = s.id
        WHERE b.is_recurring AND coalesce(b.period_end >= (b.period_start + interval '1 month - 1 day')::date, true)
        ORDER BY s.id, coalesce(b.period_start, b.invoice_date) DESC, b.invoice_number DESC
    ) latest ON latest.id = t.id
"""


def load(connection: Connection, entity: Entity, shape: Shape, ids: Sequence[str]) -> dict[str, Row]:
    """The rows of those ids that exist, by id, eligible or not."""
    rows = connection.execute(text(_statement(entity, shape)), {"ids": list(ids)}).mappings()
    return {row["id"]: _READ[entity](row) for row in rows}


def _statement(entity: Entity, shape: Shape) -> str:
    parts: Source = source(entity, shape)
    before, columns, joins = "", _COLUMNS[entity], parts.joins
    if not shape.invoice_type:
        columns = columns.replace("t.invoice_type", "'recurring' AS invoice_type")
    if entity is Entity.SUBSCRIPTIONS:
        recurring, pro_rata = _invoice_type_is("recurring", shape), _invoice_type_is("pro_rata", shape)
        before, joins = _BILLED.format(recurring=recurring, pro_rata=pro_rata), joins + _INVOICED
    if entity is Entity.PAYMENTS:
        columns += f", {_invoice_type('i', shape)} AS paid_invoice_type"
    return before + (
        f"SELECT t.id::text AS id, t.{parts.zoho_id} AS zoho_id, t.zoho_sync_status, {parts.touched} AS touched_at, "  # noqa: S608 - constants only
        f"{parts.source_hash} AS source_hash, ({parts.eligible}) AS eligible, {columns} "
        f"FROM public.{parts.table} t {joins} WHERE t.id = ANY(CAST(:ids AS uuid[]))"
    )


def _invoice_type(alias: str, shape: Shape) -> str:
    """Where an older database has no types, only an invoice that bills a period can be told to be recurring."""
    if shape.invoice_type:
        return f"coalesce({alias}.invoice_type, 'recurring')"
    return f"CASE WHEN {alias}.period_start IS NULL THEN 'unknown' ELSE 'recurring' END"


def _invoice_type_is(name: str, shape: Shape) -> str:
    return f"{_invoice_type('i', shape)} = '{name}'"


def _sync_columns(row: RowMapping) -> SyncColumns:
    return SyncColumns(
        zoho_id=row["zoho_id"] or None,
        sync_status=SyncStatus.read(row["zoho_sync_status"]),
        touched_at=row["touched_at"],
        eligible=bool(row["eligible"]),
        source_hash=row["source_hash"],
    )


def _customer(row: RowMapping) -> Customer:
    return Customer(
        id=row["id"],
        account_number=row["account_number"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        business_name=row["business_name"],
        email=row["email"],
        phone=row["phone"],
        account_type=row["account_type"],
        sync=_sync_columns(row),
    )


def _service(row: RowMapping) -> Service:
    latest = None
    if row["latest_number"] is not None:
        latest = RecurringInvoice(row["latest_number"], row["latest_total"], row["latest_lines"])
    return Service(
        id=row["id"],
        customer_id=row["customer_id"],
        customer_zoho_id=row["customer_zoho_id"] or None,
        package_name=row["package_name"],
        sku=row["sku"],
        plan_published=row["plan_published"],
        monthly_price=row["monthly_price"],
        activation_date=row["activation_date"],
        invoiced_until=row["invoiced_until"],
        latest_invoice=latest,
        sync=_sync_columns(row),
    )


def _invoice(row: RowMapping) -> Invoice:
    return Invoice(
        id=row["id"],
        number=row["invoice_number"],
        customer_id=row["customer_id"],
        customer_zoho_id=row["customer_zoho_id"] or None,
        invoice_type=row["invoice_type"] or "recurring",
        status=row["status"],
        invoice_date=row["invoice_date"],
        due_date=row["due_date"],
        subtotal=row["subtotal"],
        tax_amount=row["tax_amount"] if row["tax_amount"] is not None else ZERO,
        total_amount=row["total_amount"],
        vat_rate=row["vat_rate"] if row["vat_rate"] is not None else ZERO,
        line_items=row["line_items"],
        sync=_sync_columns(row),
    )


def _payment(row: RowMapping) -> Payment:
    invoice = None
    if row["invoice_id"] is not None:
        invoice = PaidInvoice(
            id=row["invoice_id"],
            number=row["invoice_number"],
            customer_id=row["invoice_customer_id"],
            invoice_type=row["paid_invoice_type"],
            status=row["invoice_status"] or "draft",
            total_amount=row["invoice_total"],
            period_start=row["period_start"],
            period_end=row["period_end"],
            service_id=row["service_id"],
            zoho_id=row["invoice_zoho_id"] or None,
            subscription_zoho_id=row["subscription_zoho_id"] or None,
        )
    return Payment(
        id=row["id"],
        transaction_id=row["transaction_id"],
        reference=row["reference"],
        amount=row["amount"],
        currency=row["currency"],
        payment_method=row["payment_method"],
        paid_at=row["paid_at"],
        customer_id=row["customer_id"],
        customer_zoho_id=row["customer_zoho_id"] or None,
        invoice=invoice,
        sync=_sync_columns(row),
    )


_READ: dict[Entity, Callable[[Any], Row]] = {
    Entity.CUSTOMERS: _customer,
    Entity.SUBSCRIPTIONS: _service,
    Entity.INVOICES: _invoice,
    Entity.PAYMENTS: _payment,
}
