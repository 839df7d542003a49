"""What the budget's row comes to once calls have ended and time has passed, as a function in PostgreSQL.

It is called by `take_permits` within the locked row; it is made with the tables (`tables.api_budget`), and by a
migration.

A call counts towards the minute from its permit until 60 seconds after its *end* was heard of. Zoho saw it somewhere in
between, so Zoho's own rolling minute, wherever it begins, never holds more calls than ours. Each end is kept by itself
while the minute holds no more than `exact` calls, which is more than Zoho's usual limits allow; beyond that those of
half a second are kept together as of their latest, which holds calls back by so much at most and lets none go early.
"""

CREATE_HEAR_ENDINGS = """
CREATE OR REPLACE FUNCTION zoho_pipeline.hear_endings(
    b zoho_pipeline.api_budget,
    asking bigint[],        -- tickets that ask now: an earlier try of theirs holds no place any longer
    ended bigint[], lingering bigint[],     -- as of take_permits
    lease float8,           -- seconds after which a call is taken for dead
    pause float8, pause_limit text,
    moment timestamptz
) RETURNS zoho_pipeline.api_budget LANGUAGE plpgsql AS $$
DECLARE
    minute_window CONSTANT interval := '60.1 s';    -- a minute, and a little for clocks that do not run alike
    hold CONSTANT interval := '3 s';                -- so long ahead a permit is given
    linger CONSTANT interval := '15 s';             -- so long an abandoned call may still be in flight at Zoho
    exact CONSTANT int := 200;                      -- calls of a minute whose ends are kept one by one
    grain CONSTANT float8 := 0.5;                   -- seconds whose ends are kept together beyond that
    slot_seconds CONSTANT int := 600;
    slots CONSTANT int := 145;                      -- 24 hours of ten minutes, and the current ten
    until timestamptz;
    slot bigint;
    made int;
    left_out int;
    newest int;
    entering int;
    held bigint[] := '{}';
    held_until timestamptz[] := '{}';
BEGIN
    -- Calls in flight: those that ended, were lost with their process, or belong to an earlier try go.
    FOR i IN 1 .. cardinality(b.leases) LOOP
        until := least(b.lease_ends[i], moment + make_interval(secs => lease) + hold);
        IF b.leases[i] = ANY(lingering) THEN
            until := least(until, moment + linger);
        END IF;
        CONTINUE WHEN b.leases[i] = ANY(ended) AND b.leases[i] <> ALL(lingering);
        IF until > moment AND b.leases[i] <> ALL(asking) THEN
            held := held || b.leases[i];
            held_until := held_until || until;
        END IF;
    END LOOP;
    entering := cardinality(b.leases) - cardinality(held);
    b.leases := held;
    b.lease_ends := held_until;

    -- The minute: what ended more than a minute ago leaves it, what has just ended enters it as ending now.
    IF cardinality(b.minute_calls) <> cardinality(b.minute_ends) THEN
        b.minute_calls := array_fill(1, ARRAY[cardinality(b.minute_ends)]);
    END IF;
    left_out := width_bucket(moment - minute_window, b.minute_ends);
    IF left_out > 0 THEN
        b.minute_ends := b.minute_ends[left_out + 1 :];
        b.minute_calls := b.minute_calls[left_out + 1 :];
    END IF;
    newest := cardinality(b.minute_ends);
    IF b.minute_ends[newest] > moment THEN    -- the database's clock was set back
        b.minute_ends := array_fill(moment, ARRAY[newest]);
    END IF;
    SELECT coalesce(sum(n), 0) INTO made FROM unnest(b.minute_calls) AS n;
    IF entering > 0 AND made >= exact AND floor(extract(epoch FROM b.minute_ends[newest]) / grain)
        = floor(extract(epoch FROM moment) / grain)
    THEN
        b.minute_ends[newest] := moment;
        b.minute_calls[newest] := b.minute_calls[newest] + entering;
    ELSIF entering > 0 THEN
        b.minute_ends := b.minute_ends || moment;
        b.minute_calls := b.minute_calls || entering;
    END IF;

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

    IF pause > 0 AND moment + make_interval(secs => pause) > coalesce(b.cool_down_until, moment) THEN
        b.cool_down_until := moment + make_interval(secs => pause);
        b.cool_down_limit := pause_limit;
    END IF;
    b.bulk_at := least(b.bulk_at, moment + hold);
    RETURN b;
END $$
"""
