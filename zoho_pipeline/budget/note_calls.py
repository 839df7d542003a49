"""The ledger of calls, kept as a function in PostgreSQL: it plans its statements once per connection, not per call.

It is made with the tables (`tables.api_calls`), and by a migration.
"""

CREATE_NOTE_CALLS = """
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
