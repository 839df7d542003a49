"""Billing terms: whole intervals counted from an anchor day, so that a 31st does not drift to the 28th."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def term_start(anchor: date, interval: int, unit: str, term: int) -> date:
    """The first day of a term; the first term is number 0."""
    count = interval * term
    if unit == "days":
        return anchor + timedelta(days=count)
    if unit == "weeks":
        return anchor + timedelta(weeks=count)
    return _months_later(anchor, count * 12 if unit == "years" else count)


def terms_begun(anchor: date, interval: int, unit: str, today: date) -> int:
    """How many terms have begun by today, today's included."""
    begun = 0
    while term_start(anchor, interval, unit, begun) <= today:
        begun += 1
    return begun


def _months_later(anchor: date, months: int) -> date:
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor.day, last))
