"""CircleTel's rows, as far as the sync looks at them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import SyncStatus


@dataclass(frozen=True)
class SyncColumns:
    """What stands beside every row about its sync."""

    zoho_id: str | None
    sync_status: SyncStatus
    touched_at: datetime | None
    """When the app last had the row in its hands, as far as its columns can be trusted to say so (UTC)."""
    source_hash: str
    """Fingerprint of the columns that the mapping reads; equal means that nothing can have changed."""
    eligible: bool = True
    """Whether the row belongs into Zoho by CircleTel's rules."""


@dataclass(frozen=True)
class Customer:
    """A row of customers."""

    id: str
    account_number: str | None
    first_name: str
    last_name: str
    business_name: str | None
    email: str
    phone: str
    account_type: str
    sync: SyncColumns

    entity = Entity.CUSTOMERS

    @property
    def label(self) -> str:
        return self.account_number or self.id


@dataclass(frozen=True)
class RecurringInvoice:
    """What a service's latest full recurring invoice charged, for the comparison with what Zoho would charge."""

    number: str
    total: Decimal
    line_items: Any


@dataclass(frozen=True)
class Service:
    """A row of customer_services with its package, its customer and what CircleTel has invoiced for it."""

    id: str
    customer_id: str
    customer_zoho_id: str | None
    package_name: str
    sku: str | None
    plan_published: bool
    monthly_price: Decimal
    activation_date: date | None
    invoiced_until: date | None
    """Last day of the last period that CircleTel invoiced for the service."""
    latest_invoice: RecurringInvoice | None
    sync: SyncColumns

    entity = Entity.SUBSCRIPTIONS

    @property
    def label(self) -> str:
        return self.id


@dataclass(frozen=True)
class Invoice:
    """A row of customer_invoices with its customer's id in Zoho."""

    id: str
    number: str
    customer_id: str
    customer_zoho_id: str | None
    invoice_type: str
    status: str
    invoice_date: date
    due_date: date
    subtotal: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    vat_rate: Decimal
    line_items: Any
    sync: SyncColumns

    entity = Entity.INVOICES

    @property
    def label(self) -> str:
        return self.number


@dataclass(frozen=True)
class PaidInvoice:
    """The CircleTel invoice that a payment names."""

    id: str
    number: str
    customer_id: str
    invoice_type: str
    status: str
    total_amount: Decimal
    period_start: date
    period_end: date
    service_id: str | None
    zoho_id: str | None
    subscription_zoho_id: str | None


@dataclass(frozen=True)
class Payment:
    """A row of payment_transactions with the invoice and the customer that it names, where they exist."""

    id: str
    transaction_id: str
    reference: str
    amount: Decimal
    currency: str
    payment_method: str | None
    paid_at: datetime
    customer_id: str | None
    customer_zoho_id: str | None
    invoice: PaidInvoice | None
    sync: SyncColumns

    entity = Entity.PAYMENTS

    @property
    def label(self) -> str:
        return self.transaction_id


Row = Customer | Service | Invoice | Payment
