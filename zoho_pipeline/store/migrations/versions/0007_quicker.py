"""The ledger of calls and the last look at a lease as functions, which PostgreSQL plans once and not for every call."""

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


def upgrade() -> None:
    for statement in (_NOTE_CALLS, _STILL_OURS):
        op.get_bind().exec_driver_sql(statement)
    op.execute("ALTER TABLE zoho_pipeline.api_budget SET (toast_tuple_target = 8160)")


def downgrade() -> None:
    op.execute("ALTER TABLE zoho_pipeline.api_budget RESET (toast_tuple_target)")
    op.execute("DROP FUNCTION zoho_pipeline.still_ours")
    op.execute("DROP FUNCTION zoho_pipeline.note_calls")
