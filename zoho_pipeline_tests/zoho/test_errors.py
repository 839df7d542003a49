"""Messages name what was attempted, on which record, and what to do; never a person or a secret."""

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.zoho import errors
from zoho_pipeline.zoho.errors import DailyQuotaSpent, OutcomeUnknown, RateLimited, Rejected, ZohoError, safe_detail
from zoho_pipeline.zoho.oauth import TokenRefused

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ZohoError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_was_attempted_and_what_to_do(kind: type[ZohoError]) -> None:
    error = kind("POST /invoices for invoice INV-2025-00012", "it went wrong", status=400, code=7)
    assert str(error).startswith("POST /invoices for invoice INV-2025-00012: it went wrong (HTTP 400, code 7).")
    assert kind is ZohoError or len(str(error)) > 90
    assert isinstance(error, Foreseen)


def test_only_a_lost_answer_leaves_the_outcome_unknown() -> None:
    assert [kind for kind in KINDS if not kind.outcome_known] == [OutcomeUnknown]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ('The customer "Jan Smit" already exists', "The customer [redacted] already exists"),
        ("Mail to jan@example.com failed", "Mail to [redacted] failed"),
        ("The customer 'Jan Smit' is gone, isn't it? It's so.", "The customer [redacted] is gone, isn't it? It's so."),
        ("Token 1000.abcdefgh12345.ijklmnop67890 is bad", "Token [redacted] is bad"),
    ],
)
def test_details_hold_no_person_and_no_secret(told: str, kept: str) -> None:
    assert Rejected("POST /customers", told).detail == kept


@given(st.text())
def test_details_are_one_short_line(text: str) -> None:
    assert len(safe_detail(text)) <= 300
    assert "\n" not in safe_detail(text)


@pytest.mark.parametrize(
    "error",
    [
        Rejected("POST /customers", "no", status=400, code=4),
        RateLimited("GET /plans", "slow", status=429, code=44, retry_after_seconds=7),
        DailyQuotaSpent("GET /plans", "spent", resumes_at=datetime(2025, 3, 1, 10, tzinfo=UTC)),
        TokenRefused("POST /oauth/v2/token", "no", reason="invalid_code"),
    ],
)
def test_errors_cross_processes(error: ZohoError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


def test_the_time_to_go_on_is_told_in_johannesburg() -> None:
    error = DailyQuotaSpent("GET /plans", "spent", resumes_at=datetime(2025, 3, 1, 10, tzinfo=UTC))
    assert "2025-03-01 12:00" in str(error)
