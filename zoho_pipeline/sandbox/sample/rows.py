"""CircleTel's rows as plain frozen records: the fields are the columns of the table, in their order of writing.

Money is ZAR in Decimal; moments are aware; days are days in Africa/Johannesburg.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

LineItems = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Package:
    """What a service is sold as; a plan's code in Zoho is the sku."""

    id: str
    name: str
    sku: str | None
    price: Decimal
    promotion_price: Decimal | None = None
    pricing: Mapping[str, Any] | None = None
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Integration:
    """Whether a package is published as a plan in Zoho."""

    id: str
    service_package_id: str
    zoho_billing_plan_id: str | None
    zoho_billing_item_id: str | None
    zoho_billing_sync_status: str | None
    sync_status: str = "ok"


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of customers."""

    id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    account_type: str
    account_status: str
    status: str
    business_name: str | None
    business_registration: str | None
    tax_number: str | None
    account_number: str
    created_at: datetime | None
    updated_at: datetime | None
    zoho_billing_customer_id: str | None = None
    zoho_sync_status: str | None = "pending"
    zoho_last_synced_at: datetime | None = None
    zoho_last_sync_error: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A row of customer_services; monthly_price includes VAT unless its package is sold excluding it."""

    id: str
    customer_id: str
    package_id: str | None
    package_name: str
    service_type: str
    monthly_price: Decimal
    setup_fee: Decimal
    status: str
    active: bool
    installation_address: str | None
    installation_date: date | None
    activation_date: date | None
    cancelled_at: datetime | None
    contract_months: int | None
    contract_start_date: date | None
    contract_end_date: date | None
    billing_day: int
    last_invoice_date: date | None
    created_at: datetime | None
    updated_at: datetime | None
    zoho_subscription_id: str | None = None
    zoho_sync_status: str | None = "pending"
    zoho_last_synced_at: datetime | None = None
    zoho_last_sync_error: str | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """A row of customer_invoices; total_amount = subtotal + tax_amount."""

    id: str
    customer_id: str
    invoice_number: str
    invoice_date: date
    due_date: date
    subtotal: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    amount_paid: Decimal
    amount_due: Decimal
    status: str
    line_items: LineItems | None
    invoice_type: str
    vat_rate: Decimal
    service_id: str | None
    period_start: date | None
    period_end: date | None
    is_locked: bool
    locked_at: datetime | None
    locked_reason: str | None
    created_at: datetime | None
    updated_at: datetime | None
    zoho_billing_invoice_id: str | None = None
    zoho_sync_status: str | None = "pending"
    zoho_last_synced_at: datetime | None = None
    zoho_last_sync_error: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A row of payment_transactions."""

    id: str
    transaction_id: str
    reference: str
    provider: str
    amount: Decimal
    currency: str
    status: str
    payment_method: str | None
    customer_id: str | None
    invoice_id: str | None
    customer_invoice_id: str | None
    completed_at: datetime | None
    initiated_at: datetime | None
    created_at: datetime
    updated_at: datetime
    zoho_payment_id: str | None = None
    zoho_sync_status: str | None = "pending"
    zoho_last_synced_at: datetime | None = None
    zoho_last_sync_error: str | None = None


@dataclass(frozen=True, slots=True)
class CreditNote:
    """A row of credit_notes."""

    id: str
    credit_note_number: str
    original_invoice_id: str
    customer_id: str
    credit_note_date: date
    subtotal: Decimal
    vat_rate: Decimal
    vat_amount: Decimal
    total_amount: Decimal
    reason: str
    reason_category: str
    status: str
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class SyncLog:
    """A row of zoho_sync_logs, as the app writes them: for customers and invoices only."""

    id: str
    entity_type: str
    entity_id: str
    zoho_entity_type: str
    zoho_entity_id: str | None
    status: str
    attempt_number: int
    error_message: str | None
    created_at: datetime


Row = Customer | Service | Invoice | Payment


def columns(row_type: type[Any]) -> tuple[str, ...]:
    """The columns of a row type, in the order of its fields."""
    return tuple(item.name for item in fields(row_type))
