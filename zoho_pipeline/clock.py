"""Time as an argument: whoever needs to know what time it is takes a Clock, so that months can be simulated."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

JOHANNESBURG = ZoneInfo("Africa/Johannesburg")


class Clock(Protocol):
    """Tells the time and lets time pass."""

    def now(self) -> datetime:
        """The moment, in UTC and aware of it."""

    def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass
class SimulatedClock:
    """A clock that moves only when told to, or slept on."""

    moment: datetime
    on_sleep: Callable[[float], None] = field(default=lambda seconds: None)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.on_sleep(seconds)


def local_date(moment: datetime) -> date:
    """The day in Johannesburg on which the moment falls."""
    return moment.astimezone(JOHANNESBURG).date()


def shown(moment: datetime) -> str:
    """The moment as people read it, in Johannesburg: `2025-03-31 23:59`."""
    return moment.astimezone(JOHANNESBURG).strftime("%Y-%m-%d %H:%M")
