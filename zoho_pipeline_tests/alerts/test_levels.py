"""Which level an incident belongs to, criterion by criterion of the runbook."""

from typing import Any

import pytest

from zoho_pipeline.alerts.levels import Level, graded
from zoho_pipeline.alerts.symptoms import Sign
from zoho_pipeline.causes import Cause
from zoho_pipeline_tests.alerts.desk import symptom


@pytest.mark.parametrize(
    ("known", "level", "because"),
    [
        ({}, 1, "a routine failure"),
        ({"rows": 400}, 1, "a routine failure"),
        ({"customers": 10}, 1, "a routine failure"),
        ({"customers": 11}, 2, "more than 10 customers are affected"),
        ({"retries_used": 2}, 1, "a routine failure"),
        ({"retries_used": 3}, 2, "3 retries have failed"),
        ({"signs": {Sign.UNKNOWN_ERROR}}, 2, "the error is unknown"),
        ({"signs": {Sign.SUSPECTED_BUG}}, 2, "a fault in the code is suspected"),
        ({"signs": {Sign.DATA_INTEGRITY}}, 2, "records contradict each other"),
        ({"signs": {Sign.CRITICAL}}, 2, "critical business operations are affected"),
        ({"signs": {Sign.ZOHO_FAILING}}, 3, "Zoho's API fails consistently"),
        ({"signs": {Sign.LIMITS_TOO_LOW}}, 3, "Zoho's rate limits are too restrictive"),
        ({"signs": {Sign.ZOHO_DATA}}, 3, "the data on Zoho's side is wrong"),
        ({"signs": {Sign.ACCOUNT_ACCESS}}, 3, "Zoho refuses access to the account"),
        ({"cause": "validation"}, 1, "a routine failure"),
        ({"cause": "conflict"}, 2, "of its cause, conflict"),
        ({"cause": "authentication", "retries_used": 3}, 3, "of its cause, authentication"),
        ({"retries_used": 3, "customers": 40}, 2, "3 retries have failed and more than 10 customers are affected"),
        ({"retries_used": 3, "signs": {Sign.ZOHO_FAILING}}, 3, "Zoho's API fails consistently"),
    ],
)
def test_the_highest_criterion_that_is_met_gives_the_level(known: dict[str, Any], level: int, because: str) -> None:
    signs = frozenset(known.pop("signs", ()))
    grade = graded(symptom(signs=signs, **known))
    assert (grade.level, grade.because) == (level, because)


def test_every_sign_speaks_for_a_level_above_the_first() -> None:
    assert all(graded(symptom(signs=frozenset({sign}))).level > Level.OPERATIONS for sign in Sign)


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_alone_gives_its_own_level(cause: Cause) -> None:
    assert graded(symptom(cause=cause.value)).level == cause.level


def test_above_the_highest_level_there_is_none() -> None:
    assert [level.next for level in Level] == [Level.DEVELOPMENT, Level.ZOHO_SUPPORT, Level.ZOHO_SUPPORT]
