"""The mirror's tables: one for each kind of object in Zoho, and the listings that filled them.

Every object table has `seen_at` (when a list or our own write last showed it) and `gone_at` (when a complete listing no
longer showed it; NULL while it exists). Money is in the object's currency, VAT included.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
    text,
)

from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.objects import Extra, Listed
from zoho_pipeline.store.schema import metadata


def _seen() -> list[Column[object]]:
    return [
        Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
        Column("gone_at", DateTime(timezone=True)),
    ]


customers = Table(
    "mirror_customers",
    metadata,
    Column("zoho_id", Text, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("email", Text),
    Column("status", Text),
    Column("currency_code", Text),
    Column("circletel_id", Text),
    Column("account_number", Text),
    Column("outstanding", Numeric(14, 2)),
    Column("unused_credits", Numeric(14, 2)),
    Column("created_on", Date, comment="In Zoho"),
    *_seen(),
    Index("mirror_customers_circletel_id", "circletel_id"),
    Index("mirror_customers_account_number", "account_number"),
    Index("mirror_customers_email", text("lower(email)")),
)

subscriptions = Table(
    "mirror_subscriptions",
    metadata,
    Column("zoho_id", Text, primary_key=True),
    Column("customer_zoho_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("plan_code", Text),
    Column("amount", Numeric(14, 2)),
    Column("reference_id", Text),
    Column("circletel_id", Text),
    Column("billed_from", Date, comment="First day that Zoho bills the service for"),
    Column("next_billing_on", Date),
    Column("invoices_listed_at", DateTime(timezone=True), comment="When the subscription's invoices were last listed"),
    Column("currency_code", Text),
    Column("created_on", Date, comment="In Zoho"),
    *_seen(),
    Index("mirror_subscriptions_reference_id", "reference_id"),
    Index("mirror_subscriptions_circletel_id", "circletel_id"),
    Index("mirror_subscriptions_customer", "customer_zoho_id"),
)

invoices = Table(
    "mirror_invoices",
    metadata,
    Column("zoho_id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("customer_zoho_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("date", Date, nullable=False),
    Column("total", Numeric(14, 2), nullable=False),
    Column("balance", Numeric(14, 2), nullable=False),
    Column("currency_code", Text),
    Column("reference_number", Text),
    Column("circletel_id", Text),
    Column("subscription_zoho_id", Text, comment="The subscription that raised it; list rows do not say"),
    Column("version", Text, comment="Tells one content from another"),
    Column("detailed_version", Text, comment="The version that the detail was read of"),
    Column("tax_total", Numeric(14, 2)),
    Column("credits_applied", Numeric(14, 2)),
    Column("write_off", Numeric(14, 2)),
    *_seen(),
    Index("mirror_invoices_number", "number"),
    Index("mirror_invoices_circletel_id", "circletel_id"),
    Index("mirror_invoices_customer", "customer_zoho_id", "date"),
)

payments = Table(
    "mirror_payments",
    metadata,
    Column("zoho_id", Text, primary_key=True),
    Column("customer_zoho_id", Text, nullable=False),
    Column("amount", Numeric(14, 2), nullable=False),
    Column("date", Date, nullable=False),
    Column("reference_number", Text),
    Column("circletel_id", Text),
    Column("currency_code", Text),
    Column("unapplied", Numeric(14, 2), comment="As Zoho states it; not documented"),
    Column("refunded", Numeric(14, 2)),
    *_seen(),
    Index("mirror_payments_circletel_id", "circletel_id"),
    Index("mirror_payments_reference", text("left(reference_number, 36)")),
    Index("mirror_payments_customer", "customer_zoho_id", "amount"),
)

credit_notes = Table(
    "mirror_credit_notes",
    metadata,
    Column("zoho_id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("customer_zoho_id", Text, nullable=False),
    Column("date", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("total", Numeric(14, 2), nullable=False),
    Column("balance", Numeric(14, 2), nullable=False),
    Column("currency_code", Text),
    Column("version", Text, nullable=False, comment="Tells one content from another"),
    Column("detailed_version", Text, comment="The version that the detail was read of"),
    Column("tax_total", Numeric(14, 2)),
    *_seen(),
    Index("mirror_credit_notes_customer", "customer_zoho_id", "date"),
)

refunds = Table(
    "mirror_refunds",
    metadata,
    Column("zoho_id", Text, primary_key=True),
    Column("customer_zoho_id", Text, comment="Not documented in Zoho's list"),
    Column("date", Date, nullable=False),
    Column("amount", Numeric(14, 2), nullable=False),
    *_seen(),
)

applications = Table(
    "mirror_applications",
    metadata,
    Column("invoice_zoho_id", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="payment or credit_note"),
    Column("source_zoho_id", Text, nullable=False, comment="The payment or credit note that was applied"),
    Column("amount", Numeric(14, 2), nullable=False),
    PrimaryKeyConstraint("invoice_zoho_id", "kind", "source_zoho_id", name="mirror_applications_pkey"),
    Index("mirror_applications_source", "source_zoho_id"),
    comment="What was applied to invoices, as their details show it",
)

listings = Table(
    "mirror_listings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("completed_at", DateTime(timezone=True), comment="NULL for a listing that broke off"),
    Column("rows", Integer),
    Column("broke_off_at", DateTime(timezone=True), comment="The next reader goes on with it; NULL: none has to"),
    Column("pages", Integer, comment="How many had been read when it broke off"),
    Index("mirror_listings_entity", "entity", "completed_at"),
)

OBJECTS: dict[Listed, Table] = {
    Entity.CUSTOMERS: customers,
    Entity.SUBSCRIPTIONS: subscriptions,
    Entity.INVOICES: invoices,
    Entity.PAYMENTS: payments,
    Extra.CREDIT_NOTES: credit_notes,
    Extra.REFUNDS: refunds,
}
