"""Our share of Zoho's limits."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.budget.shares import shares, time_for
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.ports import Purpose


def limits(minute: int, day: int, in_flight: int, head_room: float = 0.2) -> ZohoSettings:
    return ZohoSettings.model_validate(
        {
            "client_id": "c", "client_secret": "s", "refresh_token": "r", "organisation_id": "1",
            "calls_per_minute": minute, "calls_per_day": day, "calls_in_flight": in_flight,
            "head_room": head_room,
        }
    )  # fmt: skip


def test_the_defaults_leave_a_fifth_to_the_app_and_a_reserve_to_urgent_calls() -> None:
    ours = shares(limits(30, 1000, 5))
    assert (ours.urgent.minute, ours.urgent.day, ours.urgent.in_flight) == (24, 800, 4)
    assert (ours.bulk.minute, ours.bulk.day, ours.bulk.in_flight) == (24, 720, 3)
    assert ours.bulk.burst == 6
    assert ours.bulk.space_seconds == pytest.approx(2.25)
    assert ours.urgent.space_seconds == 0
    assert ours.of(Purpose.URGENT) is ours.urgent


@given(st.integers(1, 10_000), st.integers(1, 10**6), st.integers(1, 100), st.floats(0, 0.99))
def test_shares_are_within_the_limits_and_never_nothing(
    minute: int, day: int, in_flight: int, head_room: float
) -> None:
    ours = shares(limits(minute, day, in_flight, head_room))
    for share in (ours.bulk, ours.urgent):
        assert 1 <= share.burst <= share.minute <= minute
        assert 1 <= share.day <= day
        assert 1 <= share.in_flight <= in_flight
    assert ours.bulk.day <= ours.urgent.day
    assert ours.bulk.space_seconds * ours.bulk.minute < 60


@pytest.mark.parametrize(
    ("calls", "needed"),
    [
        (0, timedelta(0)),
        (24, timedelta(minutes=1)),
        (25, timedelta(minutes=2)),
        (720, timedelta(minutes=30)),
        (721, timedelta(days=1, minutes=1)),
        (1440, timedelta(days=1, minutes=30)),
    ],
)
def test_the_time_for_many_calls_is_full_days_and_then_minutes(calls: int, needed: timedelta) -> None:
    assert time_for(calls, shares(limits(30, 1_000, 5)).bulk) == needed
