"""Checks on how the rows of each kind stand. Each row is told of by one check at most."""

from collections.abc import Callable, Iterator, Mapping

from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.health.check import Check, Component, Level, Verdict
from zoho_pipeline.health.facts import Switches
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.health.standing import FAILED, PENDING, SYNCING, Class, Standing

Standings = Mapping[Entity, Standing]
RETRY = (
    "Look at their causes with `zoho-pipeline retry-failed --dry-run`; mend them, then `zoho-pipeline retry-failed`."
)
RUN = "See that Dagster's daemon and its sensors run and ZOHO_WRITES is on; or run `zoho-pipeline backfill`."
STUCK = "Dagster's sensor for stuck rows takes them up; without it: `zoho-pipeline reset-stuck`."


def checks() -> Iterator[Check]:
    """Those of each kind, then those of the whole."""
    for entity in PARENTS_FIRST:
        yield from _of_rows(entity)
    yield from _of_all()


def _of_rows(entity: Entity) -> Iterator[Check]:
    def check(
        name: str,
        row: str,
        classes: tuple[Class, ...],
        said: str,
        meaning: str,
        advice: str,
        variables: tuple[str, ...],
        level: Callable[[int, HealthSettings], Level],
    ) -> Check:
        def look(standing: Standings, settings: HealthSettings) -> Verdict:
            return _counted(entity, standing[entity], classes, said, lambda count: level(count, settings))

        return Check(name, Component.SYNC, "standing", row, meaning, advice, look, entity, variables)

    yield check(
        "failed_last_day", "R3, R4", (Class.FAILED_TODAY,), "failed within the last 24 hours",
        "No row has failed, or was refused, within the last 24 hours.", RETRY, ("failed_rows",), _few,
    )  # fmt: skip
    yield check(
        "failed_rows", "R3", (Class.FAILED,), "failed more than a day ago and still stand so",
        "No row has failed earlier and still stands so.", RETRY, ("failed_rows",), _few,
    )  # fmt: skip
    yield check(
        "failed_for_long", "R9, R26", (Class.FAILED_LONG,), "have stood as failed for longer than anybody should wait",
        "No failure is older than a week.",
        "Retry, investigate, or `zoho-pipeline resolve` what a person has done without the pipeline.",
        ("failed_days",), _degraded,
    )  # fmt: skip
    yield check(
        "parked_rows", "R29", (Class.PARKED,), "are parked (three retries have failed, or it is unclear what they are)",
        "No row waits for a person to decide.",
        "Decide: `zoho-pipeline relink`, `resolve` or `retry`; the reason stands with the row.",
        ("failed_rows",), _few,
    )  # fmt: skip
    yield check(
        "pending_for_long", "R3", (Class.WAITING_LONG,), "have waited to be sent for too long",
        "No row has waited for more than an hour.", RUN, ("pending_minutes",), _degraded,
    )  # fmt: skip
    yield check(
        "without_zoho_id", "R26", (Class.UNSYNCED,), "have no object in Zoho after more than a day",
        "No row is without its object in Zoho a day after it was first seen.", RUN, ("unsynced_hours",), _degraded,
    )  # fmt: skip
    yield check(
        "blocked_for_long", "R35, R36", (Class.BLOCKED_LONG,), "have waited for their parent for long",
        "No row waits for its parent for more than a day, or for an invoice that Zoho raises for more than 35.",
        "See what keeps the parent from going (its reason stands with the row); the row follows by itself.",
        ("blocked_hours",), _degraded,
    )  # fmt: skip
    yield check(
        "syncing_stuck", "R3, R33", (Class.STUCK,), "have been in `syncing` for longer than a send lasts",
        "No row is in `syncing` for more than five minutes.", STUCK, ("stuck_minutes",), _degraded,
    )  # fmt: skip
    yield check(
        "syncing_stale", "R3, R33", (Class.STALE,), "have been in `syncing` for so long that nobody frees them",
        "No row is in `syncing` for more than an hour.", STUCK, ("stale_minutes",), _unhealthy,
    )  # fmt: skip
    yield check(
        "retrying_stale", "R3", (Class.RETRYING_STALE,), "have been in `retrying`, which the pipeline never writes",
        "No row is in `retrying` for more than an hour.",
        RUN, ("stale_minutes",), _degraded,
    )  # fmt: skip
    yield check(
        "in_doubt", "R33", (Class.DOUBT, Class.DOUBT_LONG), "were sent, without anybody knowing whether they arrived",
        "No send's end is unknown.",
        "Nothing at first: Zoho is asked before anybody sends again. If it lasts, see that lists of Zoho complete.",
        ("doubt_minutes",), _degraded,
    )  # fmt: skip


