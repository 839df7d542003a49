"""The runbook's schedules over three real years, against South Africa's public holidays as they were gazetted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.definitions import build_defs

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
HOLIDAYS = {
    date(2024, 1, 1): "New Year's Day",
    date(2024, 3, 21): "Human Rights Day",
    date(2024, 3, 29): "Good Friday",
    date(2024, 4, 1): "Family Day",
    date(2024, 4, 27): "Freedom Day",
    date(2024, 5, 1): "Workers' Day",
    date(2024, 5, 29): "National and provincial government elections",
    date(2024, 6, 16): "Youth Day",
    date(2024, 6, 17): "Youth Day (observed)",
    date(2024, 8, 9): "National Women's Day",
    date(2024, 9, 24): "Heritage Day",
    date(2024, 12, 16): "Day of Reconciliation",
    date(2024, 12, 25): "Christmas Day",
    date(2024, 12, 26): "Day of Goodwill",
    date(2025, 1, 1): "New Year's Day",
    date(2025, 3, 21): "Human Rights Day",
    date(2025, 4, 18): "Good Friday",
    date(2025, 4, 21): "Family Day",
    date(2025, 4, 27): "Freedom Day",
    date(2025, 4, 28): "Freedom Day (observed)",
    date(2025, 5, 1): "Workers' Day",
    date(2025, 6, 16): "Youth Day",
    date(2025, 8, 9): "National Women's Day",
    date(2025, 9, 24): "Heritage Day",
    date(2025, 12, 16): "Day of Reconciliation",
    date(2025, 12, 25): "Christmas Day",
    date(2025, 12, 26): "Day of Goodwill",
    date(2026, 1, 1): "New Year's Day",
    date(2026, 3, 21): "Human Rights Day",
    date(2026, 4, 3): "Good Friday",
    date(2026, 4, 6): "Family Day",
    date(2026, 4, 27): "Freedom Day",
    date(2026, 5, 1): "Workers' Day",
    date(2026, 6, 16): "Youth Day",
    date(2026, 8, 9): "National Women's Day",
    date(2026, 8, 10): "National Women's Day (observed)",
    date(2026, 9, 24): "Heritage Day",
    date(2026, 11, 4): "Local government elections",
    date(2026, 12, 16): "Day of Reconciliation",
    date(2026, 12, 25): "Christmas Day",
    date(2026, 12, 26): "Day of Goodwill",
}
"""As published by the government; a Monday follows a Sunday that is one."""
DEFINITIONS = build_defs(first_month=Month(2023, 1))
Tick = tuple[datetime, dg.RunRequest | str]


def days() -> list[date]:
    return [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


def schedule(name: str, definitions: dg.Definitions = DEFINITIONS) -> dg.ScheduleDefinition:
    found = definitions.resolve_schedule_def(name)
    assert isinstance(found, dg.ScheduleDefinition)
    return found


def ticks(name: str, definitions: dg.Definitions = DEFINITIONS) -> Iterator[Tick]:
    """What Dagster's daemon would make of the schedule: every tick, with its run or the reason why there is none."""
    of, begin = schedule(name, definitions), datetime.combine(FIRST, time(), JOHANNESBURG)
    end = datetime.combine(LAST + timedelta(days=1), time(), JOHANNESBURG)
    repository = definitions.get_repository_def()
    for moment in schedule_execution_time_iterator(begin.timestamp(), str(of.cron_schedule), of.execution_timezone):
        if moment >= end:
            return
        with dg.build_schedule_context(scheduled_execution_time=moment, repository_def=repository) as context:
            tick = of.evaluate_tick(context)
        runs: list[dg.RunRequest | str] = list(tick.run_requests or [])
        (ticked,) = runs or [tick.skip_message or ""]
        yield moment.astimezone(JOHANNESBURG), ticked


def ran(name: str) -> dict[date, dg.RunRequest]:
    return {moment.date(): run for moment, run in ticks(name) if isinstance(run, dg.RunRequest)}


