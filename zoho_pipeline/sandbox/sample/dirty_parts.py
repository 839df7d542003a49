"""What the dirty cases are built from: customers, services and documents that are well-formed until a case spoils them.

Each case makes its own customers, so that what is planted in one place is not blurred by chance in another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from zoho_pipeline.sandbox.sample import billing, days, make, money
from zoho_pipeline.sandbox.sample.packages import BY_SKU, Offer
from zoho_pipeline.sandbox.sample.rows import CreditNote, Customer, Invoice, Payment, Row, Service
from zoho_pipeline.sandbox.sample.story import RowT, Story
from zoho_pipeline.sandbox.sample.world import Fate

Case = Callable[[Story], Sequence[Row]]
"""Plants one kind of dirt and gives the rows that it is about."""

HOME = BY_SKU["HF-50"]
SINCE = 80
"""Days ago that lie after Zoho went live, whatever today is."""
ONCE = Decimal("1150.00")
TIMEOUT = "fetch failed: connect ETIMEDOUT"


def unsent_customer(story: Story, ago: int = SINCE, account_type: str = "personal") -> Customer:
    """A customer whom the app never handled."""
    return make.customer(story, story.days_ago(ago), account_type)


def pushed_customer(story: Story, ago: int = SINCE) -> Customer:
    """A customer whom the app pushed on the day of joining."""
    return story.handle(make.customer(story, story.days_ago(ago)), Fate.PUSHED, story.days_ago(ago))


def billed_service(story: Story, owner: Customer, offer: Offer = HOME, ago: int = SINCE - 4) -> Service:
    """A running service, billed to date and never pushed."""
    service = make.service(story, owner, offer, story.days_ago(ago))
    billing.bill(story, service, plain=True)
    return story.services[service.id]


def pushed_service(story: Story, owner: Customer, offer: Offer = HOME, ago: int = SINCE - 4) -> Service:
    """A running service that the app pushed on activation, so that Zoho bills it since."""
    return story.handle(billed_service(story, owner, offer, ago), Fate.PUSHED, story.days_ago(ago))


def one_off(
    story: Story, owner: Customer, kind: str = "installation", amount: Decimal = ONCE, ago: int = 50
) -> Invoice:
    """An invoice of one line that went out and that the app never handled."""
    return make.invoice(story, owner.id, kind, [(kind.replace("_", " ").title(), amount)], story.days_ago(ago))


def pushed_one_off(story: Story, owner: Customer, ago: int = 50) -> Invoice:
    """An invoice that the app pushed on its day."""
    return story.handle(one_off(story, owner, ago=ago), Fate.PUSHED, story.days_ago(ago))


def recurring_of(story: Story, service: Service) -> list[Invoice]:
    """The service's recurring invoices, oldest first."""
    return [row for row in story.invoices.values() if row.service_id == service.id and row.invoice_type == "recurring"]


def bill_ahead(story: Story, service: Service) -> Invoice:
    """The invoice of the service's next period, dated ahead of today."""
    latest = recurring_of(story, service)[-1]
    start = (latest.period_end or story.today) + timedelta(days=1)
    return billing.bill_period(story, service, (start, days.add_months(start, 1) - days.ONE_DAY))


def pay(story: Story, invoice: Invoice, amount: Decimal | None = None, ago: int = 30) -> Payment:
    """A completed payment that the app never handled."""
    return make.payment(story, invoice.customer_id, invoice, amount or invoice.total_amount, story.days_ago(ago))


def credit_note(story: Story, corrected: Invoice, total: Decimal, ago: int) -> CreditNote:
    """A credit note over part of an invoice, applied to it."""
    day = story.days_ago(ago)
    note = CreditNote(
        id=story.new_id(),
        credit_note_number=f"CN-{day.year}-{story.next_number('credit note'):05d}",
        original_invoice_id=corrected.id,
        customer_id=corrected.customer_id,
        credit_note_date=day,
        subtotal=money.subtotal(total),
        vat_rate=money.VAT_RATE,
        vat_amount=money.vat(total),
        total_amount=total,
        reason="Billed too much",
        reason_category="billing_error",
        status="applied",
        applied_at=story.moment_on(day),
    )
    story.credit_notes.append(note)
    make.book(story, corrected, total)
    return note


def in_every_fate(story: Story, rows: Sequence[RowT], ago: int) -> list[RowT]:
    """The rows, one per way in which the app can leave a row behind (four of them)."""
    fates = (Fate.FAILED, Fate.STUCK_UNSENT, Fate.STUCK_SENT, Fate.STUCK_WITH_ID)
    return [
        story.handle(row, fate, story.days_ago(ago), TIMEOUT if fate is Fate.FAILED else None)
        for row, fate in zip(rows, fates, strict=True)
    ]
