"""The engine's tables: what it knows of each row, what it attempted, what each run did, and what people approved."""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    event,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from zoho_pipeline.store.schema import metadata
from zoho_pipeline.sync.still_ours import CREATE_STILL_OURS

records = Table(
    "sync_records",
    metadata,
    Column("entity", Text, nullable=False),
    Column("row_id", Uuid(as_uuid=False), nullable=False),
    Column("state", Text, nullable=False),
    Column("cause", Text, comment="Why it did not go, of the closed list"),
    Column("reason", Text),
    Column("advice", Text),
    Column("source_hash", Text),
    Column("fingerprint", Text, comment="Of the mapped content last sent, or last refused by Zoho"),
    Column("zoho_id", Text, comment="The object that the row was linked to when this was written"),
    Column("dated_at", DateTime(timezone=True), comment="Which moment stands in for a creation date that is NULL"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("tries", Integer, nullable=False, server_default=text("0"), comment="In vain, of this content"),
    Column("retry_at", DateTime(timezone=True), comment="When a failed row is tried again"),
    Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("app_syncing_since", DateTime(timezone=True), comment="When the row was first seen in the app's hands"),
    Column("doubt_since", DateTime(timezone=True), comment="When a send ended without an answer"),
    Column("doubt_looks", Integer, nullable=False, server_default=text("0")),
    Column("doubt_looked_at", DateTime(timezone=True), comment="Start of the last listing that did not show it"),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("entity", "row_id", name="sync_records_pkey"),
    Index("sync_records_state", "entity", "state"),
    Index("sync_records_due", "retry_at", postgresql_where=text("state = 'failed'")),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("row_id", Uuid(as_uuid=False), nullable=False),
    Column("action", Text, nullable=False, comment="create, update, open or cancel"),
    Column("run_id", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("rand", Numeric(14, 2), comment="What the object moves in the books"),
    Column("source_hash", Text, comment="Of the row as it was sent"),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("lease_until", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True), comment="NULL while nothing can have reached Zoho"),
    Column("ended_at", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("status", Integer),
    Column("code", Integer),
    Column("cause", Text, comment="Why it did not go, of the closed list"),
    Column("message", Text),
    Column("zoho_id", Text),
    Column("duration_ms", Integer),
    Column("request", JSONB),
    Column("response", JSONB),
    Index("attempts_row", "entity", "row_id"),
    Index("attempts_started", "started_at"),
    Index("attempts_open", "entity", "row_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("attempts_outcome", "entity", "outcome", "started_at", "id", postgresql_where=text("outcome IS NOT NULL")),
    Index(
        "attempts_cause", "entity", "cause", "outcome", "started_at", "id", postgresql_where=text("cause IS NOT NULL")
    ),
)
event.listen(attempts, "after_create", DDL(CREATE_STILL_OURS))  # type: ignore[no-untyped-call]

results = Table(
    "sync_results",
    metadata,
    Column("run_id", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("api_calls", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("interrupted", Text),
    Column("resumes_at", DateTime(timezone=True), comment="When an unfinished month can go on by itself"),
    Column("finished_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("run_id", "entity", "month", name="sync_results_pkey"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("action", Text, nullable=False, comment="What is to be done in Zoho: cancel"),
    Column("entity", Text, nullable=False),
    Column("row_id", Uuid(as_uuid=False), nullable=False),
    Column("zoho_id", Text, nullable=False, comment="The object that it is to be done to"),
    Column(
        "source_hash", Text, nullable=False, comment="Of CircleTel's row as it was shown: of another one it is void"
    ),
    Column("shown", JSONB, nullable=False, comment="What the person saw; names nobody"),
    Column("listed_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("approved_by", Text),
    Column("approved_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True), comment="NULL while it waits for a person, or to be carried out"),
    Column("outcome", Text),
    Index("approvals_row", "entity", "row_id"),
    Index("approvals_open", "action", "entity", "row_id", unique=True, postgresql_where=text("done_at IS NULL")),
)

closed_months = Table(
    "closed_months",
    metadata,
    Column("month", Text, primary_key=True, comment="Signed by finance: no document dated in it is written"),
    Column("closed_at", DateTime(timezone=True), nullable=False),
)
