"""The trail of the sign-off, its snapshots, and the notes on items. Trail and snapshots refuse UPDATE and DELETE."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    func,
)

from zoho_pipeline.store.schema import metadata

trail = Table(
    "reconciliation_trail",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="From 1, without gaps"),
    Column("content", Text, nullable=False, comment="Canonical JSON: the bytes that the hash covers"),
    Column("hash", Text, nullable=False, comment="SHA-256 over the hash before it and the content"),
)

head = Table(
    "reconciliation_trail_head",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False, comment="1: there is one head, and it is locked"),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("one = 1", name="reconciliation_trail_head_one"),
)

snapshots = Table(
    "reconciliation_snapshots",
    metadata,
    Column("sha256", Text, primary_key=True, comment="Of the content; entries of the trail name it"),
    Column("content", Text, nullable=False, comment="Canonical JSON: the month as it was signed"),
)

notes = Table(
    "reconciliation_notes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("item_id", BigInteger, nullable=False),
    Column("text", Text, nullable=False, comment="What a person says of the item; names no customer"),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("at_stake", Numeric(18, 2), nullable=False, comment="What the item was about when it was noted"),
    Index("reconciliation_notes_item", "item_id", "id"),
)
