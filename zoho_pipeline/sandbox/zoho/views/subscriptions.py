"""Subscriptions as answers show them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from zoho_pipeline.sandbox.zoho import customfields, renewals
from zoho_pipeline.sandbox.zoho.clock import timestamp
from zoho_pipeline.sandbox.zoho.money import Totals, json_number
from zoho_pipeline.sandbox.zoho.organisation import CURRENCY_SYMBOL, Organisation
from zoho_pipeline.sandbox.zoho.records import Customer, Offer, Plan, Product, Subscription
from zoho_pipeline.sandbox.zoho.subscriptions import KIND, expires_at
from zoho_pipeline.sandbox.zoho.views.customers import address


def detail(org: Organisation, subscription: Subscription, offer: Offer | None = None) -> dict[str, Any]:
    """One subscription in full; `offer` shows it as it will be after a scheduled change."""
    offer = offer or subscription.offer
    sums = renewals.recurring(org, offer)
    product = _product(org, offer)
    return {
        **_common(org, subscription, offer, sums),
        "child_invoice_id": subscription.child_invoice_id,
        "end_of_term": subscription.scheduled is not None,
        "product_id": product.id if product else "",
        "product_name": product.name if product else "",
        "plan": _plan(offer, sums),
        "addons": [],
        "taxes": _taxes(org, sums),
        "payment_terms": subscription.payment_terms,
        "payment_terms_label": subscription.payment_terms_label,
        "can_add_bank_account": False,
        "customer": _customer(org.even_deleted(org.customers, subscription.customer_id)),
        "custom_fields": customfields.listed(subscription.custom, KIND, org.behaviour),
        "contactpersons": [],
        "notes": [],
        "payment_gateways": [],
        "place_of_supply": subscription.texts.get("place_of_supply", ""),
        "can_charge_setup_fee_immediately": False,
    }


def row(org: Organisation, subscription: Subscription) -> dict[str, Any]:
    """One subscription in a list: plan and customer flat (seen live)."""
    customer: Customer = org.even_deleted(org.customers, subscription.customer_id)
    return {
        **_common(org, subscription, subscription.offer, renewals.recurring(org, subscription.offer)),
        "customer_id": customer.id,
        "customer_name": customer.display_name,
        "email": customer.email,
        "plan_code": subscription.offer.plan_code,
        "plan_name": subscription.offer.name,
        **customfields.flattened(subscription.custom),
    }


def _common(org: Organisation, subscription: Subscription, offer: Offer, sums: Totals) -> dict[str, Any]:
    behaviour, billing = org.behaviour, renewals.next_billing(subscription)
    product = _product(org, offer)
    shown = {
        "subscription_id": subscription.id,
        "name": f"{product.name}-{offer.name}" if product else offer.name,
        "status": subscription.status,
        "amount": json_number(sums.total),
        "created_at": subscription.created.date().isoformat(),
        "activated_at": _day(subscription.activated_at),
        "current_term_starts_at": _day(subscription.term_starts_at or subscription.anchor),
        "current_term_ends_at": _term_ends(org, subscription),
        "last_billing_at": _day(subscription.last_billing_at),
        "next_billing_at": _day(billing),
        "expires_at": _day(expires_at(subscription)),
        "interval": str(offer.interval) if behaviour.subscription_interval_is_string else offer.interval,
        "interval_unit": offer.interval_unit,
        "auto_collect": subscription.auto_collect,
        "created_time": timestamp(subscription.created),
        "updated_time": timestamp(subscription.updated),
        "reference_id": subscription.reference_id,
        "salesperson_id": "",
        "salesperson_name": subscription.texts.get("salesperson_name", ""),
        "currency_code": "ZAR",
        "currency_symbol": CURRENCY_SYMBOL,
    }
    if subscription.cancelled_at:
        shown["cancelled_at"] = _day(subscription.cancelled_at)
    if behaviour.has("subscriptions.subscription_number"):
        shown["subscription_number"] = subscription.number
    if behaviour.has("subscriptions.sub_total"):
        shown["sub_total"] = json_number(sums.sub_total)
    return shown


def _term_ends(org: Organisation, subscription: Subscription) -> str:
    """The end of the term that runs, or of the first one while it is still to come."""
    to_come = subscription.status == "future" and not subscription.offer.trial_days
    ends = renewals.term_from_now(subscription, 1 if to_come else 0)
    return _day(ends if org.behaviour.term_ends_on_next_billing else ends - timedelta(days=1))


def _plan(offer: Offer, sums: Totals) -> dict[str, Any]:
    return {
        "plan_code": offer.plan_code,
        "name": offer.name,
        "quantity": offer.quantity,
        "price": json_number(offer.price),
        "discount": 0.0,
        "total": json_number(sums.total),
        "setup_fee": json_number(offer.setup_fee),
        "plan_description": offer.description,
        "tax_id": offer.tax_id,
        "trial_days": offer.trial_days,
        "billing_cycles": offer.billing_cycles,
        "tags": [],
        "item_custom_fields": [],
    }


def _taxes(org: Organisation, sums: Totals) -> list[dict[str, Any]]:
    as_text = org.behaviour.tax_amount_is_string
    return [
        {
            "tax_id": tax_id,
            "tax_name": org.taxes[tax_id].name,
            "tax_amount": f"{amount:.2f}" if as_text else json_number(amount),
        }
        for tax_id, amount in sums.taxes.items()
    ]


def _customer(customer: Customer) -> dict[str, Any]:
    names = ("salutation", "first_name", "last_name", "company_name")
    return {
        "customer_id": customer.id,
        "display_name": customer.display_name,
        **{name: customer.texts.get(name, "") for name in names},
        "email": customer.email,
        "billing_address": address(customer.billing_address),
        "shipping_address": address(customer.shipping_address),
        "payment_terms": customer.payment_terms,
        "payment_terms_label": customer.payment_terms_label,
    }


def _product(org: Organisation, offer: Offer) -> Product | None:
    plan: Plan | None = org.plans.get(offer.plan_code)
    return org.products.get(plan.product_id) if plan else None


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
