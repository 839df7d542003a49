"""Days and months: arithmetic on calendar days, and moments on a day in Africa/Johannesburg (always UTC+2)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

SAST = timezone(timedelta(hours=2), "SAST")
ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def moment(day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """A clock time on a South African day, as UTC."""
    return datetime.combine(day, time(hour, minute, second), SAST).astimezone(UTC)


def day_of(moment_in_time: datetime) -> date:
    """The South African day of a moment."""
    return moment_in_time.astimezone(SAST).date()


def periods(activation: date, billing_day: int, until: date) -> Iterator[tuple[date, date]]:
    """The periods that CircleTel bills: from activation to the next billing day, then month by month.

    Those that start on `until` or before. Each contains exactly one monthly anniversary of the activation.
    """
    start = activation
    while start <= until:
        following = start.replace(day=billing_day)
        if following <= start:
            following = add_months(following, 1)
        yield start, following - ONE_DAY
        start = following


def is_full(start: date, end: date) -> bool:
    """Whether a period is a whole month."""
    return add_months(start, 1) - ONE_DAY == end


def anniversaries(anchor: date, until: date) -> Iterator[date]:
    """The days on which a monthly subscription that starts on `anchor` raises its invoices."""
    months = 0
    while (day := add_months(anchor, months)) <= until:
        yield day
        months += 1
