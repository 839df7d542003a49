"""What an answer asks of everybody, and what it says of Zoho itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.zoho.limits import CoolDown, Limit, Standing, cool_down, limit_met, standing

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


@pytest.mark.parametrize(("status", "code"), [(200, 0), (204, None), (400, 4), (401, 57), (403, None), (404, 1002)])
def test_an_answer_of_zohos_shows_that_it_works_whether_it_likes_the_request_or_not(
    status: int, code: int | None
) -> None:
    assert standing(status, code, None) is Standing.SERVED


@pytest.mark.parametrize(
    ("status", "code"), [(500, 1000), (503, None), (408, None), (200, 1000), (400, 1000), (200, None), (302, None)]
)
def test_what_would_befall_anybody_is_a_failure(status: int, code: int | None) -> None:
    assert standing(status, code, None) is Standing.FAILED


def test_a_call_without_an_answer_is_a_failure_only_if_it_was_tried() -> None:
    assert standing(None, None, "no answer came in time") is Standing.FAILED
    assert standing(None, None, None) is Standing.UNCLEAR


@given(ANYTHING, ANYTHING)
def test_a_limit_that_was_met_says_nothing_of_zohos_health(status: int | None, code: int | None) -> None:
    if limit_met(status, code) is not None:
        assert standing(status, code, None) is Standing.UNCLEAR
