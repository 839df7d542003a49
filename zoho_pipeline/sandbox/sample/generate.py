"""The sample world of a seed: an ISP as it is, on both sides of the sync. Same seed, day and size, same world.

What belongs here: how many customers come when, and what they buy. Dirty cases are planted on top, apart from
the well-formed customers, so that each can be told by itself.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from zoho_pipeline.sandbox.sample import app, billing, days, dirty, make, money
from zoho_pipeline.sandbox.sample.packages import BUSINESS, CATALOGUE, EXCLUSIVE_SKUS, ORDINARY, Offer, Publication
from zoho_pipeline.sandbox.sample.rows import Customer, Integration, Package, Service, SyncLog
from zoho_pipeline.sandbox.sample.story import Story
from zoho_pipeline.sandbox.sample.world import DEFAULT_SIZE, Fate, PlanSpec, Size, World

FOUNDERS = 0.5
"""The share of customers who were there in the first month."""
SINCE_LIVE = 0.28
"""The share who came since Zoho went live; the rest came in between."""
BUSINESS_SHARE = 0.12
SECOND_SERVICE_SHARE = 0.25

INSTALLATIONS = (Decimal("999.00"), Decimal("1150.00"), Decimal("1499.00"), Decimal("575.00"))
EQUIPMENT = (
    ("Wi-Fi router", Decimal("1299.00")), ("Mesh node", Decimal("899.00")), ("UPS for the router", Decimal("749.00")),
    ("Network cable 10 m", Decimal("149.00")), ("Wall bracket", Decimal("99.00")),
)  # fmt: skip
ADJUSTMENTS = (Decimal("57.50"), Decimal("115.00"), Decimal("201.37"), Decimal("230.00"))
MINIMUM_MONTHS_FOR_DIRT = 15
"""Several dirty cases need a few months on either side of the day Zoho went live."""


def generate(seed: int, today: date, size: Size = DEFAULT_SIZE) -> World:
    """The world that this seed makes, up to and including `today` (a day in Africa/Johannesburg)."""
    if size.dirty and (size.months < MINIMUM_MONTHS_FOR_DIRT or not (size.documents and size.app)):
        raise ValueError("Dirty cases need documents, the app and at least 15 months; set dirty=False.")
    story = Story(seed, today, size)
    _stock_packages(story)
    for number in range(size.customers):
        _join(story, number)
    if size.app:
        app.play(story)
    if size.dirty:
        dirty.plant_all(story)
    return _freeze(story)


def _stock_packages(story: Story) -> None:
    for offer in CATALOGUE:
        package = Package(id=story.new_id(), name=offer.name, sku=offer.sku, price=offer.price)
        story.packages[offer.sku] = package
        if offer.publication is Publication.PUBLISHED:
            story.plans.append(PlanSpec(offer.sku, offer.name, offer.plan_price, offer.plan_inclusive))
        if offer.publication is not Publication.NO_ROW:
            story.integrations[offer.sku] = _integration(story, offer, package)


def _integration(story: Story, offer: Offer, package: Package) -> Integration:
    """The plan's numeric id is known once the plan is in Zoho; only then is one filled in."""
    status = {Publication.FAILED: "failed", Publication.NO_PLAN_ID: None}.get(offer.publication, "ok")
    return Integration(
        id=story.new_id(),
        service_package_id=package.id,
        zoho_billing_plan_id=None,
        zoho_billing_item_id=None,
        zoho_billing_sync_status=status,
        sync_status=status or "pending",
    )


