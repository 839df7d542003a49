"""The one statement that a permit costs: it asks for the permit, and keeps the ledger of calls."""

# In the driver's own style, for it is asked before every single call.
TAKE = """
WITH permit AS MATERIALIZED (
    SELECT * FROM zoho_pipeline.take_permit(
        %(organisation)s, %(ticket)s, %(wanted)s, %(writes)s, %(probes)s, %(ended)s::bigint[], %(lingering)s::bigint[],
        %(served)s::bigint[], %(served_ago)s, %(failed)s::bigint[], %(wrote)s::bigint[], %(failure)s,
        %(per_minute)s, %(per_day)s, %(in_flight)s, %(burst)s, %(space)s, %(lease)s, %(pause)s, %(pause_limit)s
    )
),
begun AS (
    INSERT INTO zoho_pipeline.api_calls
        (id, organisation, at, method, endpoint, purpose, entity, record_id, run_id)
    SELECT %(ticket)s, %(organisation)s, clock_timestamp() + make_interval(secs => goes_in),
        %(method)s, %(endpoint)s, %(purpose)s, %(entity)s, %(record_id)s, %(run_id)s
    FROM permit WHERE granted
    ON CONFLICT (id) DO NOTHING
),
closed AS (
    UPDATE zoho_pipeline.api_calls AS c SET status = e.status, code = e.code, ms = e.ms
    FROM unnest(%(ended)s::bigint[], %(statuses)s::smallint[], %(codes)s::int[], %(ms)s::int[])
        AS e (id, status, code, ms)
    WHERE c.id = e.id
)
SELECT * FROM permit
"""
