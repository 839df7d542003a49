"""Rows as CircleTel enters them, and the app that pushes some of them at once."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from simulation.stage import Stage
from zoho_pipeline.sandbox.sample.days import day_of
from zoho_pipeline.sandbox.sample.packages import Offer
from zoho_pipeline_tests.practice.rows import ZOHO_ID

CENT, VAT = Decimal("0.01"), Decimal("1.15")
APP_SHARE = 0.15
"""Of new rows that the app pushes itself."""
KIND = {
    "customers": "customers",
    "customer_services": "subscriptions",
    "customer_invoices": "invoices",
    "payment_transactions": "payments",
}


@dataclass
class Desk:
    """Where rows are entered. Everything about a row follows from the dice."""

    stage: Stage
    dice: random.Random
    zoho_is_well: Callable[[], bool]
    customers: list[str] = field(default_factory=list)
    """Good customers of the simulation's own."""
    services: dict[str, str] = field(default_factory=dict)
    """Active services of theirs, and their customers."""
    prices: dict[str, Decimal] = field(default_factory=dict)
    unpaid: list[tuple[str, str, Decimal]] = field(default_factory=list)
    """Invoices that will be paid: customer, invoice, what is due."""
    made: dict[tuple[str, str], str] = field(default_factory=dict)
    """Every row that was entered: kind and id, and what it is."""
    pushed: int = 0
    _number: int = 0

    def new_customer(self, **values: Any) -> str:
        """A customer, whom the app may push at once."""
        number, now = self.next_number(), self.stage.clock.now()
        given = {
            "first_name": self.dice.choice(("Thandi", "Pieter", "Ayesha", "Sipho", "Lerato", "Johan")),
            "last_name": f"Nr{number}",
            "email": f"customer{number}@example.co.za",
            "phone": f"08{self.dice.randrange(10**8):08d}",
            "account_number": f"CT-S{number:05d}",
        }
        row = self.insert("customers", {**given, **values, "created_at": now, "updated_at": now}, "a new customer")
        if not values:
            self.customers.append(row)
            self._may_push("customers", row, lambda: self._push_customer(row, given))
        return row

    def service_of(self, customer: str, offer: Offer) -> str:
        """An active service of that package."""
        now = self.stage.clock.now()
        package = self.stage.query("SELECT id::text FROM service_packages WHERE sku = :sku", sku=offer.sku)[0].id
        values = {
            "customer_id": customer,
            "package_id": package,
            "package_name": offer.name,
            "service_type": offer.service_type,
            "monthly_price": offer.price,
            "status": "active",
            "activation_date": day_of(now),
            "billing_day": 1,
            "created_at": now,
            "updated_at": now,
        }
        row = self.insert("customer_services", values, f"a new service of {offer.sku}")
        self.services[row], self.prices[row] = customer, offer.price
        self.invoice_of(customer, self.dice.choice((575, 999, 1150)), "installation")
        return row

    def invoice_of(self, customer: str, total: int | Decimal, kind: str, **values: Any) -> str:
        """An invoice that has gone out, with one line."""
        now, gross = self.stage.clock.now(), Decimal(total).quantize(CENT)
        vat = gross - (gross / VAT).quantize(CENT, ROUND_HALF_UP)
        day = day_of(now)
        row = {
            "customer_id": customer,
            "invoice_number": f"INV-{day.year}-S{self.next_number():05d}",
            "invoice_date": day,
            "due_date": day + timedelta(days=7),
            "subtotal": gross - vat,
            "tax_amount": vat,
            "total_amount": gross,
            "amount_due": gross,
            "status": "sent",
            "invoice_type": kind,
            "vat_rate": Decimal("15.00"),
            "line_items": [{"name": kind.capitalize(), "price": str(gross), "quantity": 1}],
            "created_at": now,
            "updated_at": now,
            **values,
        }
        made = self.insert("customer_invoices", row, f"a new {kind} invoice")
        if not values or kind == "recurring":
            self.unpaid.append((customer, made, gross))
        return made

    def payment_of(self, customer: str, amount: Decimal, **values: Any) -> str:
        """A completed payment."""
        now, number = self.stage.clock.now(), self.next_number()
        row = {
            "transaction_id": f"NC-S{number:06d}",
            "reference": f"CT-{day_of(now):%Y%m%d}-{number:06x}",
            "provider": "netcash",
            "amount": amount,
            "status": "completed",
            "payment_method": "eft",
            "customer_id": customer,
            "completed_at": now,
            "initiated_at": now,
            "created_at": now,
            "updated_at": now,
            **values,
        }
        made = self.insert("payment_transactions", row, "a payment")
        if not values:
            self._may_push("payment_transactions", made, lambda: self._push_payment(made, row))
        return made

    # The app

    def _may_push(self, table: str, row: str, push: Callable[[], str | None]) -> None:
        if self.dice.random() < APP_SHARE and self.zoho_is_well() and (zoho_id := push()):
            self.pushed += 1
            now = self.stage.clock.now()
            self.stage.circletel.change(
                table, row, **{ZOHO_ID[table]: zoho_id, "zoho_sync_status": "synced", "zoho_last_synced_at": now}
            )

    def _push_customer(self, row: str, given: dict[str, Any]) -> str:
        name = f"{given['first_name']} {given['last_name']}"
        fields = {"display_name": name, "email": given["email"], "phone": given["phone"]}
        return self.stage.zoho.customer(row, account_number=given["account_number"], **fields)

    def _push_payment(self, made: str, row: dict[str, Any]) -> str | None:
        payer = self.stage.circletel.value("customers", row["customer_id"], ZOHO_ID["customers"])
        if payer is None:
            return None
        day = day_of(row["completed_at"]).isoformat()
        amount = str(row["amount"])
        return self.stage.zoho.payment(payer, amount, circletel_id=made, reference_number=made[:8], date=day)

    # Rows

    def insert(self, table: str, values: dict[str, Any], what: str) -> str:
        """A row under an id of the seed's."""
        row_id = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        self.stage.circletel.insert(table, {"id": row_id, **values})
        self.made[(KIND[table], row_id)] = what
        return row_id

    def next_number(self) -> int:
        """1, 2, 3 …"""
        self._number += 1
        return self._number
