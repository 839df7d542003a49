"""Months that were left open go on by themselves, each in a run of its own attempt, and nothing else does."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.actions.unfinished import Open, read_open, spans_due
from zoho_pipeline.calendar import Month
from zoho_pipeline.defs.sensors import ReadOpen, continue_unfinished
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline_tests.practice.world import PracticeWorld

NOW = datetime(2025, 11, 15, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)


def left_open(entity: Entity, month: str, resumes_at: datetime = NOW) -> Open:
    return Open(entity, Month.parse(month), resumes_at)


def tick(*left: Open) -> dg.SensorResult | dg.SkipReason:
    reads: ReadOpen = lambda environ: (list(left), NOW)  # noqa: E731
    result = continue_unfinished(reads)(dg.build_sensor_context())
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def requests(*left: Open) -> list[dg.RunRequest]:
    result = tick(*left)
    assert isinstance(result, dg.SensorResult)
    return list(result.run_requests or [])


def test_neighbouring_months_of_the_same_kinds_are_one_run() -> None:
    found = requests(left_open(Entity.INVOICES, "2025-03"), left_open(Entity.INVOICES, "2025-04"))
    assert [(run.tags, run.asset_selection) for run in found] == [
        (
            {
                "dagster/asset_partition_range_start": "2025-03",
                "dagster/asset_partition_range_end": "2025-04",
            },
            [dg.AssetKey(["zoho", "invoices"])],
        )
    ]


def test_a_later_attempt_is_a_run_of_its_own() -> None:
    (first,) = requests(left_open(Entity.INVOICES, "2025-03", NOW - timedelta(days=1)))
    (second,) = requests(left_open(Entity.INVOICES, "2025-03", NOW))
    assert first.run_key != second.run_key


def test_what_cannot_go_on_yet_is_left_and_the_ui_says_until_when() -> None:
    result = tick(left_open(Entity.INVOICES, "2025-03", LATER))
    assert isinstance(result, dg.SkipReason)
    assert result.skip_message == "1 months are open; they can go on at 2025-11-15 11:00."


def test_a_database_that_cannot_be_reached_is_a_reason_to_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCLETEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    result = continue_unfinished(read_open)(dg.build_sensor_context())
    assert isinstance(result, dg.SkipReason)
    assert "127.0.0.1:1/nothing could not be used to look for unfinished months" in (result.skip_message or "")


OPEN = st.builds(
    left_open,
    st.sampled_from(PARENTS_FIRST),
    st.sampled_from([f"2025-{number:02d}" for number in range(1, 13)]),
    st.sampled_from([NOW, LATER]),
)


@given(st.lists(OPEN, unique_by=lambda one: (one.entity, one.month)))
def test_the_spans_hold_exactly_what_is_due(left: list[Open]) -> None:
    covered = [
        (entity, span.first.plus(offset))
        for span in spans_due(left, NOW)
        for offset in range((span.last.year - span.first.year) * 12 + span.last.number - span.first.number + 1)
        for entity in span.entities
    ]
    assert sorted(covered) == sorted((one.entity, one.month) for one in left if one.resumes_at <= NOW)


def test_a_spent_quota_leaves_months_open_until_they_are_finished(world: PracticeWorld) -> None:
    for _ in range(3):
        world.circletel.customer()
    done = world.run(Entity.CUSTOMERS, env={"ZOHO_CALLS_PER_DAY": "3"})
    assert [result.goes_on_by_itself for result in done.results] == [True]
    (left,), now = read_open(world.environ)
    assert (left.entity, left.month, left.resumes_at > now) == (Entity.CUSTOMERS, done.results[0].month, True)
    world.run(Entity.CUSTOMERS)
    assert read_open(world.environ)[0] == []
    assert len(world.zoho.objects("customers")) == 3
