"""What an answer asks of everybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.zoho.limits import CoolDown, Limit, cool_down

ANYTHING = st.none() | st.integers(-1, 3000)


@pytest.mark.parametrize(
    ("code", "limit", "seconds"),
    [(44, Limit.MINUTE, 60), (45, Limit.DAY, 3600), (43, Limit.BLOCKED, 3600), (1070, Limit.IN_FLIGHT, 2)],
)
def test_each_limit_has_its_pause(code: int, limit: Limit, seconds: float) -> None:
    assert cool_down(429, code, None) == CoolDown(limit, seconds)
    assert cool_down(429, code, 7) == CoolDown(limit, 7)


def test_a_429_without_a_code_is_the_minute() -> None:
    assert cool_down(429, None, None) == CoolDown(Limit.MINUTE, 60)


def test_a_failure_that_asks_for_a_pause_is_heard() -> None:
    assert cool_down(503, None, 30) == CoolDown(Limit.ASKED, 30)
    assert cool_down(503, None, None) is None


@given(ANYTHING, ANYTHING, st.none() | st.floats(allow_nan=False))
def test_pauses_are_never_negative_nor_longer_than_a_day(
    status: int | None, code: int | None, retry_after: float | None
) -> None:
    pause = cool_down(status, code, retry_after)
    assert pause is None or 0 <= pause.seconds <= 86_400


@given(st.integers(200, 299), st.none() | st.floats(0, 1e6))
def test_success_asks_for_nothing(status: int, retry_after: float | None) -> None:
    assert cool_down(status, 0, retry_after) is None
