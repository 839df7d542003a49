"""Invoices in Zoho Billing, and what was paid on them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from zoho_pipeline.money import ZERO
from zoho_pipeline.zoho import custom_fields as cf
from zoho_pipeline.zoho.reading import Fields, Row


@dataclass(frozen=True, slots=True)
class AppliedPayment:
    """A payment as the detail of an invoice shows it: what of it was applied there."""

    payment_id: str
    amount: Decimal
    date: dt.date | None
    reference_number: str | None

    @classmethod
    def read(cls, row: Row) -> Self:
        """From an element of an invoice's `payments`."""
        of = Fields("payment of an invoice", row, "payment_id")
        return cls(of.required("payment_id"), of.required_amount("amount"), of.day("date"), of.text("reference_number"))


@dataclass(frozen=True, slots=True)
class AppliedCredit:
    """A credit note as the detail of an invoice shows it: what of it was applied there."""

    credit_note_id: str
    amount: Decimal

    @classmethod
    def read(cls, row: Row) -> Self:
        """From an element of an invoice's `credits`."""
        of = Fields("credit of an invoice", row, "creditnote_id")
        return cls(of.required("creditnote_id"), of.required_amount("credited_amount"))


@dataclass(frozen=True, slots=True)
class ZohoInvoice:
    """An invoice. `has_detail` says whether this came from a detail; a list row knows no tax, payments, subscriptions.

    Creating answers with invoice_number and date, reading with number and invoice_date: both are read.
    """

    id: str
    number: str
    customer_id: str
    status: str
    date: dt.date
    due_date: dt.date | None
    total: Decimal
    balance: Decimal
    sub_total: Decimal | None
    tax_total: Decimal | None
    reference_number: str | None
    currency_code: str | None
    circletel_invoice_id: str | None
    subscription_ids: tuple[str, ...] | None
    payments: tuple[AppliedPayment, ...] | None
    credits: tuple[AppliedCredit, ...] | None
    credits_applied: Decimal | None
    write_off: Decimal | None
    created_time: dt.datetime | None
    updated_time: dt.datetime | None
    has_detail: bool

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a list row, a detail, or the answer to a create."""
        of = Fields("invoice", row, "invoice_id")
        lines = of.rows("invoice_items", "line_items")
        payments, credited = of.rows("payments"), of.rows("credits")
        return cls(
            id=of.required("invoice_id"),
            number=of.required("number", "invoice_number"),
            customer_id=of.required("customer_id"),
            status=of.required("status").lower(),
            date=of.required_day("invoice_date", "date"),
            due_date=of.day("due_date"),
            total=of.required_amount("total"),
            balance=of.required_amount("balance"),
            sub_total=of.amount("sub_total"),
            tax_total=_tax_total(of),
            reference_number=of.text("reference_number"),
            currency_code=of.text("currency_code"),
            circletel_invoice_id=cf.custom_field(row, cf.CIRCLETEL_INVOICE_ID),
            subscription_ids=_subscription_ids(of),
            payments=None if payments is None else tuple(AppliedPayment.read(payment) for payment in payments),
            credits=None if credited is None else tuple(AppliedCredit.read(each) for each in credited),
            credits_applied=of.amount("credits_applied"),
            write_off=of.amount("write_off_amount"),
            created_time=of.moment("created_time"),
            updated_time=of.moment("updated_time", "last_modified_time"),
            has_detail=lines is not None,
        )


def _tax_total(of: Fields) -> Decimal | None:
    """The tax as a sum, or summed from `taxes` where only those are given."""
    total = of.amount("tax_total")
    taxes = of.rows("taxes") if total is None else None
    if taxes is None:
        return total
    amounts = (Fields("tax of an invoice", tax, "tax_name").required_amount("tax_amount") for tax in taxes)
    return sum(amounts, ZERO)


def _subscription_ids(of: Fields) -> tuple[str, ...] | None:
    """The subscriptions that the invoice bills: a list in details, a single id elsewhere (neither is documented)."""
    listed = of.rows("subscriptions")
    if listed is not None:
        return tuple(Fields("subscription of an invoice", each, "subscription_id").id or "" for each in listed)
    single = of.text("subscription_id")
    return None if single is None else (single,)
