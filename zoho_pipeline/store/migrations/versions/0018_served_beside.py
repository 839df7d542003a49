"""A circuit in which a call that was served counts against a probe that failed, even where both are told at once."""

from importlib import import_module

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_CIRCUIT_AFTER = """
CREATE OR REPLACE FUNCTION zoho_pipeline.circuit_after(
    b zoho_pipeline.api_budget,
    served bigint[], served_ago float8, failed bigint[], wrote bigint[], failure text,     -- as of take_permit
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


def upgrade() -> None:
    """Bring the schema up."""
    op.get_bind().exec_driver_sql(_CIRCUIT_AFTER)


def downgrade() -> None:
    """Take it back."""
    before = import_module("zoho_pipeline.store.migrations.versions.0007_quicker")
    op.get_bind().exec_driver_sql(before._CIRCUIT_AFTER)
