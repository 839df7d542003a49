"""Health reports are kept whole, so that what else needs the look of a run need not look, and ask Zoho, again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COMMENT = "The findings and what could not be read; NULL: kept before this column was there"


def upgrade() -> None:
    """Bring the schema up."""
    op.add_column("health_reports", sa.Column("report", JSONB, comment=_COMMENT), schema="zoho_pipeline")


def downgrade() -> None:
    """Take it back."""
    op.drop_column("health_reports", "report", schema="zoho_pipeline")
