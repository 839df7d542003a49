"""Hours of the day, in Africa/Johannesburg, to which heavy work can be confined."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from zoho_pipeline.clock import JOHANNESBURG


class NotHours(ValueError):
    """Text that names no hours."""


@dataclass(frozen=True)
class Hours:
    """From one time of day to another; over midnight where the end is earlier than the start."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """The hours of a text such as `18:00-06:00`.

        Raises:
            NotHours: when it is not of that form, or both ends are the same.
        """
        match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", text.strip())
        if match is None:
            raise NotHours("write the hours as HH:MM-HH:MM, for example 18:00-06:00")
        start, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
        if start == end:
            raise NotHours("the hours begin when they end; leave the setting out for the whole day")
        return cls(start, end)

    def contain(self, moment: datetime) -> bool:
        """Whether the moment lies within the hours; the end no longer does."""
        now = moment.astimezone(JOHANNESBURG).time()
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def next_start(self, moment: datetime) -> datetime:
        """When they begin next, after the moment (UTC)."""
        local = moment.astimezone(JOHANNESBURG)
        today = local.replace(hour=self.start.hour, minute=self.start.minute, second=0, microsecond=0)
        return (today if today > local else today + timedelta(days=1)).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"
