"""Dirty cases of services: no plan, no start, a price that Zoho would not charge, states that are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from zoho_pipeline.sandbox.sample import billing, make
from zoho_pipeline.sandbox.sample.dirty_parts import (
    HOME,
    SINCE,
    Case,
    bill_ahead,
    billed_service,
    in_every_fate,
    pushed_customer,
    pushed_service,
    recurring_of,
    unsent_customer,
)
from zoho_pipeline.sandbox.sample.packages import BY_SKU, UNPUBLISHED, UNREACHABLE
from zoho_pipeline.sandbox.sample.rows import Row
from zoho_pipeline.sandbox.sample.story import Story


def unpublished_plan(story: Story) -> Sequence[Row]:
    """Packages without an integration, without a plan id, or whose publishing failed: nothing can be synced yet."""
    return [billed_service(story, unsent_customer(story), offer) for offer in UNPUBLISHED]


def no_package(story: Story) -> Sequence[Row]:
    """A service that names no package."""
    return [story.change(billed_service(story, unsent_customer(story)), package_id=None)]


def no_start(story: Story) -> Sequence[Row]:
    """Neither a day of activation nor an invoice: nobody knows when billing should begin."""
    service = make.service(story, unsent_customer(story), HOME, story.days_ago(SINCE))
    return [story.change(service, activation_date=None, installation_date=None)]


def no_activation_but_invoiced(story: Story) -> Sequence[Row]:
    """No day of activation, but invoices, and those say when Zoho begins."""
    return [story.change(billed_service(story, unsent_customer(story)), activation_date=None)]


def not_invoiced_yet(story: Story) -> Sequence[Row]:
    """Activated today; CircleTel has not billed it."""
    return [make.service(story, unsent_customer(story, ago=5), HOME, story.today)]


def invoiced_ahead(story: Story) -> Sequence[Row]:
    """CircleTel has billed the coming month already, so Zoho begins after that."""
    service = billed_service(story, unsent_customer(story))
    bill_ahead(story, service)
    return [service]


def suspended(story: Story) -> Sequence[Row]:
    """Suspended before anything was pushed."""
    service = billed_service(story, unsent_customer(story))
    return [story.change(service, status="suspended", active=False)]


def cancelled(story: Story) -> Sequence[Row]:
    """Cancelled before anything was pushed, and one that never began."""
    service = billed_service(story, unsent_customer(story))
    ended = story.change(service, status="cancelled", active=False, cancelled_at=story.moment_on(story.days_ago(9)))
    pending = make.service(story, unsent_customer(story), HOME, story.days_ago(3), status="pending")
    return [ended, story.change(pending, activation_date=None)]


def ended_after_push(story: Story) -> Sequence[Row]:
    """Suspended or cancelled after the app had pushed them: Zoho's subscription is a person's business."""
    ends = ({"status": "suspended"}, {"status": "cancelled", "cancelled_at": story.moment_on(story.days_ago(5))})
    return [story.change(pushed_service(story, pushed_customer(story)), active=False, **end) for end in ends]


def price_differs(story: Story) -> Sequence[Row]:
    """The row says R 649, the invoices R 629, the plan R 599: Zoho would charge something else than CircleTel."""
    service = make.service(story, unsent_customer(story), HOME, story.days_ago(SINCE))
    story.fees[service.id] = Decimal("629.00")
    billing.collect(story, billing.bill(story, service, plain=True), "netcash")
    return [story.change(service, monthly_price=Decimal("649.00"))]


def unreachable_price(story: Story) -> Sequence[Row]:
    """A price including VAT that no plan excluding VAT can charge to the cent."""
    return [billed_service(story, unsent_customer(story), UNREACHABLE)]


def grandfathered_price(story: Story) -> Sequence[Row]:
    """An old price, on the row and the invoices alike; the plan costs more by now."""
    service = make.service(story, unsent_customer(story), HOME, story.days_ago(SINCE))
    story.fees[service.id] = Decimal("549.00")
    service = story.change(service, monthly_price=Decimal("549.00"))
    billing.bill(story, service, plain=True)
    return [service]


def excluding_vat(story: Story) -> Sequence[Row]:
    """A business package: monthly_price excludes VAT, the invoices include it."""
    return [billed_service(story, unsent_customer(story, account_type="business"), BY_SKU["BF-100"])]


def catch_up_in_latest(story: Story) -> Sequence[Row]:
    """The latest invoice carries another line beside the fee, which Zoho must not charge every month."""
    service = billed_service(story, unsent_customer(story))
    latest = recurring_of(story, service)[-1]
    period = (latest.period_start or story.today, latest.period_end or story.today)
    del story.invoices[latest.id]
    billing.bill_period(story, service, period, billing.EXTRAS[1:])
    return [service]


def same_package_twice(story: Story) -> Sequence[Row]:
    """Two services of one package for one customer are two subscriptions."""
    owner = unsent_customer(story)
    return [billed_service(story, owner), billed_service(story, owner)]


def service_left_behind(story: Story) -> Sequence[Row]:
    """One service in each state in which the app leaves a row."""
    owner = pushed_customer(story)
    ago = SINCE - 4
    return in_every_fate(story, [billed_service(story, owner, ago=ago) for _ in range(4)], ago)


CASES: tuple[Case, ...] = (
    unpublished_plan,
    no_package,
    no_start,
    no_activation_but_invoiced,
    not_invoiced_yet,
    invoiced_ahead,
    suspended,
    cancelled,
    ended_after_push,
    price_differs,
    unreachable_price,
    grandfathered_price,
    excluding_vat,
    catch_up_in_latest,
    same_package_twice,
    service_left_behind,
)
