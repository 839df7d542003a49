"""The clean world: each customer of CircleTel with a service, recurring and other invoices and payments, and its twin.

Amounts are whole cents, ZAR including 15 % VAT. Days are of 2025; everything is the same on every run with one seed.
"""

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
CENT = Decimal("0.01")
PLANS = {"fibre-25": Decimal("499.00"), "fibre-50": Decimal("799.00"), "lte-20": Decimal("349.50")}
MONTHS = (7, 8, 9)
"""Of the recurring invoices; Zoho bills every service from the first of them on, and next in October."""
BILLED_FROM, NEXT_BILLING = date(2025, 7, 1), date(2025, 10, 1)
DOCUMENTS_EACH = 10
TYPES = ("installation", "pro_rata", "equipment", "adjustment")
UNPAID = 2
"""Which of a customer's three other invoices nobody has paid; the first is paid, the second half."""


@dataclass
class Pair:
    """A row of CircleTel and what stands in Zoho for it; either may be taken away."""

    c: Row
    z: Row
    c_there: bool = True
    z_there: bool = True

    @property
    def row_id(self) -> str:
        return str(self.c["id"])

    @property
    def zoho_id(self) -> str:
        return str(self.z["zoho_id"])


@dataclass
class Party:
    """A customer with all that hangs on it."""

    customer: Pair
    service: Pair
    recurring: list[Pair]
    others: list[Pair]
    payments: list[Pair]
    """Of the first recurring invoice, of the first other one, and of half of the second."""
    paid: list[Pair]
    """The invoices that these pay."""
    applications: list[Row] = field(default_factory=list)


@dataclass
class World:
    """All of it, and what belongs to nobody."""

    seed: int
    random: random.Random
    parties: list[Party] = field(default_factory=list)
    extra: dict[str, list[Row]] = field(default_factory=dict)
    """Rows by table, beside those of the parties."""
    made: int = 0

    def add(self, table: str, row: Row) -> Row:
        """One more row of a table."""
        self.extra.setdefault(table, []).append(row)
        return row

    def new_id(self) -> str:
        """An id of CircleTel's."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def new_zoho_id(self) -> str:
        """An id of Zoho's."""
        self.made += 1
        return f"{5_214_837_000_000_000_000 + self.made}"

    def new_number(self, prefix: str = "INV-2025-") -> str:
        """A number that is nobody else's, and sorts after all earlier ones."""
        self.made += 1
        return f"{prefix}{self.made:08d}"


