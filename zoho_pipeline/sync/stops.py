"""Why a run sends nothing more, and whether it can go on by itself."""

from dataclasses import dataclass, field
from datetime import datetime

from zoho_pipeline.clock import shown
from zoho_pipeline.hours import Hours
from zoho_pipeline.zoho.errors import DailyQuotaSpent, ZohoError


@dataclass(frozen=True)
class Stop:
    """A reason that says nothing about any row."""

    reason: str
    resumes_at: datetime | None = None
    """When it can go on without anybody's doing (UTC); None where a person has to act first."""
    fault: ZohoError | None = field(default=None, repr=False)
    """The error that ends the run as failed; None where the run ends as it should, only earlier."""


def stop_for(error: ZohoError) -> Stop:
    """A spent quota is no fault: the run ends well, and goes on when calls are left again."""
    if isinstance(error, DailyQuotaSpent):
        return Stop(f"{error.detail}: it goes on at {shown(error.resumes_at)}", resumes_at=error.resumes_at)
    return Stop(str(error), fault=error)


def stop_outside(hours: Hours | None, now: datetime) -> Stop | None:
    """The stop of heavy work outside the hours to which it is confined."""
    if hours is None or hours.contain(now):
        return None
    next_start = hours.next_start(now)
    reason = f"heavy work is confined to {hours} (ZOHO_BULK_HOURS): it goes on at {shown(next_start)}"
    return Stop(reason, resumes_at=next_start)
