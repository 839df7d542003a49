"""The books in the mirror: tax, credits and what was applied to which invoice."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"


def upgrade() -> None:
    """Bring the schema up."""
    for table, columns in _new_columns().items():
        for column in columns:
            op.add_column(table, column, schema=SCHEMA)
    op.create_table(
        "mirror_credit_notes",
        sa.Column("zoho_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_zoho_id", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(14, 2), nullable=False),
        sa.Column("balance", sa.Numeric(14, 2), nullable=False),
        sa.Column("currency_code", sa.Text()),
        sa.Column("version", sa.Text(), nullable=False, comment="Tells one content from another"),
        sa.Column("detailed_version", sa.Text(), comment="The version that the detail was read of"),
        sa.Column("tax_total", sa.Numeric(14, 2)),
        *_seen(),
        sa.PrimaryKeyConstraint("zoho_id", name="mirror_credit_notes_pkey"),
        schema=SCHEMA,
    )
    op.create_index("mirror_credit_notes_customer", "mirror_credit_notes", ["customer_zoho_id", "date"], schema=SCHEMA)
    op.create_table(
        "mirror_refunds",
        sa.Column("zoho_id", sa.Text(), nullable=False),
        sa.Column("customer_zoho_id", sa.Text(), comment="Not documented in Zoho's list"),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False),
        *_seen(),
        sa.PrimaryKeyConstraint("zoho_id", name="mirror_refunds_pkey"),
        schema=SCHEMA,
    )
    op.create_table(
        "mirror_applications",
        sa.Column("invoice_zoho_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="payment or credit_note"),
        sa.Column("source_zoho_id", sa.Text(), nullable=False, comment="The payment or credit note that was applied"),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False),
        sa.PrimaryKeyConstraint("invoice_zoho_id", "kind", "source_zoho_id", name="mirror_applications_pkey"),
        schema=SCHEMA,
        comment="What was applied to invoices, as their details show it",
    )
    op.create_index("mirror_applications_source", "mirror_applications", ["source_zoho_id"], schema=SCHEMA)


def downgrade() -> None:
    """Take it back."""
    for table in ("mirror_applications", "mirror_refunds", "mirror_credit_notes"):
        op.drop_table(table, schema=SCHEMA)
    for table, columns in _new_columns().items():
        for column in columns:
            op.drop_column(table, column.name, schema=SCHEMA)


def _seen() -> list[sa.Column[object]]:
    return [
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True)),
    ]


def _new_columns() -> dict[str, list[sa.Column[object]]]:
    return {
        "mirror_customers": [sa.Column("created_on", sa.Date(), comment="In Zoho")],
        "mirror_subscriptions": [
            sa.Column("currency_code", sa.Text()),
            sa.Column("created_on", sa.Date(), comment="In Zoho"),
        ],
        "mirror_invoices": [
            sa.Column("version", sa.Text(), comment="Tells one content from another"),
            sa.Column("detailed_version", sa.Text(), comment="The version that the detail was read of"),
            sa.Column("tax_total", sa.Numeric(14, 2)),
            sa.Column("credits_applied", sa.Numeric(14, 2)),
            sa.Column("write_off", sa.Numeric(14, 2)),
        ],
        "mirror_payments": [
            sa.Column("currency_code", sa.Text()),
            sa.Column("unapplied", sa.Numeric(14, 2), comment="As Zoho states it; not documented"),
            sa.Column("refunded", sa.Numeric(14, 2)),
        ],
        "mirror_listings": [
            sa.Column(
                "broke_off_at",
                sa.DateTime(timezone=True),
                comment="The next reader goes on with it; NULL: none has to",
            ),
            sa.Column("pages", sa.Integer(), comment="How many had been read when it broke off"),
        ],
    }
