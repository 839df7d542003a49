"""Items that are found again are noted in place: there is room for that beside each, and no index is touched."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up; items that stand already get room as they are written anew."""
    op.execute("ALTER TABLE zoho_pipeline.reconciliation_items SET (fillfactor = 45)")


def downgrade() -> None:
    """Take it back."""
    op.execute("ALTER TABLE zoho_pipeline.reconciliation_items RESET (fillfactor)")
