"""Records that stand on both sides alike, and the comparison of a world as a person would start it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.mirror import refresh_mirror
from zoho_pipeline.actions.reconcile import ReconcileRequest, reconcile
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.reconciliation.reading import Item, MonthBooks
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline_tests.practice.rows import FEE
from zoho_pipeline_tests.practice.world import PracticeWorld

FIRST = Month(2025, 8)
"""The first open month, which holds what is older too: CircleTel's customers of the tests are of March."""
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (Month(2025, number) for number in (9, 10, 11, 12))
TODAY = date(2025, 11, 15)
_runs = count(1)


@dataclass(frozen=True)
class Pair:
    """A row of CircleTel and its object in Zoho."""

    row: str
    zoho: str


@dataclass
class BothSides:
    """A practice world whose sides are filled alike."""

    world: PracticeWorld
    environ: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.environ = {**self.world.environ, "CIRCLETEL_FIRST_MONTH": FIRST.key}

    def customer(self, **zoho: Any) -> Pair:
        """A customer."""
        row = self.world.circletel.customer()
        known = self.world.circletel.query("SELECT * FROM customers WHERE id = :id", id=row)[0]
        made = self.world.zoho.customer(
            row,
            **{
                "account_number": known.account_number,
                "display_name": f"{known.first_name} {known.last_name}",
                "email": known.email,
                **zoho,
            },
        )
        return self._linked(Entity.CUSTOMERS, row, made)

    def service(self, customer: Pair, **row: Any) -> Pair:
        """A service that Zoho has billed since 1 October; it has raised the invoices of October and November."""
        service = self.world.circletel.service(customer.row, activation_date=OCTOBER.first_day, **row)
        self.world.zoho.on(OCTOBER.first_day)
        made = self.world.zoho.subscription(customer.zoho, OCTOBER.first_day, service)
        self.world.zoho.on(TODAY)
        return self._linked(Entity.SUBSCRIPTIONS, service, made)

    def raised(self, service: Pair) -> dict[str, str]:
        """Ids of Zoho's invoices of the subscription, by their day."""
        return {
            shown["date"]: shown["invoice_id"]
            for shown in self.world.zoho.objects("invoices")
            if service.zoho in [each["subscription_id"] for each in shown.get("subscriptions", [])]
        }

    def billed(self, customer: Pair, service: Pair) -> dict[str, Pair]:
        """CircleTel's recurring invoices of October and November, beside Zoho's, by day."""
        return {
            day: Pair(self.world.circletel.recurring(customer.row, service.row, date.fromisoformat(day)), zoho)
            for day, zoho in sorted(self.raised(service).items())
        }

    def invoice(self, customer: Pair, total: str = "230.00", **zoho: Any) -> Pair:
        """An installation invoice of 1 September; `zoho` says what is otherwise there."""
        row = self.world.circletel.invoice(customer.row, total)
        number = self.world.circletel.value("customer_invoices", row, "invoice_number")
        values = {"number": number, "total": total, "circletel_id": row, **zoho}
        return self._linked(Entity.INVOICES, row, self.world.zoho.invoice(customer.zoho, **values))

    def payment(self, customer: Pair, invoice: Pair | None = None, amount: str = "230.00", **zoho: Any) -> Pair:
        """A payment of 10 September, of all of the invoice."""
        row = self.world.circletel.payment(customer.row, amount, invoice=invoice.row if invoice else None)
        if invoice is not None:
            self.paid(invoice, amount)
        values = {"amount": amount, "invoice": invoice.zoho if invoice else None, "reference_number": row, **zoho}
        made = self.world.zoho.payment(customer.zoho, **values)
        return self._linked(Entity.PAYMENTS, row, made)

    def paid(self, invoice: Pair, amount: str) -> None:
        """CircleTel counts so much on the invoice."""
        self.world.circletel.execute(
            "UPDATE customer_invoices SET amount_paid = coalesce(amount_paid, 0) + :amount, "
            "amount_due = amount_due - :amount WHERE id = :id",
            amount=Decimal(amount),
            id=invoice.row,
        )

    def unlink(self, entity: Entity, pair: Pair) -> None:
        """CircleTel does not know of Zoho's object."""
        self.world.link(entity, pair.row, None, "pending")  # type: ignore[arg-type]

    def some_of_each(self) -> Pair:
        """A customer with a service, invoices, recurring ones among them, and payments, all alike; the customer."""
        customer = self.customer()
        self.billed(customer, self.service(customer))
        self.payment(customer, self.invoice(customer))
        self.invoice(customer, "115.00")
        return customer

    def refresh(self) -> None:
        """Read all of Zoho's lists and details."""
        for done in refresh_mirror(self.environ, lambda line: None):
            assert done.stopped is None

    def compare(self, *entities: Entity, months: Sequence[Month] | None = None) -> dict[Month, MonthBooks]:
        """What a comparison with the mirror as it is finds, in all open months unless some are named."""
        kinds = frozenset(entities or PARENTS_FIRST)
        whole = open_months(SyncSettings.load(self.environ))
        wanted = whole.between(whole.first, whole.last) if months is None else months
        request = ReconcileRequest(wanted, f"comparison-{next(_runs)}", kinds)
        return {books.month: books for books in reconcile(request, self.environ, lambda line: None)}

    def found(self, *entities: Entity, stale: bool = False) -> list[Item]:
        """The items of all months, which must leave nothing unexplained; Zoho is read anew unless `stale`."""
        if not stale:
            self.refresh()
        compared = self.compare(*entities)
        for books in compared.values():
            for tie_out in books.tie_outs:
                assert tie_out.ties, tie_out
        return [item for books in compared.values() for item in books.items]

    def only(self) -> Item:
        """The one item that sets the sides apart."""
        items = self.found()
        assert len(items) == 1, [(item.entity.value, item.what.value, item.label, item.cause) for item in items]
        return items[0]

    def _linked(self, entity: Entity, row: str, zoho: str) -> Pair:
        self.world.link(entity, row, zoho)
        return Pair(row, zoho)


def money(text: str) -> Decimal:
    """Rand."""
    return Decimal(text)


PRICE = str(FEE)