def clean_world(documents: int, seed: int) -> World:
    """So many services, invoices and payments, alike on both sides."""
    world = World(seed, random.Random(seed))
    skus = list(PLANS)
    world.parties = [_party(world, number, skus[number % len(skus)]) for number in range(documents // DOCUMENTS_EACH)]
    return world


def tax(total: Decimal) -> Decimal:
    """The VAT in it."""
    return (total * 15 / 115).quantize(CENT)


def _party(world: World, number: int, sku: str) -> Party:
    customer = _customer(world, number)
    service = service_pair(world, customer, sku)
    recurring = [recurring_pair(world, customer, service, month) for month in MONTHS]
    others = [_other(world, customer, place) for place in range(3)]
    party = Party(customer, service, recurring, others, [], [recurring[0], others[0], others[1]])
    for invoice, share in zip(party.paid, (1, 1, 2), strict=True):
        party.payments.append(payment_pair(world, party, invoice, (invoice.c["total_amount"] / share).quantize(CENT)))
    return party


def _customer(world: World, number: int) -> Pair:
    row_id, account = world.new_id(), f"CT-2025-{number:06d}"
    created = datetime(2025, 1 + number % 6, 1 + number % 28, 9, tzinfo=UTC)
    name, email = f"Thandi{number} Mokoena", f"thandi{number}@example.co.za"
    zoho_id = world.new_zoho_id()
    c = {
        "id": row_id, "first_name": f"Thandi{number}", "last_name": "Mokoena", "email": email, "phone": "0825550100",
        "account_number": account, "account_type": "personal", "created_at": created, "updated_at": created,
        "zoho_billing_customer_id": zoho_id, "zoho_sync_status": "synced",
    }  # fmt: skip
    z = {
        "zoho_id": zoho_id, "display_name": name, "email": email, "status": "active", "currency_code": "ZAR",
        "circletel_id": row_id, "account_number": account, "outstanding": Decimal(0), "unused_credits": Decimal(0),
        "created_on": created.date(),
    }  # fmt: skip
    return Pair(c, z)


def service_pair(world: World, customer: Pair, sku: str) -> Pair:
    """A service, billed since July."""
    row_id, zoho_id, price = world.new_id(), world.new_zoho_id(), PLANS[sku]
    created = customer.c["created_at"] or datetime(2025, 6, 3, 9, tzinfo=UTC)
    c = {
        "id": row_id, "customer_id": customer.row_id, "package_id": sku, "package_name": sku, "service_type": "fibre",
        "monthly_price": price, "status": "active", "activation_date": BILLED_FROM, "created_at": created,
        "updated_at": created, "zoho_subscription_id": zoho_id, "zoho_sync_status": "synced",
    }  # fmt: skip
    z = {
        "zoho_id": zoho_id, "customer_zoho_id": customer.zoho_id, "status": "live", "plan_code": sku, "amount": price,
        "reference_id": row_id, "circletel_id": None, "billed_from": BILLED_FROM, "next_billing_on": NEXT_BILLING,
        "currency_code": "ZAR", "created_on": created.date(),
    }  # fmt: skip
    return Pair(c, z)


def recurring_pair(world: World, customer: Pair, service: Pair, month: int) -> Pair:
    """CircleTel's and Zoho's invoice of the service for a month of 2025."""
    first = date(2025, month, 1)
    last = date(2025, month + 1, 1) - timedelta(days=1)
    total = service.c["monthly_price"]
    pair = invoice_pair(world, customer, total, first, "recurring")
    lines = [{"name": "Fee", "price": str(total), "quantity": 1}]
    pair.c |= {"service_id": service.row_id, "period_start": first, "period_end": last, "line_items": lines}
    pair.c |= {"zoho_billing_invoice_id": None, "zoho_sync_status": "pending"}
    pair.z |= {"number": world.new_number("ZB-"), "circletel_id": None, "subscription_zoho_id": service.zoho_id}
    return pair


def _other(world: World, customer: Pair, place: int) -> Pair:
    total = Decimal(world.random.randrange(5_000, 300_000)) / 100
    day = date(2025, world.random.randrange(5, 10), world.random.randrange(5, 26))
    return invoice_pair(world, customer, total, day, TYPES[place])


def invoice_pair(world: World, customer: Pair, total: Decimal, day: date, kind: str) -> Pair:
    """An invoice that nobody has paid."""
    row_id, zoho_id, number = world.new_id(), world.new_zoho_id(), world.new_number()
    created = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    c = {
        "id": row_id, "customer_id": customer.row_id, "invoice_number": number, "invoice_date": day, "due_date": day,
        "subtotal": total - tax(total), "tax_amount": tax(total), "total_amount": total, "amount_paid": Decimal(0),
        "amount_due": total, "status": "sent", "line_items": None, "invoice_type": kind, "service_id": None,
        "period_start": None, "period_end": None, "zoho_billing_invoice_id": zoho_id, "zoho_sync_status": "synced",
        "created_at": created, "updated_at": created,
    }  # fmt: skip
    z = {
        "zoho_id": zoho_id, "number": number, "customer_zoho_id": customer.zoho_id, "status": "sent", "date": day,
        "total": total, "balance": total, "currency_code": "ZAR", "reference_number": None, "circletel_id": row_id,
        "subscription_zoho_id": "", "version": "1", "detailed_version": "1", "tax_total": tax(total),
        "credits_applied": Decimal(0), "write_off": Decimal(0),
    }  # fmt: skip
    return Pair(c, z)


def payment_pair(world: World, party: Party, invoice: Pair, amount: Decimal) -> Pair:
    """A payment of the invoice, applied to Zoho's."""
    row_id, zoho_id = world.new_id(), world.new_zoho_id()
    day = invoice.c["invoice_date"] + timedelta(days=2)
    moment = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    c = {
        "id": row_id, "transaction_id": world.new_number("NC-"), "reference": "EFT", "provider": "netcash",
        "amount": amount, "currency": "ZAR", "status": "completed", "payment_method": "eft",
        "customer_id": party.customer.row_id, "invoice_id": None, "customer_invoice_id": invoice.row_id,
        "completed_at": moment, "created_at": moment, "updated_at": moment, "zoho_payment_id": zoho_id,
        "zoho_sync_status": "synced",
    }  # fmt: skip
    z = {
        "zoho_id": zoho_id, "customer_zoho_id": party.customer.zoho_id, "amount": amount, "date": day,
        "reference_number": f"{row_id} EFT", "circletel_id": None, "currency_code": "ZAR", "unapplied": Decimal(0),
        "refunded": None,
    }  # fmt: skip
    invoice.c["amount_due"] -= amount
    invoice.c["amount_paid"] += amount
    invoice.z["balance"] -= amount
    party.applications.append(application(invoice.zoho_id, zoho_id, amount))
    return Pair(c, z)


def application(invoice: str, payment: str, amount: Decimal, kind: str = "payment") -> Row:
    """What was applied to an invoice in Zoho."""
    return {"invoice_zoho_id": invoice, "kind": kind, "source_zoho_id": payment, "amount": amount}
