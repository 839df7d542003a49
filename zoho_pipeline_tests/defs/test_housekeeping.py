"""Old records are forgotten each night, by Dagster or by the command."""

from datetime import datetime

import dagster as dg
import pytest
from sqlalchemy import text

from zoho_pipeline.actions.forgetting import forget_old_records
from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs.housekeeping import forget_old_records as nightly
from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.commands.conftest import Command, zoho_pipeline
from zoho_pipeline_tests.defs.practice import FIRST_MONTH, PracticeBackfill, PracticeDagster, failure_of
from zoho_pipeline_tests.practice.world import PracticeWorld

__all__ = ["zoho_pipeline"]


@pytest.fixture
def old_calls(world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> PracticeWorld:
    """A world in this process's environment, whose calls so far are 40 days old."""
    world.circletel.customer()
    world.run(Entity.CUSTOMERS)
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE zoho_pipeline.api_calls SET at = at - interval '40 days'"))
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    return world


def calls(world: PracticeWorld) -> int:
    with world.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM zoho_pipeline.api_calls")).scalar_one())


def run(dagster: PracticeDagster) -> dg.ExecuteInProcessResult:
    job = nightly(forget_old_records).job
    assert isinstance(job, dg.JobDefinition)
    return job.execute_in_process(instance=dagster.instance, raise_on_error=False)


def test_it_runs_by_itself_each_night_in_johannesburg() -> None:
    definitions = build_defs(first_month=FIRST_MONTH, backfill=PracticeBackfill())
    schedule = definitions.resolve_schedule_def("forget_old_records")
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("15 3 * * *", JOHANNESBURG.key)
    tick = schedule.evaluate_tick(
        dg.build_schedule_context(scheduled_execution_time=datetime(2025, 11, 14, 3, 15, tzinfo=JOHANNESBURG))
    )
    assert len(tick.run_requests or []) == 1


def test_the_nightly_job_forgets_calls_beyond_their_days_and_no_others(
    old_calls: PracticeWorld, dagster: PracticeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = calls(old_calls)
    assert made > 0
    assert run(dagster).success
    assert calls(old_calls) == made
    monkeypatch.setenv("ZOHO_CALLS_KEPT_DAYS", "30")
    assert run(dagster).success
    assert calls(old_calls) == 0


def test_the_command_does_the_same_and_says_how_many(
    old_calls: PracticeWorld, zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = calls(old_calls)
    monkeypatch.setenv("ZOHO_CALLS_KEPT_DAYS", "30")
    ended = zoho_pipeline("db", "forget")
    assert (ended.status, ended.out) == (0, f"{made} API calls older than 30 days were forgotten.\n")
    assert calls(old_calls) == 0


def test_a_database_that_cannot_be_reached_fails_the_job_with_a_sentence(
    dagster: PracticeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIRCLETEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    result = run(dagster)
    assert "127.0.0.1:1/nothing could not be used to forget old records" in failure_of(result, "forget_old")
