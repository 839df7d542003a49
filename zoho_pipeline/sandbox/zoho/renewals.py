"""A subscription's life as the clock moves it: beginning, terms with their invoices, changes, and the end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from zoho_pipeline.sandbox.zoho import creditnotes, invoices
from zoho_pipeline.sandbox.zoho.clock import ZONE
from zoho_pipeline.sandbox.zoho.lines import charge
from zoho_pipeline.sandbox.zoho.money import Totals, cents, totals
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Customer, Invoice, Line, Offer, Subscription
from zoho_pipeline.sandbox.zoho.terms import term_start, terms_begun

BILLED_LATER = ("future", "trial", "live")
NIGHT_RUN = time(1, 0)  # when Zoho works off what a day brings; assumed


def recurring(org: Organisation, offer: Offer) -> Totals:
    """What a full term costs in ZAR, without the setup fee."""
    priced = cents(offer.price * offer.quantity)
    return totals([charge(org, priced, offer.tax_id)], offer.tax_inclusive, org.behaviour)


def term_from_now(subscription: Subscription, terms: int) -> date:
    """The first day of the term that begins after so many more."""
    offer = subscription.offer
    return term_start(subscription.anchor, offer.interval, offer.interval_unit, subscription.terms_begun + terms)


def next_turn(subscription: Subscription) -> date | None:
    """The day on which something happens to it next: a first or next term, or its end."""
    if subscription.status in (*BILLED_LATER, "non_renewing"):
        return term_from_now(subscription, 0)
    return None


def next_billing(subscription: Subscription) -> date | None:
    """The day it is billed next, if ever."""
    return next_turn(subscription) if subscription.status in BILLED_LATER else None


def plan_next(org: Organisation, subscription: Subscription) -> None:
    """Have it looked at on its next turn."""
    turn = next_turn(subscription)
    if turn is not None:
        org.plan_for(turn, "subscription", subscription.id)


def begin(org: Organisation, subscription: Subscription, backdated_invoice: bool) -> None:
    """Start a new subscription on its anchor: later, today, or in the past."""
    today, offer = org.clock.today(), subscription.offer
    if subscription.anchor <= today and offer.trial_days:
        _begin_trial(subscription)
    if subscription.anchor == today:
        _begin_term(org, subscription, today, first=True)
    elif subscription.anchor < today:
        _begin_in_the_past(org, subscription, backdated_invoice)
    org.changed(subscription)
    plan_next(org, subscription)


def catch_up(org: Organisation) -> None:
    """Do all that became due since the clock was last looked at, day by day, as of those days."""
    while due := org.next_due():
        day, kind, record_id = due
        moment = min(datetime.combine(day, NIGHT_RUN, ZONE), org.clock.now())
        with org.clock.held_at(moment):
            if kind == "subscription":
                _turn(org, record_id, day)
            else:
                _remind(org, record_id)


def change_now(org: Organisation, subscription: Subscription, offer: Offer) -> None:
    """Change what is charged at once; the difference for the rest of a live term is billed or credited."""
    before = recurring(org, subscription.offer).total
    ends = next_turn(subscription)
    subscription.offer, subscription.scheduled = offer, None
    difference = recurring(org, offer).total - before
    started = subscription.term_starts_at
    if subscription.status != "live" or not difference or ends is None or started is None:
        return
    if not org.behaviour.immediate_change_prorates:
        return
    share = Decimal((ends - org.clock.today()).days) / Decimal((ends - started).days)
    if difference < 0 and cents(-difference * share):
        creditnotes.raise_over(org, subscription.customer_id, cents(-difference * share), "Prorated credit")
    elif difference > 0:
        _bill_share(org, subscription, difference, share)


def _bill_share(org: Organisation, subscription: Subscription, difference: Decimal, share: Decimal) -> None:
    """The difference includes tax, and so does the price of the line that bills it."""
    amount, offer = cents(difference * share), subscription.offer
    line = Line(org.new_id(), offer.name, amount, Decimal(1), amount, "Prorated charge", "", offer.plan_code)
    line.tax_id = offer.tax_id
    _raise_invoice(org, subscription, org.clock.today(), [line], inclusive=True, kind="upgrade")


def _turn(org: Organisation, subscription_id: str, day: date) -> None:
    subscription = org.subscriptions.get(subscription_id)
    if subscription is None or next_turn(subscription) != day:
        return  # cancelled, deleted or postponed meanwhile
    if subscription.status == "future" and subscription.offer.trial_days:
        _begin_trial(subscription)
    elif subscription.status == "non_renewing":
        subscription.status, subscription.cancelled_at = "cancelled", day
        org.happened("subscription_cancelled", "subscriptions", subscription.id)
    elif subscription.status == "live":
        _renew(org, subscription, day)
    else:
        _begin_term(org, subscription, day, first=True)
    org.changed(subscription)
    plan_next(org, subscription)


def _begin_trial(subscription: Subscription) -> None:
    subscription.status, subscription.term_starts_at = "trial", subscription.anchor
    subscription.activated_at = subscription.anchor
    subscription.anchor += timedelta(days=subscription.offer.trial_days)


def _begin_in_the_past(org: Organisation, subscription: Subscription, invoice: bool) -> None:
    """Count the terms that have begun; at most the current one is billed."""
    today, offer = org.clock.today(), subscription.offer
    begun = terms_begun(subscription.anchor, offer.interval, offer.interval_unit, today)
    subscription.terms_begun = subscription.cycles = begun
    subscription.term_starts_at = term_from_now(subscription, -1)
    subscription.activated_at = subscription.activated_at or subscription.anchor
    subscription.status = "live"
    if 0 <= offer.billing_cycles < begun:
        subscription.status = "expired"
    elif invoice:
        at_start = org.behaviour.backdated_invoice_date == "term_start"
        _bill_term(org, subscription, subscription.term_starts_at if at_start else today, first=True)


def _renew(org: Organisation, subscription: Subscription, day: date) -> None:
    cycles = subscription.offer.billing_cycles
    if 0 <= cycles <= subscription.cycles:
        subscription.status = "expired"
        org.happened("subscription_expired", "subscriptions", subscription.id)
        return
    if subscription.scheduled:
        subscription.offer, subscription.scheduled = subscription.scheduled, None
        subscription.anchor, subscription.terms_begun = _kept_anchor(subscription, day)
    _begin_term(org, subscription, day, first=False)
    org.happened("subscription_renewed", "subscriptions", subscription.id)


def _kept_anchor(subscription: Subscription, day: date) -> tuple[date, int]:
    """The same anchor while the interval is the same; a new interval is counted from this day."""
    if term_from_now(subscription, 0) == day:
        return subscription.anchor, subscription.terms_begun
    return day, 0


def _begin_term(org: Organisation, subscription: Subscription, day: date, first: bool) -> None:
    subscription.status, subscription.term_starts_at = "live", day
    subscription.activated_at = subscription.activated_at or day
    subscription.terms_begun += 1
    subscription.cycles += 1
    if first:
        org.happened("subscription_activation", "subscriptions", subscription.id)
    _bill_term(org, subscription, day, first)


def _bill_term(org: Organisation, subscription: Subscription, dated: date, first: bool) -> None:
    offer, starts, ends = subscription.offer, subscription.term_starts_at, term_from_now(subscription, 0)
    last = ends - timedelta(days=1)
    described = f"Charges for this duration (from {starts:%d-%B-%Y} to {last:%d-%B-%Y})"
    lines = [
        Line(
            org.new_id(), offer.description or offer.name, offer.price, Decimal(offer.quantity),
            cents(offer.price * offer.quantity), described, code=offer.plan_code, tax_id=offer.tax_id,
        )
    ]  # fmt: skip
    if first and offer.setup_fee:
        fee = offer.setup_fee
        lines.append(Line(org.new_id(), "Setup Fee", fee, Decimal(1), cents(fee), "", tax_id=offer.tax_id))
    kind = "new" if first else "renewal"
    _raise_invoice(org, subscription, dated, lines, inclusive=offer.tax_inclusive, kind=kind)


def _raise_invoice(
    org: Organisation,
    subscription: Subscription,
    dated: date,
    lines: list[Line],
    *,
    inclusive: bool,
    kind: str,
) -> None:
    invoice = invoices.raise_for_subscription(
        org,
        subscription.customer_id,
        subscription.id,
        dated,
        lines,
        inclusive,
        kind,
        subscription.payment_terms,
    )
    subscription.child_invoice_id, subscription.last_billing_at = invoice.id, dated


def _remind(org: Organisation, invoice_id: str) -> None:
    """The day after its due date."""
    invoice: Invoice | None = org.invoices.get(invoice_id)
    if invoice is None or invoice.state != "open" or invoice.balance <= 0 or invoice.due_date >= org.clock.today():
        return
    org.happened("invoice_overdue", "invoices", invoice.id)
    if org.behaviour.mail_overdue_reminders:
        customer: Customer = org.find(org.customers, invoice.customer_id)
        invoice.reminders += 1
        org.mail("overdue reminder", [customer.email], "invoices", invoice.id, "overdue invoices are reminded of")
