"""CircleTel against Zoho: comparisons, their totals and items, and controls."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "reconciliation_comparisons",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column(
            "compared_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "as_of",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Start of the listing of Zoho that was compared",
        ),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="reconciliation_comparisons_pkey"),
        schema=SCHEMA,
    )
    op.create_index(
        "reconciliation_comparisons_month", "reconciliation_comparisons", ["entity", "month", "id"], schema=SCHEMA
    )
    op.create_table(
        "reconciliation_totals",
        sa.Column("comparison_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("circletel_count", sa.Integer(), nullable=False),
        sa.Column("circletel_amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("zoho_count", sa.Integer(), nullable=False),
        sa.Column("zoho_amount", sa.Numeric(18, 2), nullable=False),
        sa.ForeignKeyConstraint(
            ["comparison_id"],
            [f"{SCHEMA}.reconciliation_comparisons.id"],
            name="reconciliation_totals_comparison_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comparison_id", "currency", name="reconciliation_totals_pkey"),
        schema=SCHEMA,
    )
    _create_items()
    op.create_table(
        "reconciliation_controls",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("control", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("stated", sa.Numeric(18, 2), nullable=False),
        sa.Column("found", sa.Numeric(18, 2), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("month", "control", "currency", name="reconciliation_controls_pkey"),
        schema=SCHEMA,
    )


def downgrade() -> None:
    """Take it back."""
    for table in ("controls", "items", "totals", "comparisons"):
        op.drop_table(f"reconciliation_{table}", schema=SCHEMA)


def _create_items() -> None:
    empty = sa.text("''")
    op.create_table(
        "reconciliation_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column(
            "row_id", sa.Text(), server_default=empty, nullable=False, comment="CircleTel's row; '' where there is none"
        ),
        sa.Column(
            "zoho_id", sa.Text(), server_default=empty, nullable=False, comment="Zoho's object; '' where there is none"
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "label", sa.Text(), nullable=False, comment="Invoice or account number, or the gateway's id: names nobody"
        ),
        sa.Column("circletel", sa.Text(), comment="CircleTel's value"),
        sa.Column("zoho", sa.Text(), comment="Zoho's value"),
        sa.Column("difference", sa.Numeric(18, 2), comment="Zoho's less CircleTel's, where the values are money"),
        sa.Column(
            "count_effect",
            sa.Integer(),
            nullable=False,
            comment="What it adds to CircleTel's count to arrive at Zoho's",
        ),
        sa.Column("amount_effect", sa.Numeric(18, 2), nullable=False, comment="Likewise of the total"),
        sa.Column("dated", sa.Date(), comment="The document's day: its age counts from there"),
        sa.Column("cause", sa.Text(), comment="What the last attempt says, or how the two were matched"),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("comparison_id", sa.BigInteger(), nullable=False, comment="The last comparison that found it"),
        sa.Column("cleared_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="reconciliation_items_pkey"),
        sa.UniqueConstraint(
            "entity", "month", "class", "row_id", "zoho_id", "currency", name="reconciliation_items_what"
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "reconciliation_items_open",
        "reconciliation_items",
        ["entity", "month", "class"],
        postgresql_where=sa.text("cleared_at IS NULL"),
        schema=SCHEMA,
    )
    op.create_index("reconciliation_items_row", "reconciliation_items", ["row_id"], schema=SCHEMA)
