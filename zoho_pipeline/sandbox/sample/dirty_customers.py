"""Dirty cases of customers: odd addresses, rows the app left behind, and customers typed into Zoho by hand."""

from __future__ import annotations

from collections.abc import Sequence

from zoho_pipeline.sandbox.sample.dirty_parts import (
    SINCE,
    Case,
    billed_service,
    in_every_fate,
    one_off,
    pay,
    pushed_customer,
    unsent_customer,
)
from zoho_pipeline.sandbox.sample.rows import Customer, Row
from zoho_pipeline.sandbox.sample.story import Story
from zoho_pipeline.sandbox.sample.world import Fate, HandmadeCustomer

BAD_EMAILS = ("", "   ", "not-an-email", "two@@example.co.za", "name at example.co.za", "a@example.co.za,b@example.com")
"""The column is UNIQUE, so only one can be blank to the letter."""


def internal_test(story: Story) -> Sequence[Row]:
    """CircleTel's own test account, with a service, an invoice and payments: none of it is for Zoho."""
    owner = unsent_customer(story, account_type="internal_test")
    service = billed_service(story, owner)
    invoice = one_off(story, owner)
    failed = unsent_customer(story, account_type="internal_test")
    story.handle(failed, Fate.FAILED, story.days_ago(SINCE), "Internal test account")
    return [owner, service, invoice, pay(story, invoice), failed]


def bad_email(story: Story) -> Sequence[Row]:
    """Blank and malformed addresses: refused, and what hangs on them waits."""
    return [story.change(unsent_customer(story), email=email) for email in BAD_EMAILS]


def child_of_bad_email(story: Story) -> Sequence[Row]:
    """A service, an invoice and a payment of a customer whose address is no good."""
    owner = story.change(unsent_customer(story), email="nobody@")
    invoice = one_off(story, owner)
    return [billed_service(story, owner), invoice, pay(story, invoice)]


def padded_email(story: Story) -> Sequence[Row]:
    """A good address between blanks: it may be trimmed, or refused."""
    owner = unsent_customer(story)
    return [story.change(owner, email=f"  {owner.email} ")]


def email_twins(story: Story) -> Sequence[Row]:
    """Two customers whose addresses differ in capitals only; the first is in Zoho, and is not the second."""
    pushed, twin = pushed_customer(story), unsent_customer(story)
    return [story.change(twin, email=pushed.email.upper())]


def null_dates(story: Story) -> Sequence[Row]:
    """No date of creation, on the customer and on the service."""
    owner = story.change(unsent_customer(story), created_at=None, updated_at=None)
    return [owner, story.change(billed_service(story, owner), created_at=None, updated_at=None)]


def awkward_name(story: Story) -> Sequence[Row]:
    """Names that break careless code: quotes, ampersands, accents, the column's full length."""
    names = (("O'Testo", 'Sample "Quote" & <b>Söns</b>'), ("\u0141ukasz-\u7530", "Mock%20\\n"), ("N" * 100, "V" * 100))
    return [story.change(unsent_customer(story), first_name=first, last_name=last) for first, last in names]


def account_not_active(story: Story) -> Sequence[Row]:
    """Suspended and cancelled accounts are customers all the same."""
    states = ("suspended", "cancelled", "pending")
    return [story.change(unsent_customer(story), account_status=state) for state in states]


def customer_left_behind(story: Story) -> Sequence[Row]:
    """One customer in each state in which the app leaves a row."""
    return in_every_fate(story, [unsent_customer(story) for _ in range(4)], SINCE)


def child_of_left_behind(story: Story) -> Sequence[Row]:
    """What hangs on a customer who is in Zoho, though CircleTel does not know it."""
    owner = story.handle(unsent_customer(story), Fate.STUCK_SENT, story.days_ago(SINCE))
    return [billed_service(story, owner), one_off(story, owner)]


def handmade_same(story: Story) -> Sequence[Row]:
    """Somebody typed the customer into Zoho: same address, same name, no key. There must be no second one."""
    owner = unsent_customer(story)
    _type_in(story, owner, 1)
    return [owner]


def child_of_handmade(story: Story) -> Sequence[Row]:
    """A service of a customer who was typed into Zoho by hand."""
    owner = unsent_customer(story)
    _type_in(story, owner, 1)
    return [billed_service(story, owner)]


def handmade_twice(story: Story) -> Sequence[Row]:
    """Typed into Zoho twice: which one is it? A person must say."""
    owner = unsent_customer(story)
    _type_in(story, owner, 2)
    return [owner]


def handmade_other_name(story: Story) -> Sequence[Row]:
    """In Zoho somebody else has the address."""
    owner = unsent_customer(story)
    _type_in(story, owner, 1, first_name="Altogether", last_name="Different-Person")
    return [owner]


def deleted_in_zoho(story: Story) -> Sequence[Row]:
    """Pushed by the app, then deleted in Zoho: CircleTel's id leads nowhere."""
    owner = unsent_customer(story)
    story.handle(owner, Fate.PUSHED, story.days_ago(SINCE), deleted_on=story.days_ago(40))
    return [owner]


def _type_in(story: Story, owner: Customer, times: int, **names: str) -> None:
    for time in range(times):
        story.handmade_customers.append(
            HandmadeCustomer(
                key=f"handmade {owner.id} {time + 1}",
                first_name=names.get("first_name", owner.first_name),
                last_name=names.get("last_name", owner.last_name),
                email=owner.email,
                day=story.days_ago(60),
            )
        )


CASES: tuple[Case, ...] = (
    internal_test,
    bad_email,
    child_of_bad_email,
    padded_email,
    email_twins,
    null_dates,
    awkward_name,
    account_not_active,
    customer_left_behind,
    child_of_left_behind,
    handmade_same,
    child_of_handmade,
    handmade_twice,
    handmade_other_name,
    deleted_in_zoho,
)
