"""What this database has: older ones lack some columns, and zoho_sync_logs may refuse half of our rows."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen

TABLES: dict[Entity, str] = {
    Entity.CUSTOMERS: "customers",
    Entity.SUBSCRIPTIONS: "customer_services",
    Entity.INVOICES: "customer_invoices",
    Entity.PAYMENTS: "payment_transactions",
}

ZOHO_ID: dict[Entity, str] = {
    Entity.CUSTOMERS: "zoho_billing_customer_id",
    Entity.SUBSCRIPTIONS: "zoho_subscription_id",
    Entity.INVOICES: "zoho_billing_invoice_id",
    Entity.PAYMENTS: "zoho_payment_id",
}

_COLUMNS = text("""
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = ANY(:tables)
""")

_LOG_CHECKS = text("""
    SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c
    WHERE c.conrelid = to_regclass('public.zoho_sync_logs') AND c.contype = 'c'
""")


class TablesMissing(Foreseen):
    """The database is not CircleTel's: tables or columns that every version has are not there."""


@dataclass(frozen=True)
class Shape:
    """Which of the optional columns and rows this database takes."""

    invoice_type: bool
    customer_invoice_id: bool
    logged: frozenset[Entity]
    """The kinds of which zoho_sync_logs takes rows: customers and invoices until it has been widened."""
    log_details: bool
    """Whether zoho_sync_logs has our columns duration_ms, cause and run_id."""


def read_shape(connection: Connection) -> Shape:
    """Look at the catalogue once per run.

    Raises:
        TablesMissing: naming the tables and columns that are not there.
    """
    tables = [*TABLES.values(), "zoho_sync_logs", "service_packages", "product_integrations"]
    found = {(row.table_name, row.column_name) for row in connection.execute(_COLUMNS, {"tables": tables})}
    needed = {(table, "id") for table in tables if table != "product_integrations"}
    needed |= {(TABLES[entity], column) for entity, column in ZOHO_ID.items()}
    if missing := sorted(f"{table}.{column}" for table, column in needed - found):
        raise TablesMissing(
            f"This database lacks {', '.join(missing)}, so it is not CircleTel's (or the role may not see them): "
            "check CIRCLETEL_DATABASE_URL."
        )
    checks = " ".join(connection.execute(_LOG_CHECKS).scalars())
    return Shape(
        invoice_type=("customer_invoices", "invoice_type") in found,
        customer_invoice_id=("payment_transactions", "customer_invoice_id") in found,
        logged=frozenset(
            entity for entity in Entity if "entity_type" not in checks or f"'{entity.singular}'" in checks
        ),
        log_details=("zoho_sync_logs", "duration_ms") in found,
    )
