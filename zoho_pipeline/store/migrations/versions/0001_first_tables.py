"""The first tables of the sync, the mirror and the API budget."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_TAKE_PERMIT = """
CREATE OR REPLACE FUNCTION zoho_pipeline.take_permit(
    org text,
    ticket bigint,          -- of the caller; below zero where the call is urgent
    wanted boolean,         -- false: only hear what has ended
    ended bigint[],         -- tickets of calls that have ended
    lingering bigint[],     -- of these, the ones that Zoho may still be busy with
    per_minute int, per_day int, in_flight int,
    burst int,              -- calls in the minute before spacing begins
    space float8,           -- least seconds between two bulk calls from then on; 0: no spacing
    lease float8,           -- seconds after which a call is taken for dead
    pause float8,           -- seconds that Zoho asked everybody to pause; 0: none
    pause_limit text,
    OUT granted boolean,
    OUT reason text,        -- why not: cool_down, day, in_flight, minute
    OUT goes_in float8,     -- granted: sleep so many seconds, then call; else: ask again after so many
    OUT ahead int,          -- how many are before the caller in the queue
    OUT resumes_at timestamptz,
    OUT cooling text        -- which of Zoho's limits the cool-down is for
) LANGUAGE plpgsql AS $$
DECLARE
    minute_window CONSTANT interval := '60.1 s';    -- a minute, and a little for clocks that do not run alike
    hold CONSTANT interval := '3 s';                -- so long ahead a permit is given
    linger CONSTANT interval := '15 s';             -- so long an abandoned call may still be in flight at Zoho
    late CONSTANT interval := '5 s';                -- who comes back later than this has lost its place
    slot_seconds CONSTANT int := 600;
    slots CONSTANT int := 145;                      -- 24 hours of ten minutes, and the current ten
    b zoho_pipeline.api_budget;
    moment timestamptz;
    goes_at timestamptz;
    until timestamptz;
    slot bigint;
    used int;
    spent int;
    place int;
    next_free timestamptz;
    gap float8;
    held bigint[] := '{}';
    held_until timestamptz[] := '{}';
    queue bigint[] := '{}';
    queue_until timestamptz[] := '{}';
