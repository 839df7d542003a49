"""CircleTel's tables as external assets: the app fills them, the pipeline reads them.

What belongs here: what a person should know of a table. What does not: queries (`circletel/`).
"""

import dagster as dg

GROUP = "circletel"
OWNER = "dev@circletel.co.za"

_SYNC_COLUMNS = (
    ("zoho_sync_status", "text", "pending, syncing, synced, failed, retrying; empty means pending"),
    ("zoho_last_synced_at", "timestamptz", "when it last went to Zoho"),
    ("zoho_last_sync_error", "text", "why it did not go"),
)


def _table(table: str, description: str, *columns: tuple[str, str, str]) -> dg.AssetSpec:
    schema = dg.TableSchema(
        columns=[
            dg.TableColumn(name, type=kind, description=note or None) for name, kind, note in (*columns, *_SYNC_COLUMNS)
        ]
    )
    return dg.AssetSpec(
        key=["circletel", table],
        description=f"{description} The app owns this table; the pipeline writes only its zoho_* columns.",
        group_name=GROUP,
        kinds={"postgres", "table"},
        owners=[OWNER],
        metadata={"dagster/table_name": f"public.{table}", "dagster/column_schema": schema},
        tags={"source": "circletel"},
    )


CUSTOMERS = _table(
    "customers",
    "CircleTel's customers, personal and business; those of type internal_test never go to Zoho.",
    ("id", "uuid", "primary key"),
    ("first_name", "varchar(100)", ""),
    ("last_name", "varchar(100)", ""),
    ("email", "varchar(255)", "unique; blank and bad addresses exist"),
    ("phone", "varchar(20)", ""),
    ("account_type", "text", "personal, business, internal_test"),
    ("account_status", "varchar(20)", "active, suspended, cancelled, pending"),
    ("business_name", "varchar", "of business customers"),
    ("account_number", "varchar(20)", "CT-YYYY-NNNNN"),
    ("created_at", "timestamptz", "the month that a customer belongs to"),
    ("zoho_billing_customer_id", "text", "the customer in Zoho Billing"),
)

CUSTOMER_SERVICES = _table(
    "customer_services",
    "The services that customers have: what Zoho calls subscriptions.",
    ("id", "uuid", "primary key"),
    ("customer_id", "uuid", "the customer"),
    ("package_id", "uuid", "the package; its sku is the plan's code in Zoho"),
    ("package_name", "varchar(255)", ""),
    ("monthly_price", "numeric(10,2)", "including VAT unless the package is a listed exception"),
    ("status", "varchar(50)", "pending, active, suspended, cancelled"),
    ("activation_date", "date", ""),
    ("billing_day", "integer", "1 to 28"),
    ("created_at", "timestamptz", "the month that a service belongs to"),
    ("zoho_subscription_id", "text", "the subscription in Zoho Billing"),
)

CUSTOMER_INVOICES = _table(
    "customer_invoices",
    "CircleTel's invoices. Zoho raises the recurring ones itself; the others are sent.",
    ("id", "uuid", "primary key"),
    ("customer_id", "uuid", "the customer"),
    ("invoice_number", "varchar(100)", "INV-YYYY-NNNNN, unique"),
    ("invoice_date", "date", "the month that an invoice belongs to"),
    ("due_date", "date", ""),
    ("subtotal", "numeric(10,2)", "excluding VAT"),
    ("tax_amount", "numeric(10,2)", "VAT"),
    ("total_amount", "numeric(10,2)", "including VAT"),
    ("amount_paid", "numeric(10,2)", ""),
    ("status", "varchar(50)", "draft, sent, paid, partial, overdue, cancelled, voided"),
    ("line_items", "jsonb", "in several shapes"),
    ("invoice_type", "varchar(50)", "recurring, installation, pro_rata, equipment, adjustment"),
    ("zoho_billing_invoice_id", "text", "the invoice in Zoho Billing"),
)

PAYMENT_TRANSACTIONS = _table(
    "payment_transactions",
    "Payments as the gateways reported them.",
    ("id", "uuid", "primary key"),
    ("transaction_id", "text", "the gateway's id, unique"),
    ("reference", "text", "may repeat"),
    ("provider", "text", "netcash, zoho_billing, payfast, paygate"),
    ("amount", "numeric(10,2)", ""),
    ("currency", "text", "ZAR unless the row says otherwise"),
    ("status", "text", "only completed payments go to Zoho"),
    ("customer_invoice_id", "uuid", "the invoice that was paid; may be empty"),
    ("completed_at", "timestamptz", "the month that a payment belongs to"),
    ("zoho_payment_id", "text", "the payment in Zoho Billing"),
)

TABLES = (CUSTOMERS, CUSTOMER_SERVICES, CUSTOMER_INVOICES, PAYMENT_TRANSACTIONS)
