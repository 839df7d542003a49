"""The partitions: one per month. What a month holds is no business of this file."""

import dagster as dg

from zoho_pipeline.calendar import MONTHS_AHEAD, Month
from zoho_pipeline.clock import JOHANNESBURG


def months(first: Month) -> dg.MonthlyPartitionsDefinition:
    """The open months as partitions, `2025-03`: from the first through the month after the current one.

    The same months as `calendar.OpenMonths`. Dagster counts a month in once it is over; the offset adds the current
    one and those ahead.
    """
    return dg.MonthlyPartitionsDefinition(
        start_date=first.key, timezone=JOHANNESBURG.key, fmt="%Y-%m", end_offset=1 + MONTHS_AHEAD
    )
