"""How the outage circuit and the cool-down stand, for health checks, pages and alerts; and what the log says of them.

Zoho's answers make them (`circuit_after`, `take_permits`); here they are read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from zoho_pipeline.clock import shown

PROBE_EVERY = timedelta(seconds=60)
_STATE = text("""
    SELECT served_at, outage_since, outage_reason, trial_since, probed_at,
        CASE WHEN outage_since IS NOT NULL AND trial_since IS NULL THEN
            greatest(clock_timestamp(), probed_at + interval '60 s') END AS next_probe_at,
        CASE WHEN cool_down_until > clock_timestamp() THEN cool_down_until END AS cooling_until, cool_down_limit
    FROM zoho_pipeline.api_budget
    WHERE organisation = coalesce(:organisation, organisation)
    ORDER BY served_at DESC NULLS LAST LIMIT 1
""")


@dataclass(frozen=True)
class Circuit:
    """How it stands; all moments in UTC, by the database's clock.

    Attributes:
        served_at: when Zoho was last heard to work; None where it never did.
        down_since: when the outage began; None where there is none.
        reason: how the outage shows.
        trial_since: since when Zoho serves again, and writes go one at a time; None while nothing goes.
        last_probe_at, next_probe_at: when it was, and will be, found out whether Zoho is back.
        cooling_until: when a pause ends that Zoho has asked for; None where it asked for none.
        cooling_limit: the limit that was met: minute, day, in_flight, blocked, asked.
    """

    served_at: datetime | None = None
    down_since: datetime | None = None
    reason: str | None = None
    trial_since: datetime | None = None
    last_probe_at: datetime | None = None
    next_probe_at: datetime | None = None
    cooling_until: datetime | None = None
    cooling_limit: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing but probes is sent, because Zoho fails for everybody."""
        return self.down_since is not None and self.trial_since is None

    @property
    def calls_go(self) -> bool:
        """Whether anything is sent now."""
        return not self.is_open and self.cooling_until is None

    def probe_is_due(self, now: datetime) -> bool:
        """Whether the next caller finds out if an outage is over."""
        return self.is_open and (self.last_probe_at is None or now - self.last_probe_at >= PROBE_EVERY)

    def __str__(self) -> str:
        if self.cooling_until is not None:
            return f"Zoho has asked for a pause ({self.cooling_limit}): calls go again at {shown(self.cooling_until)}."
        if self.down_since is None:
            return "Nothing holds calls to Zoho back."
        since = f"Zoho has failed for everybody since {shown(self.down_since)} ({self.reason})"
        if self.trial_since is not None:
            return f"{since}; since {shown(self.trial_since)} it serves again, and writes go one at a time."
        assert self.next_probe_at is not None
        return f"{since}; nothing is sent, and it is asked again at {shown(self.next_probe_at)}."


def circuit_state(connection: Connection, organisation: str | None = None) -> Circuit:
    """How it stands for the organisation; of several, where none is named, the one that was served last."""
    row = connection.execute(_STATE, {"organisation": organisation}).one_or_none()
    if row is None:
        return Circuit()
    return Circuit(
        served_at=row.served_at,
        down_since=row.outage_since,
        reason=row.outage_reason,
        trial_since=row.trial_since,
        last_probe_at=row.probed_at,
        next_probe_at=row.next_probe_at,
        cooling_until=row.cooling_until,
        cooling_limit=row.cool_down_limit if row.cooling_until else None,
    )


def told(turned: str, since: datetime, reason: str | None) -> str:
    """The line in the log when the circuit opens or closes."""
    if turned == "opened":
        return (
            f"Zoho has failed for everybody since {shown(since)} ({reason}): nothing more is sent. It is asked once a "
            "minute, rows wait, and runs go on by themselves when it is back."
        )
    return f"Zoho serves again, after an outage since {shown(since)} ({reason}): calls go as before."
