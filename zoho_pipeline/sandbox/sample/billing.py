"""What CircleTel bills for a service month by month, and how its customers pay.

The first period runs from activation to the next billing day and is pro-rated; later ones are whole months and
may carry another line beside the fee. Prices rose once, six months into the story.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from zoho_pipeline.sandbox.sample import days, make, money
from zoho_pipeline.sandbox.sample.rows import Invoice, Payment, Service
from zoho_pipeline.sandbox.sample.story import Story

RISE_AFTER_MONTHS = 6
RISE = Decimal("1.06")
EXTRAS = (("Late payment fee", Decimal("57.50")), ("Catch-up for days not billed before", Decimal("115.00")))
EXTRA_SHARE = 0.03
NULL_LINES_SHARE = 0.05


def bill(story: Story, service: Service, *, until: date | None = None, plain: bool = False) -> list[Invoice]:
    """Bill every period that has begun by `until` (today, or the day the service ended); oldest first.

    `plain` leaves out extra lines. The latest invoice never has any: whoever wants that plants it.
    """
    last_day = until or story.today
    if service.activation_date is None:
        return []
    spans = list(days.periods(service.activation_date, service.billing_day, last_day))
    made = [_bill_period(story, service, span, plain or span == spans[-1]) for span in spans]
    if made:
        story.change(service, last_invoice_date=made[-1].invoice_date)
    return made


def fee_on(story: Story, service: Service, day: date) -> Decimal:
    """What a whole month cost at the time, including VAT."""
    fee = story.fees[service.id]
    risen = days.add_months(story.start, RISE_AFTER_MONTHS)
    return fee if day >= risen else money.cents(fee / RISE)


def bill_period(
    story: Story, service: Service, period: tuple[date, date], extras: Iterable[money.Item] = ()
) -> Invoice:
    """One recurring invoice, dated the period's first day, over the fee (or its share) and the extra lines."""
    start, end = period
    fee = fee_on(story, service, start)
    if not days.is_full(start, end):
        month = days.add_months(end + days.ONE_DAY, -1)
        fee = money.cents(fee * ((end - start).days + 1) / (end + days.ONE_DAY - month).days)
    label = f"{service.package_name} - {start:%d %b %Y} to {end:%d %b %Y}"
    items = [(label, fee), *extras]
    return make.invoice(story, service.customer_id, "recurring", items, start, service_id=service.id, period=period)


def _bill_period(story: Story, service: Service, period: tuple[date, date], plain: bool) -> Invoice:
    rng = story.rng
    has_extra = not plain and days.is_full(*period) and rng.random() < EXTRA_SHARE
    made = bill_period(story, service, period, [rng.choice(EXTRAS)] if has_extra else ())
    older = period[1] < days.add_months(story.today, -6)
    if older and rng.random() < NULL_LINES_SHARE:
        made = story.change(made, line_items=None)
    return made


def collect(story: Story, invoices: Iterable[Invoice], provider: str) -> list[Payment]:
    """How a customer pays: mostly in full within three weeks, sometimes at the second try, sometimes not (yet)."""
    rng = story.rng
    made = []
    for one in invoices:
        day = one.invoice_date + timedelta(days=rng.randrange(1, 21))
        if day > story.today or rng.random() < 0.06:
            continue
        if rng.random() < 0.04:
            failed = make.payment(
                story, one.customer_id, one, one.total_amount, one.invoice_date, provider=provider, status="failed"
            )
            made.append(failed)
        made.append(make.payment(story, one.customer_id, one, one.total_amount, day, provider=provider))
    return made
