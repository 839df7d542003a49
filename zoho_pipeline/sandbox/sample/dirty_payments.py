"""Dirty cases of payments: pointing nowhere, on recurring invoices, on odd invoices, too much, and in every state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from zoho_pipeline.sandbox.sample import app, days, make
from zoho_pipeline.sandbox.sample.dirty_parts import (
    ONCE,
    SINCE,
    Case,
    bill_ahead,
    billed_service,
    in_every_fate,
    one_off,
    pay,
    pushed_customer,
    pushed_one_off,
    pushed_service,
    recurring_of,
    unsent_customer,
)
from zoho_pipeline.sandbox.sample.rows import Row
from zoho_pipeline.sandbox.sample.story import Story
from zoho_pipeline.sandbox.sample.world import Fate


def invoice_nowhere(story: Story) -> Sequence[Row]:
    """The invoice does not exist, the customer does: the customer's money, applied to nothing."""
    owner = unsent_customer(story)
    row = make.payment(story, owner.id, None, Decimal("300.00"), story.days_ago(20))
    return [story.change(row, invoice_id=story.new_id()), pay_nothing(story, owner.id)]


def customer_missing(story: Story) -> Sequence[Row]:
    """No customer on the row, or one that does not exist; the invoice tells whose it is."""
    owner = unsent_customer(story)
    rows = [pay(story, one_off(story, owner)) for _ in range(2)]
    return [story.change(rows[0], customer_id=None), story.change(rows[1], customer_id=story.new_id())]


def points_nowhere(story: Story) -> Sequence[Row]:
    """Neither customer nor invoice: nobody's money."""
    lost = pay_nothing(story, story.new_id())
    return [pay_nothing(story, None), story.change(lost, invoice_id=story.new_id())]


def matched_recurring(story: Story) -> Sequence[Row]:
    """Pays a recurring invoice whose debt Zoho has billed too: it belongs to Zoho's invoice."""
    service = pushed_service(story, pushed_customer(story))
    return [pay(story, recurring_of(story, service)[1])]


def before_zoho(story: Story) -> Sequence[Row]:
    """Pays a recurring invoice of a time before Zoho billed the service: in Zoho it would be a false credit."""
    service = billed_service(story, unsent_customer(story))
    return [pay(story, recurring_of(story, service)[0])]


def awaited_recurring(story: Story) -> Sequence[Row]:
    """Pays the coming month in advance; Zoho has not billed that yet."""
    service = pushed_service(story, pushed_customer(story))
    return [pay(story, bill_ahead(story, service), ago=1)]


def overpaid(story: Story) -> Sequence[Row]:
    """R 150 more than the invoice: what is over stays the customer's credit."""
    return [pay(story, one_off(story, unsent_customer(story)), ONCE + 150)]


def in_parts(story: Story) -> Sequence[Row]:
    """One invoice, three payments."""
    invoice = one_off(story, unsent_customer(story))
    return [pay(story, invoice, Decimal(part)) for part in ("500.00", "500.00", "150.00")]


def not_completed(story: Story) -> Sequence[Row]:
    """Every state but completed."""
    invoice = one_off(story, unsent_customer(story))
    states = ("pending", "processing", "failed", "refunded", "cancelled", "expired")
    return [
        make.payment(story, invoice.customer_id, invoice, ONCE, story.days_ago(20), status=state) for state in states
    ]


def refunded_after_push(story: Story) -> Sequence[Row]:
    """Pushed by the app, refunded since: reported, never executed."""
    owner = pushed_customer(story)
    row = pay(story, pushed_one_off(story, owner))
    return [story.change(story.handle(row, Fate.PUSHED, story.days_ago(30)), status="refunded")]


def paid_in_zoho(story: Story) -> Sequence[Row]:
    """Made in Zoho and known to CircleTel from there: sending it would double it."""
    service = pushed_service(story, pushed_customer(story))
    second = recurring_of(story, service)[1]
    start, end = second.period_start or story.today, second.period_end or story.today
    raised = days.anniversaries(service.activation_date or story.today, end)
    return [app.pay_in_zoho(story, service, second, next(day for day in raised if day >= start))]


def no_completion_date(story: Story) -> Sequence[Row]:
    """Completed, nobody knows when."""
    return [story.change(pay(story, one_off(story, unsent_customer(story))), completed_at=None)]


def around_midnight(story: Story) -> Sequence[Row]:
    """Completed in the last two hours of a month by UTC, which is the next month in South Africa."""
    row = pay(story, one_off(story, unsent_customer(story), ago=70))
    first = (story.today - timedelta(days=31)).replace(day=1)
    return [story.change(row, completed_at=days.moment(first, 0, 30))]


def of_void_invoice(story: Story) -> Sequence[Row]:
    """The invoice was voided or cancelled after it had been paid: the money is the customer's."""
    owner = unsent_customer(story)
    rows = [(one_off(story, owner), status) for status in ("voided", "cancelled")]
    paid = [(pay(story, invoice), invoice, status) for invoice, status in rows]
    for _, invoice, status in paid:
        story.change(invoice, status=status)
    return [row for row, _, _ in paid]


def of_draft_invoice(story: Story) -> Sequence[Row]:
    """Paid before the invoice went out."""
    owner = unsent_customer(story)
    items = [("Installation", ONCE)]
    invoice = make.invoice(story, owner.id, "installation", items, story.days_ago(30), status="draft")
    return [pay(story, invoice, ago=20)]


def newer_column_wins(story: Story) -> Sequence[Row]:
    """invoice_id and customer_invoice_id name two invoices; the newer column is right."""
    owner = unsent_customer(story)
    wrong, right = one_off(story, owner), one_off(story, owner)
    return [story.change(pay(story, right), invoice_id=wrong.id, customer_invoice_id=right.id)]


def of_unsent_recurring(story: Story) -> Sequence[Row]:
    """Pays a recurring invoice of a service that cannot come into Zoho."""
    service = story.change(billed_service(story, unsent_customer(story)), package_id=None)
    return [pay(story, recurring_of(story, service)[0])]


def payment_left_behind(story: Story) -> Sequence[Row]:
    """One payment in each state in which the app leaves a row."""
    owner = pushed_customer(story)
    rows = [pay(story, pushed_one_off(story, owner)) for _ in range(4)]
    return in_every_fate(story, rows, 30)


def pay_nothing(story: Story, payer_id: str | None) -> Row:
    """A payment that names no invoice."""
    return make.payment(story, payer_id, None, Decimal("250.00"), story.days_ago(SINCE - 60))


CASES: tuple[Case, ...] = (
    invoice_nowhere,
    customer_missing,
    points_nowhere,
    matched_recurring,
    before_zoho,
    awaited_recurring,
    overpaid,
    in_parts,
    not_completed,
    refunded_after_push,
    paid_in_zoho,
    no_completion_date,
    around_midnight,
    of_void_invoice,
    of_draft_invoice,
    newer_column_wins,
    of_unsent_recurring,
    payment_left_behind,
)
