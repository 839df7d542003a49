"""The finance pages: a month's items added up, its receivables, and its items in the order of their money."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"
MONEY = sa.Numeric(18, 2)


def upgrade() -> None:
    """Bring the schema up; what is open now is added up, as if nothing were new."""
    op.create_index(
        "reconciliation_items_dearest",
        "reconciliation_items",
        ["month", sa.text("abs(coalesce(difference, amount_effect))"), "id"],
        postgresql_where=sa.text("cleared_at IS NULL"),
        schema=SCHEMA,
    )
    _create_sums()
    _create_receivables()
    op.execute(_SUMS)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("reconciliation_receivables", schema=SCHEMA)
    op.drop_table("reconciliation_sums", schema=SCHEMA)
    op.drop_index("reconciliation_items_dearest", "reconciliation_items", schema=SCHEMA)


def _create_sums() -> None:
    op.create_table(
        "reconciliation_sums",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="From which the items' age counts"),
        sa.Column("items", sa.Integer(), nullable=False, comment="Open ones"),
        sa.Column("fresh", sa.Integer(), nullable=False, comment="Of them, first found by the latest comparison"),
        sa.Column("cleared", sa.Integer(), nullable=False, comment="No longer found by the latest comparison"),
        sa.Column("at_stake", MONEY, nullable=False, comment="What the open ones are about, without signs"),
        sa.Column("count_effect", sa.Integer(), nullable=False),
        sa.Column("amount_effect", MONEY, nullable=False),
        sa.PrimaryKeyConstraint("month", "entity", "class", "currency", "day", name="reconciliation_sums_pkey"),
        schema=SCHEMA,
    )


def _create_receivables() -> None:
    amounts = ("opening", "invoices", "credit_notes", "payments", "refunds", "write_offs", "output_vat")
    op.create_table(
        "reconciliation_receivables",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        *(sa.Column(name, MONEY, nullable=False) for name in amounts),
        sa.Column("worked_out_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("month", "side", name="reconciliation_receivables_pkey"),
        schema=SCHEMA,
    )


_SUMS = """
    INSERT INTO zoho_pipeline.reconciliation_sums
        (month, entity, class, currency, day, items, fresh, cleared, at_stake, count_effect, amount_effect)
    SELECT month, entity, class, currency, coalesce(dated, (opened_at AT TIME ZONE 'UTC')::date), count(*), 0, 0,
           sum(abs(coalesce(difference, amount_effect))), sum(count_effect), sum(amount_effect)
    FROM zoho_pipeline.reconciliation_items WHERE cleared_at IS NULL GROUP BY 1, 2, 3, 4, 5
"""
