"""Indexes for the filters of the operations page: each combination finds its lines at once, however few they are."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"


def upgrade() -> None:
    """Bring the schema up."""
    op.create_index(
        "attempts_outcome",
        "attempts",
        ["entity", "outcome", "started_at", "id"],
        postgresql_where=sa.text("outcome IS NOT NULL"),
        schema=SCHEMA,
    )
    op.create_index(
        "attempts_cause",
        "attempts",
        ["entity", "cause", "outcome", "started_at", "id"],
        postgresql_where=sa.text("cause IS NOT NULL"),
        schema=SCHEMA,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("attempts_cause", "attempts", schema=SCHEMA)
    op.drop_index("attempts_outcome", "attempts", schema=SCHEMA)