@pytest.mark.parametrize("name", ["daily_operations", "weekly_review", "monthly_audit", "documentation_review"])
def test_every_schedule_runs_by_default_on_johannesburgs_clock(name: str) -> None:
    assert schedule(name).default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule(name).execution_timezone == JOHANNESBURG.key


def test_the_daily_run_comes_on_every_business_day_and_on_no_other() -> None:
    wanted = {day for day in days() if day.weekday() < 5 and day not in HOLIDAYS}
    assert set(ran("daily_operations")) == wanted


def test_it_is_there_before_the_business_day_begins() -> None:
    hours = {(moment.hour, moment.minute) for moment, _ in ticks("daily_operations")}
    assert hours == {(7, 0)}


def test_each_public_holiday_is_named_in_the_reason_why_there_is_no_run() -> None:
    skipped = {moment.date(): reason for moment, reason in ticks("daily_operations") if isinstance(reason, str)}
    assert set(skipped) == {day for day in HOLIDAYS if day.weekday() < 5}
    unnamed = {
        day: reason
        for day, reason in skipped.items()
        if HOLIDAYS[day].split(" (")[0].lower() not in reason.lower().replace("’", "'") or str(day) not in reason
    }
    assert unnamed == {}


def test_every_monday_has_its_review_of_the_seven_days_before_it() -> None:
    found = {day: run.partition_key for day, run in ran("weekly_review").items()}
    assert found == {day: str(day - timedelta(days=7)) for day in days() if day.weekday() == 0}


def test_the_first_monday_audits_the_month_that_has_just_ended() -> None:
    found = {day: run.partition_key for day, run in ran("monthly_audit").items()}
    mondays = [day for day in days() if day.weekday() == 0 and day.day <= 7]
    assert len(mondays) == 36
    assert found == {day: f"{day.replace(day=1) - timedelta(days=1):%Y-%m}" for day in mondays}


def test_a_monday_that_is_a_public_holiday_has_its_runs_which_name_it() -> None:
    tagged = {day for day, run in ran("weekly_review").items() if "public_holiday" in run.tags}
    assert tagged == {day for day in HOLIDAYS if day.weekday() == 0}
    audits = {day for day, run in ran("monthly_audit").items() if "public_holiday" in run.tags}
    assert audits == {date(2024, 1, 1), date(2024, 4, 1), date(2026, 4, 6)}


def test_the_documentation_is_reviewed_once_a_quarter_on_a_business_day() -> None:
    assert set(ran("documentation_review")) == {
        date(2024, 2, 20), date(2024, 5, 20), date(2024, 8, 20), date(2024, 11, 20),
        date(2025, 2, 20), date(2025, 5, 20), date(2025, 8, 20), date(2025, 11, 20),
        date(2026, 2, 20), date(2026, 5, 20), date(2026, 8, 20), date(2026, 11, 20),
    }  # fmt: skip


def test_a_review_day_on_a_weekend_moves_to_monday() -> None:
    of = schedule("documentation_review")
    saturday = datetime(2027, 2, 20, 7, tzinfo=JOHANNESBURG)
    requested = [
        (saturday + timedelta(days=number)).date()
        for number in range(8)
        if of.evaluate_tick(
            dg.build_schedule_context(scheduled_execution_time=(saturday + timedelta(days=number)).astimezone(UTC))
        ).run_requests
    ]
    assert requested == [date(2027, 2, 22)]


def test_nothing_before_the_first_open_month_is_asked_for() -> None:
    late = build_defs(first_month=Month(2026, 12))
    assert all(isinstance(reason, str) for _, reason in ticks("monthly_audit", late))
    (reason,) = {reason for moment, reason in ticks("monthly_audit", late) if moment.date() == date(2026, 12, 7)}
    assert "CIRCLETEL_FIRST_MONTH" in str(reason)
