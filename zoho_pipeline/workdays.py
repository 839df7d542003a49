"""When people in South Africa are at work: Monday to Friday, public holidays excepted."""

from datetime import UTC, date, datetime, timedelta

from holidays import country_holidays

from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.hours import Hours

_SATURDAY = 5
_PUBLIC_HOLIDAYS = country_holidays("ZA")


def public_holiday(day: date) -> str | None:
    """The name of the public holiday that the day is in South Africa, election days included; None where it is none."""
    return _PUBLIC_HOLIDAYS.get(day)


def is_workday(day: date) -> bool:
    """Whether people are at work on that day."""
    return day.weekday() < _SATURDAY and public_holiday(day) is None


def after_working(since: datetime, working: timedelta, hours: Hours) -> datetime:
    """When so much working time has passed since the moment (UTC).

    Args:
        since: counting begins here; outside of working hours it begins with the next of them.
        working: how much of it.
        hours: of a working day in Africa/Johannesburg; they end on the day on which they begin.
    """
    day, left = since.astimezone(JOHANNESBURG).date(), working
    while True:
        if is_workday(day):
            opens = max(datetime.combine(day, hours.start, JOHANNESBURG), since.astimezone(JOHANNESBURG))
            closes = datetime.combine(day, hours.end, JOHANNESBURG)
            if opens < closes:
                if left <= closes - opens:
                    return (opens + left).astimezone(UTC)
                left -= closes - opens
        day += timedelta(days=1)
