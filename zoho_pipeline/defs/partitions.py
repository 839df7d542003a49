"""The partitions: one per month, or per week. What a month or week holds is no business of this file."""

import dagster as dg

from zoho_pipeline.calendar import MONTHS_AHEAD, Month
from zoho_pipeline.clock import JOHANNESBURG

MONDAY = 1
"""As cron numbers the days of a week."""


def months(first: Month) -> dg.MonthlyPartitionsDefinition:
    """The open months as partitions, `2025-03`: from the first through the month after the current one.

    The same months as `calendar.OpenMonths`. Dagster counts a month in once it is over; the offset adds the current
    one and those ahead.
    """
    return dg.MonthlyPartitionsDefinition(
        start_date=first.key, timezone=JOHANNESBURG.key, fmt="%Y-%m", end_offset=1 + MONTHS_AHEAD
    )


def weeks(first: Month) -> dg.WeeklyPartitionsDefinition:
    """The weeks that are over as partitions, by their Mondays: `2025-11-10`; none that began before the first month."""
    return dg.WeeklyPartitionsDefinition(
        start_date=first.first_day.isoformat(), timezone=JOHANNESBURG.key, fmt="%Y-%m-%d", day_offset=MONDAY
    )