BEGIN
    SELECT * INTO b FROM zoho_pipeline.api_budget AS a WHERE a.organisation = org FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO zoho_pipeline.api_budget (organisation) VALUES (org) ON CONFLICT DO NOTHING;
        SELECT * INTO b FROM zoho_pipeline.api_budget AS a WHERE a.organisation = org FOR UPDATE;
    END IF;
    moment := clock_timestamp();

    -- Calls in flight: those that ended, were lost with their process, or belong to an earlier try of this ticket go.
    FOR i IN 1 .. cardinality(b.leases) LOOP
        until := least(b.lease_ends[i], moment + make_interval(secs => lease) + hold);
        IF b.leases[i] = ANY(lingering) THEN
            until := least(until, moment + linger);
        END IF;
        CONTINUE WHEN b.leases[i] = ANY(ended) AND b.leases[i] <> ALL(lingering);
        IF until > moment AND b.leases[i] <> ticket THEN
            held := held || b.leases[i];
            held_until := held_until || until;
        END IF;
    END LOOP;

    -- The minute: what ended more than a minute ago leaves it, what has just ended enters it as ending now.
    b.minute_ends := b.minute_ends[width_bucket(moment - minute_window, b.minute_ends) + 1 :];
    IF b.minute_ends[cardinality(b.minute_ends)] > moment THEN    -- the database's clock was set back
        b.minute_ends := array_fill(moment, ARRAY[cardinality(b.minute_ends)]);
    END IF;
    b.minute_ends := b.minute_ends || array_fill(moment, ARRAY[cardinality(b.leases) - cardinality(held)]);

    -- The day, in slots of ten minutes, the current one last.
    slot := floor(extract(epoch FROM moment) / slot_seconds);
    IF cardinality(b.day_calls) <> slots THEN
        b.day_calls := array_fill(0, ARRAY[slots]);
        b.day_slot := slot;
    ELSIF slot > b.day_slot THEN
        b.day_calls := b.day_calls[least(slot - b.day_slot, slots) + 1 :]
            || array_fill(0, ARRAY[least(slot - b.day_slot, slots)::int]);
        b.day_slot := slot;
    END IF;
    SELECT sum(n) INTO spent FROM unnest(b.day_calls) AS n;

    -- The queue: who came first goes first, and urgent calls before all others.
    ahead := 0;
    FOR i IN 1 .. cardinality(b.waiting) LOOP
        CONTINUE WHEN b.waiting_until[i] <= moment;
        queue := queue || b.waiting[i];
        queue_until := queue_until || least(b.waiting_until[i], moment + minute_window + late);
        IF b.waiting[i] = ticket THEN
            place := cardinality(queue);
        ELSIF (b.waiting[i] < 0 AND ticket > 0) OR ((b.waiting[i] < 0) = (ticket < 0) AND place IS NULL) THEN
            ahead := ahead + 1;
        END IF;
    END LOOP;

    IF pause > 0 AND moment + make_interval(secs => pause) > coalesce(b.cool_down_until, moment) THEN
        b.cool_down_until := moment + make_interval(secs => pause);
        b.cool_down_limit := pause_limit;
    END IF;

    -- When the caller's turn is, after those ahead of it.
    b.bulk_at := least(b.bulk_at, moment + hold);
    used := cardinality(held) + cardinality(b.minute_ends) + ahead;
    goes_at := moment;
    IF used >= per_minute THEN
        goes_at := b.minute_ends[used - per_minute + 1] + minute_window;    -- NULL: it hangs on calls still in flight
    END IF;
    IF goes_at IS NOT NULL AND used >= burst AND space > 0 THEN
        -- What is left of the minute is spread until the next place comes free, so that urgent calls find some.
        next_free := coalesce(b.minute_ends[1], moment) + minute_window;
        gap := extract(epoch FROM next_free - moment) / greatest(per_minute - used + ahead + 1, 1);
        goes_at := greatest(
            goes_at,
            b.bulk_at + make_interval(secs => space * (ahead + 1)),
            least(b.bulk_at + make_interval(secs => gap * (ahead + 1)), next_free)
        );
    END IF;

    granted := false;
    IF b.cool_down_until > moment THEN
        reason := 'cool_down';
        cooling := b.cool_down_limit;
        resumes_at := b.cool_down_until;
        goes_at := b.cool_down_until;
    ELSIF spent >= per_day THEN
        reason := 'day';
        FOR i IN 1 .. slots LOOP
            spent := spent - b.day_calls[i];
            resumes_at := to_timestamp((b.day_slot + i) * slot_seconds);
            EXIT WHEN spent < per_day;
        END LOOP;
        goes_at := resumes_at;
    ELSIF cardinality(held) + ahead >= in_flight THEN
        reason := 'in_flight';
    ELSIF goes_at IS NULL OR goes_at > moment + hold THEN
        reason := 'minute';
    ELSE
        granted := wanted;
    END IF;
    goes_at := coalesce(goes_at, moment + interval '1 s');

    IF granted THEN
        held := held || ticket;
        held_until := held_until || goes_at + make_interval(secs => lease);
        b.day_calls[slots] := b.day_calls[slots] + 1;
        IF space > 0 THEN
            b.bulk_at := goes_at;
        END IF;
    END IF;
    IF wanted AND reason IN ('in_flight', 'minute') THEN
        place := coalesce(place, cardinality(queue) + 1);
        queue[place] := ticket;
        queue_until[place] := goes_at + late;
    ELSIF wanted AND place IS NOT NULL THEN
        queue := queue[: place - 1] || queue[place + 1 :];
        queue_until := queue_until[: place - 1] || queue_until[place + 1 :];
    END IF;

    UPDATE zoho_pipeline.api_budget AS a SET
        minute_ends = b.minute_ends, leases = held, lease_ends = held_until,
        waiting = queue, waiting_until = queue_until, bulk_at = b.bulk_at,
        day_slot = b.day_slot, day_calls = b.day_calls,
        cool_down_until = b.cool_down_until, cool_down_limit = b.cool_down_limit
    WHERE a.organisation = org;
    goes_in := extract(epoch FROM goes_at - moment);
