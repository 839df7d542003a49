"""The outage circuit's decision, as a function in PostgreSQL that `take_permits` calls within the locked row.

Closed, all calls go. It opens when calls fail for everybody: `enough` of them in a row over all processes and hosts
with none served in between; or as many writes in a row with none of them served (a Zoho that can be read and not
written to is down as well); or a probe, where no call was served that was let go after it. An organisation that Zoho
has never served has no outage: that is a setting which is wrong, and every run says so.

Open, nothing goes but one probe a minute. Once anything is served the circuit is on trial: reads go, and one write at a
time, so that a Zoho which fails again costs one row in doubt and not a dozen. A write that is served closes it, or ten
minutes in which reads were (six hours where it was writes that failed: reads show nothing of those). A probe or a trial
that fails opens it again, as the same outage.
"""

CREATE_CIRCUIT_AFTER = """
CREATE OR REPLACE FUNCTION zoho_pipeline.circuit_after(
    b zoho_pipeline.api_budget,
    served bigint[], served_ago float8, failed bigint[], wrote bigint[], failure text,     -- as of take_permits
    moment timestamptz
) RETURNS zoho_pipeline.api_budget LANGUAGE plpgsql AS $$
DECLARE
    enough CONSTANT int := 5;                       -- more than one caller's tries of one request
    trial_lasts CONSTANT interval :=
        CASE WHEN b.vain_writes >= enough THEN interval '6 hours' ELSE interval '10 minutes' END;
    bad bigint[] := ARRAY(SELECT unnest(failed) INTERSECT SELECT unnest(b.leases));
    probe_failed boolean;
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
    probe_failed := coalesce(b.probe = ANY(bad) AND b.probed_at >= b.served_at, false);
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
