"""The front door: the one Definitions object that Dagster loads, a table of contents."""

import dagster as dg

from zoho_pipeline.actions.backfill import backfill as real_backfill
from zoho_pipeline.actions.due import read_due
from zoho_pipeline.actions.duplicates import look_for_duplicates
from zoho_pipeline.actions.forgetting import forget_old_records
from zoho_pipeline.actions.health import read_health
from zoho_pipeline.actions.mended import mended_months
from zoho_pipeline.actions.mirror import refresh_mirror
from zoho_pipeline.actions.papers import publish_months
from zoho_pipeline.actions.reconcile import reconcile
from zoho_pipeline.actions.unfinished import read_open
from zoho_pipeline.calendar import Month
from zoho_pipeline.defs import (
    alerts,
    checks,
    circletel,
    due,
    health,
    housekeeping,
    jobs,
    mended,
    mirror,
    partitions,
    reconciliation,
    reviews,
    schedules,
    sensors,
    urgent,
)
from zoho_pipeline.defs.zoho import Backfill, zoho_assets
from zoho_pipeline.settings import SyncSettings


def build_defs(
    *, first_month: Month | None = None, backfill: Backfill = real_backfill, look: checks.Look = look_for_duplicates
) -> dg.Definitions:
    """The whole code location; tests and tools compose it with another first month, another backfill or look."""
    settings = SyncSettings.load()
    first, every = first_month or Month.parse(settings.first_month), settings.sensor_seconds
    urgently = urgent.sync_urgently(backfill)
    looked = health.health_checks(read_health)
    asset_checks = [checks.nothing_stands_twice(look)]
    return dg.Definitions(
        assets=[
            *circletel.TABLES,
            *health.subjects(),
            *dg.with_source_code_references(
                [
                    zoho_assets(partitions.months(first), backfill, asset_checks),
                    mirror.mirror_assets(refresh_mirror),
                    reconciliation.reconciliation_assets(partitions.months(first), reconcile, publish_months),
                    *reviews.review_assets(partitions.weeks(first), partitions.months(first)),
                ]
            ),
        ],
        asset_checks=[looked],
        jobs=[jobs.backfill_all, urgently, health.job(looked), *jobs.REVIEWS],
        schedules=[housekeeping.forget_old_records(forget_old_records), *schedules.schedules(first)],
        sensors=[
            sensors.continue_unfinished(read_open, every),
            mended.show_mended_months(mended_months, every),
            *due.sensors(read_due, urgently, every),
            *alerts.sensors(every),
        ],
        executor=dg.in_process_executor,
    )


defs = build_defs()
