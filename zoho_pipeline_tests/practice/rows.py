"""CircleTel's tables as a test sees them: rows put in with sensible defaults, and read back."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, text

CREATED = datetime(2025, 3, 10, 8, 0, tzinfo=UTC)
"""Long before the app could still have a row in its hands."""

TABLES = ("customers", "customer_services", "customer_invoices", "payment_transactions")
SKU = "fibre-50"
FEE = Decimal("799.00")
"""What a month of the package costs, ZAR including VAT."""

ZOHO_ID = {
    "customers": "zoho_billing_customer_id",
    "customer_services": "zoho_subscription_id",
    "customer_invoices": "zoho_billing_invoice_id",
    "payment_transactions": "zoho_payment_id",
}


@dataclass(frozen=True)
class Standing:
    """The four columns that say how a row's sync stands."""

    zoho_id: str | None
    status: str | None
    error: str | None
    synced_at: datetime | None


@dataclass
class CircleTel:
    """The app's tables."""

    engine: Engine
    lacks: frozenset[str] = frozenset()
    """Columns that this database does not have; what is given for them is left out."""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def insert(self, table: str, values: dict[str, Any]) -> str:
        """A row as it is; its id. Lists and objects become JSON."""
        row = {"id": str(uuid4()), **{name: value for name, value in values.items() if name not in self.lacks}}
        names = ", ".join(row)
        marks = ", ".join(f"CAST(:{name} AS jsonb)" if _is_json(value) else f":{name}" for name, value in row.items())
        written = {name: json.dumps(value, default=str) if _is_json(value) else value for name, value in row.items()}
        with self.engine.begin() as connection:
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), written)
        return str(row["id"])

    def change(self, table: str, row_id: str, **values: Any) -> None:
        """What the app, or somebody in the app, changes in a row."""
        changes = ", ".join(
            f"{name} = CAST(:{name} AS jsonb)" if _is_json(value) else f"{name} = :{name}"
            for name, value in values.items()
        )
        written = {name: json.dumps(value) if _is_json(value) else value for name, value in values.items()}
        with self.engine.begin() as connection:
            connection.execute(text(f"UPDATE {table} SET {changes} WHERE id = :row_id"), written | {"row_id": row_id})

    def customer(self, **values: Any) -> str:
        """A customer of long standing."""
        number = next(self._numbers)
        return self.insert(
            "customers",
            {
                "first_name": f"Thandi{number}",
                "last_name": f"Mokoena{number}",
                "email": f"thandi{number}@example.co.za",
                "phone": f"08255501{number:02d}",
                "created_at": CREATED,
                "updated_at": CREATED,
                **values,
            },
        )

    def package(self, sku: str | None = SKU, *, plan: str | None = "published", **values: Any) -> str:
        """A package; `plan` says how far its plan has come: published, failed, or None for no row."""
        with self.engine.connect() as connection:
            known = connection.execute(text("SELECT id FROM service_packages WHERE sku = :sku"), {"sku": sku}).scalar()
        if known is not None:
            return str(known)
        package = self.insert("service_packages", {"name": f"Package {sku}", "sku": sku, "price": FEE, **values})
        if plan is not None:
            published = plan == "published"
            self.insert(
                "product_integrations",
                {
                    "service_package_id": package,
                    "zoho_billing_plan_id": "5214837000000009999" if published else None,
                    "zoho_billing_sync_status": "ok" if published else plan,
                },
            )
        return package

    def service(self, customer: str, **values: Any) -> str:
        """An active service since 1 August 2025, of a published package, never invoiced."""
        package = values.pop("package_id") if "package_id" in values else self.package()
        return self.insert(
            "customer_services",
            {
                "customer_id": customer,
                "package_id": package,
                "package_name": "Fibre 50",
                "service_type": "fibre",
                "monthly_price": FEE,
                "status": "active",
                "activation_date": date(2025, 8, 1),
                "created_at": CREATED,
                "updated_at": CREATED,
                **values,
            },
        )

    def invoice(self, customer: str, total: str | Decimal = "230.00", **values: Any) -> str:
        """An installation invoice that has gone out, of a total including 15 % VAT, with one line."""
        gross = Decimal(total)
        vat = values.pop("vat", None)
        tax = Decimal(vat) if vat is not None else (gross * 15 / 115).quantize(Decimal("0.01"))
        paid = Decimal(values.get("amount_paid", "0.00"))
        return self.insert(
            "customer_invoices",
            {
                "customer_id": customer,
                "invoice_number": f"INV-2025-{next(self._numbers):05d}",
                "invoice_date": date(2025, 9, 1),
                "due_date": date(2025, 9, 8),
                "subtotal": gross - tax,
                "tax_amount": tax,
                "total_amount": gross,
                "amount_due": gross - paid,
                "status": "sent",
                "invoice_type": "installation",
                "line_items": [{"name": "Installation", "price": str(gross), "quantity": 1}],
                "created_at": CREATED,
                "updated_at": CREATED,
                **values,
            },
        )

    def recurring(self, customer: str, service: str | None, month: date, **values: Any) -> str:
        """The recurring invoice of a service for the month that begins on that day."""
        next_month = date(month.year + month.month // 12, month.month % 12 + 1, month.day)
        return self.invoice(
            customer,
            **{
                "total": FEE,
                "invoice_type": "recurring",
                "service_id": service,
                "invoice_date": month,
                "due_date": month,
                "period_start": month,
                "period_end": next_month - timedelta(days=1),
                "line_items": [{"name": "Fibre 50", "price": str(values.get("total", FEE)), "quantity": 1}],
                **values,
            },
        )

    def payment(self, customer: str | None, amount: str | Decimal = "230.00", **values: Any) -> str:
        """A completed payment by Netcash; `invoice` names the invoice that it pays."""
        number = next(self._numbers)
        invoice = values.pop("invoice", None)
        on = values.pop("on", date(2025, 9, 10))
        moment = datetime(on.year, on.month, on.day, 10, 0, tzinfo=UTC)
        return self.insert(
            "payment_transactions",
            {
                "transaction_id": f"NC-{number:06d}",
                "reference": f"CT-{on:%Y%m%d}-{number:06x}",
                "provider": "netcash",
                "amount": Decimal(amount),
                "status": "completed",
                "payment_method": "eft",
                "customer_id": customer,
                "customer_invoice_id": invoice,
                "completed_at": moment,
                "initiated_at": moment,
                "created_at": moment,
                "updated_at": moment,
                **values,
            },
        )

    def standing(self, table: str, row_id: str) -> Standing:
        """How the row's sync stands."""
        columns = f"{ZOHO_ID[table]} AS zoho_id, zoho_sync_status, zoho_last_sync_error, zoho_last_synced_at"
        with self.engine.connect() as connection:
            row = connection.execute(text(f"SELECT {columns} FROM {table} WHERE id = :id"), {"id": row_id}).one()
        return Standing(row.zoho_id, row.zoho_sync_status, row.zoho_last_sync_error, row.zoho_last_synced_at)

    def value(self, table: str, row_id: str, column: str) -> Any:
        """One column of a row."""
        with self.engine.connect() as connection:
            return connection.execute(text(f"SELECT {column} FROM {table} WHERE id = :id"), {"id": row_id}).scalar_one()

    def query(self, statement: str, **values: Any) -> list[Any]:
        """Rows of any query."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement), values).all())

    def execute(self, statement: str, **values: Any) -> None:
        """Any statement."""
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def snapshot(self, *tables: str) -> dict[str, list[str]]:
        """Whole tables (CircleTel's own, if none are named) as text, to be compared."""
        wanted = tables or (*TABLES, "zoho_sync_logs", "invoice_audit_log")
        return {
            table: [row[0] for row in self.query(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")]
            for table in wanted
        }


def _is_json(value: Any) -> bool:
    return isinstance(value, list | dict)
