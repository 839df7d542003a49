"""What the practice Zoho's ledger says of a run: pure, and the judge of the budget.

Zoho's rolling minute at a moment holds the calls of the 60 seconds before it. Refused calls (429) do not count.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MINUTE = 60.0
WARM_UP_SECONDS = 120.0
"""Bulk work begins with a burst and is spaced then: after two minutes no window holds the burst or what it left."""
_JUST_BEFORE = 1e-6
_STEP = 0.1
_API, _TOKEN = "/billing/v1", "/oauth/v2/token"


@dataclass(frozen=True)
class Windows:
    """Calls in Zoho's rolling minute: in its emptiest and fullest one, and on an average over time."""

    lowest: int
    mean: float
    highest: int


@dataclass(frozen=True)
class Seen:
    """What arrived: when calls were let in (seconds), refusals by Zoho's code, token requests."""

    admitted: tuple[float, ...]
    refusals: Counter[int]
    tokens: int

    @property
    def seconds(self) -> float:
        """From the first call to the last."""
        return self.admitted[-1] - self.admitted[0]

    def windows(self, after_seconds: float = WARM_UP_SECONDS) -> Windows:
        """The full minutes among what was let in, beginning so long after the first call.

        Raises:
            ValueError: the run was too short to have one.
        """
        first, last = self.admitted[0] + max(after_seconds, MINUTE), self.admitted[-1]
        if first >= last:
            raise ValueError(f"no full minute: the run took {self.seconds:.0f} s and warms up for {after_seconds:.0f}")
        moments = [moment for call in self.admitted for moment in (call - _JUST_BEFORE, call, call + MINUTE)]
        counts = [in_minute(self.admitted, moment) for moment in moments if first <= moment <= last]
        steps = int((last - first) / _STEP)
        sampled = [in_minute(self.admitted, first + step * _STEP) for step in range(steps)]
        return Windows(min(counts), sum(sampled) / len(sampled), max(counts))


def seen(ledger: Iterable[Mapping[str, Any]]) -> Seen:
    """What the ledger's entries come to."""
    entries = list(ledger)
    calls = [entry for entry in entries if entry["path"].startswith(_API)]
    times = sorted(datetime.fromisoformat(entry["time"]).timestamp() for entry in calls if entry["status"] != 429)
    refusals = Counter(int(entry["code"] or 0) for entry in calls if entry["status"] == 429)
    return Seen(tuple(times), refusals, sum(entry["path"] == _TOKEN for entry in entries))


def in_minute(calls: Sequence[float], moment: float) -> int:
    """Calls in the rolling minute that ends at this moment; `calls` in order."""
    return bisect_right(calls, moment) - bisect_right(calls, moment - MINUTE)
