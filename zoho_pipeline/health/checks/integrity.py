"""Checks on records that contradict each other: in CircleTel, or between it and Zoho."""

from collections.abc import Iterator, Mapping

from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.health.check import Check, Component, Level, Verdict
from zoho_pipeline.health.facts import Log
from zoho_pipeline.health.settings import HealthSettings
from zoho_pipeline.health.standing import Class, Standing
from zoho_pipeline.recovery.duplicates import Duplicate

Standings = Mapping[Entity, Standing]
UPGRADE = "Run `zoho-pipeline db upgrade` with the owner of zoho_sync_logs (docs/deployment.md)."


def checks() -> Iterator[Check]:
    """Those of each kind, then those of the whole."""
    for entity in PARENTS_FIRST:
        yield _synced_without_id(entity)
        yield _within_months(entity)
    yield Check(
        "orphaned_subscriptions", Component.INTEGRITY, "standing", "R26",
        "Every service that is in Zoho has a customer that is in Zoho.",
        "Link the customer to its object (`zoho-pipeline relink`), or send it; see whose the subscription is.",
        _orphans, Entity.SUBSCRIPTIONS,
    )  # fmt: skip
    yield Check(
        "no_duplicate_customers", Component.INTEGRITY, "duplicates", "R8, R37",
        "No customer stands twice in Zoho, and no two customers share one object there.",
        "See `zoho-pipeline duplicates`, merge or delete in Zoho, then `zoho-pipeline relink`.",
        _duplicates, Entity.CUSTOMERS,
    )  # fmt: skip
    yield Check(
        "log_takes_all_kinds", Component.INTEGRITY, "log", "R38",
        "The CHECK constraints of zoho_sync_logs take the rows of all four kinds.", UPGRADE, _log_takes,
    )  # fmt: skip
    yield Check(
        "log_is_written", Component.INTEGRITY, "log", "R38",
        "What was sent within 24 hours has left rows in zoho_sync_logs.",
        "See the run's log for what the database said; `zoho_pipeline.attempts` has it all.", _log_written,
    )  # fmt: skip


def _synced_without_id(entity: Entity) -> Check:
    def look(standing: Standings, settings: HealthSettings) -> Verdict:
        rows = standing[entity].rows.get(Class.UNLINKED)
        if rows is None:
            return Verdict(Level.HEALTHY, f"Every one of the {entity} that is called synced has its id.", "0")
        said = f"{entity.capitalize()} that are called synced without an id of an object in Zoho: {rows.count:,}."
        return Verdict(Level.DEGRADED, said, str(rows.count), rows.examples)

    return Check(
        "synced_has_id", Component.INTEGRITY, "standing", "R26", "Every row that is called synced has its id in Zoho.",
        "See in Zoho whether its object is there: `zoho-pipeline relink`; or set zoho_sync_status to pending.",
        look, entity,
    )  # fmt: skip


def _within_months(entity: Entity) -> Check:
    def look(standing: Standings, settings: HealthSettings) -> Verdict:
        rows = standing[entity].outside_months
        if not rows.count:
            return Verdict(Level.HEALTHY, f"All {entity} are dated within the open months.", "0")
        said = (
            f"{entity.capitalize()} dated after the last open month, which holds them, or not at all: {rows.count:,}."
        )
        return Verdict(Level.DEGRADED, said, str(rows.count), rows.examples)

    return Check(
        "within_months", Component.INTEGRITY, "standing", "R12", "No row is dated outside of all partitions.",
        "Correct the date in CircleTel.", look, entity,
    )  # fmt: skip


def _orphans(standing: Standings, settings: HealthSettings) -> Verdict:
    rows = standing[Entity.SUBSCRIPTIONS].orphans
    if not rows.count:
        return Verdict(Level.HEALTHY, "No subscription is orphaned.", "0")
    said = f"Services that are in Zoho while their customer is linked to nobody there: {rows.count:,}."
    return Verdict(Level.DEGRADED, said, str(rows.count), rows.examples)


def _duplicates(found: Mapping[Entity, tuple[Duplicate, ...]], settings: HealthSettings) -> Verdict:
    twice = found[Entity.CUSTOMERS]
    if not twice:
        return Verdict(Level.HEALTHY, "No customer stands twice, as of Zoho's latest complete list.", "0")
    certain = [each for each in twice if each.certain]
    level = Level.UNHEALTHY if certain else Level.DEGRADED
    said = f"that stand twice: {len(certain):,}" if certain else f"in Zoho that look alike: {len(twice):,}"
    examples = tuple(f"customers {', '.join(each.zoho_ids)} in Zoho" for each in (certain or twice)[:2])
    return Verdict(level, f"Customers {said}.", str(len(twice)), examples)


def _log_takes(log: Log, settings: HealthSettings) -> Verdict:
    if log.refused:
        return Verdict(Level.DEGRADED, f"zoho_sync_logs refuses rows of {' and '.join(log.refused)}.")
    if not log.details:
        return Verdict(Level.DEGRADED, "zoho_sync_logs lacks the columns duration_ms, cause and run_id.")
    return Verdict(Level.HEALTHY, "zoho_sync_logs takes the rows of all four kinds.")


def _log_written(log: Log, settings: HealthSettings) -> Verdict:
    if log.sent and not log.logged:
        return Verdict(
            Level.DEGRADED, f"Sends of the last 24 hours that left no row in zoho_sync_logs: {log.sent:,}.", "0"
        )
    return Verdict(Level.HEALTHY, f"zoho_sync_logs has {log.logged:,} rows of the last 24 hours.", str(log.logged))
