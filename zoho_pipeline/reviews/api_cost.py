"""What the month cost in calls to Zoho (R14): by endpoint, near the limits, per record; savings, and storage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from zoho_pipeline.reviews.calls import (
    Endpoint,
    PerRecord,
    Stored,
    read_busiest_minutes,
    read_days,
    read_endpoints,
    read_per_record,
    read_stored,
)
from zoho_pipeline.reviews.charts import Chart, Column
from zoho_pipeline.reviews.paper import Review, Table, Target, percent, shown
from zoho_pipeline.reviews.span import Span

WITHIN_DAY, WITHIN_MINUTE = "within_the_day", "within_the_minute"
TARGETS = {
    WITHIN_DAY: "No day used more than 80 % of Zoho's calls of a day (ZOHO_HEALTH_API_DAY_PERCENT).",
    WITHIN_MINUTE: "No minute used all of Zoho's calls of a minute.",
}
WASTE = 5.0
"""Percent of all calls from where on what is lost on vain calls is worth a thought."""
LOOK_UPS = 25.0
"""Likewise of look-ups one by one, which a list of 200 would save."""
DEAR = 3.0
"""Calls per record from where on a kind is dear: a create costs one to three."""


@dataclass(frozen=True)
class Limits:
    """Zoho's limits for the organisation, and the part of a day's calls (percent) that should not be passed."""

    per_minute: int
    per_day: int
    day_percent: float


@dataclass(frozen=True)
class ApiCost:
    """What was read."""

    span: Span
    endpoints: Sequence[Endpoint]
    days: Mapping[date, int]
    minutes: Mapping[int, int]
    per_record: Sequence[PerRecord]
    stored: Sequence[Stored]

    @property
    def calls(self) -> int:
        """Of the whole span."""
        return sum(each.calls for each in self.endpoints)


def read_api_cost(connection: Connection, span: Span) -> ApiCost:
    """Read it; storage is as of Zoho's latest lists."""
    return ApiCost(
        span,
        read_endpoints(connection, span),
        read_days(connection, span),
        read_busiest_minutes(connection, span),
        read_per_record(connection, span),
        read_stored(connection, span),
    )


def savings(cost: ApiCost) -> tuple[str, ...]:
    """What would save calls, each with its figure; pure."""
    vain = sum(each.vain for each in cost.endpoints)
    single = sum(each.calls for each in cost.endpoints if each.looks_up_one)
    found = []
    if percent(vain, cost.calls) >= WASTE:
        found.append(
            f"{shown(vain)} of {shown(cost.calls)} calls brought nothing: mend the rows that fail (weekly review)."
        )
    if percent(single, cost.calls) >= LOOK_UPS:
        found.append(
            f"{shown(single)} of {shown(cost.calls)} calls read objects one by one: a list shows 200 for one call; let "
            "the mirror be refreshed less often (its details), or raise ZOHO_MIRROR_MAX_AGE_SECONDS."
        )
    found += [
        f"{_an(each.entity.singular)} cost {each.calls / each.records:.1f} calls: see whether its rows fail."
        for each in cost.per_record
        if each.calls / each.records > DEAR
    ]
    return tuple(found)


def _an(word: str) -> str:
    return f"{'An' if word[0] in 'aeiou' else 'A'} {word}"


def review_api_cost(cost: ApiCost, limits: Limits) -> Review:
    """The month, judged against the limits in force."""
    return Review(
        title="API cost review",
        period=f"{cost.span}, days and hours in Africa/Johannesburg; storage as of Zoho's latest lists.",
        notes=(
            f"{cost.calls} calls in all. The ledger keeps them ZOHO_CALLS_KEPT_DAYS; CircleTel's app's are not in it.",
            *(savings(cost) or ("Nothing stands out that would save calls.",)),
        ),
        targets=(_day_target(cost, limits), _minute_target(cost, limits)),
        tables=(_endpoints(cost), _per_record(cost), _stored(cost)),
        charts=(
            Chart(
                "Calls by day",
                [Column(str(day.day), calls) for day, calls in cost.days.items()],
                "calls",
                limits.per_day,
                "limit",
            ),
            Chart(
                "Busiest minute by hour of the day",
                [Column(f"{hour:02d}", calls) for hour, calls in cost.minutes.items()],
                "calls",
                limits.per_minute,
                "limit",
            ),
        ),
    )


def _day_target(cost: ApiCost, limits: Limits) -> Target:
    day, calls = max(cost.days.items(), key=lambda each: each[1])
    part = percent(calls, limits.per_day)
    return Target(
        WITHIN_DAY,
        f"The busiest day, {day}, used {shown(calls)} of {shown(limits.per_day)} calls ({part:g} %)."
        if calls
        else "No call was made.",
        part <= limits.day_percent,
        f"The calls of a day were nearly spent on {day}: spread heavy work, or ask Zoho for more.",
    )


def _minute_target(cost: ApiCost, limits: Limits) -> Target:
    hour, calls = max(cost.minutes.items(), key=lambda each: each[1])
    return Target(
        WITHIN_MINUTE,
        f"The busiest minute, between {hour:02d}:00 and {hour:02d}:59, had {shown(calls)} "
        f"of {shown(limits.per_minute)} calls."
        if calls
        else "No call was made.",
        calls < limits.per_minute,
        "A minute's calls were spent: lower ZOHO_CALLS_PER_MINUTE if Zoho's limit is lower than that, or ask for more.",
    )


def _endpoints(cost: ApiCost) -> Table:
    rows = [
        (each.endpoint, each.purpose, each.calls, percent(each.calls, cost.calls), each.vain) for each in cost.endpoints
    ]
    return Table("Calls by endpoint and purpose", ("endpoint", "purpose", "calls", "percent", "in vain"), rows)


def _per_record(cost: ApiCost) -> Table:
    rows = [
        (each.entity.value, each.calls, each.records, round(each.calls / each.records, 2), each.created)
        for each in cost.per_record
    ]
    return Table("Calls per record", ("kind", "calls", "records", "calls per record", "created"), rows)


def _stored(cost: ApiCost) -> Table:
    rows = [(each.kind.value.replace("_", " "), each.objects, each.new) for each in cost.stored]
    return Table("Storage in Zoho", ("kind", "objects", "dated in the month"), rows)
