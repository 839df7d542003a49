"""The last look before a write leaves, as a function in PostgreSQL, so that the budget's statement can take it along.

It is made with the tables (`tables.attempts`), and by a migration.

Its commit waits for the disk as the session's commits do, even where it rides with a permit, which by itself does not:
that something may have been sent must never be forgotten. Whoever has locked the attempt is ending it, and is not
waited for: meanwhile nobody would get a permit.
"""

CREATE_STILL_OURS = """
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
