"""The limits of one organisation: calls per rolling minute, per rolling 24 hours, and at one time."""

from __future__ import annotations

import time
from collections import deque

from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.errors import ZohoError

MINUTE = 60.0
DAY = 86_400.0
_BLOCKED = "For security reasons you have been blocked for some time as you have exceeded the maximum number of "
MESSAGES = {
    43: _BLOCKED + "requests.",
    44: _BLOCKED + "requests per minute.",
    45: "You have exceeded the maximum number of API calls allowed per day.",
    1070: "You have exceeded the maximum number of in process requests.",
}


class Limits:
    """Counts calls. A call takes its place in flight before it is judged, and gives it back when it ends."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Forget all calls but those in flight."""
        self._minute: deque[float] = deque()
        self._day: deque[float] = deque()
        self._refusals: deque[float] = deque()
        self._blocked_until = float("-inf")

    def admit(self, behaviour: Behaviour) -> None:
        """Count a call; raises the refusal if it is one too many."""
        now = time.monotonic()
        self._forget(now)
        if now < self._blocked_until:
            raise self._blocked(now)
        code = self._exceeded(behaviour)
        if code is None:
            self._count(now)
            return
        self._refusals.append(now)
        if behaviour.refused_calls_count:
            self._count(now)
        if len(self._refusals) > behaviour.refusals_before_block:
            self._blocked_until = now + behaviour.block_seconds
            raise self._blocked(now)
        raise ZohoError(MESSAGES[code], code, 429)

    def used(self) -> dict[str, int]:
        """Calls in the rolling minute and day, and at this time."""
        self._forget(time.monotonic())
        return {"minute": len(self._minute), "day": len(self._day), "in_flight": self.in_flight}

    def _exceeded(self, behaviour: Behaviour) -> int | None:
        if self.in_flight > behaviour.calls_in_flight:
            return 1070
        if len(self._day) >= behaviour.calls_per_day:
            return 45
        return 44 if len(self._minute) >= behaviour.calls_per_minute else None

    def _count(self, now: float) -> None:
        self._minute.append(now)
        self._day.append(now)

    def _forget(self, now: float) -> None:
        for calls, length in ((self._minute, MINUTE), (self._refusals, MINUTE), (self._day, DAY)):
            while calls and calls[0] <= now - length:
                calls.popleft()

    def _blocked(self, now: float) -> ZohoError:
        left = max(1, round(self._blocked_until - now))
        return ZohoError(MESSAGES[43], 43, 429, {"Retry-After": str(left)})
