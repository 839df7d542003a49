"""What a subscription charges, read from a body's plan."""

from __future__ import annotations

from decimal import Decimal

from zoho_pipeline.sandbox.zoho.errors import invalid, missing, refused
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Offer, Plan
from zoho_pipeline.sandbox.zoho.values import Body, flag, number, text, whole


def read(org: Organisation, given: Body, before: Offer | None) -> Offer:
    """What is charged: the plan's terms, overridden by the body; the same plan keeps its agreed price."""
    code = text(given, "plan_code") or (before.plan_code if before else "")
    if not code:
        raise missing("plan_code")
    plan: Plan = org.referenced(org.plans, code)
    same = before if before and before.plan_code == code else None
    if plan.status != "active" and not same:
        raise refused(f"The plan '{code}' is not active.")
    price = number(given, "price")
    quantity = whole(given, "quantity", same.quantity if same else 1)
    if quantity < 1 or (price is not None and price < 0):
        raise invalid("quantity" if quantity < 1 else "price")
    return Offer(
        plan_code=code,
        name=plan.name,
        price=price if price is not None else same.price if same else plan.recurring_price,
        quantity=quantity,
        setup_fee=_setup_fee(given, plan),
        tax_id=_tax_id(org, given, same.tax_id if same else plan.tax_id),
        tax_inclusive=_inclusive(org, plan),
        interval=plan.interval,
        interval_unit=plan.interval_unit,
        billing_cycles=whole(given, "billing_cycles", plan.billing_cycles),
        description=text(given, "plan_description", same.description if same else ""),
        trial_days=_trial_days(given, plan),
    )


def _setup_fee(given: Body, plan: Plan) -> Decimal:
    if flag(given, "exclude_setup_fee"):
        return Decimal(0)
    fee = number(given, "setup_fee")
    return plan.setup_fee if fee is None else fee


def _trial_days(given: Body, plan: Plan) -> int:
    """Documented: trial_days of the subscription hold even if exclude_trial is true."""
    return whole(given, "trial_days", 0 if flag(given, "exclude_trial") else plan.trial_period)


def _tax_id(org: Organisation, given: Body, otherwise: str) -> str:
    if "tax_id" not in given:
        return otherwise
    tax = org.tax(text(given, "tax_id"))
    return tax.id if tax else ""


def _inclusive(org: Organisation, plan: Plan) -> bool:
    return org.behaviour.plan_prices_include_tax if plan.tax_inclusive is None else plan.tax_inclusive
