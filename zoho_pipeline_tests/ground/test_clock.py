"""Days are Johannesburg's; a simulated clock moves only when told."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.clock import SimulatedClock, SystemClock, local_date, shown

MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware here


def test_the_day_changes_at_ten_in_the_evening_utc() -> None:
    assert local_date(datetime(2025, 3, 31, 21, 59, tzinfo=UTC)) == date(2025, 3, 31)
    assert local_date(datetime(2025, 3, 31, 22, 0, tzinfo=UTC)) == date(2025, 4, 1)


def test_a_moment_is_shown_in_johannesburg() -> None:
    assert shown(datetime(2025, 3, 31, 21, 59, tzinfo=UTC)) == "2025-03-31 23:59"


@given(MOMENTS)
def test_johannesburg_is_two_hours_ahead_all_year(moment: datetime) -> None:
    assert local_date(moment) == (moment + timedelta(hours=2)).date()
    assert shown(moment).startswith(local_date(moment).isoformat())


def test_the_machines_clock_knows_its_time_zone() -> None:
    assert SystemClock().now().tzinfo is UTC


@given(MOMENTS, st.integers(0, 10**6))
def test_a_simulated_clock_moves_by_what_was_slept(moment: datetime, seconds: int) -> None:
    slept: list[float] = []
    clock = SimulatedClock(moment, slept.append)
    assert clock.now() == clock.now() == moment
    clock.sleep(seconds)
    assert clock.now() == moment + timedelta(seconds=seconds)
    assert slept == [seconds]