def _counted(
    entity: Entity, standing: Standing, classes: tuple[Class, ...], said: str, level: Callable[[int], Level]
) -> Verdict:
    count = standing.count(*classes)
    sentence = f"{entity.capitalize()} that {said}: {count:,}."
    if not count:
        return Verdict(Level.HEALTHY, sentence, "0")
    examples = tuple(name for each in classes if each in standing.rows for name in standing.rows[each].examples)
    found = level(count)
    if Class.DOUBT_LONG in classes and standing.count(Class.DOUBT_LONG):
        found = Level.UNHEALTHY
    return Verdict(found, sentence, str(count), examples)


def _few(count: int, settings: HealthSettings) -> Level:
    """The runbook's level 1 handles fewer than five failures a day as routine."""
    return Level.UNHEALTHY if count >= settings.failed_rows else Level.DEGRADED


def _degraded(count: int, settings: HealthSettings) -> Level:
    return Level.DEGRADED


def _unhealthy(count: int, settings: HealthSettings) -> Level:
    return Level.UNHEALTHY


# The whole


def _of_all() -> Iterator[Check]:
    yield Check(
        "synced_share", Component.SYNC, "standing", "R17", "More than 95 % of all eligible rows are in Zoho.",
        RUN, _synced_share, variables=("synced_percent",),
    )  # fmt: skip
    yield Check(
        "pending_rows", Component.SYNC, "standing", "R17", "Fewer than five rows are pending.",
        RUN, _pending, variables=("pending_rows",),
    )  # fmt: skip
    yield Check(
        "something_is_synced", Component.SYNC, "standing", "R3, R30",
        "Where rows wait to be sent, something has been sent within half an hour.", RUN, _idle,
        variables=("idle_minutes",),
    )  # fmt: skip
    yield Check(
        "writes_armed", Component.SYNC, "switches", "R3", "ZOHO_WRITES is on, and ZOHO_PAUSED is off.",
        "Set ZOHO_WRITES=on and ZOHO_PAUSED=off once it is meant to write (docs/deployment.md).", _armed,
    )  # fmt: skip


def _synced_share(standing: Standings, settings: HealthSettings) -> Verdict:
    total = sum(each.total for each in standing.values())
    synced = sum(each.count(Class.SYNCED) for each in standing.values())
    if not total:
        return Verdict(Level.HEALTHY, "There is no eligible row.")
    share = 100 * synced / total
    level = Level.HEALTHY if share > settings.synced_percent else Level.DEGRADED
    return Verdict(level, f"{synced:,} of {total:,} eligible rows are in Zoho.", f"{share:.1f} %")


def _pending(standing: Standings, settings: HealthSettings) -> Verdict:
    count = sum(each.count(*PENDING) for each in standing.values())
    level = Level.HEALTHY if count < settings.pending_rows else Level.DEGRADED
    return Verdict(level, f"Rows that are pending: {count:,}.", str(count))


def _idle(standing: Standings, settings: HealthSettings) -> Verdict:
    waits = sum(each.idle for each in standing.values())
    if not waits:
        return Verdict(Level.HEALTHY, "No eligible row waits in vain.", "0")
    return Verdict(
        Level.UNHEALTHY,
        f"Syncing stands still: nothing at all was sent for as long as rows have waited to be sent ({waits:,}).",
        str(waits),
    )


def _armed(switches: Switches, settings: HealthSettings) -> Verdict:
    if switches.paused:
        return Verdict(Level.DEGRADED, "ZOHO_PAUSED is on: nothing runs.")
    if not switches.writes:
        return Verdict(Level.DEGRADED, "ZOHO_WRITES is off: every run is a dry run.")
    return Verdict(Level.HEALTHY, "Runs may write to Zoho.")


TOTALS = {
    "synced": (Class.SYNCED,), "pending": PENDING, "awaited": (Class.AWAITED,), "syncing": SYNCING, "failed": FAILED,
}  # fmt: skip
"""The figures of the dashboard (R17), by the classes that they hold; what awaits Zoho's own invoice stands apart."""
