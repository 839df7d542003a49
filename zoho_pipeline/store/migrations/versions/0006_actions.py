"""Who repaired what, and when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "actions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False, comment="Who did it"),
        sa.Column("action", sa.Text(), nullable=False, comment="retry, reset_stuck, resolve or relink"),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="Names no customer"),
        sa.PrimaryKeyConstraint("id", name="actions_pkey"),
        schema=SCHEMA,
    )
    op.create_index("actions_row", "actions", ["entity", "row_id"], unique=False, schema=SCHEMA)
    op.create_index("actions_at", "actions", ["at"], unique=False, schema=SCHEMA)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("actions", schema=SCHEMA)
