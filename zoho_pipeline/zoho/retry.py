"""What to do after a failed attempt: small pure rules.

A read may be sent again whatever happened. A write may be sent again only where it is certain that it was not carried
out, and where the reason passes by itself: nothing arrived, a limit, or a token that has just run out. Everything else
goes to the caller, who knows how to look the record up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from zoho_pipeline.zoho.errors import (
    OutcomeUnknown,
    RateLimited,
    UnexpectedAnswer,
    ZohoError,
    ZohoFailed,
    ZohoUnreachable,
)


@dataclass(frozen=True)
class RetryPolicy:
    """How patient a call is.

    Attributes:
        tries: attempts at most, the first one counted.
        first_wait_seconds: the wait before the second attempt; it doubles each time.
        longest_wait_seconds: no wait is longer; where Zoho asks for more, the call gives up instead.
        probes: whether, when a call has failed in vain, another one finds out whether Zoho fails for everybody.
    """

    tries: int = 3
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 90.0
    probes: bool = False


def may_be_sent_again(error: ZohoError, *, writes: bool) -> bool:
    """Whether sending the same request again can help and cannot do a thing twice."""
    if isinstance(error, ZohoUnreachable | RateLimited):
        return True
    return not writes and isinstance(error, ZohoFailed | UnexpectedAnswer | OutcomeUnknown)


def wait_before_next(
    error: ZohoError,
    *,
    writes: bool,
    tries_used: int,
    policy: RetryPolicy,
    jitter: float,
    asked_seconds: float | None,
) -> float | None:
    """Seconds to wait before the next attempt; None where there shall be none.

    `jitter` is from 0 to 1 and stretches the wait by up to a half, so that callers do not come back together.
    `asked_seconds` is what the answer's Retry-After asked for.
    """
    if tries_used >= policy.tries or not may_be_sent_again(error, writes=writes):
        return None
    least = asked_seconds
    if isinstance(error, RateLimited):
        least = error.retry_after_seconds
    if least is not None and least > policy.longest_wait_seconds:
        return None
    backoff = policy.first_wait_seconds * 2.0 ** (tries_used - 1) * (1 + jitter / 2)
    return min(max(backoff, least or 0.0), policy.longest_wait_seconds)


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """What the answer's Retry-After asks for, given in seconds or as a date; None where it is absent or unreadable."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max((moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds(), 0.0)
