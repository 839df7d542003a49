"""Months: every day falls into exactly one that is open, and what is no month is refused in a sentence."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.calendar import Month, NoSuchMonth, OpenMonths

MONTHS = st.builds(Month, st.integers(1990, 2100), st.integers(1, 12))
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
RANGES = st.tuples(MONTHS, st.integers(0, 60)).map(lambda drawn: OpenMonths(drawn[0], drawn[0].plus(drawn[1])))
YEAR = OpenMonths(Month(2025, 1), Month(2025, 12))


@given(MONTHS)
def test_a_month_is_read_as_it_is_written(month: Month) -> None:
    assert Month.parse(month.key) == month
    assert str(month) == month.key
    assert len(month.key) == 7


@pytest.mark.parametrize("key", ["", "2025", "2025-13", "2025-00", "2025-3", "25-03", "2025-03-01", "0000-01", "March"])
def test_what_is_no_month_is_refused_with_an_example(key: str) -> None:
    with pytest.raises(NoSuchMonth, match="is not a month: write it as YYYY-MM, for example 2025-03"):
        Month.parse(key)


def test_a_key_may_stand_between_blanks() -> None:
    assert Month.parse(" 2025-03 ") == Month(2025, 3)


@given(MONTHS, st.integers(-240, 240), st.integers(-240, 240))
def test_months_are_counted_as_numbers_are(month: Month, some: int, more: int) -> None:
    assert month.plus(some).plus(more) == month.plus(some + more)
    assert month.plus(0) == month
    assert (month.plus(some) > month) == (some > 0)


@given(MONTHS)
def test_a_month_ends_the_day_before_the_next_begins(month: Month) -> None:
    assert month.last_day + timedelta(days=1) == month.plus(1).first_day
    assert Month.of(month.first_day) == Month.of(month.last_day) == month


def test_a_month_begins_at_midnight_in_johannesburg() -> None:
    assert Month(2025, 3).starts_at == datetime(2025, 2, 28, 22, 0, tzinfo=UTC)


@given(RANGES, DAYS)
def test_every_day_falls_into_exactly_one_open_month(months: OpenMonths, day: date) -> None:
    holding = months.holding(day)
    assert months.keys().count(holding.key) == 1
    if months.first <= Month.of(day) <= months.last:
        assert holding == Month.of(day)
    else:
        assert holding == (months.first if Month.of(day) < months.first else months.last)


@given(RANGES)
def test_the_open_months_follow_each_other_without_a_gap(months: OpenMonths) -> None:
    listed = months.between(months.first, months.last)
    assert [month.key for month in listed] == months.keys() == sorted(months.keys())
    assert all(earlier.plus(1) == later for earlier, later in pairwise(listed))


@pytest.mark.parametrize(("start", "end"), [("2024-12", "2025-02"), ("2025-11", "2026-01")])
def test_a_month_that_is_not_open_is_refused_with_those_that_are(start: str, end: str) -> None:
    with pytest.raises(NoSuchMonth, match=r"There is no month 202\d-\d\d: the months run from 2025-01 to 2025-12"):
        YEAR.between(Month.parse(start), Month.parse(end))


def test_months_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(NoSuchMonth, match="The months 2025-05 to 2025-04 are in the wrong order"):
        YEAR.between(Month(2025, 5), Month(2025, 4))


def test_the_open_months_reach_one_ahead_of_today() -> None:
    assert OpenMonths.until(Month(2025, 11), date(2025, 12, 31)).keys() == ["2025-11", "2025-12", "2026-01"]


def test_a_first_month_that_lies_ahead_is_the_only_one() -> None:
    assert OpenMonths.until(Month(2099, 1), date(2025, 12, 31)).keys() == ["2099-01"]
