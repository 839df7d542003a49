"""Permits that are asked for together are decided together: the budget's row is read and written once for all."""

from importlib import import_module

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_HEAR_ENDINGS = """
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

_TAKE_PERMITS = """
CREATE OR REPLACE FUNCTION zoho_pipeline.take_permits(
    org text,
    asked jsonb,            -- an array, of each who asks:
    --  ticket bigint       of the caller; below zero where the call is urgent
    --  wanted boolean      false: only hear what has ended
    --  writes boolean      the call would change something in Zoho
    --  probes boolean      it is made to learn whether Zoho serves anybody
    --  per_minute, per_day, in_flight int
    --  burst int           calls in the minute before spacing begins
    --  space float8        least seconds between two bulk calls from then on; 0: no spacing
    --  lease float8        seconds after which a call is taken for dead
    --  method, endpoint, purpose, entity, record_id, run_id text       for the ledger
    --  look int, given jsonb       given back as they are
    ended bigint[],         -- tickets of calls that have ended
    statuses smallint[], codes int[], took_ms int[],    -- of these, for the ledger
    lingering bigint[],     -- of these, the ones that Zoho may still be busy with
    served bigint[],        -- of these, the ones that show that Zoho works
    served_ago float8,      -- how many seconds ago the latest of these was sent
    failed bigint[],        -- of these, the ones that failed as they would for anybody
    wrote bigint[],         -- of these, the ones that were to change something in Zoho
    failure text,           -- how the latest of those that failed did
    pause float8,           -- seconds that Zoho asked everybody to pause; 0: none
    pause_limit text
) RETURNS TABLE (           -- a row for each who asks, in their order
    place bigint,
    granted boolean,
    reason text,            -- why not: cool_down, day, outage, in_flight, minute
    goes_in float8,         -- granted: sleep so many seconds, then call; else: ask again after so many
    ahead int,              -- how many are before the caller in the queue
    resumes_at timestamptz,
    cooling text,           -- which of Zoho's limits the cool-down is for
    turned text,            -- what these endings did to the circuit, told to the first alone: opened, closed
    down_since timestamptz,     -- when the outage began that keeps the caller waiting, or that has turned
    down_reason text,
    look int,
    given jsonb
) LANGUAGE plpgsql ROWS 8 AS $$
DECLARE
    minute_window CONSTANT interval := '60.1 s';    -- these as in hear_endings
    hold CONSTANT interval := '3 s';
    slot_seconds CONSTANT int := 600;
    slots CONSTANT int := 145;
    late CONSTANT interval := '5 s';                -- who comes back later than this has lost its place
    probe_every CONSTANT interval := '60 s';
    b zoho_pipeline.api_budget;
    was zoho_pipeline.api_budget;
    one record;
    moment timestamptz;
    goes_at timestamptz;
    made int;
    counted int;
    used int;
    spent int;
    freed int;
    queued int;
    next_free timestamptz;
    probe_at timestamptz;
    gap float8;
    queue bigint[];
    queue_until timestamptz[];
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT * INTO b FROM zoho_pipeline.api_budget AS o WHERE o.organisation = org FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO zoho_pipeline.api_budget (organisation) VALUES (org) ON CONFLICT DO NOTHING;
        SELECT * INTO b FROM zoho_pipeline.api_budget AS o WHERE o.organisation = org FOR UPDATE;
    END IF;
    moment := clock_timestamp();

    -- A call that was let go before the probe says nothing of what the probe finds out, whenever its answer comes.
    IF NOT served && b.leases[array_position(b.leases, b.probe) + 1 :] THEN
        served_ago := greatest(served_ago, extract(epoch FROM moment - b.probed_at) + 0.001);
    END IF;

    -- What the calls that have ended say of Zoho. Each is heard once: while it still holds its place in flight.
    was := b;
    IF failed && b.leases OR (b.outage_since IS NOT NULL AND served && b.leases) THEN
        b := zoho_pipeline.circuit_after(b, served, served_ago, failed, wrote, failure, moment);
    ELSIF served && b.leases THEN
        b.served_at := greatest(b.served_at, moment - make_interval(secs => served_ago));
        b.failures := 0;
        b.failing_since := NULL;
        IF served && wrote THEN
            b.vain_writes := 0;
        END IF;
    END IF;
    b := zoho_pipeline.hear_endings(
        b, ARRAY(SELECT (e ->> 'ticket')::bigint FROM jsonb_array_elements(asked) AS e),
        ended, lingering, (asked -> 0 ->> 'lease')::float8, pause, pause_limit, moment
    );
    SELECT coalesce(sum(n), 0) INTO made FROM unnest(b.minute_calls) AS n;
    SELECT sum(n) INTO spent FROM unnest(b.day_calls) AS n;

    FOR one IN
        SELECT * FROM ROWS FROM (jsonb_to_recordset(asked) AS (
            ticket bigint, wanted boolean, writes boolean, probes boolean,
            per_minute int, per_day int, in_flight int, burst int, space float8, lease float8,
            method text, endpoint text, purpose text, entity text, record_id text, run_id text, look int, given jsonb
        )) WITH ORDINALITY AS e(
            ticket, wanted, writes, probes, per_minute, per_day, in_flight, burst, space, lease,
            method, endpoint, purpose, entity, record_id, run_id, look, given, place
        )
    LOOP
        place := one.place;
        look := one.look;
        given := one.given;
        reason := NULL;
        resumes_at := NULL;
        cooling := NULL;
        turned := NULL;
        down_since := NULL;
        down_reason := NULL;
        IF place = 1 AND (was.outage_since IS NULL) <> (b.outage_since IS NULL) THEN
            turned := CASE WHEN b.outage_since IS NULL THEN 'closed' ELSE 'opened' END;
            down_since := coalesce(b.outage_since, was.outage_since);
            down_reason := coalesce(b.outage_reason, was.outage_reason);
        END IF;

        -- The queue: who came first goes first, and urgent calls before all others.
        ahead := 0;
        queued := NULL;
        queue := '{}';
        queue_until := '{}';
        FOR i IN 1 .. cardinality(b.waiting) LOOP
            CONTINUE WHEN b.waiting_until[i] <= moment;
            queue := queue || b.waiting[i];
            queue_until := queue_until || least(b.waiting_until[i], moment + minute_window + late);
            IF b.waiting[i] = one.ticket THEN
                queued := cardinality(queue);
            ELSIF (b.waiting[i] < 0 AND one.ticket > 0)
                OR ((b.waiting[i] < 0) = (one.ticket < 0) AND queued IS NULL)
            THEN
                ahead := ahead + 1;
            END IF;
        END LOOP;

        -- When the caller's turn is, after those ahead of it.
        used := cardinality(b.leases) + made + ahead;
        goes_at := moment;
        IF used >= one.per_minute THEN
            goes_at := NULL;    -- it hangs on calls still in flight, unless enough of those that have ended make room
            counted := 0;
            FOR i IN 1 .. cardinality(b.minute_ends) LOOP
                counted := counted + b.minute_calls[i];
                goes_at := b.minute_ends[i] + minute_window;
                EXIT WHEN counted > used - one.per_minute;
                goes_at := NULL;
            END LOOP;
        END IF;
        IF goes_at IS NOT NULL AND used >= one.burst AND one.space > 0 THEN
            -- What is left of the minute is spread until the next place comes free, so that urgent calls find some.
            next_free := coalesce(b.minute_ends[1], moment) + minute_window;
            gap := extract(epoch FROM next_free - moment) / greatest(one.per_minute - used + ahead + 1, 1);
            goes_at := greatest(
                goes_at,
                b.bulk_at + make_interval(secs => one.space * (ahead + 1)),
                least(b.bulk_at + make_interval(secs => gap * (ahead + 1)), next_free)
            );
        END IF;

        granted := false;
        probe_at := greatest(
            moment, CASE WHEN b.probed_at IS NOT NULL THEN least(b.probed_at, moment) + probe_every END
        );
        IF b.cool_down_until > moment THEN
            reason := 'cool_down';
            cooling := b.cool_down_limit;
            resumes_at := b.cool_down_until;
            goes_at := b.cool_down_until;
        ELSIF spent >= one.per_day THEN
            reason := 'day';
            freed := spent;
            FOR i IN 1 .. slots LOOP
                freed := freed - b.day_calls[i];
                resumes_at := to_timestamp((b.day_slot + i) * slot_seconds);
                EXIT WHEN freed < one.per_day;
            END LOOP;
            goes_at := resumes_at;
        ELSIF b.outage_since IS NOT NULL AND b.trial_since IS NULL AND NOT (one.probes AND probe_at = moment) THEN
            reason := 'outage';
            down_since := b.outage_since;
            down_reason := b.outage_reason;
            resumes_at := probe_at;
            goes_at := probe_at;
        ELSIF cardinality(b.leases) + ahead >= one.in_flight
            OR (one.writes AND b.trial_since IS NOT NULL AND b.trial = ANY(b.leases))
        THEN
            reason := 'in_flight';
        ELSIF goes_at IS NULL OR goes_at > moment + hold THEN
            reason := 'minute';
        ELSE
            granted := one.wanted;
        END IF;
        goes_at := coalesce(goes_at, moment + interval '1 s');

        IF granted THEN
            b.leases := b.leases || one.ticket;
            b.lease_ends := b.lease_ends || goes_at + make_interval(secs => one.lease);
            b.day_calls[slots] := b.day_calls[slots] + 1;
            spent := spent + 1;
            IF one.space > 0 THEN
                b.bulk_at := goes_at;
            END IF;
            IF one.writes AND b.trial_since IS NOT NULL THEN
                b.trial := one.ticket;
            END IF;
            IF one.probes THEN
                b.probe := one.ticket;
                b.probed_at := moment;
            END IF;
        END IF;
        IF b.outage_since IS NOT NULL AND one.wanted AND (reason = 'outage' OR (granted AND one.probes)) THEN
            UPDATE zoho_pipeline.outages AS o
            SET calls_refused = o.calls_refused + (NOT granted)::int, probes = o.probes + granted::int
            WHERE o.organisation = org AND o.ended_at IS NULL;
        END IF;
        IF one.wanted AND reason IN ('in_flight', 'minute') THEN
            queued := coalesce(queued, cardinality(queue) + 1);
            queue[queued] := one.ticket;
            queue_until[queued] := goes_at + late;
        ELSIF one.wanted AND queued IS NOT NULL THEN
            queue := queue[: queued - 1] || queue[queued + 1 :];
            queue_until := queue_until[: queued - 1] || queue_until[queued + 1 :];
        END IF;
        b.waiting := queue;
        b.waiting_until := queue_until;
        goes_in := extract(epoch FROM goes_at - moment);
        IF granted THEN
            INSERT INTO zoho_pipeline.api_calls
                (id, organisation, at, method, endpoint, purpose, entity, record_id, run_id)
            VALUES (one.ticket, org, clock_timestamp() + make_interval(secs => goes_in),
                one.method, one.endpoint, one.purpose, one.entity, one.record_id, one.run_id)
            ON CONFLICT (id) DO NOTHING;
        END IF;
        RETURN NEXT;
    END LOOP;

    UPDATE zoho_pipeline.api_budget AS o SET
        minute_ends = b.minute_ends, minute_calls = b.minute_calls, leases = b.leases, lease_ends = b.lease_ends,
        waiting = b.waiting, waiting_until = b.waiting_until, bulk_at = b.bulk_at,
        day_slot = b.day_slot, day_calls = b.day_calls,
        cool_down_until = b.cool_down_until, cool_down_limit = b.cool_down_limit,
        served_at = b.served_at, failures = b.failures, vain_writes = b.vain_writes, failing_since = b.failing_since,
        outage_since = b.outage_since, outage_reason = b.outage_reason, trial_since = b.trial_since,
        trial = b.trial, probe = b.probe, probed_at = b.probed_at
    WHERE o.organisation = org;
    FOR i IN 1 .. cardinality(ended) LOOP
        UPDATE zoho_pipeline.api_calls AS c SET status = statuses[i], code = codes[i], ms = took_ms[i]
        WHERE c.id = ended[i];
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Bring the schema up."""
    for statement in (_HEAR_ENDINGS, _TAKE_PERMITS):
        op.get_bind().exec_driver_sql(statement)
    op.execute("DROP FUNCTION zoho_pipeline.take_permit")
    op.execute("DROP FUNCTION zoho_pipeline.note_calls")


def downgrade() -> None:
    """Take it back."""
    before = import_module("zoho_pipeline.store.migrations.versions.0007_quicker")
    for statement in (before._NOTE_CALLS, before._TAKE_PERMIT):
        op.get_bind().exec_driver_sql(statement)
    op.execute("DROP FUNCTION zoho_pipeline.take_permits")
    op.execute("DROP FUNCTION zoho_pipeline.hear_endings")
