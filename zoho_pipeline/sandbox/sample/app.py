"""What the app did with well-formed rows since Zoho went live: two thirds pushed; the rest failed, stuck, never went.

The app pushes a row once, at the moment it comes about, and only where the parent's Zoho id is known to CircleTel.
On the first day somebody ran a backfill of the thirteen oldest customers; three fell to the limit on tokens.
"""

from __future__ import annotations

from datetime import date, timedelta

from zoho_pipeline.sandbox.sample import days, make
from zoho_pipeline.sandbox.sample.rows import Invoice, Payment, Service
from zoho_pipeline.sandbox.sample.story import RowT, Story
from zoho_pipeline.sandbox.sample.world import ID_KNOWN, Fate, ZohoPayment

TOKEN_ERROR = "Failed to refresh token: You have made too many requests continuously"
NO_CUSTOMER = "Customer not synced to ZOHO Billing"
ERRORS = (TOKEN_ERROR, "ZOHO API request failed: 401 Unauthorized", "fetch failed: connect ETIMEDOUT", "")
BACKFILLED = 13
BACKFILL_FAILED = 3


def play(story: Story) -> None:
    """Decide the fate of every well-formed row since Zoho went live."""
    _backfill(story)
    for customer in list(story.customers.values()):
        born = days.day_of(customer.created_at) if customer.created_at else story.start
        if born >= story.live:
            _attempt(story, customer, born, share=0.8)
    for service in list(story.services.values()):
        if service.activation_date and service.activation_date >= story.live and service.status == "active":
            _attempt_child(story, service, service.customer_id, service.activation_date, share=0.88)
    for invoice in list(story.invoices.values()):
        if invoice.invoice_type != "recurring" and story.live <= invoice.invoice_date <= story.today:
            _attempt_child(story, invoice, invoice.customer_id, invoice.invoice_date, share=0.85)
    _pay_in_zoho(story)
    for payment in list(story.payments.values()):
        _attempt_payment(story, payment)


def is_known(story: Story, row_id: str | None) -> bool:
    """Whether CircleTel has the row's Zoho id, so that the app can push what hangs on it."""
    handling = story.handlings.get(row_id or "")
    return handling is not None and handling.fate in ID_KNOWN


def pay_in_zoho(story: Story, service: Service, invoice: Invoice, billed_on: date) -> Payment:
    """The customer pays Zoho's invoice of that day in Zoho; CircleTel hears of it as provider zoho_billing."""
    day = min(billed_on + timedelta(days=2), story.today)
    amount = story.fees[service.id]
    row = make.payment(story, service.customer_id, invoice, amount, day, provider="zoho_billing")
    story.zoho_payments.append(ZohoPayment(row.id, service.id, billed_on, amount, day))
    return row


def _backfill(story: Story) -> None:
    oldest = [row for row in story.customers.values() if row.account_type != "internal_test"][:BACKFILLED]
    for place, customer in enumerate(oldest):
        if customer.created_at is None or days.day_of(customer.created_at) >= story.live:
            continue
        if place % (BACKFILLED // BACKFILL_FAILED) == BACKFILL_FAILED:
            story.handle(customer, Fate.FAILED, story.live, TOKEN_ERROR)
        else:
            story.handle(customer, Fate.PUSHED, story.live)


def _attempt(story: Story, row: RowT, day: date, share: float) -> None:
    """One push: it works in this share of cases; else it fails, sticks, or was never tried."""
    rng = story.rng
    if rng.random() < share:
        story.handle(row, Fate.STUCK_WITH_ID if rng.random() < 0.04 else Fate.PUSHED, day)
        return
    fate = rng.choice((None, None, Fate.FAILED, Fate.FAILED, Fate.STUCK_UNSENT, Fate.STUCK_SENT))
    if fate is not None:
        story.handle(row, fate, day, rng.choice(ERRORS) or None if fate is Fate.FAILED else None)


def _attempt_child(story: Story, row: Service | Invoice | Payment, parent_id: str, day: date, share: float) -> None:
    if is_known(story, parent_id):
        _attempt(story, row, day, share)
    elif story.rng.random() < 0.5:
        story.handle(row, Fate.FAILED, day, NO_CUSTOMER)


def _attempt_payment(story: Story, payment: Payment) -> None:
    if payment.status != "completed" or payment.provider == "zoho_billing" or payment.completed_at is None:
        return
    day = days.day_of(payment.completed_at)
    if day >= story.live and payment.customer_id:
        _attempt_child(story, payment, payment.customer_id, day, share=0.75)


def _pay_in_zoho(story: Story) -> None:
    """Some of what was not paid through CircleTel's gateways was paid in Zoho, where Zoho bills the service."""
    for invoice in list(story.invoices.values()):
        service = story.services.get(invoice.service_id or "")
        if service is None or not is_known(story, service.id) or invoice.invoice_type != "recurring":
            continue
        billed_on = _billed_in_zoho(story, service, invoice)
        full = invoice.total_amount == story.fees[service.id]
        if billed_on and full and not invoice.amount_paid and story.rng.random() < 0.6:
            pay_in_zoho(story, service, invoice, billed_on)


def _billed_in_zoho(story: Story, service: Service, invoice: Invoice) -> date | None:
    """The day of Zoho's invoice for the same period, if it has been raised two days ago or earlier."""
    if service.activation_date is None or invoice.period_start is None or invoice.period_end is None:
        return None
    raised = days.anniversaries(service.activation_date, min(invoice.period_end, story.days_ago(2)))
    return next((day for day in raised if day >= invoice.period_start), None)
