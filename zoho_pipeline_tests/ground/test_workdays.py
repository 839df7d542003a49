"""Working time in South Africa."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.hours import Hours
from zoho_pipeline.workdays import after_working, is_workday, public_holiday

NINE_HOURS = Hours.parse("08:00-17:00")
NEW_YEAR = datetime(2025, 1, 1, tzinfo=JOHANNESBURG)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes))
SPANS = st.integers(1, 60 * 30).map(lambda minutes: timedelta(minutes=minutes))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JOHANNESBURG)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 4, 18), "Good Friday"),
        (date(2025, 12, 16), "Day of Reconciliation"),
        (date(2024, 5, 29), "National and Provincial Government Elections"),
        (date(2024, 6, 17), "Youth Day (observed)"),
        (date(2025, 11, 14), None),
    ],
)
def test_public_holidays_are_known_by_name(day: date, name: str | None) -> None:
    assert public_holiday(day) == name


@pytest.mark.parametrize(
    ("since", "hours", "until"),
    [
        ("2025-11-14 09:00", 2, "2025-11-14 11:00"),
        ("2025-11-14 15:00", 2, "2025-11-14 17:00"),
        ("2025-11-14 16:00", 2, "2025-11-17 09:00"),  # over a weekend
        ("2025-11-14 05:00", 2, "2025-11-14 10:00"),
        ("2025-11-15 12:00", 4, "2025-11-17 12:00"),  # a Saturday
        ("2025-12-15 16:00", 2, "2025-12-17 09:00"),  # over the Day of Reconciliation
        ("2025-12-24 16:30", 1, "2025-12-29 08:30"),  # over Christmas and a weekend
        ("2025-11-10 08:00", 24, "2025-11-12 14:00"),
    ],
)
def test_only_business_hours_of_business_days_count(since: str, hours: int, until: str) -> None:
    assert after_working(local(since), timedelta(hours=hours), NINE_HOURS) == local(until)


@given(MOMENTS, SPANS)
def test_it_ends_within_business_hours_of_a_business_day(since: datetime, working: timedelta) -> None:
    end = after_working(since, working, NINE_HOURS).astimezone(JOHANNESBURG)
    assert is_workday(end.date())
    assert NINE_HOURS.start < end.time() <= NINE_HOURS.end
    assert end - since >= working


@given(MOMENTS, SPANS, SPANS)
def test_working_on_from_there_is_working_longer(since: datetime, first: timedelta, more: timedelta) -> None:
    between = after_working(since, first, NINE_HOURS)
    assert after_working(between, more, NINE_HOURS) == after_working(since, first + more, NINE_HOURS)
