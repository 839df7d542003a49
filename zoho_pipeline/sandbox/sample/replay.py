"""Plays the app, and the people, against the practice Zoho server: day by day, from the day Zoho went live to today.

What belongs here: the app's pushes with the app's own keys (not the sync's), and what was typed into Zoho by hand.
What does not: who pushed what when; the world says so. Subscriptions raise their invoices by themselves, since the
server's clock is moved. Nothing is mailed, and the ledger is empty afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from zoho_pipeline.sandbox.sample import app_bodies as bodies
from zoho_pipeline.sandbox.sample import days, snapshot
from zoho_pipeline.sandbox.sample.rows import Customer, Invoice, Payment, Service
from zoho_pipeline.sandbox.sample.world import (
    ID_KNOWN,
    REACHED_ZOHO,
    Handling,
    HandmadeCustomer,
    HandmadeInvoice,
    World,
    ZohoPayment,
)
from zoho_pipeline.sandbox.sample.zoho_http import Access, Control, ZohoHttp
from zoho_pipeline.sandbox.sample.zoho_side import ZohoSide

UNLIMITED = {"calls_per_minute": 10**9, "calls_per_day": 10**9, "latency_ms": 0.0}
"""While seeding; afterwards the limits are as they were."""
SILENT = {"mail_payment_receipts": False, "mail_subscription_invoices": False, "mail_overdue_reminders": False}
"""For good: whoever wants mails turns them on after the seeding."""

Step = tuple[date, int, Callable[[], None]]
"""What happens on a day; within a day in the order of the number."""


def replay(world: World, access: Access, now: datetime | None = None) -> ZohoSide:
    """Make Zoho's half of the world on an empty practice server; gives what came of it.

    Afterwards the server's clock shows `now`; if none is given, the real time if the world's today is the real
    one, else noon of that day.
    """
    with Control(access.url) as control:
        control.call("POST", "behaviour", SILENT)
        with control.behaving(**UNLIMITED), ZohoHttp(access) as http:
            control.set_clock(days.moment(world.live, 8))
            player = _Player(world, http)
            player.publish_plans()
            for day, steps in _by_day(player.steps()):
                control.set_clock(days.moment(day, 10))
                for step in steps:
                    step()
            control.set_clock(now or _now_on(world.today))
        side = player.side(snapshot.take(control))
        control.call("DELETE", "ledger")
        control.call("POST", "limits/reset")
        return side


def _now_on(today: date) -> datetime:
    real = datetime.now(UTC)
    return real if days.day_of(real) == today else days.moment(today, 12)


def _by_day(steps: list[Step]) -> Iterator[tuple[date, list[Callable[[], None]]]]:
    found: dict[date, list[tuple[int, Callable[[], None]]]] = defaultdict(list)
    for day, order, step in steps:
        found[day].append((order, step))
    for day in sorted(found):
        yield day, [step for _, step in sorted(found[day], key=lambda one: one[0])]


class _Player:
    """The app at work. Keeps the ids that Zoho gave and what is still owed on invoices."""

    def __init__(self, world: World, http: ZohoHttp) -> None:
        self.world = world
        self.http = http
        self.objects: dict[str, str] = {}
        self.plan_ids: dict[str, str] = {}
        self.owed: dict[str, Decimal] = {}
        self.invoices = {row.id: row for row in world.invoices}
        self.skus = {row.id: row.sku or "" for row in world.packages}
        taxes = http.get("/settings/taxes")["taxes"]
        self.tax_id = str(next(tax["tax_id"] for tax in taxes if Decimal(str(tax["tax_percentage"])) == 15))

    def publish_plans(self) -> None:
        """One product, and a plan for every published package."""
        product = self.http.post("/products", {"name": "CircleTel"})["product"]
        for plan in self.world.plans:
            body = bodies.plan(plan, str(product["product_id"]), self.tax_id)
            self.plan_ids[plan.sku] = str(self.http.post("/plans", body)["plan"]["plan_id"])

    def steps(self) -> list[Step]:
        """Everything that reached Zoho, with its day."""
        found: list[Step] = []
        makers: tuple[tuple[int, Any, Callable[[Any, Handling], None]], ...] = (
            (1, self.world.customers, self._customer),
            (2, self.world.services, self._service),
            (3, self.world.invoices, self._invoice),
            (5, self.world.payments, self._payment),
        )
        for order, rows, make in makers:
            for row in rows:
                handling = self.world.handlings.get(row.id)
                if handling and handling.fate in REACHED_ZOHO:
                    found.append((handling.day, order, _bound(make, row, handling)))
                if handling and handling.deleted_on:
                    found.append((handling.deleted_on, 9, _bound(self._delete_customer, row)))
        found += [(one.day, 0, _bound(self._handmade_customer, one)) for one in self.world.handmade_customers]
        found += [(one.day, 4, _bound(self._handmade_invoice, one)) for one in self.world.handmade_invoices]
        found += [(one.day, 6, _bound(self._pay_in_zoho, one)) for one in self.world.zoho_payments]
        return found

    def side(self, held: snapshot.Held) -> ZohoSide:
        """What Zoho holds now, and whose it is."""
        services = {self.objects[row.id]: row.id for row in self.world.services if row.id in self.objects}
        raised: dict[str, dict[date, str]] = defaultdict(dict)
        for invoice in held.invoices.values():
            if invoice.subscription_id in services:
                raised[services[invoice.subscription_id]][invoice.day] = invoice.id
        return ZohoSide(
            objects=self.objects,
            raised=raised,
            plan_ids=self.plan_ids,
            seeded=held.ids(),
            applied={one.id: one.applied for one in held.invoices.values() if one.applied},
        )

    def _customer(self, row: Customer, _: Handling) -> None:
        self.objects[row.id] = self._made("customer", "/customers", bodies.customer(row))

    def _delete_customer(self, row: Customer) -> None:
        self.http.delete(f"/customers/{self.objects[row.id]}")

    def _service(self, row: Service, handling: Handling) -> None:
        sku = self.skus[row.package_id or ""]
        starts = row.activation_date or handling.day
        body = bodies.subscription(row, self.objects[row.customer_id], sku, starts)
        self.objects[row.id] = self._made("subscription", "/subscriptions", body)

    def _invoice(self, row: Invoice, _: Handling) -> None:
        body = bodies.invoice(row, self.objects[row.customer_id], self.tax_id)
        made = self.http.post("/invoices", body, ignore_auto_number_generation="true", send="false")["invoice"]
        self.objects[row.id] = str(made["invoice_id"])
        self.owed[row.id] = Decimal(str(made["total"]))
        if row.status != "draft":
            self.http.post(f"/invoices/{made['invoice_id']}/converttoopen")

    def _payment(self, row: Payment, handling: Handling) -> None:
        """Applied where the app knows the invoice's Zoho id and something is owed; else it stays unapplied."""
        paid_id = row.customer_invoice_id or row.invoice_id or ""
        known = self.world.handlings.get(paid_id)
        applied = (
            min(row.amount, self.owed.get(paid_id, Decimal(0))) if known and known.fate in ID_KNOWN else Decimal(0)
        )
        if applied:
            self.owed[paid_id] -= applied
        payer = row.customer_id or self.invoices[paid_id].customer_id
        body = bodies.payment(row, self.objects[payer], handling.day, self.objects.get(paid_id), applied)
        self.objects[row.id] = self._made("payment", "/payments", body)

    def _handmade_customer(self, one: HandmadeCustomer) -> None:
        self.objects[one.key] = self._made("customer", "/customers", bodies.handmade_customer(one))

    def _handmade_invoice(self, one: HandmadeInvoice) -> None:
        body = bodies.handmade_invoice(one, self.objects[one.customer_id], self.tax_id)
        made = self.http.post("/invoices", body, ignore_auto_number_generation="true", send="false")["invoice"]
        self.objects[one.key] = str(made["invoice_id"])
        self.http.post(f"/invoices/{made['invoice_id']}/converttoopen")

    def _pay_in_zoho(self, one: ZohoPayment) -> None:
        """The customer pays the invoice that Zoho raised on that day."""
        subscription_id = self.objects[one.service_id]
        listed = self.http.get("/invoices", subscription_id=subscription_id, per_page="200")["invoices"]
        invoice = next(row for row in listed if row["date"] == one.billed_on.isoformat())
        body = bodies.zoho_payment(one, str(invoice["customer_id"]), str(invoice["invoice_id"]))
        self.objects[one.payment_id] = self._made("payment", "/payments", body)

    def _made(self, name: str, path: str, body: dict[str, Any]) -> str:
        return str(self.http.post(path, body)[name][f"{name}_id"])


def _bound(make: Callable[..., None], *arguments: Any) -> Callable[[], None]:
    return lambda: make(*arguments)
