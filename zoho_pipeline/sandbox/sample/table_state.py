"""What CircleTel's tables say at one moment about the rows that are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, text

from zoho_pipeline.sandbox.sample.truth import Kind

_QUERIES = {
    Kind.CUSTOMER: "SELECT id, zoho_billing_customer_id AS link, zoho_sync_status AS status, email FROM customers",
    Kind.SUBSCRIPTION: (
        "SELECT s.id, s.zoho_subscription_id AS link, s.zoho_sync_status AS status, s.customer_id, p.sku"
        " FROM customer_services s LEFT JOIN service_packages p ON p.id = s.package_id"
    ),
    Kind.INVOICE: (
        "SELECT id, zoho_billing_invoice_id AS link, zoho_sync_status AS status, customer_id, invoice_number,"
        " invoice_date, total_amount, tax_amount, status AS state FROM customer_invoices"
    ),
    Kind.PAYMENT: (
        "SELECT id, zoho_payment_id AS link, zoho_sync_status AS status, amount, customer_id FROM payment_transactions"
    ),
}


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A row as it stands: its Zoho id, its zoho_sync_status, and the columns that Zoho's object must agree with."""

    kind: Kind
    id: str
    link: str | None
    status: str | None
    columns: Mapping[str, Any]

    def money(self, name: str) -> Decimal:
        """An amount in ZAR."""
        return Decimal(self.columns[name] or 0)

    def text(self, name: str) -> str:
        """A text or id; blank for NULL."""
        return str(self.columns[name] or "")


Standing = Mapping[Kind, Mapping[str, StandingRow]]


def read(engine: Engine) -> Standing:
    """All rows of the four tables, by kind and id, as of one moment."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        return {kind: _read(connection, kind) for kind in Kind}


def _read(connection: Connection, kind: Kind) -> dict[str, StandingRow]:
    found = connection.execute(text(_QUERIES[kind])).mappings()
    return {str(row["id"]): StandingRow(kind, str(row["id"]), row["link"], row["status"], dict(row)) for row in found}
