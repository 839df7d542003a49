"""Payments in Zoho Billing, and the list of transactions in which they are documented to appear."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from zoho_pipeline.money import ZERO
from zoho_pipeline.zoho import custom_fields as cf
from zoho_pipeline.zoho.reading import Fields, Row


@dataclass(frozen=True, slots=True)
class ZohoPayment:
    """A payment. `invoices` pairs an invoice's id with what was applied to it; `unapplied` is the customer's credit."""

    id: str
    customer_id: str
    amount: Decimal
    date: dt.date
    status: str | None
    payment_mode: str | None
    reference_number: str | None
    circletel_payment_id: str | None
    currency_code: str | None
    invoices: tuple[tuple[str, Decimal], ...] | None
    unapplied: Decimal | None
    amount_refunded: Decimal | None
    created_time: dt.datetime | None
    updated_time: dt.datetime | None

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a list row or a detail."""
        of = Fields("payment", row, "payment_id")
        amount = of.required_amount("amount")
        invoices = _applied(of)
        return cls(
            id=of.required("payment_id"),
            customer_id=of.required("customer_id"),
            amount=amount,
            date=of.required_day("date"),
            status=of.text("status"),
            payment_mode=of.text("payment_mode"),
            reference_number=of.text("reference_number"),
            circletel_payment_id=cf.custom_field(row, cf.CIRCLETEL_PAYMENT_ID),
            currency_code=of.text("currency_code"),
            invoices=invoices,
            unapplied=_unapplied(of, amount, invoices),
            amount_refunded=of.amount("amount_refunded"),
            created_time=of.moment("created_time"),
            updated_time=of.moment("updated_time"),
        )


@dataclass(frozen=True, slots=True)
class ZohoTransaction:
    """A row of `GET /transactions`: the documented list in which payments appear."""

    transaction_id: str
    reference_id: str | None
    customer_id: str | None
    type: str
    date: dt.date | None
    amount: Decimal
    status: str | None

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a list row."""
        of = Fields("transaction", row, "transaction_id")
        return cls(
            transaction_id=of.required("transaction_id"),
            reference_id=of.text("reference_id"),
            customer_id=of.text("customer_id"),
            type=of.required("type").lower(),
            date=of.day("date"),
            amount=of.required_amount("amount"),
            status=of.text("status"),
        )


def _applied(of: Fields) -> tuple[tuple[str, Decimal], ...] | None:
    listed = of.rows("invoices")
    if listed is None:
        return None
    lines = (Fields("invoice of a payment", each, "invoice_id") for each in listed)
    return tuple((line.required("invoice_id"), line.required_amount("amount_applied")) for line in lines)


def _unapplied(of: Fields, amount: Decimal, invoices: tuple[tuple[str, Decimal], ...] | None) -> Decimal | None:
    """As Zoho says it (undocumented), else the rest of what was applied."""
    said = of.amount("unused_amount", "unapplied_amount")
    if said is not None or invoices is None:
        return said
    return amount - sum((applied for _, applied in invoices), ZERO)
