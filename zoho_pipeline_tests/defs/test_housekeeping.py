"""Old records are forgotten each night, by Dagster or by the command."""

from datetime import datetime

import dagster as dg
import pytest
from sqlalchemy import text

from zoho_pipeline.actions.forgetting import forget_old_records
from zoho_pipeline.actions.incidents import note_rows
from zoho_pipeline.actions.tables import WITHDRAWN_DONE
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
    assert ended.status == 0
    assert ended.out.startswith(f"{made} API calls older than 30 days were forgotten")
    assert calls(old_calls) == 0


def test_incidents_and_actions_are_kept_400_days_and_open_incidents_for_ever(
    old_calls: PracticeWorld, dagster: PracticeDagster
) -> None:
    old_calls.circletel.customer(email="")
    old_calls.run(Entity.CUSTOMERS)
    note_rows(None)
    old_calls.circletel.execute("UPDATE zoho_pipeline.incidents SET opened_at = now() - interval '500 days'")
    for days, action in ((399, "retry"), (401, "retry"), (401, WITHDRAWN_DONE)):
        old_calls.circletel.execute(
            "INSERT INTO zoho_pipeline.incidents (scope, key, title, cause, advice, level, because, rows, customers, "
            "most_rows, most_customers, opened_at, seen_at, cleared_at) SELECT 'test', :key, '', '', '', 1, '', 0, 0, "
            "0, 0, now() - interval '500 days', now(), now() - make_interval(days => :days)",
            days=days, key=f"{days} {action}",
        )  # fmt: skip
        old_calls.circletel.execute(
            'INSERT INTO zoho_pipeline.actions (at, "by", action, entity, row_id, details) '
            "VALUES (now() - make_interval(days => :days), 'Zanele', :action, 'customers', gen_random_uuid(), '{}')",
            days=days, action=action,
        )  # fmt: skip
    assert run(dagster).success
    left = old_calls.circletel.query("SELECT key FROM zoho_pipeline.incidents ORDER BY id")
    assert [row.key for row in left] == ["customers refused validation", "399 retry"]
    kept = old_calls.circletel.query("SELECT action FROM zoho_pipeline.actions ORDER BY id")
    assert [row.action for row in kept] == ["retry", WITHDRAWN_DONE]


def test_a_database_that_cannot_be_reached_fails_the_job_with_a_sentence(
    dagster: PracticeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIRCLETEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    result = run(dagster)
    assert "127.0.0.1:1/nothing could not be used to forget old records" in failure_of(result, "forget_old")
