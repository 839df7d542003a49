"""Rows of CircleTel as a mapping gets them, right in every respect unless told otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from zoho_pipeline.circletel.rows import Customer, Invoice, Payment, RecurringInvoice, Service, SyncColumns
from zoho_pipeline.states import SyncStatus

SYNC = SyncColumns(None, SyncStatus.PENDING, None, "hash")
ID = "0b0b0b0b-1111-4222-8333-444444444444"
OWNER = "0c0c0c0c-1111-4222-8333-444444444444"

_CUSTOMER = Customer(
    id=ID,
    account_number="CT-2025-00017",
    first_name="Thandi",
    last_name="Mokoena",
    business_name=None,
    email="thandi@example.co.za",
    phone="0825550100",
    account_type="personal",
    sync=SYNC,
)
_SERVICE = Service(
    id=ID,
    customer_id=OWNER,
    customer_zoho_id="77",
    package_name="Fibre 50",
    sku="fibre-50",
    plan_published=True,
    monthly_price=Decimal("799.00"),
    activation_date=date(2025, 8, 1),
    invoiced_until=None,
    latest_invoice=None,
    sync=SYNC,
)
_INVOICE = Invoice(
    id=ID,
    number="INV-2025-00012",
    customer_id=OWNER,
    customer_zoho_id="77",
    invoice_type="installation",
    status="sent",
    invoice_date=date(2025, 9, 1),
    due_date=date(2025, 9, 8),
    subtotal=Decimal("200.00"),
    tax_amount=Decimal("30.00"),
    total_amount=Decimal("230.00"),
    vat_rate=Decimal("15.00"),
    line_items=[{"name": "Installation", "price": "230.00", "quantity": 1}],
    sync=SYNC,
)
_PAYMENT = Payment(
    id=ID,
    transaction_id="NC-000017",
    reference="CT-20250910-0000aa",
    amount=Decimal("230.00"),
    currency="ZAR",
    payment_method="eft",
    paid_at=datetime(2025, 9, 10, 10, 0, tzinfo=UTC),
    customer_id=OWNER,
    customer_zoho_id="77",
    invoice=None,
    sync=SYNC,
)


def customer(**values: Any) -> Customer:
    return replace(_CUSTOMER, **values)


def service(**values: Any) -> Service:
    return replace(_SERVICE, **values)


def invoiced(total: str, *amounts: str, number: str = "INV-2025-00900") -> RecurringInvoice:
    """The latest full recurring invoice, with a line of each amount (none where no amount is given)."""
    lines = [{"name": f"Line {at}", "amount": amount} for at, amount in enumerate(amounts)]
    return RecurringInvoice(number, Decimal(total), lines or None)


def invoice(**values: Any) -> Invoice:
    return replace(_INVOICE, **values)


def payment(**values: Any) -> Payment:
    return replace(_PAYMENT, **values)


def money_invoice(net: Decimal, vat: Decimal, line_items: Any, **values: Any) -> Invoice:
    """An invoice of these sums and lines."""
    return invoice(subtotal=net, tax_amount=vat, total_amount=net + vat, line_items=line_items, **values)
