"""How the month's syncs performed (R7, R13): totals, measured durations, peak hours, and limits that were met."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.reviews.charts import Chart, Column
from zoho_pipeline.reviews.paper import Review, Table, Target, percent
from zoho_pipeline.reviews.span import Span
from zoho_pipeline.reviews.syncs import (
    Counted,
    Hour,
    Measured,
    average_seconds,
    count_syncs,
    measure_days,
    measure_hours,
    measure_kinds,
    success_percent,
    total,
)
from zoho_pipeline.zoho.limits import limit_met

SUCCESS_RATE, AVERAGE_TIME, NO_LIMIT_MET = "success_rate", "average_time", "no_rate_limit_met"
TARGETS = {
    SUCCESS_RATE: "More than 98 % of the month's syncs succeed (ZOHO_HEALTH_SUCCESS_PERCENT).",
    AVERAGE_TIME: "A sync takes less than 5 seconds on average (ZOHO_HEALTH_AVERAGE_SECONDS).",
    NO_LIMIT_MET: "Zoho never said that one of its limits was met.",
}
PEAKS = 3
"""Hours that are named as the peak."""


@dataclass(frozen=True)
class LimitHit:
    """Calls of one endpoint that met a limit of Zoho's."""

    endpoint: str
    limit: str
    hits: int


@dataclass(frozen=True)
class Performance:
    """What was read; the average is in seconds, None where nothing was measured."""

    span: Span
    counted: Sequence[Counted]
    kinds: Sequence[Measured]
    days: Sequence[Measured]
    hours: Sequence[Hour]
    average: float | None
    hits: Sequence[LimitHit]


def read_performance(connection: Connection, shape: Shape, span: Span) -> Performance:
    """Read it."""
    return Performance(
        span,
        count_syncs(connection, shape, span),
        measure_kinds(connection, shape, span),
        measure_days(connection, shape, span),
        measure_hours(connection, shape, span),
        average_seconds(connection, shape, span),
        read_limit_hits(connection, span),
    )


_REFUSALS = text("""
    SELECT endpoint, status, code, count(*) AS hits FROM zoho_pipeline.api_calls
    WHERE at >= :starts_at AND at < :ends_at AND (status = 429 OR code IN (43, 44, 45, 1070))
    GROUP BY endpoint, status, code ORDER BY hits DESC, endpoint
""")


def read_limit_hits(connection: Connection, span: Span) -> list[LimitHit]:
    """Calls that Zoho answered by saying that a limit was met, the most frequent first."""
    found = []
    for row in connection.execute(_REFUSALS, span.bounds):
        met = limit_met(row.status, row.code)
        if met is not None:
            found.append(LimitHit(row.endpoint, met.limit.value, row.hits))
    return found


def peaks(hours: Sequence[Hour]) -> list[Hour]:
    """The busiest hours, the busiest first; hours without a sync are none."""
    return sorted((each for each in hours if each.syncs), key=lambda each: -each.syncs)[:PEAKS]


def review_performance(month: Performance, wanted: HealthSettings) -> Review:
    """The month, judged."""
    won, hits = success_percent(month.counted), sum(each.hits for each in month.hits)
    busiest = ", ".join(f"{each.hour:02d}:00 ({each.syncs})" for each in peaks(month.hours))
    return Review(
        title="Performance review",
        period=f"{month.span}, hours and days in Africa/Johannesburg.",
        notes=(
            f"Total: {total(month.counted)} syncs.",
            f"Peak hours: {busiest}." if busiest else "There was no sync, hence no peak.",
            "Durations are measured from claiming a row to recording its end; those of CircleTel's app are not known.",
        ),
        targets=(
            Target(
                SUCCESS_RATE,
                "There was no sync." if won is None else f"{won:g} % of the syncs succeeded.",
                won is None or won > wanted.success_percent,
                "Too many syncs failed in the month: see the weekly reviews for the causes.",
            ),
            Target(
                AVERAGE_TIME,
                "No sync was measured." if month.average is None else f"A sync took {month.average:g} s on average.",
                month.average is None or month.average < wanted.average_seconds,
                "Syncs are slow: see below which kind and which hours; ZOHO_BULK_HOURS moves heavy work off the peak.",
            ),
            Target(
                NO_LIMIT_MET,
                f"Zoho's limits were met {hits} times." if hits else "No limit of Zoho's was met.",
                not hits,
                "Zoho's limits were met: lower ZOHO_CALLS_PER_MINUTE, raise ZOHO_HEAD_ROOM, or ask Zoho for more.",
            ),
        ),
        tables=(
            measured_table("By kind", month.kinds),
            measured_table("By day and kind", month.days),
            Table(
                "Limits of Zoho's that were met",
                ("endpoint", "limit", "hits"),
                [(each.endpoint, each.limit, each.hits) for each in month.hits],
            ),
        ),
        charts=(
            Chart(
                "Syncs by hour of the day", [Column(f"{each.hour:02d}", each.syncs) for each in month.hours], "syncs"
            ),
            Chart(
                "Average duration by hour of the day",
                [Column(f"{each.hour:02d}", each.average or 0.0) for each in month.hours],
                "seconds",
                wanted.average_seconds,
                "target",
            ),
            Chart(
                "Syncs by day",
                [
                    Column(str(day.day), sum(each.syncs for each in month.days if each.day == day))
                    for day in month.span.days
                ],
                "syncs",
            ),
        ),
    )


def measured_table(title: str, measured: Sequence[Measured]) -> Table:
    """Counts, and seconds to the thousandth."""
    columns = (
        "day", "kind", "syncs", "succeeded", "failed", "success %", "average s", "median s", "95 % within s",
        "longest s",
    )  # fmt: skip
    rows = [
        (
            each.day.isoformat() if each.day else "all", each.entity.value, each.syncs, each.succeeded, each.failed,
            percent(each.succeeded, each.succeeded + each.failed), each.average, each.median, each.slow, each.longest,
        )
        for each in measured
    ]  # fmt: skip
    return Table(title, columns, rows, "There was no sync.")
