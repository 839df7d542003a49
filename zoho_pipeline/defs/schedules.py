"""The runbook's days, weeks, months and quarters (R2, R10, R11, R44), in Africa/Johannesburg, on by default.

A public holiday has no daily run: nobody is there to read it, and the tick says which holiday it is. The Monday
review and the first Monday's audit run on a public holiday all the same. They would otherwise be lost, for there is but
one such day; the lists then say which holiday it is, and for which business day they wait. Who is back on Tuesday finds
the week, and the month, reviewed as on any Monday.
"""

from datetime import date

import dagster as dg

from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import JOHANNESBURG, local_date
from zoho_pipeline.defs import jobs
from zoho_pipeline.reviews.span import Span, last_month, last_week
from zoho_pipeline.workdays import is_workday, public_holiday

DAILY = "0 7 * * MON-FRI"
WEEKLY = "15 7 * * MON"
MONTHLY = "0 6 * * MON#1"
QUARTERLY = "0 7 20-27 2,5,8,11 *"
"""From the 20th of the month on, as the runbook has it: of these days the first business day is taken."""
REVIEW_DAY = 20
_RUNNING = dg.DefaultScheduleStatus.RUNNING


def schedules(first: Month) -> list[dg.ScheduleDefinition]:
    """All four; `first` is the first open month, and nothing before it is reviewed."""

    @dg.schedule(
        name="daily_operations",
        job=jobs.daily_operations,
        cron_schedule=DAILY,
        execution_timezone=JOHANNESBURG.key,
        default_status=_RUNNING,
        description="Every business day before it begins: the daily checklist (R2).",
    )
    def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = _day(context)
        if holiday := public_holiday(day):
            return dg.SkipReason(f"{day} is a public holiday in South Africa: {holiday}.")
        return dg.RunRequest(tags={"runbook": "R2"})

    @dg.schedule(
        name="weekly_review",
        job=jobs.weekly_review,
        cron_schedule=WEEKLY,
        execution_timezone=JOHANNESBURG.key,
        default_status=_RUNNING,
        description="Every Monday morning: the week that has just ended (R10); on public holidays too.",
    )
    def weekly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return _of_span(last_week(_day(context)), first, _day(context), "R10")

    @dg.schedule(
        name="monthly_audit",
        job=jobs.monthly_audit,
        cron_schedule=MONTHLY,
        execution_timezone=JOHANNESBURG.key,
        default_status=_RUNNING,
        description="The first Monday of each month: the month that has just ended (R11); on public holidays too.",
    )
    def monthly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return _of_span(last_month(_day(context)), first, _day(context), "R11")

    @dg.schedule(
        name="documentation_review",
        job=jobs.documentation_review,
        cron_schedule=QUARTERLY,
        execution_timezone=JOHANNESBURG.key,
        default_status=_RUNNING,
        description="Each quarter, from 20 February, May, August and November on the first business day (R44).",
    )
    def quarterly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = _day(context)
        due = _first_workday(day.replace(day=REVIEW_DAY))
        if day == due:
            return dg.RunRequest(tags={"runbook": "R44"})
        return dg.SkipReason(f"The documentation is reviewed on {due}.")

    return [daily, weekly, monthly, quarterly]


def _day(context: dg.ScheduleEvaluationContext) -> date:
    return local_date(context.scheduled_execution_time)


def _of_span(span: Span, first: Month, today: date, row: str) -> dg.RunRequest | dg.SkipReason:
    """The span's partition; a holiday is named in the run's tags."""
    if span.first < first.first_day:
        return dg.SkipReason(f"{span.key} lies before {first}, with which the months begin (CIRCLETEL_FIRST_MONTH).")
    holiday = public_holiday(today)
    return dg.RunRequest(
        partition_key=span.key, tags={"runbook": row} | ({"public_holiday": holiday} if holiday else {})
    )


def _first_workday(day: date) -> date:
    return day if is_workday(day) else _first_workday(date.fromordinal(day.toordinal() + 1))
