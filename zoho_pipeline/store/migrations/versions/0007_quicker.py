"""The ledger of calls and the last look at a lease as functions, which PostgreSQL plans once and not for every call.

And a circuit that opens for a failed probe whatever was served by calls that went out before it.
"""

from importlib import import_module

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NOTE_CALLS = """
CREATE OR REPLACE FUNCTION zoho_pipeline.note_calls(
    org text,
    ticket bigint, goes_in float8,      -- a call that is let go in so many seconds; NULL: none is
    method text, endpoint text, purpose text, entity text, record_id text, run_id text,
    ended bigint[], statuses smallint[], codes int[], took_ms int[]     -- calls that have ended, and how
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF goes_in IS NOT NULL THEN
        INSERT INTO zoho_pipeline.api_calls
            (id, organisation, at, method, endpoint, purpose, entity, record_id, run_id)
        VALUES (ticket, org, clock_timestamp() + make_interval(secs => goes_in),
            method, endpoint, purpose, entity, record_id, run_id)
        ON CONFLICT (id) DO NOTHING;
    END IF;
    FOR i IN 1 .. cardinality(ended) LOOP
        UPDATE zoho_pipeline.api_calls AS c SET status = statuses[i], code = codes[i], ms = took_ms[i]
        WHERE c.id = ended[i];
    END LOOP;
END $$
"""

_STILL_OURS = """
CREATE OR REPLACE FUNCTION zoho_pipeline.still_ours(
    of_entity text, of_row uuid, by_worker text,
    lease float8    -- seconds for which the lease holds from now on
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    ours bigint;
BEGIN
    SET LOCAL synchronous_commit TO DEFAULT;
    SELECT a.id INTO ours FROM zoho_pipeline.attempts AS a
    WHERE a.entity = of_entity AND a.row_id = of_row AND a.ended_at IS NULL
      AND a.worker = by_worker AND a.lease_until > clock_timestamp()
    FOR UPDATE SKIP LOCKED;
    UPDATE zoho_pipeline.attempts AS a
    SET sent_at = coalesce(a.sent_at, clock_timestamp()), lease_until = clock_timestamp() + make_interval(secs => lease)
    WHERE a.id = ours;
    RETURN FOUND;
END $$
"""

_CIRCUIT_AFTER = """
CREATE OR REPLACE FUNCTION zoho_pipeline.circuit_after(
    b zoho_pipeline.api_budget,
    served bigint[], served_ago float8, failed bigint[], wrote bigint[], failure text,     -- as of take_permit
    moment timestamptz
) RETURNS zoho_pipeline.api_budget LANGUAGE plpgsql AS $$
DECLARE
    enough CONSTANT int := 5;                       -- more than one caller's tries of one request
    trial_lasts CONSTANT interval := '10 minutes';
    near CONSTANT interval := '0.1 s';              -- as exactly as is known here when a call was sent
    bad bigint[] := ARRAY(SELECT unnest(failed) INTERSECT SELECT unnest(b.leases));
    probe_failed boolean := coalesce(b.probe = ANY(bad) AND b.probed_at >= b.served_at - near, false);
BEGIN
    IF served && b.leases THEN
        b.served_at := greatest(b.served_at, moment - make_interval(secs => served_ago));
        b.failures := 0;
        b.failing_since := NULL;
        IF served && wrote THEN
            b.vain_writes := 0;
        END IF;
        IF b.outage_since IS NOT NULL THEN
            b.trial_since := coalesce(b.trial_since, moment);
            IF b.trial = ANY(served) OR moment > b.trial_since + trial_lasts THEN
                UPDATE zoho_pipeline.outages AS o SET ended_at = b.trial_since
                WHERE o.organisation = b.organisation AND o.ended_at IS NULL;
                b.outage_since := NULL;
                b.outage_reason := NULL;
                b.trial_since := NULL;
                b.trial := NULL;
                b.vain_writes := 0;
            END IF;
        END IF;
    ELSE
        b.failures := b.failures + cardinality(bad);
    END IF;
    IF bad = '{}' THEN
        RETURN b;
    END IF;
    b.failing_since := coalesce(b.failing_since, moment);
    b.vain_writes := b.vain_writes + cardinality(ARRAY(SELECT unnest(bad) INTERSECT SELECT unnest(wrote)));

    IF b.outage_since IS NULL THEN
        IF b.served_at IS NOT NULL AND (probe_failed OR b.failures >= enough OR b.vain_writes >= enough) THEN
            b.outage_since := b.failing_since;
            b.outage_reason := failure;
            IF NOT probe_failed THEN
                b.probed_at := NULL;    -- so that the next who asks finds out at once
            END IF;
            INSERT INTO zoho_pipeline.outages (organisation, began_at, reason)
            VALUES (b.organisation, b.outage_since, failure);
        END IF;
    ELSIF b.trial_since IS NOT NULL AND (probe_failed OR b.failures >= enough OR b.trial = ANY(bad)) THEN
        b.trial_since := NULL;
        b.trial := NULL;
        b.outage_reason := failure;
        b.probed_at := moment;
    END IF;
    RETURN b;
END $$
"""


def upgrade() -> None:
    for statement in (_NOTE_CALLS, _STILL_OURS, _CIRCUIT_AFTER):
        op.get_bind().exec_driver_sql(statement)
    op.execute("ALTER TABLE zoho_pipeline.api_budget SET (toast_tuple_target = 8160)")


def downgrade() -> None:
    op.execute("ALTER TABLE zoho_pipeline.api_budget RESET (toast_tuple_target)")
    circuit = import_module("zoho_pipeline.store.migrations.versions.0004_circuit")
    op.get_bind().exec_driver_sql(circuit._CIRCUIT_AFTER)
    op.execute("DROP FUNCTION zoho_pipeline.still_ours")
    op.execute("DROP FUNCTION zoho_pipeline.note_calls")
