"""Why rows did not go, how often they were tried, and when they are tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"
_CAUSE = "Why it did not go, of the closed list"


def upgrade() -> None:
    """Bring the schema up. What has failed before is due at once."""
    op.add_column("attempts", sa.Column("cause", sa.Text(), comment=_CAUSE), schema=SCHEMA)
    op.add_column("sync_records", sa.Column("cause", sa.Text(), comment=_CAUSE), schema=SCHEMA)
    op.add_column(
        "sync_records",
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0", comment="In vain, of this content"),
        schema=SCHEMA,
    )
    op.add_column(
        "sync_records",
        sa.Column("retry_at", sa.DateTime(timezone=True), comment="When a failed row is tried again"),
        schema=SCHEMA,
    )
    op.create_index(
        "sync_records_due", "sync_records", ["retry_at"], schema=SCHEMA, postgresql_where=sa.text("state = 'failed'")
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("sync_records_due", "sync_records", schema=SCHEMA)
    for column in ("retry_at", "tries", "cause"):
        op.drop_column("sync_records", column, schema=SCHEMA)
    op.drop_column("attempts", "cause", schema=SCHEMA)
