"""What can go by itself, for the sensors."""

from zoho_pipeline.actions.backfill import Paused, open_months
from zoho_pipeline.actions.opening import Environ, opened
from zoho_pipeline.budget.circuit import circuit_state
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.recovery.due import Due, Patience, Why, find_due
from zoho_pipeline.recovery.keeping import kept_from
from zoho_pipeline.settings import SyncSettings


class NothingIsSent(Foreseen):
    """ZOHO_WRITES is off or Zoho takes no calls, so that a run could change nothing."""


def read_due(why: Why, environ: Environ) -> Due:
    """The rows that are due for this reason, at most as many as one run takes.

    Raises:
        Paused, NothingIsSent: when a run would do nothing.
        Foreseen: when the settings, the database or its schema do not allow to look.
    """
    with opened(f"look for rows that are due ({why})", environ) as at:
        if at.sync.paused:
            raise Paused("The pipeline is paused (ZOHO_PAUSED is on).")
        if not at.sync.writes:
            raise NothingIsSent("ZOHO_WRITES is off, so nothing would be sent.")
        with at.engine.connect() as connection:
            circuit = circuit_state(connection)
            if not circuit.calls_go and not circuit.probe_is_due(SystemClock().now()):
                raise NothingIsSent(str(circuit))
            kept = kept_from(connection, open_months(at.sync))
            probing = not circuit.calls_go
            return find_due(connection, at.shape, why, kept, patience_of(at.sync), probing=probing)


def patience_of(sync: SyncSettings) -> Patience:
    """How long rows are left alone, by the settings."""
    return Patience(sync.app_grace_seconds, sync.settling_seconds)
