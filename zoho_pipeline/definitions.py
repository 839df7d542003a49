"""The front door: the one Definitions object that Dagster loads, a table of contents."""

import dagster as dg

from zoho_pipeline.actions.backfill import backfill as real_backfill
from zoho_pipeline.actions.due import read_due
from zoho_pipeline.actions.duplicates import look_for_duplicates
from zoho_pipeline.actions.forgetting import forget_old_records
from zoho_pipeline.actions.unfinished import read_open
from zoho_pipeline.calendar import Month
from zoho_pipeline.defs import alerts, checks, circletel, due, housekeeping, jobs, partitions, sensors, urgent
from zoho_pipeline.defs.zoho import Backfill, zoho_assets
from zoho_pipeline.settings import SyncSettings


def build_defs(
    *, first_month: Month | None = None, backfill: Backfill = real_backfill, look: checks.Look = look_for_duplicates
) -> dg.Definitions:
    """The whole code location; tests and tools compose it with another first month, another backfill or look."""
    first = first_month or Month.parse(SyncSettings.load().first_month)
    urgently = urgent.sync_urgently(backfill)
    asset_checks = [checks.nothing_stands_twice(look)]
    return dg.Definitions(
        assets=[
            *circletel.TABLES,
            *dg.with_source_code_references([zoho_assets(partitions.months(first), backfill, asset_checks)]),
        ],
        jobs=[jobs.backfill_all, urgently],
        schedules=[housekeeping.forget_old_records(forget_old_records)],
        sensors=[sensors.continue_unfinished(read_open), *due.sensors(read_due, urgently), *alerts.sensors()],
        executor=dg.in_process_executor,
    )


defs = build_defs()
