"""People who sign in; the trail of the sign-off with its snapshots and notes; the months that are closed."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SCHEMA = "zoho_pipeline"
KEPT = ("reconciliation_trail", "reconciliation_snapshots")
"""What is only ever added to."""
BEGINNING = hashlib.sha256(b"the sign-off of CircleTel's months").hexdigest()
"""The head of a trail without entries."""


def upgrade() -> None:
    """Bring the schema up."""
    _create_people()
    _create_trail()
    _create_notes()
    op.create_table(
        "closed_months",
        sa.Column("month", sa.Text(), nullable=False, comment="Signed by finance: no document dated in it is written"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name="closed_months_pkey"),
        schema=SCHEMA,
    )
    _refuse_changes()


def downgrade() -> None:
    """Take it back."""
    for table in (
        "closed_months",
        "reconciliation_notes",
        "reconciliation_snapshots",
        "reconciliation_trail_head",
        "reconciliation_trail",
        "people",
    ):
        op.drop_table(table, schema=SCHEMA)
    op.execute(f"DROP FUNCTION {SCHEMA}.refuse_changes()")


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="As it is shown, and signed with"),
        sa.Column("key", sa.Text(), nullable=False, comment="The name as it is looked up: upper and lower case alike"),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="Argon2id, with its salt and parameters"),
        sa.Column(
            "own_password",
            sa.Boolean(),
            nullable=False,
            comment="Whether its owner has chosen it: only then may he sign",
        ),
        sa.Column("disabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "failures",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Wrong passwords since the last right one",
        ),
        sa.Column("locked_until", sa.DateTime(timezone=True), comment="No password is looked at before"),
        sa.PrimaryKeyConstraint("id", name="people_pkey"),
        sa.UniqueConstraint("key", name="people_key_key"),
        schema=SCHEMA,
    )


def _create_trail() -> None:
    op.create_table(
        "reconciliation_trail",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="From 1, without gaps"),
        sa.Column("content", sa.Text(), nullable=False, comment="Canonical JSON: the bytes that the hash covers"),
        sa.Column("hash", sa.Text(), nullable=False, comment="SHA-256 over the hash before it and the content"),
        sa.PrimaryKeyConstraint("number", name="reconciliation_trail_pkey"),
        schema=SCHEMA,
    )
    head = op.create_table(
        "reconciliation_trail_head",
        sa.Column(
            "one", sa.Integer(), autoincrement=False, nullable=False, comment="1: there is one head, and it is locked"
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("one", name="reconciliation_trail_head_pkey"),
        sa.CheckConstraint("one = 1", name="reconciliation_trail_head_one"),
        schema=SCHEMA,
    )
    op.bulk_insert(head, [{"one": 1, "number": 0, "hash": BEGINNING}])
    op.create_table(
        "reconciliation_snapshots",
        sa.Column("sha256", sa.Text(), nullable=False, comment="Of the content; entries of the trail name it"),
        sa.Column("content", sa.Text(), nullable=False, comment="Canonical JSON: the month as it was signed"),
        sa.PrimaryKeyConstraint("sha256", name="reconciliation_snapshots_pkey"),
        schema=SCHEMA,
    )


def _create_notes() -> None:
    op.create_table(
        "reconciliation_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="What a person says of the item; names no customer"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("at_stake", sa.Numeric(18, 2), nullable=False, comment="What the item was about when it was noted"),
        sa.PrimaryKeyConstraint("id", name="reconciliation_notes_pkey"),
        schema=SCHEMA,
    )
    op.create_index("reconciliation_notes_item", "reconciliation_notes", ["item_id", "id"], schema=SCHEMA)


def _refuse_changes() -> None:
    op.execute(f"""
        CREATE FUNCTION {SCHEMA}.refuse_changes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME; END $$
    """)
    for table in KEPT:
        op.execute(f"""
            CREATE TRIGGER refuse_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {SCHEMA}.{table}
            FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.refuse_changes()
        """)
