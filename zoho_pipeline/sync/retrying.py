"""Whether a row that failed is tried again, and when: pure."""

from dataclasses import dataclass, replace

from zoho_pipeline.causes import Retrying
from zoho_pipeline.states import Outcome, State
from zoho_pipeline.sync.endings import Ending

FACTOR = 4.0
"""How much longer each wait is than the one before it."""
LONGEST_SECONDS = 6 * 3600.0
JITTER = 0.2
"""Rows that failed together are not tried again together: each waits up to so much longer, as a part of its wait."""


@dataclass(frozen=True)
class RetryPolicy:
    """At most so many retries, the first after so many seconds."""

    most: int
    first_seconds: float

    def seconds_before(self, retry: int, dice: float) -> float:
        """The wait before this retry, counted from 1; `dice` is from 0 to 1."""
        wait = min(self.first_seconds * FACTOR ** (retry - 1), LONGEST_SECONDS)
        return wait * (1 + JITTER * dice)


def with_retry(ending: Ending, tries_before: int, policy: RetryPolicy, dice: float) -> Ending:
    """The ending with when to try again, or parked once all retries are used; others are as they were.

    What says nothing about the row is no try. An answer that could not be read is one, but is looked up before anything
    else; whether the row is sent again is decided after that.
    """
    if ending.cause is not None and ending.cause.retrying is Retrying.WHEN_ZOHO_TAKES_CALLS:
        return replace(ending, tries=tries_before, retry_seconds=0.0 if ending.state is State.FAILED else None)
    tries = tries_before + 1
    if ending.state is State.IN_DOUBT:
        return replace(ending, tries=tries)
    if ending.state is not State.FAILED:
        return ending
    if tries > policy.most:
        reason = f"{ending.reason}; tried {tries} times"
        return replace(ending, outcome=Outcome.PARKED, state=State.PARKED, reason=reason, tries=tries)
    return replace(ending, tries=tries, retry_seconds=policy.seconds_before(tries, dice))
