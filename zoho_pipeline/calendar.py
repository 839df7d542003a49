"""Months as partition keys (`2025-03`), in Africa/Johannesburg."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.errors import Foreseen

MONTHS_AHEAD = 1
"""Months after the current one that are open: invoices dated ahead are normal at CircleTel."""


class NoSuchMonth(Foreseen):
    """Text that is no month, or a month outside the ones that are open."""


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def parse(cls, key: str) -> "Month":
        """The month of a partition key such as `2025-03`.

        Raises:
            NoSuchMonth: when the key is not of that form.
        """
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", key.strip())
        if match is None or match[1] == "0000":
            raise NoSuchMonth(f"{key!r} is not a month: write it as YYYY-MM, for example 2025-03.")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month in which the day falls."""
        return cls(day.year, day.month)

    @property
    def key(self) -> str:
        """The partition key: `2025-03`."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.plus(1).first_day - timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        """Midnight in Johannesburg on the first day."""
        return datetime(self.year, self.number, 1, tzinfo=JOHANNESBURG)

    def plus(self, months: int) -> "Month":
        """The month that many months later (or earlier, if negative)."""
        years, month_index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(years, month_index + 1)

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True)
class OpenMonths:
    """The unbroken range of months that are partitions.

    The first also holds everything dated earlier and the last everything dated later, so that no row falls out of
    all months.
    """

    first: Month
    last: Month

    @classmethod
    def until(cls, first: Month, today: date) -> "OpenMonths":
        """From the first month to the one after today's."""
        return cls(first, max(first, Month.of(today).plus(MONTHS_AHEAD)))

    def keys(self) -> list[str]:
        """All partition keys, oldest first."""
        return [month.key for month in self.between(self.first, self.last)]

    def between(self, start: Month, end: Month) -> list[Month]:
        """The open months from start to end, both included.

        Raises:
            NoSuchMonth: when either is not open, or they are in the wrong order.
        """
        for month in (start, end):
            if not self.first <= month <= self.last:
                raise NoSuchMonth(f"There is no month {month}: the months run from {self.first} to {self.last}.")
        if end < start:
            raise NoSuchMonth(f"The months {start} to {end} are in the wrong order.")
        count = (end.year - start.year) * 12 + end.number - start.number + 1
        return [start.plus(offset) for offset in range(count)]

    def holding(self, day: date) -> Month:
        """The open month that holds records of that day."""
        return min(max(Month.of(day), self.first), self.last)
