"""What a caller does with the budget's answer: pure, apart from raising."""

from dataclasses import dataclass
from datetime import datetime

from zoho_pipeline.clock import shown
from zoho_pipeline.zoho.errors import DailyQuotaSpent, RateLimited, ZohoDown
from zoho_pipeline.zoho.limits import Limit
from zoho_pipeline.zoho.ports import Call

PATIENCE_SECONDS = 120.0
"""A cool-down that lasts longer is not waited out: the caller is told when it ends."""
SHORTEST_SECONDS = 0.01
LONGEST_SECONDS = 1.0
"""Bounds of the guess at when a place in flight comes free."""

_PAUSES = {
    Limit.MINUTE: "Zoho found the organisation's minute overspent",
    Limit.BLOCKED: "Zoho has blocked the organisation's calls for some time",
    Limit.IN_FLIGHT: "Zoho found too many calls in flight",
    Limit.ASKED: "Zoho asked for a pause",
}


@dataclass(frozen=True)
class Reply:
    """What the budget said: granted, or why not.

    Attributes:
        goes_in: granted: seconds until the call may go out; else: seconds after which to ask again.
        ahead: how many are before the caller in the queue.
        resumes_at: when a cool-down or a spent day ends, or the next probe of an outage is due.
        cooling: the limit of Zoho's that a cool-down is for.
        down_since: when the outage began, and `down_reason`, how it showed.
        holds: whether the caller's own condition holds; None where it was not looked at.
    """

    granted: bool
    reason: str | None
    goes_in: float
    ahead: int
    resumes_at: datetime | None
    cooling: str | None
    down_since: datetime | None = None
    down_reason: str | None = None
    holds: bool | None = None


def seconds_until_next_asking(
    reply: Reply, call: Call, *, in_flight: int, usual_seconds: float, jitter: float
) -> float:
    """How long to sleep before asking again.

    Where all places in flight are taken nobody knows when one comes free: about when so many usual calls have ended as
    there are callers ahead. `jitter`, from 0 to 1, keeps processes apart.

    Raises:
        DailyQuotaSpent: our share of the day, or Zoho's day, is spent.
        RateLimited: a cool-down lasts longer than a caller should wait.
        ZohoDown: Zoho fails for everybody; nobody knows how long, so nobody waits.
    """
    if reply.reason == "day" or reply.cooling == Limit.DAY:
        raise day_spent(reply, call)
    if reply.reason == "outage":
        raise is_down(reply, call)
    if reply.reason == "cool_down":
        if reply.goes_in > PATIENCE_SECONDS:
            raise _cooling(reply, call)
        return reply.goes_in + jitter
    told = reply.goes_in + jitter / 50  # who comes much later than it was told loses its place
    if reply.reason != "in_flight":
        return told
    guess = usual_seconds * (reply.ahead + 1) / in_flight * (1 + jitter / 4)
    return max(told, min(max(guess, SHORTEST_SECONDS), LONGEST_SECONDS))


def attempted(call: Call) -> str:
    """How messages call the call that was not made."""
    whom = " ".join(part for part in (call.entity, call.record_id) if part)
    return f"{call.endpoint} for {whom}" if whom else call.endpoint


def day_spent(reply: Reply, call: Call) -> DailyQuotaSpent:
    """The error for a day without calls left, by Zoho's count or by ours."""
    whose = "Zoho says that the organisation's" if reply.reason == "cool_down" else "our share of the organisation's"
    detail = f"{whose} calls of this day are spent"
    assert reply.resumes_at is not None
    return DailyQuotaSpent(attempted(call), detail, resumes_at=reply.resumes_at)


def is_down(reply: Reply, call: Call) -> ZohoDown:
    """The error for an outage."""
    assert reply.down_since is not None
    assert reply.resumes_at is not None
    detail = f"Zoho has failed for everybody since {shown(reply.down_since)} ({reply.down_reason})"
    return ZohoDown(
        attempted(call),
        detail,
        since=reply.down_since,
        next_probe_at=reply.resumes_at,
        probe_due=reply.goes_in <= 0,
    )


def _cooling(reply: Reply, call: Call) -> RateLimited:
    detail = _PAUSES.get(Limit(reply.cooling or Limit.ASKED), "Zoho asked for a pause")
    return RateLimited(attempted(call), detail, retry_after_seconds=reply.goes_in)
