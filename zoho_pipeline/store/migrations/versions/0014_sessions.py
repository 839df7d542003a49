"""The sessions of people who have signed in to the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), nullable=False, comment="SHA-256 of the cookie: nobody can sign in with it"),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "password_mark",
            sa.Text(),
            nullable=False,
            comment="Of the password then: of another one the session is over",
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="sessions_pkey"),
        sa.ForeignKeyConstraint(["person_id"], [f"{SCHEMA}.people.id"], name="sessions_person", ondelete="CASCADE"),
        schema=SCHEMA,
    )
    op.create_index("sessions_opened", "sessions", ["opened_at"], schema=SCHEMA)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("sessions", schema=SCHEMA)
