"""A small world for one run: five to thirty rows; most are good, some must not go, some are in Zoho already.

Everything about a row is derived from the run's dice. What the judge may expect of a row that is not good stands in
`SmallWorld.rests`; all other rows of CircleTel it judges by their content alone.
"""

import random
import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from zoho_pipeline_tests.practice.rows import CircleTel
from zoho_pipeline_tests.practice.zoho import PracticeZoho

TABLE = {
    "customers": "customers",
    "subscriptions": "customer_services",
    "invoices": "customer_invoices",
    "payments": "payment_transactions",
}
LINK = {
    "customers": "zoho_billing_customer_id",
    "subscriptions": "zoho_subscription_id",
    "invoices": "zoho_billing_invoice_id",
    "payments": "zoho_payment_id",
}
LEAST_SURE = 2
FEWEST_CALLS = 5
"""So many calls a run makes at least: a list, and a create for each of four rows."""


@dataclass
class SmallWorld:
    """What was planted."""

    entity: str
    good: list[str] = field(default_factory=list)
    """Rows of the entity that must be in Zoho in the end, by id."""
    there: set[str] = field(default_factory=set)
    """Those of them that are in Zoho already, unlinked."""
    sure: int = 0
    """How many of them any run creates, whichever worker is quicker: they are not in Zoho yet, and wait for nothing. Of
    other rows a worker may find that another one has their parent, or a payment of their invoice, on its way."""
    to_open: int = 0
    """Invoices among those that are to be opened after they were made."""
    rests: dict[str, frozenset[str]] = field(default_factory=dict)
    """Rows that cannot go as they are, and the states in which they may rest."""
    customers: dict[str, str | None] = field(default_factory=dict)
    """Customers and what they are linked to."""
    invoices: list[str] = field(default_factory=list)


