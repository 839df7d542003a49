"""How much of Zoho's limits is ours: pure arithmetic on settings."""

import math
from dataclasses import dataclass
from datetime import timedelta

from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.ports import Purpose

URGENT_DAY_RESERVE = 0.1
"""The part of our day that bulk work leaves to urgent calls."""
BURST = 0.25
"""The part of our minute that bulk work may use at once; from there on it is spaced, so that urgent calls get in.

A minute after a burst its places come free at once and are used again spaced: the larger it is, the emptier the minutes
after it (`benchmarks.budget`).
"""
PACE = 0.9
"""The space between two bulk calls, as a part of what an even use of the minute would be; the rest is to catch up."""


@dataclass(frozen=True)
class Share:
    """The limits that hold for one purpose.

    Attributes:
        minute: calls within a rolling minute.
        day: calls within rolling 24 hours.
        in_flight: calls at one time.
        burst: calls within the minute before spacing begins.
        space_seconds: seconds between two calls from then on.
    """

    minute: int
    day: int
    in_flight: int
    burst: int
    space_seconds: float


@dataclass(frozen=True)
class Shares:
    """Our share, for bulk work and for urgent calls.

    In flight bulk work leaves one place to urgent calls, of the day a tenth, and of the minute nothing: urgent calls go
    first in the queue, and spacing keeps places coming.
    """

    bulk: Share
    urgent: Share

    def of(self, purpose: Purpose) -> Share:
        """The share for that purpose."""
        return self.urgent if purpose is Purpose.URGENT else self.bulk


def shares(settings: ZohoSettings) -> Shares:
    """Our share of the limits in the settings, which are Zoho's: what the head-room for CircleTel's app leaves."""
    ours = 1 - settings.head_room
    minute = _part(settings.calls_per_minute, ours)
    day = _part(settings.calls_per_day, ours)
    in_flight = _part(settings.calls_in_flight, ours)
    urgent = Share(minute, day, in_flight, burst=minute, space_seconds=0.0)
    bulk = Share(
        minute,
        max(1, day - math.ceil(day * URGENT_DAY_RESERVE)),
        max(1, in_flight - 1),
        burst=_part(minute, BURST),
        space_seconds=PACE * 60 / minute,
    )
    return Shares(bulk, urgent)


def time_for(calls: int, share: Share) -> timedelta:
    """How long so many calls take within the share: full days first, then what is left minute by minute."""
    if calls <= 0:
        return timedelta(0)
    days, rest = divmod(calls - 1, share.day)
    return timedelta(days=days, minutes=math.ceil((rest + 1) / share.minute))


def _part(limit: int, part: float) -> int:
    return max(1, math.floor(limit * part + 1e-9))
