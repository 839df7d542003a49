"""The health reports that were made, to tell what has changed since."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "health_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("run_id", sa.Text(), comment="The run that looked; NULL: a command"),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("levels", postgresql.JSONB(), nullable=False, comment="The level of each check, by its key"),
        sa.Column("mailed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="health_reports_pkey"),
        schema=SCHEMA,
    )
    op.create_index("health_reports_at", "health_reports", ["at"], schema=SCHEMA)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("health_reports", schema=SCHEMA)