@dataclass
class Planter:
    """Plants rows into both sides."""

    dice: random.Random
    circletel: CircleTel
    zoho: PracticeZoho
    world: SmallWorld
    _cents: int = 0

    def plant(self) -> SmallWorld:
        """All rows of the run."""
        self.circletel.package()
        {"customers": self._customers, "subscriptions": self._subscriptions, "invoices": self._invoices}.get(
            self.world.entity, self._payments
        )()
        return self.world

    def _customers(self) -> None:
        for _ in range(self.dice.randint(4, 9)):
            self._good(self.customer(linked=False), sure=True)
        self.customer(linked=True)
        self._refused(self.customer(linked=False, email=""))
        self.circletel.customer(id=self._id(), account_type="internal_test")
        there = self.customer(linked=False)
        self.zoho.customer(there, display_name="Already There", email="there@example.co.za")
        self._good(there, there=True)

    def _subscriptions(self) -> None:
        customers = self._some_customers(2, 4)
        for _ in range(self.dice.randint(4, 8)):
            price = Decimal(399 + 10 * self.dice.randint(0, 60))
            customer = self.dice.choice(customers)
            row_id = self.circletel.service(customer, id=self._id(), monthly_price=price)
            self._good(row_id, sure=self._linked(customer))
        for _ in range(LEAST_SURE):
            self._good(self.circletel.service(self.customer(linked=True), id=self._id()), sure=True)
        self.circletel.service(customers[0], id=self._id(), status="suspended")
        linked = self.customer(linked=True)
        there = self.circletel.service(linked, id=self._id())
        self.zoho.subscription(str(self.world.customers[linked]), date(2025, 11, 1), there)
        self._good(there, there=True)

    def _invoices(self) -> None:
        customers = self._some_customers(2, 4)
        for number in range(self.dice.randint(4, 8)):
            status = self.dice.choice(("sent", "sent", "overdue", "draft")) if number else "sent"
            self.world.to_open += status != "draft"
            customer = self.dice.choice(customers)
            row_id = self.circletel.invoice(customer, self._total(), id=self._id(), status=status)
            self._good(row_id, sure=self._linked(customer))
        for _ in range(LEAST_SURE):
            draft = {"id": self._id(), "status": "draft"}
            self._good(self.circletel.invoice(self.customer(linked=True), self._total(), **draft), sure=True)
        self.circletel.invoice(customers[0], self._total(), id=self._id(), status="voided")
        self.circletel.recurring(customers[0], None, date(2025, 10, 1), id=self._id())
        self._refused(self.circletel.invoice(customers[0], self._total(), id=self._id(), vat="1.00"))
        linked = self.customer(linked=True)
        total = self._total()
        there = self.circletel.invoice(linked, total, id=self._id())
        self.zoho.invoice(str(self.world.customers[linked]), None, str(total), circletel_id=there)
        self._good(there, there=True)

    def _payments(self) -> None:
        customers = self._some_customers(2, 3)
        owed = [(customer, self._open_invoice(customer)) for customer in customers for _ in range(2)]
        paid: set[str | None] = set()
        for _ in range(self.dice.randint(4, 8)):
            customer, invoice = self.dice.choice(owed)
            target = invoice if self.dice.random() < 0.8 else None
            sure = self._linked(customer) and target not in paid
            paid |= {target} - {None}
            self._good(self.circletel.payment(customer, self._amount(), id=self._id(), invoice=target), sure=sure)
        for _ in range(LEAST_SURE):
            self._good(self.circletel.payment(self.customer(linked=True), self._amount(), id=self._id()), sure=True)
        self.circletel.payment(customers[0], self._amount(), id=self._id(), status="pending")
        self.circletel.payment(customers[0], self._amount(), id=self._id(), provider="zoho_billing")
        self._refused(self.circletel.payment(customers[0], self._amount(), id=self._id(), currency="USD"))
        linked = self.customer(linked=True)
        amount = self._amount()
        there = self.circletel.payment(linked, amount, id=self._id())
        self.zoho.payment(str(self.world.customers[linked]), str(amount), reference_number=there[:8])
        self._good(there, there=True)

    def customer(self, *, linked: bool, **values: Any) -> str:
        """A customer; linked ones are in Zoho already, as the app leaves them."""
        row_id = self._id()
        names = {"first_name": "Thandi", "last_name": f"Nr{row_id[:6]}", "email": f"c{row_id[:8]}@example.co.za"}
        zoho_id = None
        if linked:
            name = f"{names['first_name']} {names['last_name']}"
            zoho_id = self.zoho.customer(row_id, display_name=name, email=names["email"])
            values |= {LINK["customers"]: zoho_id, "zoho_sync_status": "synced"}
        self.circletel.customer(**{"id": row_id, **names, **values})
        self.world.customers[row_id] = zoho_id
        return row_id

    def _some_customers(self, least: int, most: int) -> list[str]:
        """Now and then one of them is not in Zoho yet, and is brought along."""
        return [self.customer(linked=self.dice.random() > 0.2) for _ in range(self.dice.randint(least, most))]

    def _open_invoice(self, customer: str) -> str:
        """An invoice that payments go to, in Zoho already if its customer is."""
        total, row_id = self._total(), self._id()
        linked = self.world.customers[customer]
        values: dict[str, Any] = {}
        if linked:
            number = f"INV-OLD-{row_id[:8]}"
            zoho_id = self.zoho.invoice(linked, number, str(total), circletel_id=row_id)
            values = {"invoice_number": number, LINK["invoices"]: zoho_id, "zoho_sync_status": "synced"}
        self.circletel.invoice(customer, total, id=row_id, **values)
        self.world.invoices.append(row_id)
        return row_id

    def _linked(self, customer: str) -> bool:
        return self.world.customers[customer] is not None

    def _good(self, row_id: str, *, there: bool = False, sure: bool = False) -> None:
        self.world.good.append(row_id)
        self.world.sure += sure
        if there:
            self.world.there.add(row_id)

    def _refused(self, row_id: str) -> None:
        self.world.rests[row_id] = frozenset({"refused"})

    def _total(self) -> Decimal:
        """No two totals are alike, so that content tells rows apart; each is a whole rand that 15 % VAT divides."""
        self._cents += 1
        return Decimal(115 * (self._cents + self.dice.randint(1, 3) * 20)) + Decimal("0.00")

    def _amount(self) -> Decimal:
        self._cents += 1
        return Decimal(self.dice.randint(50, 3000)) + Decimal(self._cents) / 100

    def _id(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
