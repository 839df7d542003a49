"""The week or month that a review is about, in Africa/Johannesburg."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.errors import Foreseen

WEEK = timedelta(days=7)


class NoSuchWeek(Foreseen):
    """Text that is not the Monday of a week."""


@dataclass(frozen=True)
class Span:
    """Whole days, from `first` until before `until`, by midnight in Johannesburg; `key` is the partition's."""

    key: str
    first: date
    until: date

    @classmethod
    def week(cls, monday: date) -> "Span":
        """The seven days from that Monday on.

        Raises:
            NoSuchWeek: when the day is no Monday.
        """
        if monday.weekday():
            raise NoSuchWeek(f"{monday} is not a Monday: a week is named by its Monday, for example 2025-11-10.")
        return cls(monday.isoformat(), monday, monday + WEEK)

    @classmethod
    def month(cls, month: Month) -> "Span":
        """The calendar month."""
        return cls(month.key, month.first_day, month.plus(1).first_day)

    @property
    def starts_at(self) -> datetime:
        return _midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        return _midnight(self.until)

    @property
    def days(self) -> list[date]:
        """Every day of it, in order."""
        return [self.first + timedelta(days=number) for number in range((self.until - self.first).days)]

    @property
    def bounds(self) -> dict[str, datetime]:
        """For SQL: `:starts_at` belongs to it, `:ends_at` does not."""
        return {"starts_at": self.starts_at, "ends_at": self.ends_at}

    def __str__(self) -> str:
        return f"{self.first} to {self.until - timedelta(days=1)}"


def parse_week(key: str) -> Span:
    """The week of a partition key such as `2025-11-10`.

    Raises:
        NoSuchWeek: when the key is not a Monday's date.
    """
    try:
        monday = date.fromisoformat(key.strip())
    except ValueError:
        raise NoSuchWeek(f"{key!r} is not a date: a week is named by its Monday, for example 2025-11-10.") from None
    return Span.week(monday)


def last_week(today: date) -> Span:
    """The latest week that is over."""
    return Span.week(today - timedelta(days=today.weekday()) - WEEK)


def last_month(today: date) -> Span:
    """The latest month that is over."""
    return Span.month(Month.of(today).plus(-1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JOHANNESBURG)
