"""The budget's decision, as a function in PostgreSQL.

It decides inside the organisation's locked row, with the database's clock read after the lock was got; so it is atomic
for all processes and hosts, and needs nothing of the session (a transaction pooler may stand in between). It is made
with the tables (`tables.api_budget`), and by a migration.

A call counts towards the minute from its permit until 60 seconds after its *end* was heard of. Zoho saw it somewhere in
between, so Zoho's own rolling minute, wherever it begins, never holds more calls than ours. Each end is kept by itself
while the minute holds no more than `exact` calls, which is more than Zoho's usual limits allow; beyond that those of
half a second are kept together as of their latest, which holds calls back by so much at most and lets none go early.

The permit by itself does not wait for the disk; one in which a lease was checked does (`sync.still_ours`). What a
crash of PostgreSQL can lose of it is the last half second, and no row of CircleTel's or trace of a send is among it:
those are committed by transactions that do wait. The budget then knows of a few calls too few for a minute, which the
share left to CircleTel's app makes up for.
"""

CREATE_TAKE_PERMIT = """
CREATE OR REPLACE FUNCTION zoho_pipeline.take_permit(
    org text,
    ticket bigint,          -- of the caller; below zero where the call is urgent
    wanted boolean,         -- false: only hear what has ended
    writes boolean,         -- the call would change something in Zoho
    probes boolean,         -- it is made to learn whether Zoho serves anybody
    ended bigint[],         -- tickets of calls that have ended
    lingering bigint[],     -- of these, the ones that Zoho may still be busy with
    served bigint[],        -- of these, the ones that show that Zoho works
    served_ago float8,      -- how many seconds ago the latest of these was sent
    failed bigint[],        -- of these, the ones that failed as they would for anybody
    wrote bigint[],         -- of these, the ones that were to change something in Zoho
    failure text,           -- how the latest of those that failed did
    per_minute int, per_day int, in_flight int,
    burst int,              -- calls in the minute before spacing begins
    space float8,           -- least seconds between two bulk calls from then on; 0: no spacing
    lease float8,           -- seconds after which a call is taken for dead
    pause float8,           -- seconds that Zoho asked everybody to pause; 0: none
    pause_limit text,
    OUT granted boolean,
    OUT reason text,        -- why not: cool_down, day, outage, in_flight, minute
    OUT goes_in float8,     -- granted: sleep so many seconds, then call; else: ask again after so many
    OUT ahead int,          -- how many are before the caller in the queue
    OUT resumes_at timestamptz,
    OUT cooling text,       -- which of Zoho's limits the cool-down is for
    OUT turned text,        -- what these endings did to the circuit, told to this caller alone: opened, closed
    OUT down_since timestamptz,     -- when the outage began that keeps the caller waiting, or that has turned
    OUT down_reason text
) LANGUAGE plpgsql AS $$
DECLARE
    minute_window CONSTANT interval := '60.1 s';    -- a minute, and a little for clocks that do not run alike
    hold CONSTANT interval := '3 s';                -- so long ahead a permit is given
    linger CONSTANT interval := '15 s';             -- so long an abandoned call may still be in flight at Zoho
    late CONSTANT interval := '5 s';                -- who comes back later than this has lost its place
    exact CONSTANT int := 200;                      -- calls of a minute whose ends are kept one by one
    grain CONSTANT float8 := 0.5;                   -- seconds whose ends are kept together beyond that
    probe_every CONSTANT interval := '60 s';
    slot_seconds CONSTANT int := 600;
    slots CONSTANT int := 145;                      -- 24 hours of ten minutes, and the current ten
    b zoho_pipeline.api_budget;
    was zoho_pipeline.api_budget;
    moment timestamptz;
    goes_at timestamptz;
    until timestamptz;
    slot bigint;
    made int;
    used int;
    spent int;
    place int;
    left_out int;
    newest int;
    entering int;
    next_free timestamptz;
    probe_at timestamptz;
    gap float8;
    held bigint[] := '{}';
    held_until timestamptz[] := '{}';
    queue bigint[] := '{}';
    queue_until timestamptz[] := '{}';
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT * INTO b FROM zoho_pipeline.api_budget AS a WHERE a.organisation = org FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO zoho_pipeline.api_budget (organisation) VALUES (org) ON CONFLICT DO NOTHING;
        SELECT * INTO b FROM zoho_pipeline.api_budget AS a WHERE a.organisation = org FOR UPDATE;
    END IF;
    moment := clock_timestamp();

    -- A call that was let go before the probe says nothing of what the probe finds out, whenever its answer comes.
    IF NOT served && b.leases[array_position(b.leases, b.probe) + 1 :] THEN
        served_ago := greatest(served_ago, extract(epoch FROM moment - b.probed_at) + 0.001);
    END IF;

    -- What the calls that have ended say of Zoho. Each is heard once: while it still holds its place in flight.
    IF failed && b.leases OR (b.outage_since IS NOT NULL AND served && b.leases) THEN
        was := b;
        b := zoho_pipeline.circuit_after(b, served, served_ago, failed, wrote, failure, moment);
        IF (was.outage_since IS NULL) <> (b.outage_since IS NULL) THEN
            turned := CASE WHEN b.outage_since IS NULL THEN 'closed' ELSE 'opened' END;
            down_since := coalesce(b.outage_since, was.outage_since);
            down_reason := coalesce(b.outage_reason, was.outage_reason);
        END IF;
    ELSIF served && b.leases THEN
        b.served_at := greatest(b.served_at, moment - make_interval(secs => served_ago));
        b.failures := 0;
        b.failing_since := NULL;
        IF served && wrote THEN
            b.vain_writes := 0;
        END IF;
    END IF;

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
    entering := cardinality(b.leases) - cardinality(held);
    IF entering > 0 AND made >= exact AND floor(extract(epoch FROM b.minute_ends[newest]) / grain)
        = floor(extract(epoch FROM moment) / grain)
    THEN
        b.minute_ends[newest] := moment;
        b.minute_calls[newest] := b.minute_calls[newest] + entering;
    ELSIF entering > 0 THEN
        b.minute_ends := b.minute_ends || moment;
        b.minute_calls := b.minute_calls || entering;
    END IF;
    made := made + entering;

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
    used := cardinality(held) + made + ahead;
    goes_at := moment;
    IF used >= per_minute THEN
        goes_at := NULL;    -- it hangs on calls still in flight, unless enough of those that have ended make room
        made := 0;
        FOR i IN 1 .. cardinality(b.minute_ends) LOOP
            made := made + b.minute_calls[i];
            goes_at := b.minute_ends[i] + minute_window;
            EXIT WHEN made > used - per_minute;
            goes_at := NULL;
        END LOOP;
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
    probe_at := greatest(moment, CASE WHEN b.probed_at IS NOT NULL THEN least(b.probed_at, moment) + probe_every END);
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
    ELSIF b.outage_since IS NOT NULL AND b.trial_since IS NULL AND NOT (probes AND probe_at = moment) THEN
        reason := 'outage';
        down_since := b.outage_since;
        down_reason := b.outage_reason;
        resumes_at := probe_at;
        goes_at := probe_at;
    ELSIF cardinality(held) + ahead >= in_flight OR (writes AND b.trial_since IS NOT NULL AND b.trial = ANY(held)) THEN
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
        IF writes AND b.trial_since IS NOT NULL THEN
            b.trial := ticket;
        END IF;
        IF probes THEN
            b.probe := ticket;
            b.probed_at := moment;
        END IF;
    END IF;
    IF b.outage_since IS NOT NULL AND wanted AND (reason = 'outage' OR (granted AND probes)) THEN
        UPDATE zoho_pipeline.outages AS o
        SET calls_refused = o.calls_refused + (NOT granted)::int, probes = o.probes + granted::int
        WHERE o.organisation = org AND o.ended_at IS NULL;
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
        minute_ends = b.minute_ends, minute_calls = b.minute_calls, leases = held, lease_ends = held_until,
        waiting = queue, waiting_until = queue_until, bulk_at = b.bulk_at,
        day_slot = b.day_slot, day_calls = b.day_calls,
        cool_down_until = b.cool_down_until, cool_down_limit = b.cool_down_limit,
        served_at = b.served_at, failures = b.failures, vain_writes = b.vain_writes, failing_since = b.failing_since,
        outage_since = b.outage_since, outage_reason = b.outage_reason, trial_since = b.trial_since,
        trial = b.trial, probe = b.probe, probed_at = b.probed_at
    WHERE a.organisation = org;
    goes_in := extract(epoch FROM goes_at - moment);
END $$
"""

DROP_TAKE_PERMIT = "DROP FUNCTION IF EXISTS zoho_pipeline.take_permit"
