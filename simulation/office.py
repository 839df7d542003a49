"""CircleTel at work: every day customers, services, invoices and payments come in, change and end; the app pushes some.

What belongs here: good rows. What is wrong on purpose is planted in `troubles.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from simulation.desk import CENT, VAT, Desk
from zoho_pipeline.sandbox.sample.days import add_months, day_of
from zoho_pipeline.sandbox.sample.packages import ORDINARY
from zoho_pipeline_tests.practice.rows import ZOHO_ID

WORK_HOURS = (9, 15)
"""What comes in is entered in two sittings a day."""
Errand = Callable[[], object]


@dataclass
class Office(Desk):
    """What is entered and changed, day by day."""

    changed: int = 0
    ended: int = 0
    leaving: list[str] = field(default_factory=list)
    """Services under notice."""
    taken_as_it_is: set[str] = field(default_factory=set)
    """Customers that changed between the app's push and the pipeline's first look, which leaves what others have linked
    as it is."""

    def day(self, day: date) -> list[tuple[int, Errand]]:
        """What is to be done on a day: the hour, and the errand."""
        dice, errands = self.dice, list[tuple[int, Errand]]()
        usual: tuple[tuple[float, Errand], ...] = (  # so many a day
            (1.2, self.new_customer),
            (0.6, self.new_service),
            (2.2, self.new_invoice),
            (2.6, self.pay),
            (1.0, self.pay_on_account),
            (0.8, self.change_customer),
            (0.08, self.give_notice),
            (0.06, self.void_invoice),
        )
        for share, errand in usual:
            times = int(share) + (dice.random() < share % 1)
            errands += [(dice.choice(WORK_HOURS), errand) for _ in range(times)]
        if day.day == 1:
            errands.append((6, self.bill_the_month))
        if (day + timedelta(days=1)).day == 1:
            errands.append((WORK_HOURS[-1] + 1, self.end_services))
        if day.day == 28 and dice.random() < 0.7:
            errands.append((11, self.raise_a_price))
        return errands

    def new_service(self) -> None:
        """A service of a published package, active from today on, with its installation invoice."""
        if self.customers:
            self.service_of(self.dice.choice(self.customers), self.dice.choice(ORDINARY))

    def new_invoice(self) -> None:
        """Equipment or an adjustment."""
        if self.customers:
            total = 115 * self.dice.randint(1, 20)
            self.invoice_of(self.dice.choice(self.customers), total, self.dice.choice(("equipment", "adjustment")))

    def bill_the_month(self) -> None:
        """Recurring invoices of all services for the month that begins."""
        first = day_of(self.stage.clock.now()).replace(day=1)
        period = {"period_start": first, "period_end": add_months(first, 1) - timedelta(days=1)}
        for service, customer in self.services.items():
            self.invoice_of(customer, self.prices[service], "recurring", service_id=service, **period)
            self.stage.circletel.change("customer_services", service, monthly_price=self.prices[service])

    def pay(self) -> None:
        """Somebody pays an invoice, in full or a part of it."""
        if not self.unpaid:
            return
        customer, invoice, due = self.unpaid.pop(self.dice.randrange(len(self.unpaid)))
        part = self.dice.random() < 0.2
        amount = (due / 2).quantize(CENT) if part else due
        if part:
            self.unpaid.append((customer, invoice, due - amount))
        self.payment_of(customer, amount, customer_invoice_id=invoice)
        self.stage.circletel.execute(
            "UPDATE customer_invoices SET amount_paid = amount_paid + :paid, amount_due = amount_due - :paid, "
            "status = CASE WHEN amount_due <= :paid THEN 'paid' ELSE 'partial' END WHERE id = :id",
            paid=amount, id=invoice,
        )  # fmt: skip

    def pay_on_account(self) -> None:
        """Money without an invoice."""
        if self.customers:
            self.payment_of(self.dice.choice(self.customers), Decimal(self.dice.randint(50, 900)))

    # Changes

    def change_customer(self) -> None:
        """Another phone number."""
        if self.customers:
            self.changed += 1
            phone = f"08{self.dice.randrange(10**8):08d}"
            customer = self.dice.choice(self.customers)
            self.stage.circletel.change("customers", customer, phone=phone)
            if self._is_the_apps_alone(customer):
                self.taken_as_it_is.add(customer)

    def _is_the_apps_alone(self, customer: str) -> bool:
        """The app has pushed it, and the pipeline has not seen it yet."""
        seen = "SELECT FROM zoho_pipeline.sync_records WHERE entity = 'customers' AND row_id = CAST(:id AS uuid)"
        pushed = self.stage.circletel.value("customers", customer, ZOHO_ID["customers"])
        return bool(pushed) and not self.stage.query(seen, id=customer)

    def raise_a_price(self) -> None:
        """From the next month on a service costs more: its price and its next recurring invoice say so."""
        if self.services:
            self.changed += 1
            service = self.dice.choice(sorted(self.services))
            self.prices[service] = _raised(self.prices[service])

    def give_notice(self) -> None:
        """A customer leaves a service at the end of the month: by then Zoho has invoiced what CircleTel has."""
        if self.services:
            self.ended += 1
            service = self.dice.choice(sorted(self.services))
            del self.services[service]
            self.leaving.append(service)

    def end_services(self) -> None:
        """The month ends, and with it the services under notice."""
        now = self.stage.clock.now()
        for service in self.leaving:
            self.stage.circletel.change(
                "customer_services", service, status="cancelled", active=False, cancelled_at=now
            )
        self.leaving.clear()

    def void_invoice(self) -> None:
        """An invoice that nobody has paid is taken back."""
        fresh = [one for one in self.unpaid if self._is_whole(one[1])]
        if fresh:
            self.ended += 1
            chosen = self.dice.choice(fresh)
            self.unpaid.remove(chosen)
            self.stage.circletel.change("customer_invoices", chosen[1], status="voided")

    def _is_whole(self, invoice: str) -> bool:
        return bool(self.stage.circletel.value("customer_invoices", invoice, "status") == "sent")


def _raised(price: Decimal) -> Decimal:
    """The next price that is 20 rand more at least, and that Zoho can charge with VAT on top."""
    risen = price + 20
    while _with_vat((risen / VAT).quantize(CENT, ROUND_HALF_UP)) != risen:
        risen += 1
    return risen


def _with_vat(net: Decimal) -> Decimal:
    return net + (net * (VAT - 1)).quantize(CENT, ROUND_HALF_UP)