def _join(story: Story, number: int) -> None:
    """A well-formed customer comes, with one or two services, is billed and pays."""
    rng = story.rng
    is_business = rng.random() < BUSINESS_SHARE
    joined = _joining_day(story, number)
    customer = make.customer(story, joined, "business" if is_business else "personal")
    provider = rng.choice(make.PROVIDERS)
    for _ in range(2 if story.size.documents and rng.random() < SECOND_SERVICE_SHARE else 1):
        activated = min(joined + timedelta(days=rng.randrange(8)), story.days_ago(3))
        offer = rng.choice(BUSINESS if is_business else ORDINARY)
        billing_day = rng.choice((1, 1, 1, 1, 15, 25))
        service = make.service(story, customer, offer, activated, billing_day=billing_day)
        if story.size.documents:
            billing.collect(story, billing.bill(story, service), provider)
            _bill_once(story, customer, service, provider)


def _joining_day(story: Story, number: int) -> date:
    place = number / story.size.customers
    if place < FOUNDERS:
        first, last = story.start, min(days.add_months(story.start, 1), story.days_ago(10))
    elif place < 1 - SINCE_LIVE:
        first, last = days.add_months(story.start, 1), story.live - timedelta(days=8)
    else:
        first, last = story.live, story.days_ago(10)
    return first + timedelta(days=story.rng.randrange(max((last - first).days, 1)))


def _bill_once(story: Story, customer: Customer, service: Service, provider: str) -> None:
    """What is billed beside the fee: installation, equipment, a pro-rated part, an adjustment."""
    rng = story.rng
    start = service.activation_date or story.start
    later = start + timedelta(days=rng.randrange(max((story.today - start).days, 1)))
    wanted: list[tuple[float, str, list[money.Item], date]] = [
        (0.6, "installation", [("Installation", rng.choice(INSTALLATIONS))], start),
        (0.35, "equipment", _equipment(story), start),
        (0.10, "pro_rata", [("Upgrade, part of the month", money.cents(story.fees[service.id] / 3))], later),
        (0.15, "adjustment", [("Adjustment", rng.choice(ADJUSTMENTS))], later),
    ]
    made = [
        make.invoice(story, customer.id, kind, items, day, service_id=service.id)
        for share, kind, items, day in wanted
        if rng.random() < share
    ]
    billing.collect(story, made, provider)


def _equipment(story: Story) -> list[money.Item]:
    """One to three things whose VAT is the same line by line as on the whole."""
    while True:
        items = story.rng.sample(EQUIPMENT, story.rng.randrange(1, 4))
        if money.lines_agree([amount for _, amount in items]):
            return items


def _freeze(story: Story) -> World:
    for invoice in list(story.invoices.values()):
        if invoice.status == "sent" and invoice.due_date < story.today:
            story.change(invoice, status="overdue")
    return World(
        seed=story.seed,
        today=story.today,
        live=story.live,
        packages=tuple(story.packages.values()),
        integrations=tuple(story.integrations.values()),
        customers=tuple(story.customers.values()),
        services=tuple(story.services.values()),
        invoices=tuple(story.invoices.values()),
        payments=tuple(story.payments.values()),
        credit_notes=tuple(story.credit_notes),
        sync_logs=_sync_logs(story),
        plans=tuple(story.plans),
        exclusive_skus=EXCLUSIVE_SKUS,
        fees=story.fees,
        handlings=story.handlings,
        handmade_customers=tuple(story.handmade_customers),
        handmade_invoices=tuple(story.handmade_invoices),
        zoho_payments=tuple(story.zoho_payments),
        planted=story.planted,
    )


def _sync_logs(story: Story) -> tuple[SyncLog, ...]:
    """The app's log of pushes that ended; those of services and payments the table does not take."""
    kinds = ((story.customers, "customer", "Contacts"), (story.invoices, "invoice", "Invoices"))
    statuses = {Fate.PUSHED: "success", Fate.FAILED: "failed"}
    logs = []
    for table, entity, zoho_entity in kinds:
        for row_id in table:
            handling = story.handlings.get(row_id)
            if handling and handling.fate in statuses:
                status, moment = statuses[handling.fate], days.moment(handling.day, 12)
                logs.append(
                    SyncLog(story.new_id(), entity, row_id, zoho_entity, None, status, 1, handling.error, moment)
                )
    return tuple(logs)
