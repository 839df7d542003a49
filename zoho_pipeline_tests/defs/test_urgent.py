"""The urgent job: the backfill's own way, marked urgent, outside of every pool."""

from typing import Any

import dagster as dg
import pytest

from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs.urgent import STEP, sync_urgently
from zoho_pipeline.defs.zoho import POOL
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline_tests.defs.practice import FIRST_MONTH, PracticeBackfill, PracticeDagster, failure_of


def run(dagster: PracticeDagster, backfill: PracticeBackfill, **config: Any) -> dg.ExecuteInProcessResult:
    return sync_urgently(backfill).execute_in_process(
        instance=dagster.instance, run_config={"ops": {STEP: {"config": config}}}, raise_on_error=False
    )


def test_what_a_person_sets_reaches_the_backfill_and_it_is_urgent(dagster: PracticeDagster) -> None:
    backfill = PracticeBackfill()
    run(dagster, backfill, entities=["invoices"], months=["2025-04", "2025-02", "2025-02"], max_rows=3, confirmed=True)

    request = backfill.requests[0]
    assert request.entities == {Entity.INVOICES}
    assert [month.key for month in request.months] == ["2025-02", "2025-04"]
    assert (request.urgent, request.max_rows, request.confirmed, request.dry_run) == (True, 3, True, False)


def test_its_months_turn_green(dagster: PracticeDagster) -> None:
    assert run(dagster, PracticeBackfill(), months=["2025-03"]).success
    assert [dagster.colours(entity)["2025-03"] for entity in PARENTS_FIRST] == ["green"] * 4


def test_a_month_that_is_not_green_fails_it(dagster: PracticeDagster) -> None:
    result = run(dagster, PracticeBackfill({(Entity.INVOICES, "2025-03"): 2}), months=["2025-03"])
    assert "invoices 2025-03: 2 refused" in failure_of(result, STEP)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"months": ["2025-03"], "entities": ["cats"]}, "Unknown entity 'cats': choose one of customers, "),
        ({"months": ["2025-13"]}, "'2025-13' is not a month"),
    ],
)
def test_a_name_that_is_none_fails_it_with_a_sentence(
    dagster: PracticeDagster, config: dict[str, Any], sentence: str
) -> None:
    backfill = PracticeBackfill()
    assert sentence in failure_of(run(dagster, backfill, **config), STEP)
    assert backfill.requests == []


def test_it_needs_to_be_told_the_months(dagster: PracticeDagster) -> None:
    with pytest.raises(dg.DagsterInvalidConfigError, match="months"):
        run(dagster, PracticeBackfill())


def test_bulk_steps_are_in_the_pool_and_urgent_ones_in_none() -> None:
    definitions = build_defs(first_month=FIRST_MONTH, backfill=PracticeBackfill())
    pools = {
        job.name: {pool for node in job.nodes for pool in node.definition.pools}
        for job in definitions.resolve_all_job_defs()
    }
    assert pools["backfill_all"] == {POOL}
    assert (pools["sync_urgently"], pools["forget_old_records"]) == (set(), set())
