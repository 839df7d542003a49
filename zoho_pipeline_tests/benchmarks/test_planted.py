"""The campaign with planted discrepancies, as a small sample; and a judge that can tell."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from benchmarks.planted.campaign import Campaign, run_campaign
from benchmarks.planted.judge import judge
from benchmarks.planted.truth import PLANTS, Expected
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.settings import SANDBOX
from zoho_pipeline_tests.practice.databases import MIGRATED, Databases

DOCUMENTS, DISCREPANCIES = 2_000, 3 * len(PLANTS)


@pytest.fixture(scope="module")
def done(databases: Databases) -> Campaign:
    with databases.fresh() as clean, databases.fresh() as dirty:
        sides = [(engine, _variables(databases, engine)) for engine in (clean, dirty)]
        return run_campaign(sides[0], sides[1], DOCUMENTS, DISCREPANCIES, seed=7)


def _variables(databases: Databases, engine: Engine) -> dict[str, str]:
    return {SANDBOX: databases.token(MIGRATED), "CIRCLETEL_DATABASE_URL": engine.url.render_as_string(False)}


def test_the_clean_world_has_no_item_and_ties_out(done: Campaign) -> None:
    assert (done.clean.found, done.clean.unexplained, done.clean.miscounted, done.controls) == (0, [], [], [])


def test_everything_planted_is_found_as_what_it_is_and_nothing_else(done: Campaign) -> None:
    verdict = done.verdict
    assert (verdict.missed, verdict.false) == ([], [])
    assert (verdict.wrong_class, verdict.wrong_cause, verdict.wrong_values) == ([], [], [])
    assert (verdict.unexplained, verdict.miscounted) == ([], [])
    assert done.planted.count == DISCREPANCIES


def test_every_class_is_planted(done: Campaign) -> None:
    assert {each.what for each in done.planted.expected} == {each.value for each in Class}


def test_the_judge_misses_nothing_that_is_amiss(done: Campaign, databases: Databases) -> None:
    """Held against other truths than what was planted."""
    one = Expected("payments", "2025-07", "amount", "a", "b", difference=Decimal(1), amount=Decimal(1))
    with databases.fresh() as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO zoho_pipeline.reconciliation_items "
                "(entity, month, class, row_id, zoho_id, currency, label, difference, count_effect, amount_effect, "
                "cause, comparison_id) "
                "VALUES ('payments', '2025-07', 'amount', 'a', 'b', 'ZAR', 'x', 1, 0, 1, NULL, 1)"
            )
        assert judge(engine, [one]).right_share == 1
        assert judge(engine, []).false == [one]
        assert len(judge(engine, [one, replace(one, row_id="c")]).missed) == 1
        assert len(judge(engine, [replace(one, what="timing")]).wrong_class) == 1
        assert len(judge(engine, [replace(one, cause="other")]).wrong_cause) == 1
        assert len(judge(engine, [replace(one, amount=Decimal(2))]).wrong_values) == 1
