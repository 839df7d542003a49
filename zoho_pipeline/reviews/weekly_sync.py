"""The week's syncs (R5 to R9): counts with percentages, targets, Zoho's side, and the oldest failures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.reviews.charts import Chart, Column
from zoho_pipeline.reviews.paper import Review, Table, Target, percent
from zoho_pipeline.reviews.span import Span
from zoho_pipeline.reviews.stale import OLDEST, STALE, Failures, read_failures
from zoho_pipeline.reviews.syncs import (
    FAILED,
    Counted,
    Measured,
    average_seconds,
    count_syncs,
    measure_days,
    success_percent,
    total,
)
from zoho_pipeline.reviews.zoho_side import Side, read_sides, sides_table

SUCCESS_RATE, FAILED_SYNCS, AVERAGE_TIME = "success_rate", "failed_syncs", "average_time"
ZOHO_MATCHES, NOTHING_TWICE, NOTHING_STALE = "zoho_matches", "no_duplicates", "nothing_stale"
TARGETS = {
    SUCCESS_RATE: "More than 98 % of the week's syncs succeed (ZOHO_HEALTH_SUCCESS_PERCENT).",
    FAILED_SYNCS: "Fewer than 5 syncs of the week fail (ZOHO_HEALTH_FAILURES_PER_WEEK).",
    AVERAGE_TIME: "A sync takes less than 5 seconds on average (ZOHO_HEALTH_AVERAGE_SECONDS).",
    ZOHO_MATCHES: "What CircleTel is linked to stands in Zoho's lists, and nothing stands there beside it.",
    NOTHING_TWICE: "Nothing stands twice in Zoho, customers above all.",
    NOTHING_STALE: "No row has been failing for over seven days.",
}
"""What should be so of a week, by the name of its asset check."""


@dataclass(frozen=True)
class WeeklySync:
    """What was read of a week; the average is in seconds, None where nothing was measured."""

    span: Span
    now: datetime
    counted: Sequence[Counted]
    days: Sequence[Measured]
    average: float | None
    sides: Sequence[Side]
    failures: Failures


def read_weekly_sync(connection: Connection, shape: Shape, span: Span, now: datetime) -> WeeklySync:
    """Read it; failures and Zoho's side are as of now."""
    return WeeklySync(
        span,
        now,
        count_syncs(connection, shape, span),
        measure_days(connection, shape, span),
        average_seconds(connection, shape, span),
        read_sides(connection, span),
        read_failures(connection, shape, now),
    )


def review_weekly_sync(week: WeeklySync, wanted: HealthSettings) -> Review:
    """The week, judged."""
    return Review(
        title="Weekly sync review",
        period=f"{week.span}, Africa/Johannesburg; failures and Zoho's side as they stand now.",
        targets=(*sync_targets(week.counted, week.average, wanted), *_zoho_targets(week.sides), _stale(week.failures)),
        tables=(
            counts_table(week.counted),
            sides_table(week.sides),
            failures_table(week.failures, week.now),
        ),
        charts=(
            Chart("Syncs by day", [Column(f"{day:%a %d}", _of(week.days, day)) for day in week.span.days], "syncs"),
        ),
    )


def sync_targets(counted: Sequence[Counted], average: float | None, wanted: HealthSettings) -> tuple[Target, ...]:
    """The runbook's three figures of a week (R7). Without a single sync they are met: nothing has failed."""
    won, lost = success_percent(counted), total(counted, FAILED)
    advice = "See the oldest failures below, and what Dagster's sensors have not brought by themselves."
    return (
        Target(
            SUCCESS_RATE,
            f"{won:g} % of the syncs succeeded (more than {wanted.success_percent:g} %)."
            if won is not None
            else "There was no sync.",
            won is None or won > wanted.success_percent,
            f"Too many syncs failed. {advice}",
        ),
        Target(
            FAILED_SYNCS,
            f"{lost} syncs failed (fewer than {wanted.failures_per_week}).",
            lost < wanted.failures_per_week,
            f"{lost} syncs failed in the week. {advice}",
        ),
        Target(
            AVERAGE_TIME,
            f"A sync took {average:g} s on average (less than {wanted.average_seconds:g} s)."
            if average is not None
            else "No sync was measured.",
            average is None or average < wanted.average_seconds,
            "Syncs are slow: see in the performance review which kind and which hours.",
        ),
    )


def _zoho_targets(sides: Sequence[Side]) -> tuple[Target, ...]:
    unseen = [each.entity.value for each in sides if each.listed_at is None]
    blind = f"Zoho's {', '.join(unseen)} were never listed completely, so nobody can tell."
    read = "Materialize the assets mirror/… so that Zoho's lists are read, then this review again."
    apart = [each for each in sides if each.not_there or each.alone]
    twice, customers = sum(each.twice for each in sides), sides[0].twice
    differ = "; ".join(f"{each.entity}: {each.not_there} not in Zoho, {each.alone} only in Zoho" for each in apart)
    if unseen:
        return (Target(ZOHO_MATCHES, blind, None, read), Target(NOTHING_TWICE, blind, None, read))
    return (
        Target(
            ZOHO_MATCHES,
            differ or "Customers, subscriptions, invoices and payments match by record.",
            not apart,
            f"Zoho and CircleTel differ ({differ}): materialize reconciliation/… of the month: it names each record.",
        ),
        Target(
            NOTHING_TWICE,
            f"{twice} stand twice, {customers} of them customers." if twice else "Nothing stands twice.",
            not twice,
            "Something stands twice in Zoho: `zoho-pipeline duplicates` names it and what to do.",
        ),
    )


def _stale(failures: Failures) -> Target:
    return Target(
        NOTHING_STALE,
        f"{failures.count} rows are failing, {failures.stale} of them for over {STALE.days} days.",
        not failures.stale,
        f"{failures.stale} rows have been failing for over {STALE.days} days: retry, investigate or resolve "
        "each (see the oldest failures).",
    )


def counts_table(counted: Sequence[Counted]) -> Table:
    """R6's table: kind, status, count, percent of the kind."""
    whole = {entity: sum(each.syncs for each in counted if each.entity is entity) for entity in PARENTS_FIRST}
    rows = [(each.entity.value, each.status, each.syncs, percent(each.syncs, whole[each.entity])) for each in counted]
    return Table("Syncs by kind and status", ("kind", "status", "syncs", "percent"), rows, "There was no sync.")


def failures_table(failures: Failures, now: datetime) -> Table:
    """R9's table: the oldest failures with their age and what to do."""
    rows = [
        (
            each.entity.singular,
            each.label,
            each.state,
            (now - each.since).days,
            each.cause.value,
            each.reason,
            each.advice,
            each.command,
        )
        for each in failures.oldest
    ]
    columns = ("kind", "record", "state", "days", "cause", "reason", "what to do", "command")
    return Table(f"The {OLDEST} oldest failures", columns, rows, "No row is failing.")


def _of(days: Sequence[Measured], day: object) -> int:
    return sum(each.syncs for each in days if each.day == day)
