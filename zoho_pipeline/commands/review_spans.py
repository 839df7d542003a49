"""The week or month that a review is asked for; without one the last that is over."""

from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import SystemClock, local_date
from zoho_pipeline.reviews.span import Span, last_month, last_week, parse_week


def week_of(key: str | None) -> Span:
    """The week of that Monday.

    Raises:
        NoSuchWeek: when it is none.
    """
    return parse_week(key) if key else last_week(local_date(SystemClock().now()))


def month_of(key: str | None) -> Span:
    """The month.

    Raises:
        NoSuchMonth: when it is none.
    """
    return Span.month(Month.parse(key)) if key else last_month(local_date(SystemClock().now()))
