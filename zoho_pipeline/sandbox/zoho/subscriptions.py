"""Subscriptions: making and changing them. Their terms, renewals and invoices are in renewals.py."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from zoho_pipeline.sandbox.zoho import customers, customfields, invoices, offers, renewals
from zoho_pipeline.sandbox.zoho.customers import terms_label
from zoho_pipeline.sandbox.zoho.errors import does_not_exist, invalid, missing, refused
from zoho_pipeline.sandbox.zoho.money import cents
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Customer, Invoice, Line, Offer, Subscription
from zoho_pipeline.sandbox.zoho.values import (
    Body,
    day,
    flag,
    nested,
    required_day,
    required_number,
    required_text,
    text,
    texts,
    whole,
)

KIND = "subscriptions"
PLAIN_FIELDS = ("salesperson_name", "place_of_supply", "template_id")
RUNNING = ("live", "trial", "future", "non_renewing")


def create(org: Organisation, body: Body) -> Subscription:
    """A new subscription. The same one twice makes two: reference_id need not be unique."""
    given = nested(body, "plan")
    if not given:
        raise missing("plan")
    offer = offers.read(org, given, None)
    auto_collect = _auto_collect(org, flag(body, "auto_collect"))
    starts = day(body, "starts_at") or org.clock.today()
    backdated = flag(body, "create_backdated_invoice", org.behaviour.backdated_without_flag == "current_term")
    customer = _customer(org, body)
    now = org.clock.now()
    subscription = Subscription(
        org.new_id(),
        org.new_number("SUB-", 5),
        customer.id,
        offer,
        starts,
        now,
        now,
        status="future",
        auto_collect=auto_collect,
        reference_id=text(body, "reference_id"),
        payment_terms=whole(body, "payment_terms", customer.payment_terms),
        texts=texts(body, PLAIN_FIELDS),
        custom=customfields.read(body, KIND, {}, org.behaviour),
    )
    subscription.payment_terms_label = terms_label(subscription.payment_terms)
    org.add(subscription)
    org.happened("subscription_created", KIND, subscription.id)
    renewals.begin(org, subscription, backdated)
    return subscription


def update(org: Organisation, subscription_id: str, body: Body) -> Subscription:
    """Change it at once, or its plan with the next term if end_of_term is true."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    if subscription.status not in RUNNING:
        raise refused(f"A subscription that is {subscription.status} cannot be updated.")
    given = nested(body, "plan")
    offer = offers.read(org, given, subscription.offer) if given else None
    if "auto_collect" in body:
        subscription.auto_collect = _auto_collect(org, flag(body, "auto_collect"))
    subscription.reference_id = text(body, "reference_id", subscription.reference_id)
    subscription.payment_terms = whole(body, "payment_terms", subscription.payment_terms)
    subscription.texts.update(texts(body, PLAIN_FIELDS))
    subscription.custom = customfields.read(body, KIND, subscription.custom, org.behaviour)
    if offer and flag(body, "end_of_term") and subscription.status in ("live", "non_renewing"):
        subscription.scheduled = offer
    elif offer:
        renewals.change_now(org, subscription, offer)
    org.changed(subscription)
    return subscription


def delete(org: Organisation, subscription_id: str) -> Subscription:
    """Delete it; invoices it raised stay."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    billed = org.invoices.where("subscription", subscription.id)
    if billed and not org.behaviour.billed_subscription_deletable:
        raise refused("A subscription that has invoices cannot be deleted.")
    org.remove(subscription)
    return subscription


def cancel(org: Organisation, subscription_id: str, at_end: bool) -> Subscription:
    """Documented: non_renewing until the end of the term, or cancelled now (assumed: without a credit)."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    if subscription.status not in RUNNING:
        raise refused(f"A subscription that is {subscription.status} cannot be cancelled.")
    if at_end and subscription.status in ("live", "non_renewing"):
        subscription.status = "non_renewing"
    else:
        subscription.status, subscription.cancelled_at = "cancelled", org.clock.today()
        org.happened("subscription_cancelled", KIND, subscription.id)
    org.changed(subscription)
    return subscription


def reactivate(org: Organisation, subscription_id: str) -> Subscription:
    """Documented: only while it is non_renewing."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    if subscription.status != "non_renewing":
        raise refused("Only subscriptions that are non renewing can be reactivated.")
    subscription.status = "live"
    org.changed(subscription)
    return subscription


def set_reference(org: Organisation, subscription_id: str, body: Body) -> Subscription:
    """Set reference_id afterwards."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    subscription.reference_id = required_text(body, "reference_id")
    org.changed(subscription)
    return subscription


def set_custom_fields(org: Organisation, subscription_id: str, body: Body) -> Subscription:
    """Change custom fields."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    if "custom_fields" not in body:
        raise missing("custom_fields")
    subscription.custom = customfields.read(body, KIND, subscription.custom, org.behaviour)
    org.changed(subscription)
    return subscription


def set_auto_collect(org: Organisation, subscription_id: str, body: Body) -> Subscription:
    """Online (a card is charged) or offline."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    if "auto_collect" not in body:
        raise missing("auto_collect")
    subscription.auto_collect = _auto_collect(org, flag(body, "auto_collect"))
    org.changed(subscription)
    return subscription


def postpone(org: Organisation, subscription_id: str, body: Body) -> Subscription:
    """Documented: renewal can be postponed only; the current term grows until then."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    renewal = required_day(body, "renewal_at")
    due = renewals.next_billing(subscription)
    if subscription.status != "live" or due is None or renewal <= due:
        raise invalid("renewal_at")
    subscription.anchor, subscription.terms_begun = renewal, 0
    renewals.plan_next(org, subscription)
    org.changed(subscription)
    return subscription


def charge(org: Organisation, subscription_id: str, body: Body) -> Invoice:
    """Bill a one-time amount at once, without tax."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    amount = cents(required_number(body, "amount"))
    if amount <= 0:
        raise invalid("amount")
    line = Line(
        org.new_id(),
        "One-time charge",
        amount,
        Decimal(1),
        amount,
        text(body, "description"),
        code=subscription.offer.plan_code,
    )
    return invoices.raise_for_subscription(
        org,
        subscription.customer_id,
        subscription.id,
        org.clock.today(),
        [line],
        False,
        "invoice",
        subscription.payment_terms,
    )


def scheduled_change(org: Organisation, subscription_id: str) -> tuple[Subscription, Offer]:
    """What takes effect with the next term."""
    subscription: Subscription = org.find(org.subscriptions, subscription_id)
    if subscription.scheduled is None:
        raise does_not_exist("Scheduled change")
    return subscription, subscription.scheduled


def _customer(org: Organisation, body: Body) -> Customer:
    """Documented: an existing one by id, or a new one from a customer object."""
    if text(body, "customer_id"):
        existing: Customer = org.referenced(org.customers, text(body, "customer_id"))
        return existing
    given = nested(body, "customer")
    if not given:
        raise missing("customer_id")
    if text(given, "customer_id"):
        named: Customer = org.referenced(org.customers, text(given, "customer_id"))
        return named
    return customers.create(org, given)


def _auto_collect(org: Organisation, wanted: bool) -> bool:
    """No customer here has a card."""
    if wanted and org.behaviour.online_needs_card:
        raise refused("auto_collect needs a card, and the customer has none.")
    return wanted


def expires_at(subscription: Subscription) -> date | None:
    """The day after its last billing cycle; None if it runs until cancelled."""
    left = subscription.offer.billing_cycles - subscription.cycles
    if subscription.offer.billing_cycles < 0 or left < 0:
        return None
    return renewals.term_from_now(subscription, left)
