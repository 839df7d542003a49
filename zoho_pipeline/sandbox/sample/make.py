"""Makes single rows and puts them into the story: a customer, a service, an invoice, a payment.

What belongs here: what a well-formed row looks like. Callers who want an odd one change columns afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from zoho_pipeline.sandbox.sample import days, money, names
from zoho_pipeline.sandbox.sample.packages import Offer
from zoho_pipeline.sandbox.sample.rows import Customer, Invoice, Payment, Service
from zoho_pipeline.sandbox.sample.story import Story

NEWER_COLUMN_AFTER_MONTHS = 10
"""From this month on the app fills payment_transactions.customer_invoice_id; before, invoice_id."""

PROVIDERS = ("netcash", "netcash", "netcash", "payfast", "paygate")
METHODS = {"netcash": ("debit_order", "eft"), "payfast": ("card", "eft", "snapscan"), "paygate": ("card", "ozow")}


def customer(story: Story, created: date, account_type: str = "personal") -> Customer:
    """A customer; a business has its own name and tax number."""
    rng = story.rng
    first, last = names.person(rng)
    number = story.next_number("customer")
    is_business = account_type == "business"
    moment = story.moment_on(created)
    return story.put(
        Customer(
            id=story.new_id(),
            first_name=first,
            last_name=last,
            email=names.email(rng, first, last, number),
            phone=names.phone(rng),
            account_type=account_type,
            account_status="active",
            status="active",
            business_name=names.business(rng, last) if is_business else None,
            business_registration=f"2000/{number:06d}/07" if is_business else None,
            tax_number=f"4000{number:06d}" if is_business else None,
            account_number=f"CT-{created.year}-{number:05d}",
            created_at=moment,
            updated_at=moment,
            zoho_sync_status="pending" if rng.random() < 0.8 else None,
        )
    )


def service(
    story: Story, owner: Customer, offer: Offer, activated: date, *, billing_day: int = 1, status: str = "active"
) -> Service:
    """A service of the customer, sold as the offer, running since `activated`; nothing is billed yet."""
    rng = story.rng
    moment = story.moment_on(activated)
    row = Service(
        id=story.new_id(),
        customer_id=owner.id,
        package_id=story.packages[offer.sku].id,
        package_name=offer.name,
        service_type=offer.service_type,
        monthly_price=offer.price,
        setup_fee=Decimal("0.00") if rng.random() < 0.5 else Decimal("1150.00"),
        status=status,
        active=status == "active",
        installation_address=names.address(rng),
        installation_date=activated,
        activation_date=activated,
        cancelled_at=None,
        contract_months=rng.choice((None, 12, 24)),
        contract_start_date=activated,
        contract_end_date=None,
        billing_day=billing_day,
        last_invoice_date=None,
        created_at=moment,
        updated_at=moment,
        zoho_sync_status="pending" if rng.random() < 0.8 else None,
    )
    story.fees[row.id] = offer.fee
    return story.put(row)


def invoice(
    story: Story,
    owner_id: str,
    kind: str,
    items: Sequence[money.Item],
    day: date,
    *,
    status: str = "sent",
    service_id: str | None = None,
    period: tuple[date, date] | None = None,
) -> Invoice:
    """An invoice over these items, dated `day`; every invoice that went out is locked."""
    total = sum((amount for _, amount in items), money.ZERO)
    moment = story.moment_on(min(day, story.today))
    locked = status != "draft"
    return story.put(
        Invoice(
            id=story.new_id(),
            customer_id=owner_id,
            invoice_number=f"INV-{day.year}-{story.next_number(f'invoice {day.year}'):05d}",
            invoice_date=day,
            due_date=day + timedelta(days=7),
            subtotal=money.subtotal(total),
            tax_amount=money.vat(total),
            total_amount=total,
            amount_paid=money.ZERO,
            amount_due=total,
            status=status,
            line_items=money.line_items(story.rng, items),
            invoice_type=kind,
            vat_rate=money.VAT_RATE,
            service_id=service_id,
            period_start=period[0] if period else None,
            period_end=period[1] if period else None,
            is_locked=locked,
            locked_at=moment if locked else None,
            locked_reason="Invoice sent" if locked else None,
            created_at=moment,
            updated_at=moment,
            zoho_sync_status="pending" if story.rng.random() < 0.8 else None,
        )
    )


def payment(
    story: Story,
    payer_id: str | None,
    paid: Invoice | None,
    amount: Decimal,
    day: date,
    *,
    provider: str | None = None,
    status: str = "completed",
) -> Payment:
    """A payment on that day; a completed one of an invoice is booked on the invoice."""
    rng = story.rng
    gateway = provider or rng.choice(PROVIDERS)
    moment = story.moment_on(day)
    newer = day >= days.add_months(story.start, NEWER_COLUMN_AFTER_MONTHS)
    row = Payment(
        id=story.new_id(),
        transaction_id=f"{gateway}-{story.next_number('transaction'):08d}",
        reference=_reference(story, paid, day),
        provider=gateway,
        amount=amount,
        currency="ZAR",
        status=status,
        payment_method=rng.choice(METHODS.get(gateway, ("card",))),
        customer_id=payer_id,
        invoice_id=paid.id if paid and (not newer or rng.random() < 0.5) else None,
        customer_invoice_id=paid.id if paid and newer else None,
        completed_at=moment if status in ("completed", "refunded") else None,
        initiated_at=moment - timedelta(minutes=2),
        created_at=moment - timedelta(minutes=2),
        updated_at=moment,
    )
    if paid and status == "completed":
        book(story, paid, amount)
    return story.put(row)


def book(story: Story, paid: Invoice, amount: Decimal) -> Invoice:
    """Raise what is paid of an invoice, by a payment or a credit note; its status follows."""
    now = story.invoices[paid.id]
    amount_paid = now.amount_paid + amount
    status = now.status
    if status in ("sent", "partial", "overdue"):
        status = "paid" if amount_paid >= now.total_amount else "partial"
    due = max(now.total_amount - amount_paid, money.ZERO)
    return story.change(now, amount_paid=amount_paid, amount_due=due, status=status)


def _reference(story: Story, paid: Invoice | None, day: date) -> str:
    """One of the three formats seen in production."""
    choice = story.rng.randrange(3)
    if paid is None or choice == 0:
        return f"CT-{day:%Y%m%d}-{story.rng.getrandbits(32):08x}"
    if choice == 1:
        return paid.invoice_number
    return f"CT-{paid.invoice_number.replace('INV-', 'INV')}-{story.rng.randrange(10**8)}"
