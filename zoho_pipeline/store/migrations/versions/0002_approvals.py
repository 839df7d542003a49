"""What people approve: actions in Zoho that are listed first, and carried out only then."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False, comment="What is to be done in Zoho: cancel"),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("zoho_id", sa.Text(), nullable=False, comment="The object that it is to be done to"),
        sa.Column(
            "source_hash",
            sa.Text(),
            nullable=False,
            comment="Of CircleTel's row as it was shown: of another one it is void",
        ),
        sa.Column(
            "shown",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What the person saw; names nobody",
        ),
        sa.Column("listed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "done_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="NULL while it waits for a person, or to be carried out",
        ),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="approvals_pkey"),
        schema=SCHEMA,
    )
    op.create_index("approvals_row", "approvals", ["entity", "row_id"], unique=False, schema=SCHEMA)
    op.create_index(
        "approvals_open",
        "approvals",
        ["action", "entity", "row_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.alter_column(
        "attempts",
        "action",
        comment="create, update, open or cancel",
        existing_comment="create, update or open",
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.drop_table("approvals", schema=SCHEMA)
    op.alter_column("attempts", "action", comment="create, update or open", schema=SCHEMA)
