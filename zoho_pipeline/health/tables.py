"""The table of this room: the reports that were made, to tell what has changed since."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Index, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

from zoho_pipeline.store.schema import metadata

reports = Table(
    "health_reports",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("run_id", Text, comment="The run that looked; NULL: a command"),
    Column("level", Text, nullable=False),
    Column("levels", JSONB, nullable=False, comment="The level of each check, by its key"),
    Column("report", JSONB, comment="The findings and what could not be read; NULL: kept before this column was there"),
    Column("mailed", Boolean, nullable=False, server_default=text("false")),
    Index("health_reports_at", "at"),
)
