"""The tables of the reconciliation: comparisons, their totals and items, the items' sums, controls and receivables.

Money is in the currency named beside it, VAT included. An item stays while comparisons go on finding it: `opened_at` is
when it was first found, `cleared_at` when a comparison of its month no longer found it.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from zoho_pipeline.store.schema import metadata

comparisons = Table(
    "reconciliation_comparisons",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("compared_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("as_of", DateTime(timezone=True), nullable=False, comment="Start of the listing of Zoho that was compared"),
    Column("run_id", Text, nullable=False),
    Index("reconciliation_comparisons_month", "entity", "month", "id"),
)

totals = Table(
    "reconciliation_totals",
    metadata,
    Column("comparison_id", BigInteger, ForeignKey(comparisons.c.id, ondelete="CASCADE"), nullable=False),
    Column("currency", Text, nullable=False),
    Column("circletel_count", Integer, nullable=False),
    Column("circletel_amount", Numeric(18, 2), nullable=False),
    Column("zoho_count", Integer, nullable=False),
    Column("zoho_amount", Numeric(18, 2), nullable=False),
    PrimaryKeyConstraint("comparison_id", "currency", name="reconciliation_totals_pkey"),
)

items = Table(
    "reconciliation_items",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("class", Text, nullable=False),
    Column(
        "row_id", Text, nullable=False, server_default=text("''"), comment="CircleTel's row; '' where there is none"
    ),
    Column("zoho_id", Text, nullable=False, server_default=text("''"), comment="Zoho's object; '' where there is none"),
    Column("currency", Text, nullable=False),
    Column("label", Text, nullable=False, comment="Invoice or account number, or the gateway's id: names nobody"),
    Column("circletel", Text, comment="CircleTel's value"),
    Column("zoho", Text, comment="Zoho's value"),
    Column("difference", Numeric(18, 2), comment="Zoho's less CircleTel's, where the values are money"),
    Column("count_effect", Integer, nullable=False, comment="What it adds to CircleTel's count to arrive at Zoho's"),
    Column("amount_effect", Numeric(18, 2), nullable=False, comment="Likewise of the total"),
    Column("dated", Date, comment="The document's day: its age counts from there"),
    Column("cause", Text, comment="What the last attempt says, or how the two were matched"),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("comparison_id", BigInteger, nullable=False, comment="The last comparison that found it"),
    Column("cleared_at", DateTime(timezone=True)),
    UniqueConstraint("entity", "month", "class", "row_id", "zoho_id", "currency", name="reconciliation_items_what"),
    Index("reconciliation_items_open", "entity", "month", "class", postgresql_where=text("cleared_at IS NULL")),
    Index("reconciliation_items_row", "row_id"),
    Index(
        "reconciliation_items_dearest",
        "month",
        text("abs(coalesce(difference, amount_effect))"),
        "id",
        postgresql_where=text("cleared_at IS NULL"),
    ),
)

sums = Table(
    "reconciliation_sums",
    metadata,
    Column("month", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("class", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("day", Date, nullable=False, comment="From which the items' age counts"),
    Column("items", Integer, nullable=False, comment="Open ones"),
    Column("fresh", Integer, nullable=False, comment="Of them, first found by the latest comparison"),
    Column("cleared", Integer, nullable=False, comment="No longer found by the latest comparison"),
    Column("at_stake", Numeric(18, 2), nullable=False, comment="What the open ones are about, without signs"),
    Column("count_effect", Integer, nullable=False),
    Column("amount_effect", Numeric(18, 2), nullable=False),
    PrimaryKeyConstraint("month", "entity", "class", "currency", "day", name="reconciliation_sums_pkey"),
)

controls = Table(
    "reconciliation_controls",
    metadata,
    Column("month", Text, nullable=False),
    Column("control", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("stated", Numeric(18, 2), nullable=False),
    Column("found", Numeric(18, 2), nullable=False),
    Column("checked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("month", "control", "currency", name="reconciliation_controls_pkey"),
)

receivables = Table(
    "reconciliation_receivables",
    metadata,
    Column("month", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("opening", Numeric(18, 2), nullable=False),
    Column("invoices", Numeric(18, 2), nullable=False),
    Column("credit_notes", Numeric(18, 2), nullable=False),
    Column("payments", Numeric(18, 2), nullable=False),
    Column("refunds", Numeric(18, 2), nullable=False),
    Column("write_offs", Numeric(18, 2), nullable=False),
    Column("output_vat", Numeric(18, 2), nullable=False),
    Column("worked_out_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("month", "side", name="reconciliation_receivables_pkey"),
)
