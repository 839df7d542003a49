"""What is wrong with rows: entered wrong and corrected later or never, handled badly by the app or by people.

Every trouble says when it begins and ends, and in which states its rows may rest.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from simulation.office import Errand, Office
from simulation.stage import Stage
from zoho_pipeline.sandbox.sample.packages import UNPUBLISHED
from zoho_pipeline_tests.practice.rows import ZOHO_ID

REFUSED = frozenset({"refused"})
FOLLOWS = frozenset({"blocked"})
NEVER_CORRECTED = 0.12
LONGEST_HOURS = 60
Later = Callable[[datetime, Errand], None]


@dataclass
class Troubles:
    """Plants them, and has people mend them."""

    stage: Stage
    office: Office
    dice: random.Random
    later: Later
    """Have something done at a moment."""
    zoho_is_well: Callable[[], bool]
    rests: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Rows that stay wrong, by kind and id, and the states in which they may rest."""
    gone: set[str] = field(default_factory=set)
    """Objects that people deleted or voided in Zoho."""
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    planted: dict[str, int] = field(default_factory=dict)
    corrected: int = 0
    _unpublished: list[str] = field(default_factory=lambda: [offer.sku for offer in UNPUBLISHED])

    def some(self) -> Errand:
        """One of them."""
        return self.dice.choice(
            (
                self.bad_address, self.bad_address, self.wrong_vat, self.wrong_vat, self.unpublished, self.dollars,
                self.app_dies, self.app_dies, self.deleted_payment, self.voided_invoice, self.typed_by_hand,
            )
        )  # fmt: skip

    # Wrong rows

    def bad_address(self) -> None:
        """A customer without a valid address; invoice and payment wait for him."""
        office = self.office
        customer = office.new_customer(email=f"nowhere-{office.next_number()}")
        invoice = office.invoice_of(customer, 1150, "installation", status="sent")
        payment = office.payment_of(customer, Decimal(500), customer_invoice_id=invoice)
        rows = [("customers", customer, REFUSED), ("invoices", invoice, FOLLOWS), ("payments", payment, FOLLOWS)]
        address = f"found{office.next_number()}@example.co.za"
        self._mended_later(
            "bad address", rows, lambda: self.stage.circletel.change("customers", customer, email=address)
        )

    def wrong_vat(self) -> None:
        """An invoice whose VAT is none that Zoho could work out."""
        if not self.office.customers:
            return
        customer = self.dice.choice(self.office.customers)
        wrong = {"subtotal": Decimal("229.00"), "tax_amount": Decimal("1.00")}
        invoice = self.office.invoice_of(customer, 230, "equipment", **wrong)
        right = {"subtotal": Decimal("200.00"), "tax_amount": Decimal("30.00")}
        self._mended_later(
            "wrong VAT",
            [("invoices", invoice, REFUSED)],
            lambda: self.stage.circletel.change("customer_invoices", invoice, **right),
        )

    def dollars(self) -> None:
        """A payment in another currency, which stays so."""
        if self.office.customers:
            customer = self.dice.choice(self.office.customers)
            payment = self.office.payment_of(customer, Decimal(100), currency="USD")
            self.rests[("payments", payment)] = REFUSED
            self._noted("payment in dollars", self.stage.clock.now())

    def unpublished(self) -> None:
        """A service of a package whose plan is published only days later."""
        if not self._unpublished or not self.office.customers:
            self.wrong_vat()
            return
        offer = next(offer for offer in UNPUBLISHED if offer.sku == self._unpublished.pop(0))
        self.office.service_of(self.dice.choice(self.office.customers), offer)
        ends = self.stage.clock.now() + timedelta(hours=self.dice.randint(10, LONGEST_HOURS))
        self.later(ends, lambda: self._publish(offer.sku, offer.plan_price))
        self._noted("plan published late", ends)

    def _publish(self, sku: str, price: Decimal) -> None:
        if not self.zoho_is_well():
            self.later(self.stage.clock.now() + timedelta(hours=1), lambda: self._publish(sku, price))
            return
        self.stage.zoho.plan(sku, price, inclusive=False)
        (package,) = self.stage.query("SELECT id::text FROM service_packages WHERE sku = :sku", sku=sku)
        self.stage.circletel.execute(
            "INSERT INTO product_integrations (service_package_id, zoho_billing_plan_id, zoho_billing_sync_status) "
            "VALUES (CAST(:id AS uuid), '1', 'ok') ON CONFLICT (service_package_id) "
            "DO UPDATE SET zoho_billing_plan_id = '1', zoho_billing_sync_status = 'ok'",
            id=package.id,
        )
        self.corrected += 1

    # What the app and people do

    def app_dies(self) -> None:
        """The app leaves a customer in `syncing`, with or without an object in Zoho."""
        customer = self.office.new_customer(zoho_sync_status="syncing")
        self.office.customers.append(customer)
        if self.dice.random() < 0.5 and self.zoho_is_well():
            row = self.stage.query("SELECT * FROM customers WHERE id = CAST(:id AS uuid)", id=customer)[0]
            name = f"{row.first_name} {row.last_name}"
            self.stage.zoho.customer(customer, account_number=row.account_number, display_name=name, email=row.email)
        self._noted("app died in syncing", self.stage.clock.now())

    def typed_by_hand(self) -> None:
        """Somebody types a customer into Zoho just before CircleTel has him."""
        if not self.zoho_is_well():
            return
        number = self.office.next_number()
        names = {"first_name": "Nomsa", "last_name": f"Byhand{number}", "email": f"byhand{number}@example.co.za"}
        fields = {"display_name": f"{names['first_name']} {names['last_name']}", "email": names["email"]}
        self.stage.zoho.customer(**fields, first_name=names["first_name"], last_name=names["last_name"])
        self.office.new_customer(**names)
        self._noted("typed into Zoho by hand", self.stage.clock.now())

    def deleted_payment(self) -> None:
        """Somebody deletes a payment in Zoho that a row is linked to."""
        found = self._synced("payment_transactions", "t.customer_invoice_id IS NULL AND t.invoice_id IS NULL")
        if found:
            self.stage.zoho.people.delete(f"/payments/{found}")
            self.gone.add(found)
            self._noted("deleted in Zoho", self.stage.clock.now())

    def voided_invoice(self) -> None:
        """Somebody voids an invoice in Zoho that a row is linked to and nobody has paid."""
        found = self._synced("customer_invoices", "t.status = 'sent' AND t.amount_paid = 0")
        if found:
            self.stage.zoho.people.post(f"/invoices/{found}/void")
            self.gone.add(found)
            self._noted("voided in Zoho", self.stage.clock.now())

    def _synced(self, table: str, condition: str) -> str | None:
        if not self.zoho_is_well():
            return None
        link = ZOHO_ID[table]
        rows = self.stage.query(
            f"SELECT t.id::text AS id, t.{link} AS zoho_id FROM {table} t "  # noqa: S608
            f"WHERE t.zoho_sync_status = 'synced' AND t.{link} IS NOT NULL AND {condition} ORDER BY t.id"
        )
        kind = {"payment_transactions": "payments", "customer_invoices": "invoices"}[table]
        ours = [row.zoho_id for row in rows if (kind, row.id) in self.office.made and row.zoho_id not in self.gone]
        return self.dice.choice(ours) if ours else None

    # Bookkeeping

    def _mended_later(self, name: str, rows: list[tuple[str, str, frozenset[str]]], mend: Errand) -> None:
        if self.dice.random() < NEVER_CORRECTED:
            self.rests |= {(kind, row): states for kind, row, states in rows}
            self._noted(name, self.stage.clock.now())
            return

        def mended() -> None:
            mend()
            self.corrected += 1

        ends = self.stage.clock.now() + timedelta(hours=self.dice.randint(3, LONGEST_HOURS))
        self.later(ends, mended)
        self._noted(name, ends)

    def _noted(self, name: str, until: datetime) -> None:
        self.planted[name] = self.planted.get(name, 0) + 1
        self.spans.append((self.stage.clock.now(), until))
