"""The sessions of people who have signed in to the pages."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Index, Table, Text, func

from zoho_pipeline.people.tables import people
from zoho_pipeline.store.schema import metadata

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True, comment="SHA-256 of the cookie: nobody can sign in with it"),
    Column("person_id", BigInteger, nullable=False),
    Column("password_mark", Text, nullable=False, comment="Of the password then: of another one the session is over"),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("used_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    ForeignKeyConstraint(["person_id"], [people.c.id], name="sessions_person", ondelete="CASCADE"),
    Index("sessions_opened", "opened_at"),
)
