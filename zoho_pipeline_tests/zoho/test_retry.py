"""The rules of sending again, for every error there is."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.zoho.errors import (
    AuthenticationFailed,
    DailyQuotaSpent,
    NotInZoho,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    UnexpectedAnswer,
    WrongOrganisation,
    ZohoError,
    ZohoFailed,
    ZohoUnreachable,
)
from zoho_pipeline.zoho.retry import RetryPolicy, may_be_sent_again, retry_after_seconds, wait_before_next

NOW = datetime(2025, 3, 1, tzinfo=UTC)
KINDS: list[type[ZohoError]] = [
    AuthenticationFailed, DailyQuotaSpent, NotInZoho, OutcomeUnknown, PermissionDenied, RateLimited, Rejected,
    UnexpectedAnswer, WrongOrganisation, ZohoFailed, ZohoUnreachable,
]  # fmt: skip
ERRORS = st.sampled_from(KINDS).map(lambda kind: kind("POST /invoices", "x"))
POLICIES = st.builds(
    RetryPolicy,
    tries=st.integers(1, 6),
    first_wait_seconds=st.floats(0.01, 5),
    longest_wait_seconds=st.floats(0, 120),
)


def wait(error: ZohoError, policy: RetryPolicy, *, writes: bool, tries: int, asked: float | None) -> float | None:
    return wait_before_next(error, writes=writes, tries_used=tries, policy=policy, jitter=0.5, asked_seconds=asked)


@given(ERRORS, POLICIES, st.integers(1, 10), st.none() | st.floats(0, 10_000))
def test_a_write_is_sent_again_only_if_nothing_was_done(
    error: ZohoError, policy: RetryPolicy, tries: int, asked: float | None
) -> None:
    if wait(error, policy, writes=True, tries=tries, asked=asked) is not None:
        assert isinstance(error, ZohoUnreachable | RateLimited)
        assert error.outcome_known


@given(ERRORS, POLICIES, st.booleans(), st.integers(1, 10), st.none() | st.floats(0, 10_000))
def test_waits_are_bounded_and_tries_are_counted(
    error: ZohoError, policy: RetryPolicy, writes: bool, tries: int, asked: float | None
) -> None:
    seconds = wait(error, policy, writes=writes, tries=tries, asked=asked)
    if tries >= policy.tries:
        assert seconds is None
    elif seconds is not None:
        assert 0 <= seconds <= policy.longest_wait_seconds


@given(POLICIES, st.booleans(), st.floats(0, 10_000))
def test_zohos_own_wish_is_met_or_the_call_gives_up(policy: RetryPolicy, writes: bool, asked: float) -> None:
    error = RateLimited("POST /invoices", "x", retry_after_seconds=asked)
    seconds = wait(error, policy, writes=writes, tries=1, asked=None)
    if policy.tries > 1:
        assert (seconds is None) == (asked > policy.longest_wait_seconds)
        assert seconds is None or seconds >= asked


@pytest.mark.parametrize("kind", [ZohoFailed, UnexpectedAnswer, ZohoUnreachable, RateLimited])
def test_a_read_is_sent_again_after(kind: type[ZohoError]) -> None:
    assert may_be_sent_again(kind("GET /invoices", "x"), writes=False)


@pytest.mark.parametrize("kind", [Rejected, NotInZoho, PermissionDenied, AuthenticationFailed, DailyQuotaSpent])
def test_even_a_read_is_not_sent_again_after(kind: type[ZohoError]) -> None:
    assert not may_be_sent_again(kind("GET /invoices", "x"), writes=False)


def test_waits_grow() -> None:
    policy = RetryPolicy(tries=5, first_wait_seconds=1, longest_wait_seconds=5)
    error = ZohoFailed("GET /invoices", "x")
    waits = [
        wait_before_next(error, writes=False, tries_used=n, policy=policy, jitter=0, asked_seconds=None)
        for n in (1, 2, 3, 4)
    ]
    assert waits == [1, 2, 4, 5]


@given(st.integers(0, 10**6))
def test_retry_after_is_read_as_seconds(seconds: int) -> None:
    assert retry_after_seconds({"Retry-After": f" {seconds} "}, NOW) == seconds


@given(st.integers(-(10**6), 10**6))
def test_retry_after_is_read_as_a_date(seconds: int) -> None:
    value = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after_seconds({"Retry-After": value}, NOW) == max(seconds, 0)


@given(st.text())
def test_any_other_retry_after_is_none_or_a_number(value: str) -> None:
    seconds = retry_after_seconds({"Retry-After": value}, NOW)
    assert seconds is None or seconds >= 0
