"""What a caller does with the budget's answer."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.budget.waiting import Reply, seconds_until_next_asking
from zoho_pipeline.zoho.errors import DailyQuotaSpent, RateLimited, ZohoDown
from zoho_pipeline.zoho.ports import Call, Purpose

CALL = Call("POST", "POST /invoices", Purpose.BULK, "invoices", "i-1", "run-1")
THEN = datetime(2025, 3, 1, 10, tzinfo=UTC)


def wait(reply: Reply, jitter: float = 0.0) -> float:
    return seconds_until_next_asking(reply, CALL, in_flight=3, usual_seconds=0.3, jitter=jitter)


def denied(reason: str, goes_in: float = 0.0, ahead: int = 0, cooling: str | None = None) -> Reply:
    return Reply(False, reason, goes_in, ahead, THEN, cooling)


def test_our_share_of_a_day_that_is_spent_says_when_it_goes_on() -> None:
    with pytest.raises(DailyQuotaSpent, match="POST /invoices for invoices i-1: our share") as caught:
        wait(denied("day", 5000))
    assert caught.value.resumes_at == THEN


def test_zohos_day_that_is_spent_is_told_as_zohos() -> None:
    with pytest.raises(DailyQuotaSpent, match="Zoho says"):
        wait(denied("cool_down", 3, cooling="day"))


def test_a_short_cool_down_is_waited_out_and_a_long_one_is_not() -> None:
    assert wait(denied("cool_down", 60, cooling="minute")) == 60
    with pytest.raises(RateLimited, match="blocked") as caught:
        wait(denied("cool_down", 3600, cooling="blocked"))
    assert caught.value.retry_after_seconds == 3600


@pytest.mark.parametrize(("goes_in", "due"), [(0.0, True), (31.0, False)])
def test_an_outage_is_told_at_once_and_says_since_when_and_when_zoho_is_asked_again(goes_in: float, due: bool) -> None:
    since = THEN - timedelta(hours=2)
    reply = Reply(False, "outage", goes_in, 0, THEN, None, since, "HTTP 503")
    with pytest.raises(
        ZohoDown, match=r"since 2025-03-01 10:00 \(HTTP 503\).*asked again at 2025-03-01 12:00"
    ) as caught:
        wait(reply)
    assert (caught.value.since, caught.value.next_probe_at, caught.value.probe_due) == (since, THEN, due)


@given(st.floats(0, 60), st.integers(0, 200), st.floats(0, 1))
def test_waits_are_long_enough_and_not_much_longer(goes_in: float, ahead: int, jitter: float) -> None:
    for reason in ("minute", "in_flight"):
        seconds = wait(denied(reason, goes_in, ahead), jitter)
        assert goes_in <= seconds <= max(goes_in, 1.0) + 0.02
    assert wait(denied("in_flight", 0, ahead), jitter) >= 0.01


def test_who_is_further_back_comes_back_later() -> None:
    assert wait(denied("in_flight", ahead=3)) > wait(denied("in_flight", ahead=0))
