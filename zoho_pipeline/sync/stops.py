"""Why a run sends nothing more, and whether it can go on by itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zoho_pipeline.clock import shown
from zoho_pipeline.hours import Hours
from zoho_pipeline.zoho.errors import DailyQuotaSpent, RateLimited, ZohoDown, ZohoError

LONGEST_PAUSE = timedelta(minutes=5)
"""Between two runs of an outage, beside the minute between two probes."""


@dataclass(frozen=True)
class Stop:
    """A reason that says nothing about any row."""

    reason: str
    resumes_at: datetime | None = None
    """When it can go on without anybody's doing (UTC); None where a person has to act first."""
    fault: ZohoError | None = field(default=None, repr=False)
    """The error that ends the run as failed; None where the run ends as it should, only earlier."""


def stop_for(error: ZohoError, now: datetime) -> Stop:
    """A limit and an outage are no faults: the run ends well, and goes on when Zoho takes calls again."""
    resumes_at = _resumes_at(error, now)
    if resumes_at is None:
        return Stop(str(error), fault=error)
    return Stop(f"{error.detail}: it goes on at {shown(resumes_at)}", resumes_at=resumes_at)


def _resumes_at(error: ZohoError, now: datetime) -> datetime | None:
    """When a run may go on after the error (UTC); None where that is for a person to say.

    The longer an outage lasts, the rarer a run looks whether it is over: a tenth of its time later than it might.
    """
    match error:
        case DailyQuotaSpent():
            return error.resumes_at
        case RateLimited():
            return now + timedelta(seconds=error.retry_after_seconds)
        case ZohoDown():
            return error.next_probe_at + min((error.next_probe_at - error.since) / 10, LONGEST_PAUSE)
    return None


def stop_outside(hours: Hours | None, now: datetime) -> Stop | None:
    """The stop of heavy work outside the hours to which it is confined."""
    if hours is None or hours.contain(now):
        return None
    next_start = hours.next_start(now)
    reason = f"heavy work is confined to {hours} (ZOHO_BULK_HOURS): it goes on at {shown(next_start)}"
    return Stop(reason, resumes_at=next_start)
