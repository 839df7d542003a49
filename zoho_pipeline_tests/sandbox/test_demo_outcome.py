"""When a demonstration's main job did what it should: every month of every kind reported once, and coloured."""

import pytest

from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.sandbox.dagster_client import MonthDone
from zoho_pipeline.sandbox.demo import Expected, Outcome

MONTHS = ("2025-01", "2025-02")


@pytest.fixture
def outcome() -> Outcome:
    done = [MonthDone(kind, month, True, {"created": 2}) for kind in PARENTS_FIRST for month in MONTHS]
    complete = Outcome(Expected("backfill", MONTHS), done)
    for kind in PARENTS_FIRST:
        complete.green[kind], complete.red[kind] = 1, 1
    return complete


def test_all_months_reported_once_are_nothing_to_complain_of(outcome: Outcome) -> None:
    assert outcome.complaints() == []


def test_a_month_that_was_not_reported_is_named_with_what_the_run_said(outcome: Outcome) -> None:
    outcome.failures.append("Failure: Zoho does not answer.")
    outcome.done.remove(MonthDone(Entity.INVOICES, "2025-02", True, {"created": 2}))

    assert outcome.complaints() == [
        "The run ended early: Failure: Zoho does not answer.",
        "invoices: not reported exactly once: 2025-02",
    ]


def test_a_month_reported_twice_is_named(outcome: Outcome) -> None:
    outcome.done.append(outcome.done[0])
    assert outcome.complaints() == ["customers: not reported exactly once: 2025-01"]


def test_a_month_without_a_colour_is_missed(outcome: Outcome) -> None:
    outcome.green[Entity.PAYMENTS] = 0
    assert outcome.complaints() == ["payments: 0 green and 1 red months do not make up all"]


def test_the_run_failing_because_months_are_red_is_as_it_should_be(outcome: Outcome) -> None:
    outcome.failures.append("Failure: 4 months are not green.")
    assert outcome.complaints() == []


def test_figures_of_a_kind_are_added_up(outcome: Outcome) -> None:
    assert (outcome.sum(Entity.CUSTOMERS, "created"), outcome.sum(Entity.CUSTOMERS, "refused")) == (4, 0)
