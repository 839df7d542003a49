"""The one statement that a permit costs: it asks for the permit, and keeps the ledger of calls."""

from sqlalchemy import text

TAKE = text("""
WITH permit AS MATERIALIZED (
    SELECT * FROM zoho_pipeline.take_permit(
        :organisation, :ticket, :wanted, :writes, :probes, :ended ::bigint[], :lingering ::bigint[],
        :served ::bigint[], :served_ago, :failed ::bigint[], :wrote ::bigint[], :failure,
        :per_minute, :per_day, :in_flight, :burst, :space, :lease, :pause, :pause_limit
    )
),
begun AS (
    INSERT INTO zoho_pipeline.api_calls
        (id, organisation, at, method, endpoint, purpose, entity, record_id, run_id)
    SELECT :ticket, :organisation, clock_timestamp() + make_interval(secs => goes_in),
        :method, :endpoint, :purpose, :entity, :record_id, :run_id
    FROM permit WHERE granted
    ON CONFLICT (id) DO NOTHING
),
closed AS (
    UPDATE zoho_pipeline.api_calls AS c SET status = e.status, code = e.code, ms = e.ms
    FROM unnest(:ended ::bigint[], :statuses ::smallint[], :codes ::int[], :ms ::int[]) AS e (id, status, code, ms)
    WHERE c.id = e.id
)
SELECT * FROM permit
""")
