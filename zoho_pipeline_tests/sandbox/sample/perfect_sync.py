"""A sync that does exactly what the truth says, to show that the judge is content with it, and with nothing less.

It knows the truth and is no model for a real sync, which has to find it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, text

from zoho_pipeline.sandbox.sample.rows import Customer, Invoice, Payment, Row, Service
from zoho_pipeline.sandbox.sample.truth import Expectation, Kind, Outcome, Truth
from zoho_pipeline.sandbox.sample.world import World
from zoho_pipeline.sandbox.sample.zoho_http import Access, ZohoHttp

LINKS = {
    Kind.CUSTOMER: ("customers", "zoho_billing_customer_id"),
    Kind.SUBSCRIPTION: ("customer_services", "zoho_subscription_id"),
    Kind.INVOICE: ("customer_invoices", "zoho_billing_invoice_id"),
    Kind.PAYMENT: ("payment_transactions", "zoho_payment_id"),
}


def choice(expected: Expectation) -> Outcome:
    """The outcome that this sync chooses: the first by name."""
    return min(expected.allowed, key=lambda outcome: outcome.value)


def sync_perfectly(engine: Engine, access: Access, world: World, truth: Truth) -> None:
    """Bring every row to one of its allowed ends."""
    with ZohoHttp(access) as http:
        sync = _Sync(http, world, truth)
        for kind in Kind:
            for expected in truth.of(kind):
                sync.handle(expected)
    with engine.begin() as connection:
        for kind, (table, link) in LINKS.items():
            statement = text(f"UPDATE {table} SET {link} = :link, zoho_sync_status = :status WHERE id = :id")
            if changes := [change for change in sync.changes if change["kind"] is kind]:
                connection.execute(statement, changes)


@dataclass
class _Sync:
    http: ZohoHttp
    world: World
    truth: Truth
    changes: list[dict[str, Any]] = field(default_factory=list)
    objects: dict[str, str] = field(default_factory=dict)
    owed: dict[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        every: list[Row] = [*self.world.customers, *self.world.services, *self.world.invoices, *self.world.payments]
        self.rows = {row.id: row for row in every}
        self.skus = {row.id: row.sku for row in self.world.packages}
        self.tax_id = self.http.get("/settings/taxes")["taxes"][0]["tax_id"]
        self.objects = {id_: e.object_id for id_, e in self.truth.expectations.items() if e.object_id}

    def handle(self, expected: Expectation) -> None:
        outcome = choice(expected)
        if outcome is Outcome.SYNCED:
            self.objects[expected.row_id] = self._create(expected, self.rows[expected.row_id])
        if outcome in (Outcome.SYNCED, Outcome.ALREADY):
            self._write(expected, self.objects[expected.row_id], "synced")
        elif outcome in (Outcome.REFUSED, Outcome.PARKED):
            self._write(expected, expected.link_was, "failed")
        elif outcome is Outcome.BLOCKED:
            self._write(expected, expected.link_was, "pending")

    def _write(self, expected: Expectation, link: str | None, status: str) -> None:
        self.changes.append({"kind": expected.kind, "id": expected.row_id, "link": link, "status": status})

    def _create(self, expected: Expectation, row: Row) -> str:
        match row:
            case Customer():
                return self._made("customer", self._customer(row))
            case Service():
                return self._made("subscription", self._subscription(expected, row))
            case Invoice():
                return self._invoice(row)
            case Payment():
                return self._made("payment", self._payment(expected, row))

    def _made(self, name: str, body: Mapping[str, Any]) -> str:
        return str(self.http.post(f"/{name}s", body)[name][f"{name}_id"])

    def _customer(self, row: Customer) -> dict[str, Any]:
        return {
            "display_name": f"{row.first_name} {row.last_name}",
            "email": row.email.strip(),
            "custom_fields": [{"api_name": "cf_circletel_customer_id", "value": row.id}],
        }

    def _subscription(self, expected: Expectation, row: Service) -> dict[str, Any]:
        return {
            "customer_id": self.objects[row.customer_id],
            "plan": {"plan_code": self.skus[row.package_id or ""], "quantity": 1},
            "starts_at": str(expected.starts_at),
            "auto_collect": False,
            "reference_id": row.id,
        }

    def _invoice(self, row: Invoice) -> str:
        body = {
            "customer_id": self.objects[row.customer_id],
            "invoice_number": row.invoice_number,
            "date": row.invoice_date.isoformat(),
            "is_inclusive_tax": True,
            "invoice_items": [self._line(line) for line in row.line_items or ()],
        }
        made = self.http.post("/invoices", body, ignore_auto_number_generation="true")["invoice"]
        self.owed[made["invoice_id"]] = row.total_amount
        if row.status != "draft":
            self.http.post(f"/invoices/{made['invoice_id']}/converttoopen")
        return str(made["invoice_id"])

    def _line(self, line: Mapping[str, Any]) -> dict[str, Any]:
        amount = line["amount"] if "amount" in line else line.get("price", line.get("rate"))
        return {"name": "Line", "price": amount, "quantity": 1, "tax_id": self.tax_id}

    def _payment(self, expected: Expectation, row: Payment) -> dict[str, Any]:
        by_id = {one.id: one for one in self.world.invoices}
        paid = by_id.get(row.customer_invoice_id or "") or by_id.get(row.invoice_id or "")
        payer = row.customer_id if row.customer_id in self.objects else (paid.customer_id if paid else "")
        target = expected.pays_object or self.objects.get(expected.pays_row or "")
        applied = min(row.amount, self._owed(target)) if target else Decimal(0)
        if target:
            self.owed[target] = self._owed(target) - applied
        return {
            "customer_id": self.objects[payer or ""],
            "payment_mode": "others",
            "amount": float(row.amount),
            "date": str((row.completed_at or row.created_at).date()),
            "reference_number": f"{row.id} {row.transaction_id}",
            "invoices": [{"invoice_id": target, "amount_applied": float(applied)}] if applied else [],
        }

    def _owed(self, invoice_id: str) -> Decimal:
        if invoice_id not in self.owed:
            balance = self.http.get(f"/invoices/{invoice_id}")["invoice"]["balance"]
            self.owed[invoice_id] = Decimal(str(balance))
        return self.owed[invoice_id]
