"""The business clock: real time plus an offset, in the organisation's zone, so that months can pass."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=2))  # Africa/Johannesburg has had no daylight saving since 1944.


class BusinessClock:
    """What the organisation holds for now. Limits and tokens run on real time instead."""

    def __init__(self, offset_seconds: float = 0.0) -> None:
        self.offset_seconds = offset_seconds
        self._held: datetime | None = None

    def now(self) -> datetime:
        """This moment, to the second, as Zoho's timestamps are."""
        if self._held is not None:
            return self._held
        return datetime.fromtimestamp(int(time.time() + self.offset_seconds), ZONE)

    def today(self) -> date:
        """The organisation's date."""
        return self.now().date()

    def set(self, moment: datetime) -> None:
        """Make it this moment; time runs on from there. A moment without a zone is the organisation's."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
        # Half a second keeps the next reading within the second that was asked for.
        self.offset_seconds = aware.timestamp() + 0.5 - time.time()

    def advance(self, days: float) -> None:
        """Let days pass."""
        self.offset_seconds += days * 86_400

    @contextmanager
    def held_at(self, moment: datetime) -> Iterator[None]:
        """While work of a past day is caught up on, now is that day."""
        before, self._held = self._held, moment
        try:
            yield
        finally:
            self._held = before


def timestamp(moment: datetime) -> str:
    """Zoho's form: 2016-06-11T17:38:06+0200."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")
