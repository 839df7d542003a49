"""Customers in Zoho Billing."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Self

from zoho_pipeline.zoho import custom_fields as cf
from zoho_pipeline.zoho.reading import Fields, Row


@dataclass(frozen=True, slots=True)
class ZohoCustomer:
    """A customer. `outstanding` is what it owes, `unused_credits` what it has in hand."""

    id: str
    display_name: str = field(repr=False)
    email: str | None = field(repr=False)
    company_name: str | None = field(repr=False)
    first_name: str | None = field(repr=False)
    last_name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    mobile: str | None = field(repr=False)
    status: str | None
    currency_code: str | None
    outstanding: Decimal | None
    unused_credits: Decimal | None
    circletel_customer_id: str | None
    account_number: str | None
    created_time: datetime | None
    updated_time: datetime | None

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a list row or a detail."""
        of = Fields("customer", row, "customer_id")
        return cls(
            id=of.required("customer_id"),
            display_name=of.required("display_name", "customer_name"),
            email=of.text("email"),
            company_name=of.text("company_name"),
            first_name=of.text("first_name"),
            last_name=of.text("last_name"),
            phone=of.text("phone"),
            mobile=of.text("mobile"),
            status=of.text("status"),
            currency_code=of.text("currency_code"),
            outstanding=of.amount("outstanding", "outstanding_receivable_amount"),
            unused_credits=of.amount("unused_credits", "unused_credits_receivable_amount"),
            circletel_customer_id=cf.custom_field(row, cf.CIRCLETEL_CUSTOMER_ID),
            account_number=cf.custom_field(row, cf.ACCOUNT_NUMBER),
            created_time=of.moment("created_time"),
            updated_time=of.moment("updated_time"),
        )
