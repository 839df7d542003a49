"""Hours to which heavy work is confined, in Africa/Johannesburg."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.hours import Hours, NotHours

NIGHT = Hours.parse("18:00-06:00")
DAY = Hours.parse("08:00-17:00")
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
TIMES = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda time: f"{time[0]:02d}:{time[1]:02d}")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-11-10T{text}:00+02:00")


@pytest.mark.parametrize("text", ["18:00", "6-18", "24:00-06:00", "18:00-18:00", "", "18:00 - 06:00"])
def test_what_is_no_pair_of_times_is_refused(text: str) -> None:
    with pytest.raises(NotHours):
        Hours.parse(text)


@pytest.mark.parametrize(("time", "inside"), [("17:59", False), ("18:00", True), ("23:59", True), ("06:00", False)])
def test_hours_over_midnight_hold_the_night(time: str, inside: bool) -> None:
    assert NIGHT.contain(at(time)) is inside


@pytest.mark.parametrize(("time", "inside"), [("07:59", False), ("08:00", True), ("16:59", True), ("17:00", False)])
def test_the_end_no_longer_belongs_to_the_hours(time: str, inside: bool) -> None:
    assert DAY.contain(at(time)) is inside


def test_they_are_johannesburgs_hours() -> None:
    assert NIGHT.contain(datetime(2025, 11, 10, 16, 0, tzinfo=UTC))
    assert not NIGHT.contain(datetime(2025, 11, 10, 15, 59, tzinfo=UTC))


@given(MOMENTS, TIMES, TIMES)
def test_the_next_start_lies_within_a_day_and_within_the_hours(moment: datetime, start: str, end: str) -> None:
    if start == end:
        return
    hours = Hours.parse(f"{start}-{end}")
    begins = hours.next_start(moment)
    assert moment < begins <= moment + timedelta(days=1)
    assert hours.contain(begins)
