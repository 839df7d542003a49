"""Dirty cases of invoices: states, lines, numbers, dates, and rows the app left behind."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from zoho_pipeline.sandbox.sample import make
from zoho_pipeline.sandbox.sample.dirty_parts import (
    ONCE,
    Case,
    credit_note,
    in_every_fate,
    one_off,
    pay,
    pushed_customer,
    pushed_one_off,
    unsent_customer,
)
from zoho_pipeline.sandbox.sample.rows import Row
from zoho_pipeline.sandbox.sample.story import Story
from zoho_pipeline.sandbox.sample.world import Fate, HandmadeInvoice

DISAGREEING = (("Cable, cut", Decimal("33.33")), ("Cable, laid", Decimal("33.33")), ("Clips", Decimal("33.33")))
"""VAT line by line comes to 3 x 4.35 = 13.05, on the whole of 99.99 to 13.04."""


def void_or_cancelled(story: Story) -> Sequence[Row]:
    """Invoices that are no more."""
    owner = unsent_customer(story)
    return [
        story.change(one_off(story, owner), status=status, amount_due=Decimal("0.00"))
        for status in ("voided", "cancelled")
    ]


def void_after_push(story: Story) -> Sequence[Row]:
    """Voided in CircleTel after the app had pushed it: Zoho's is never voided by itself."""
    pushed = pushed_one_off(story, pushed_customer(story))
    return [story.change(pushed, status="voided", amount_due=Decimal("0.00"))]


def draft(story: Story) -> Sequence[Row]:
    """A draft is a draft in Zoho too."""
    owner = unsent_customer(story)
    items = [("Adjustment", Decimal("230.00"))]
    return [make.invoice(story, owner.id, "adjustment", items, story.days_ago(4), status="draft")]


def locked(story: Story) -> Sequence[Row]:
    """Locked: only its zoho columns can be written."""
    return [one_off(story, unsent_customer(story), "equipment")]


def lines_do_not_add_up(story: Story) -> Sequence[Row]:
    """The lines come to R 100 less than the total."""
    row = one_off(story, unsent_customer(story))
    return [story.change(row, line_items=({"name": "Installation", "price": float(ONCE - 100)},))]


def no_lines(story: Story) -> Sequence[Row]:
    """line_items is NULL: a total that nothing explains."""
    return [story.change(one_off(story, unsent_customer(story)), line_items=None)]


def vat_differs_by_line(story: Story) -> Sequence[Row]:
    """VAT rounded line by line is a cent more than on the whole."""
    owner = unsent_customer(story)
    return [make.invoice(story, owner.id, "equipment", DISAGREEING, story.days_ago(30))]


def dated_ahead(story: Story) -> Sequence[Row]:
    """Dated three weeks from now, which is normal."""
    return [one_off(story, unsent_customer(story), "equipment", ago=-21)]


def number_taken(story: Story) -> Sequence[Row]:
    """Somebody used the number in Zoho for another amount."""
    owner = pushed_customer(story)
    row = one_off(story, owner)
    taken = HandmadeInvoice(f"handmade {row.id}", owner.id, row.invoice_number, Decimal("805.00"), story.days_ago(55))
    story.handmade_invoices.append(taken)
    return [story.handle(row, Fate.FAILED, story.days_ago(50), "Invoice number already exists")]


def credited(story: Story) -> Sequence[Row]:
    """Partly corrected by a credit note, then paid."""
    row = one_off(story, unsent_customer(story))
    credit_note(story, row, Decimal("230.00"), ago=40)
    pay(story, row, ONCE - 230)
    return [row]


def invoice_left_behind(story: Story) -> Sequence[Row]:
    """One invoice in each state in which the app leaves a row."""
    owner = pushed_customer(story)
    return in_every_fate(story, [one_off(story, owner) for _ in range(4)], 50)


CASES: tuple[Case, ...] = (
    void_or_cancelled,
    void_after_push,
    draft,
    locked,
    lines_do_not_add_up,
    no_lines,
    vat_differs_by_line,
    dated_ahead,
    number_taken,
    credited,
    invoice_left_behind,
)
