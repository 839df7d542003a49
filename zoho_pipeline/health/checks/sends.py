"""Checks on what was sent lately: how much of it succeeded, how fast, and why the rest failed."""

from collections.abc import Iterator

from zoho_pipeline.causes import Cause
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.health.check import Check, Component, Level, Verdict
from zoho_pipeline.health.checks.sync import RETRY
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.health.standing import Attempts, Recent


def checks() -> Iterator[Check]:
    """Those of each kind, then those of the whole."""
    for entity in PARENTS_FIRST:
        yield from _of_attempts(entity)
    yield Check(
        "failures_last_week", Component.SYNC, "recent", "R7", "Fewer than five rows have failed within seven days.",
        RETRY, _failures, variables=("failures_per_week",),
    )  # fmt: skip
    yield Check(
        "same_cause", Component.SYNC, "recent", "R24", "No one cause stands behind many failures of the last 24 hours.",
        "Mend the cause, then `zoho-pipeline retry-failed`.", _same_cause, variables=("same_cause",),
    )  # fmt: skip


def _of_attempts(entity: Entity) -> Iterator[Check]:
    def day(recent: Recent, settings: HealthSettings) -> Verdict:
        of = recent.of.get(entity, Attempts())
        return _rate(entity, of.day_good, of.day_bad, "the last 24 hours", settings)

    def week(recent: Recent, settings: HealthSettings) -> Verdict:
        of = recent.of.get(entity, Attempts())
        return _rate(entity, of.week_good, of.week_bad, "the last seven days", settings)

    def average(recent: Recent, settings: HealthSettings) -> Verdict:
        seconds = recent.of.get(entity, Attempts()).average_seconds
        if seconds is None:
            return Verdict(Level.HEALTHY, f"No {entity.singular} was sent within seven days.")
        level = Level.HEALTHY if seconds < settings.average_seconds else Level.DEGRADED
        return Verdict(level, f"A sync of {entity} has taken {seconds:.1f} seconds on average.", f"{seconds:.1f}")

    mend = "See the causes: `zoho-pipeline health-check --detailed`, and `zoho-pipeline retry-failed --dry-run`."
    yield Check(
        "success_last_day", Component.SYNC, "recent", "R24",
        "More than 98 % of what was sent within 24 hours has succeeded.", mend, day, entity, ("success_percent",),
    )  # fmt: skip
    yield Check(
        "success_last_week", Component.SYNC, "recent", "R7",
        "More than 98 % of what was sent within seven days has succeeded.", mend, week, entity, ("success_percent",),
    )  # fmt: skip
    yield Check(
        "average_sync", Component.SYNC, "recent", "R7", "A sync takes less than five seconds on average.",
        "See the durations in `zoho_pipeline.attempts`, and whether Zoho or the network is slow.",
        average, entity, ("average_seconds",),
    )  # fmt: skip


def _rate(entity: Entity, good: int, bad: int, when: str, settings: HealthSettings) -> Verdict:
    if not good + bad:
        return Verdict(Level.HEALTHY, f"No {entity.singular} was sent within {when}.")
    rate = 100 * good / (good + bad)
    level = Level.HEALTHY if rate > settings.success_percent or not bad else Level.DEGRADED
    return Verdict(
        level, f"{good:,} of {good + bad:,} syncs of {entity} within {when} have succeeded.", f"{rate:.1f} %"
    )


def _failures(recent: Recent, settings: HealthSettings) -> Verdict:
    count = sum(each.rows_bad for each in recent.of.values())
    level = Level.HEALTHY if count < settings.failures_per_week else Level.DEGRADED
    return Verdict(level, f"Rows that have failed at least once within seven days: {count:,}.", str(count))


def _same_cause(recent: Recent, settings: HealthSettings) -> Verdict:
    many = {cause: count for cause, count in recent.causes.items() if count >= settings.same_cause}
    if not many:
        return Verdict(
            Level.HEALTHY, "No cause stands behind many failures.", str(max(recent.causes.values(), default=0))
        )
    said = ", ".join(f"{cause} {count:,} times" for cause, count in sorted(many.items(), key=lambda pair: -pair[1]))
    known = next((Cause(cause) for cause in many if cause in set(Cause)), None)
    return Verdict(
        Level.DEGRADED, f"Failures of the last 24 hours repeat a cause: {said}.", str(max(many.values())),
        advice=known.advice if known else None,
    )  # fmt: skip