END $$
"""


def upgrade() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False, comment="fingerprint of client and refresh token"),
        sa.Column("token", sa.LargeBinary(), nullable=True, comment="encrypted"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "refreshes", postgresql.ARRAY(sa.DateTime(timezone=True)), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "refused_until", sa.DateTime(timezone=True), nullable=True, comment="Zoho is not asked again before then"
        ),
        sa.Column("refusal", sa.Text(), nullable=True, comment="why Zoho granted none"),
        sa.Column("reason", sa.Text(), nullable=True, comment="Zoho's own word for that"),
        sa.PrimaryKeyConstraint("organisation", "credentials"),
        schema="zoho_pipeline",
        comment="The access token that all processes share, encrypted under a key that is not in the database.",
    )
    op.create_table(
        "api_budget",
        sa.Column("organisation", sa.Text(), nullable=False, comment="Zoho's organisation id"),
        sa.Column(
            "minute_ends", postgresql.ARRAY(sa.DateTime(timezone=True)), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("leases", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "lease_ends", postgresql.ARRAY(sa.DateTime(timezone=True)), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("waiting", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "waiting_until",
            postgresql.ARRAY(sa.DateTime(timezone=True)),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "bulk_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the latest bulk call goes out; the next ones are spaced from here",
        ),
        sa.Column(
            "day_slot", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="ten minutes since 1970"
        ),
        sa.Column("day_calls", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cool_down_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "cool_down_limit",
            sa.Text(),
            nullable=True,
            comment="the limit of Zoho that was met: minute, day, in_flight, blocked, asked",
        ),
        sa.PrimaryKeyConstraint("organisation"),
        schema="zoho_pipeline",
        comment=(
            "What is left of an organisation's API budget. minute_ends: when the calls of the last "
            "minute ended, in order. leases, lease_ends: calls in flight, and when each is taken for "
            "dead. waiting, waiting_until: who waits, in order; ids below zero are urgent. day_calls: "
            "calls begun in each ten minutes of the last day, the latest last."
        ),
        postgresql_with={"fillfactor": "20"},
    )
    op.create_table(
        "api_calls",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when the call was let go"),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False, comment="method and path without ids"),
        sa.Column("purpose", sa.Text(), nullable=False, comment="bulk or urgent"),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True, comment="HTTP status; NULL: no answer came"),
        sa.Column("code", sa.Integer(), nullable=True, comment="Zoho's own code in the answer"),
        sa.Column("ms", sa.Integer(), nullable=True, comment="NULL: still running, or the process that made it died"),
        sa.PrimaryKeyConstraint("id"),
        schema="zoho_pipeline",
        comment="Every call to Zoho: written when it is let go, completed when it has ended.",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("api_calls_at", "api_calls", ["at"], unique=False, schema="zoho_pipeline")
    op.create_index(
        "api_calls_run_id",
        "api_calls",
        ["run_id"],
        unique=False,
        schema="zoho_pipeline",
        postgresql_where=sa.text("run_id IS NOT NULL"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("action", sa.Text(), nullable=False, comment="create, update or open"),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column(
            "rand", sa.Numeric(precision=14, scale=2), nullable=True, comment="What the object moves in the books"
        ),
        sa.Column("source_hash", sa.Text(), nullable=True, comment="Of the row as it was sent"),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "sent_at", sa.DateTime(timezone=True), nullable=True, comment="NULL while nothing can have reached Zoho"
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("zoho_id", sa.Text(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema="zoho_pipeline",
    )
    op.create_index(
        "attempts_open",
        "attempts",
        ["entity", "row_id"],
        unique=True,
        schema="zoho_pipeline",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("attempts_row", "attempts", ["entity", "row_id"], unique=False, schema="zoho_pipeline")
    op.create_index("attempts_started", "attempts", ["started_at"], unique=False, schema="zoho_pipeline")
    op.create_table(
        "mirror_customers",
        sa.Column("zoho_id", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("currency_code", sa.Text(), nullable=True),
        sa.Column("circletel_id", sa.Text(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=True),
        sa.Column("outstanding", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("unused_credits", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("zoho_id"),
        schema="zoho_pipeline",
    )
    op.create_index(
        "mirror_customers_account_number", "mirror_customers", ["account_number"], unique=False, schema="zoho_pipeline"
    )
    op.create_index(
        "mirror_customers_circletel_id", "mirror_customers", ["circletel_id"], unique=False, schema="zoho_pipeline"
    )
    op.create_index(
        "mirror_customers_email",
        "mirror_customers",
        [sa.literal_column("lower(email)")],
        unique=False,
        schema="zoho_pipeline",
    )
    op.create_table(
        "mirror_invoices",
        sa.Column("zoho_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_zoho_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("total", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("balance", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("currency_code", sa.Text(), nullable=True),
        sa.Column("reference_number", sa.Text(), nullable=True),
        sa.Column("circletel_id", sa.Text(), nullable=True),
        sa.Column(
            "subscription_zoho_id",
            sa.Text(),
            nullable=True,
            comment="The subscription that raised it; list rows do not say",
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("zoho_id"),
        schema="zoho_pipeline",
    )
    op.create_index(
        "mirror_invoices_circletel_id", "mirror_invoices", ["circletel_id"], unique=False, schema="zoho_pipeline"
    )
    op.create_index(
        "mirror_invoices_customer",
        "mirror_invoices",
        ["customer_zoho_id", "date"],
        unique=False,
        schema="zoho_pipeline",
    )
    op.create_index("mirror_invoices_number", "mirror_invoices", ["number"], unique=False, schema="zoho_pipeline")
    op.create_table(
        "mirror_listings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "completed_at", sa.DateTime(timezone=True), nullable=True, comment="NULL for a listing that broke off"
        ),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema="zoho_pipeline",
    )
    op.create_index(
        "mirror_listings_entity", "mirror_listings", ["entity", "completed_at"], unique=False, schema="zoho_pipeline"
    )
    op.create_table(
        "mirror_payments",
        sa.Column("zoho_id", sa.Text(), nullable=False),
        sa.Column("customer_zoho_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("reference_number", sa.Text(), nullable=True),
        sa.Column("circletel_id", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("zoho_id"),
        schema="zoho_pipeline",
    )
    op.create_index(
        "mirror_payments_circletel_id", "mirror_payments", ["circletel_id"], unique=False, schema="zoho_pipeline"
    )
    op.create_index(
        "mirror_payments_customer",
        "mirror_payments",
        ["customer_zoho_id", "amount"],
        unique=False,
        schema="zoho_pipeline",
    )
    op.create_index(
        "mirror_payments_reference",
        "mirror_payments",
        [sa.literal_column("left(reference_number, 36)")],
        unique=False,
        schema="zoho_pipeline",
    )
    op.create_table(
        "mirror_subscriptions",
        sa.Column("zoho_id", sa.Text(), nullable=False),
        sa.Column("customer_zoho_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("plan_code", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("reference_id", sa.Text(), nullable=True),
        sa.Column("circletel_id", sa.Text(), nullable=True),
        sa.Column("billed_from", sa.Date(), nullable=True, comment="First day that Zoho bills the service for"),
        sa.Column("next_billing_on", sa.Date(), nullable=True),
        sa.Column(
            "invoices_listed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the subscription's invoices were last listed",
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("zoho_id"),
        schema="zoho_pipeline",
    )
    op.create_index(
        "mirror_subscriptions_circletel_id",
        "mirror_subscriptions",
        ["circletel_id"],
        unique=False,
        schema="zoho_pipeline",
    )
    op.create_index(
        "mirror_subscriptions_customer",
        "mirror_subscriptions",
        ["customer_zoho_id"],
        unique=False,
        schema="zoho_pipeline",
    )
    op.create_index(
        "mirror_subscriptions_reference_id",
        "mirror_subscriptions",
        ["reference_id"],
        unique=False,
        schema="zoho_pipeline",
    )
    op.create_table(
        "sync_records",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("source_hash", sa.Text(), nullable=True),
        sa.Column(
            "fingerprint", sa.Text(), nullable=True, comment="Of the mapped content last sent, or last refused by Zoho"
        ),
        sa.Column(
            "zoho_id", sa.Text(), nullable=True, comment="The object that the row was linked to when this was written"
        ),
        sa.Column(
            "dated_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Which moment stands in for a creation date that is NULL",
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "app_syncing_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the row was first seen in the app's hands",
        ),
        sa.Column(
            "doubt_since", sa.DateTime(timezone=True), nullable=True, comment="When a send ended without an answer"
        ),
        sa.Column("doubt_looks", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "doubt_looked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Start of the last listing that did not show it",
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("entity", "row_id", name="sync_records_pkey"),
        schema="zoho_pipeline",
    )
    op.create_index("sync_records_state", "sync_records", ["entity", "state"], unique=False, schema="zoho_pipeline")
    op.create_table(
        "sync_results",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("api_calls", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("interrupted", sa.Text(), nullable=True),
        sa.Column(
            "resumes_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When an unfinished month can go on by itself",
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "entity", "month", name="sync_results_pkey"),
        schema="zoho_pipeline",
    )
    op.get_bind().exec_driver_sql(_TAKE_PERMIT)


def downgrade() -> None:
    op.execute("DROP SCHEMA zoho_pipeline CASCADE")
