"""Incidents, their timeline, and the messages that tell of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"


def upgrade() -> None:
    """Bring the schema up."""
    _incidents()
    _events()
    _messages()
    op.create_table(
        "incident_looks",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False, comment="When the latest look began"),
        sa.PrimaryKeyConstraint("scope", name="incident_looks_pkey"),
        schema=SCHEMA,
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False, comment="Whose look it was that found it"),
        sa.Column("key", sa.Text(), nullable=False, comment="What it is, the same at every look"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False, comment="Which criteria put it on its level"),
        sa.Column("rows", sa.Integer(), nullable=False, comment="At the last look"),
        sa.Column("customers", sa.Integer(), nullable=False, comment="At the last look"),
        sa.Column("most_rows", sa.Integer(), nullable=False),
        sa.Column("most_customers", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="The last look that showed it"),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True, comment="When it rose to its level"),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "about",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="What its observer needs to tell when it is over",
        ),
        sa.PrimaryKeyConstraint("id", name="incidents_pkey"),
        schema=SCHEMA,
    )
    op.create_index(
        "incidents_open",
        "incidents",
        ["scope", "key"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_index("incidents_opened", "incidents", ["opened_at"], unique=False, schema=SCHEMA)


def _events() -> None:
    op.create_table(
        "incident_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="opened, raised, changed, acknowledged or cleared"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], [f"{SCHEMA}.incidents.id"], name="incident_events_incident", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="incident_events_pkey"),
        schema=SCHEMA,
    )
    op.create_index("incident_events_of", "incident_events", ["incident_id"], unique=False, schema=SCHEMA)


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column(
            "uid",
            sa.Uuid(as_uuid=False),
            nullable=False,
            comment="Sent along: a message that comes twice is known by it",
        ),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True, comment="Why the last try failed"),
        sa.Column(
            "reached",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Recipients who have it",
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], [f"{SCHEMA}.incidents.id"], name="messages_incident", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], [f"{SCHEMA}.incident_events.id"], name="messages_event", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="messages_pkey"),
        sa.UniqueConstraint("event_id", "channel", name="messages_once"),
        schema=SCHEMA,
    )
    op.create_index("messages_of", "messages", ["incident_id"], unique=False, schema=SCHEMA)
    op.create_index(
        "messages_due",
        "messages",
        ["channel", "next_try_at"],
        unique=False,
        schema=SCHEMA,
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def downgrade() -> None:
    """Take it back."""
    for table in ("incident_looks", "messages", "incident_events", "incidents"):
        op.drop_table(table, schema=SCHEMA)
