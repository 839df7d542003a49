"""Subscriptions in Zoho Billing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Self

from zoho_pipeline.zoho import custom_fields as cf
from zoho_pipeline.zoho.reading import Fields, Row


@dataclass(frozen=True, slots=True)
class ZohoSubscription:
    """A subscription. `amount` is what a term costs with tax, `sub_total` without it.

    In details the plan is an object; in list rows plan_code stands by itself (seen live; the documents show only
    plan_name there), so it may be None.
    """

    id: str
    customer_id: str
    status: str
    plan_code: str | None
    amount: Decimal
    sub_total: Decimal | None
    plan_price: Decimal | None
    currency_code: str | None
    reference_id: str | None
    circletel_service_id: str | None
    starts_at: date | None
    activated_at: date | None
    current_term_starts_at: date | None
    current_term_ends_at: date | None
    next_billing_at: date | None
    cancelled_at: date | None
    child_invoice_id: str | None
    auto_collect: bool | None
    interval: int | None
    interval_unit: str | None
    created_time: datetime | None
    updated_time: datetime | None

    @classmethod
    def read(cls, row: Row, customer_id: str | None = None) -> Self:
        """From a list row or a detail; `customer_id` is for answers that (as documented) leave it out."""
        of = Fields("subscription", row, "subscription_id")
        plan = of.nested("plan", "plan_code")
        return cls(
            id=of.required("subscription_id"),
            customer_id=_customer_id(of, customer_id),
            status=of.required("status").lower(),
            plan_code=plan.required("plan_code") if plan else of.text("plan_code"),
            amount=of.required_amount("amount"),
            sub_total=of.amount("sub_total"),
            plan_price=plan.amount("price") if plan else None,
            currency_code=of.text("currency_code"),
            reference_id=of.text("reference_id"),
            circletel_service_id=cf.custom_field(row, cf.CIRCLETEL_SERVICE_ID),
            starts_at=of.day("starts_at", "start_date"),
            activated_at=of.day("activated_at"),
            current_term_starts_at=of.day("current_term_starts_at"),
            current_term_ends_at=of.day("current_term_ends_at"),
            next_billing_at=of.day("next_billing_at"),
            cancelled_at=of.day("cancelled_at"),
            child_invoice_id=of.text("child_invoice_id"),
            auto_collect=of.flag("auto_collect"),
            interval=of.integer("interval"),
            interval_unit=of.text("interval_unit"),
            created_time=of.moment("created_time"),
            updated_time=of.moment("updated_time"),
        )


def _customer_id(of: Fields, known: str | None) -> str:
    """Flat in list rows; inside `customer` in the documents' details."""
    if of.first("customer_id"):
        return of.required("customer_id")
    customer = of.row.get("customer")
    inside = customer.get("customer_id") if isinstance(customer, Mapping) else None
    if not (inside or known):
        raise of.wrong("customer_id is missing")
    return str(inside or known)
