"""The budget's decision, as a function in PostgreSQL.

It decides inside the organisation's locked row, with the database's clock read after the lock was got; so it is atomic
for all processes and hosts, and needs nothing of the session (a transaction pooler may stand in between). It is made
with the tables (`tables.api_budget`), and by a migration.

A call counts towards the minute from its permit until 60 seconds after its *end* was heard of. Zoho saw it somewhere in
between, so Zoho's own rolling minute, wherever it begins, never holds more calls than ours.
"""

CREATE_TAKE_PERMIT = """
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

DROP_TAKE_PERMIT = "DROP FUNCTION IF EXISTS zoho_pipeline.take_permit"
