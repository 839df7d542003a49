"""The reviews as weekly and monthly assets with their targets as checks, and the checklists that jobs leave ticked.

None of them depends on another asset: within a job they come after it by their priority, so that a mirror that could
not be refreshed, or a month that does not tie out, is told in the checklist and does not keep it from being made.
"""

from collections.abc import Iterator

import dagster as dg

from zoho_pipeline.actions import checklists, reviews
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import Clock, SystemClock
from zoho_pipeline.defs.review_making import Environ, Partitions, Shown, checklist_asset, review_asset
from zoho_pipeline.reviews import api_cost, performance, security, weekly_sync
from zoho_pipeline.reviews.span import Span, parse_week


def review_assets(
    weeks: Partitions, months: Partitions, environ: Environ = None, clock: Clock | None = None
) -> list[dg.AssetsDefinition]:
    """The four reviews, and the four checklists."""
    now = clock or SystemClock()
    return [
        *_reviews(weeks, months, environ, now),
        checklist_asset(
            Shown("daily_checklist", "The daily list, ticked by health check, failures and incidents.", "R2-R4", None),
            environ,
            lambda run, _: checklists.daily_checklist(environ, run.run.run_id, run.log.info, now),
        ),
        checklist_asset(
            Shown("weekly_checklist", "The weekly list, ticked by detailed health check and review.", "R5-R10", weeks),
            environ,
            lambda run, key: checklists.weekly_checklist(parse_week(key), environ, run.run.run_id, run.log.info, now),
        ),
        checklist_asset(
            Shown("monthly_checklist", "The monthly list, ticked by reconciliation and reviews.", "R11-R15", months),
            environ,
            lambda _, key: checklists.monthly_checklist(_month(key), environ, now),
        ),
        checklist_asset(
            Shown("documentation_checklist", "The quarterly reminder to go through the documentation.", "R44", None),
            environ,
            lambda run, _: checklists.documentation_checklist(now),
        ),
    ]


def _reviews(weeks: Partitions, months: Partitions, environ: Environ, now: Clock) -> Iterator[dg.AssetsDefinition]:
    yield review_asset(
        Shown("weekly_sync", "Syncs by kind and status, Zoho's side, and the oldest failures.", "R5-R9", weeks),
        weekly_sync.TARGETS,
        lambda key: reviews.weekly_sync(parse_week(key), environ, now),
    )
    yield review_asset(
        Shown("performance", "Measured durations by day and kind, peak hours, limits that were met.", "R13", months),
        performance.TARGETS,
        lambda key: reviews.performance(_month(key), environ),
    )
    yield review_asset(
        Shown("api_cost", "Calls by endpoint and purpose, near the limits, per record; storage.", "R14", months),
        api_cost.TARGETS,
        lambda key: reviews.api_cost(_month(key), environ),
    )
    yield review_asset(
        Shown("security", "Tokens, what leaked into logs, row-level security, rights, and libraries.", "R15", months),
        security.TARGETS,
        lambda key: reviews.security(_month(key), environ, now),
    )


def _month(key: str) -> Span:
    return Span.month(Month.parse(key))
