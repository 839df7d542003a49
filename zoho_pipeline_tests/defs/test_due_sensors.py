"""The sensors of due rows: one run for exactly these, none while it is under way, and a reason where there is none."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest

from zoho_pipeline.actions.due import read_due
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs.due import DUE, NAMES, ReadDue, sensors
from zoho_pipeline.defs.urgent import STEP, sync_urgently
from zoho_pipeline.entities import Entity
from zoho_pipeline.recovery.due import Due, DueRow, Why
from zoho_pipeline_tests.defs.practice import FIRST_MONTH, PracticeBackfill, PracticeDagster

NOON = datetime(2025, 11, 15, 10, 0, tzinfo=UTC)
ROWS = [DueRow(Entity.INVOICES, "id-2", "failed 1 0"), DueRow(Entity.CUSTOMERS, "id-1", "failed 1 0")]


def reads(*rows: DueRow, **more: Any) -> ReadDue:
    return lambda why, environ: Due(why, rows, NOON, **more)


def tick(dagster: PracticeDagster, read: ReadDue, why: Why = Why.FAILED) -> dg.RunRequest | dg.SkipReason:
    (sensor,) = [each for each in sensors(read, sync_urgently(PracticeBackfill())) if each.name == NAMES[why]]
    result = sensor(dg.build_sensor_context(instance=dagster.instance))
    assert isinstance(result, dg.RunRequest | dg.SkipReason)
    return result


def test_there_is_one_for_each_reason_running_from_the_start_at_most_every_minute() -> None:
    found = {sensor.name: sensor for sensor in build_defs(first_month=FIRST_MONTH).sensors or ()}
    mine = [found[name] for name in NAMES.values()]
    assert len(mine) == len(Why)
    assert {sensor.default_status for sensor in mine} == {dg.DefaultSensorStatus.RUNNING}
    assert {sensor.minimum_interval_seconds for sensor in mine} == {60}
    assert all(sensor.description for sensor in mine)


def test_all_due_rows_are_one_run_and_the_job_takes_them_as_they_are_named(dagster: PracticeDagster) -> None:
    request = tick(dagster, reads(*ROWS))
    assert isinstance(request, dg.RunRequest)
    backfill = PracticeBackfill()
    ran = sync_urgently(backfill).execute_in_process(instance=dagster.instance, run_config=request.run_config)
    assert ran.success
    (asked,) = backfill.requests
    assert asked.only == {Entity.CUSTOMERS: frozenset({"id-1"}), Entity.INVOICES: frozenset({"id-2"})}
    assert asked.entities == {Entity.CUSTOMERS, Entity.INVOICES}
    assert asked.urgent


def test_the_same_rows_in_another_order_have_the_same_key(dagster: PracticeDagster) -> None:
    first, second = tick(dagster, reads(*ROWS)), tick(dagster, reads(*reversed(ROWS)))
    assert isinstance(first, dg.RunRequest)
    assert isinstance(second, dg.RunRequest)
    assert first.run_key == second.run_key


@pytest.mark.parametrize(
    ("status", "launches"),
    [
        (dg.DagsterRunStatus.NOT_STARTED, False),
        (dg.DagsterRunStatus.STARTED, False),
        (dg.DagsterRunStatus.SUCCESS, True),
        (dg.DagsterRunStatus.FAILURE, True),
    ],
)
def test_there_is_one_run_of_a_sensor_at_a_time(
    dagster: PracticeDagster, status: dg.DagsterRunStatus, launches: bool
) -> None:
    tags = {DUE: Why.FAILED.value}
    dagster.instance.add_run(dg.DagsterRun(job_name="sync_urgently", status=status, tags=tags))
    assert isinstance(tick(dagster, reads(*ROWS)), dg.RunRequest) is launches
    assert isinstance(tick(dagster, reads(*ROWS), Why.NEW), dg.RunRequest)


def test_rows_that_another_sensors_run_has_in_hand_are_left_out(dagster: PracticeDagster) -> None:
    config = {"ops": {STEP: {"config": {"months": [], "only": {"customers": ["id-1"]}}}}}
    dagster.instance.add_run(
        dg.DagsterRun(
            job_name="sync_urgently", status=dg.DagsterRunStatus.STARTED, tags={DUE: Why.NEW.value}, run_config=config
        )
    )
    request = tick(dagster, reads(*ROWS))
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["ops"][STEP]["config"]["only"] == {"invoices": ["id-2"]}
    assert isinstance(tick(dagster, reads(ROWS[1])), dg.SkipReason)


@pytest.mark.parametrize(
    ("why", "more", "sentence"),
    [
        (Why.FAILED, {}, "No failed row is due."),
        (
            Why.FAILED,
            {"next_at": NOON, "failed_later": 3},
            "No failed row is due; 3 wait, the next until 2025-11-15 12:00.",
        ),
        (Why.STUCK, {}, "No row is stuck in syncing."),
    ],
)
def test_where_nothing_is_due_it_says_why(
    dagster: PracticeDagster, why: Why, more: dict[str, Any], sentence: str
) -> None:
    skipped = tick(dagster, reads(**more), why)
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message == sentence


def test_a_database_that_cannot_be_reached_is_a_reason_to_skip(
    dagster: PracticeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIRCLETEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    skipped = tick(dagster, read_due)
    assert isinstance(skipped, dg.SkipReason)
    assert "127.0.0.1:1/nothing could not be used to look for rows that are due" in (skipped.skip_message or "")


def test_a_run_for_rows_colours_no_month_and_ends_well_though_a_row_did_not_go(dagster: PracticeDagster) -> None:
    config = {"months": ["2025-03"], "only": {"invoices": ["id-1"]}}
    backfill = PracticeBackfill({(Entity.INVOICES, "2025-03"): 1})
    ran = sync_urgently(backfill).execute_in_process(
        instance=dagster.instance, run_config={"ops": {STEP: {"config": config}}}
    )
    assert ran.success
    assert dagster.colours(Entity.INVOICES)["2025-03"] == "grey"


def test_neither_months_nor_rows_fail_it_with_a_sentence(dagster: PracticeDagster) -> None:
    ran = sync_urgently(PracticeBackfill()).execute_in_process(
        instance=dagster.instance, run_config={"ops": {STEP: {"config": {"months": []}}}}, raise_on_error=False
    )
    data = ran.failure_data_for_node(STEP)
    assert data is not None
    assert data.user_failure_data is not None
    assert "Name the months, such as 2025-03, or the rows" in (data.user_failure_data.description or "")
