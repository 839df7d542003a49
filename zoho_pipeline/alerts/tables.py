"""The ledger's tables: incidents, their timeline, the messages that tell of them, and who looked when."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from zoho_pipeline.store.schema import metadata

incidents = Table(
    "incidents",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("scope", Text, nullable=False, comment="Whose look it was that found it"),
    Column("key", Text, nullable=False, comment="What it is, the same at every look"),
    Column("title", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Column("entity", Text),
    Column("level", Integer, nullable=False),
    Column("because", Text, nullable=False, comment="Which criteria put it on its level"),
    Column("rows", Integer, nullable=False, comment="At the last look"),
    Column("customers", Integer, nullable=False, comment="At the last look"),
    Column("most_rows", Integer, nullable=False),
    Column("most_customers", Integer, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False, comment="The last look that showed it"),
    Column("raised_at", DateTime(timezone=True), comment="When it rose to its level"),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", DateTime(timezone=True)),
    Column("cleared_at", DateTime(timezone=True)),
    Column("about", JSONB(none_as_null=True), comment="What its observer needs to tell when it is over"),
    Index("incidents_open", "scope", "key", unique=True, postgresql_where=text("cleared_at IS NULL")),
    Index("incidents_opened", "opened_at"),
)

events = Table(
    "incident_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("incident_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False, comment="opened, raised, changed, acknowledged or cleared"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("level", Integer, nullable=False),
    Column("said", Text, nullable=False),
    ForeignKeyConstraint(["incident_id"], [incidents.c.id], name="incident_events_incident", ondelete="CASCADE"),
    Index("incident_events_of", "incident_id"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("uid", Uuid(as_uuid=False), nullable=False, comment="Sent along: a message that comes twice is known by it"),
    Column("incident_id", BigInteger, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("next_try_at", DateTime(timezone=True), nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("error", Text, comment="Why the last try failed"),
    Column("reached", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="Recipients who have it"),
    Column("sent_at", DateTime(timezone=True)),
    ForeignKeyConstraint(["incident_id"], [incidents.c.id], name="messages_incident", ondelete="CASCADE"),
    ForeignKeyConstraint(["event_id"], [events.c.id], name="messages_event", ondelete="CASCADE"),
    UniqueConstraint("event_id", "channel", name="messages_once"),
    Index("messages_of", "incident_id"),
    Index("messages_due", "channel", "next_try_at", postgresql_where=text("sent_at IS NULL")),
)

looks = Table(
    "incident_looks",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("looked_at", DateTime(timezone=True), nullable=False, comment="When the latest look began"),
)
