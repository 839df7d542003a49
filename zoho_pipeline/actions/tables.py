"""What people did by hand: kept for the audit."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from zoho_pipeline.store.schema import metadata

WITHDRAWN_DONE = "withdrawn_done"
"""A person has said that it was done in Zoho: kept for ever, for it keeps the row off a list."""

actions = Table(
    "actions",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("by", Text, nullable=False, comment="Who did it"),
    Column("action", Text, nullable=False, comment="retry, reset_stuck, resolve or relink"),
    Column("entity", Text, nullable=False),
    Column("row_id", Uuid(as_uuid=False), nullable=False),
    Column("details", JSONB, nullable=False, comment="Names no customer"),
    Index("actions_row", "entity", "row_id"),
    Index("actions_at", "at"),
)
