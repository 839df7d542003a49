"""Checks on what the pipeline leans on: the mirror, Zoho, the database, Dagster; and on open incidents."""

from collections.abc import Callable, Iterator

from zoho_pipeline.alerts import daemon
from zoho_pipeline.clock import shown
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.health.check import Check, Component, Level, Verdict
from zoho_pipeline.health.facts import Dagster, Database, Incidents, Mirror, Schema
from zoho_pipeline.health.reading import span
from zoho_pipeline.health.settings import HealthSettings


def checks() -> Iterator[Check]:
    """All of them."""
    yield from (_mirror_age(entity) for entity in PARENTS_FIRST)
    yield from _database()
    yield from _dagster()
    yield from _incidents()


def _mirror_age(entity: Entity) -> Check:
    def look(mirror: Mirror, settings: HealthSettings) -> Verdict:
        at = mirror.listed_at.get(entity)
        if at is None:
            return Verdict(Level.DEGRADED, f"Zoho's {entity} were never listed completely.")
        age = mirror.now - at
        hours = age.total_seconds() / 3_600
        level = Level.HEALTHY if hours <= settings.mirror_hours else Level.DEGRADED
        return Verdict(level, f"Zoho's {entity} were last listed completely {span(age)} ago.", f"{hours:.1f}")

    return Check(
        "mirror_age", Component.MIRROR, "mirror", "R8, R14", "Zoho's latest complete list is less than a day old.",
        "Materialize the asset mirror/… in Dagster, or run `zoho-pipeline duplicates --fresh`.",
        look, entity, ("mirror_hours",),
    )  # fmt: skip


# The database


def _database() -> Iterator[Check]:
    mend = "Check CIRCLETEL_DATABASE_URL and that PostgreSQL is up; `zoho-pipeline verify-env` shows when it is well."
    yield Check(
        "database_reachable", Component.DATABASE, "database", "R32",
        "CircleTel's database answers, and has CircleTel's tables.", mend, _reachable,
    )  # fmt: skip
    yield Check(
        "connections_left", Component.DATABASE, "database", "R32", "Less than 80 % of the connections are used.",
        "See who holds them (pg_stat_activity), end what is idle, or raise the limit; use the transaction pooler.",
        _connections, variables=("connections_percent",),
    )  # fmt: skip
    yield Check(
        "schema_current", Component.DATABASE, "schema", "R32, R38",
        "The schema zoho_pipeline is there and fits this version.", "Run `zoho-pipeline db upgrade`.", _schema,
    )  # fmt: skip


def _reachable(database: Database, settings: HealthSettings) -> Verdict:
    if not database.reachable:
        return Verdict(Level.UNHEALTHY, database.sentence)
    if database.missing:
        return Verdict(Level.UNHEALTHY, database.missing)
    return Verdict(Level.HEALTHY, database.sentence)


def _connections(database: Database, settings: HealthSettings) -> Verdict:
    if not database.reachable or not database.connections_limit:
        return Verdict(Level.UNKNOWN, "Nobody could count the connections.")
    used = 100 * database.connections / database.connections_limit
    level = Level.HEALTHY if used < settings.connections_percent else Level.DEGRADED
    if used >= 100 - (100 - settings.connections_percent) / 4:
        level = Level.UNHEALTHY
    said = f"{database.connections:,} of {database.connections_limit:,} connections are used."
    return Verdict(level, said, f"{used:.0f} %")


def _schema(schema: Schema, settings: HealthSettings) -> Verdict:
    if schema.amiss:
        return Verdict(Level.UNHEALTHY, schema.amiss)
    return Verdict(Level.HEALTHY, "The schema zoho_pipeline is up to date.")


# Dagster


def _dagster() -> Iterator[Check]:
    def alive(key: str, well: str) -> Callable[[Dagster, HealthSettings], Verdict]:
        def look(dagster: Dagster, settings: HealthSettings) -> Verdict:
            for symptom in daemon.symptoms(dagster.life, dagster.now, dagster.silence):
                if symptom.key == key:
                    return Verdict(Level.UNHEALTHY, f"{symptom.title}: {symptom.cause}.")
                if symptom.key == "daemon":
                    return Verdict(Level.UNKNOWN, "Nobody can tell while the daemon stands still.")
            return Verdict(Level.HEALTHY, well)

        return look

    for name, key, meaning, well in (
        ("dagster_daemon", "daemon", "Dagster's daemon has shown a sign of life lately.", "Dagster's daemon lives."),
        ("dagster_sensors", "sensors", "A sensor of Dagster's has run lately.", "Dagster's sensors run."),
    ):
        yield Check(name, Component.DAGSTER, "dagster", "R2, R30", meaning, daemon.RESTART, alive(key, well))


# Incidents


def _incidents() -> Iterator[Check]:
    yield Check(
        "no_incident_is_open", Component.INCIDENTS, "incidents", "R29, R39", "No incident is open.",
        "See `zoho-pipeline incidents list`, and take it on with `incidents ack`.", _open,
    )  # fmt: skip
    yield Check(
        "people_are_told", Component.INCIDENTS, "incidents", "R30, R39",
        "No message about an incident has waited for more than a quarter of an hour.",
        "See the channel (ALERT_…), and that the sensor tell_people or `zoho-pipeline watch` runs.",
        _told, variables=("message_minutes",),
    )  # fmt: skip


def _open(incidents: Incidents, settings: HealthSettings) -> Verdict:
    """Routine ones, and those that somebody is on, are warnings; others are an immediate matter."""
    if not incidents.open:
        return Verdict(Level.HEALTHY, "No incident is open.", "0")
    urgent = [each for each in incidents.open if each.level > 1 and each.acknowledged_by is None]
    said = f"Open incidents: {len(incidents.open):,}"
    said += f", of them of level 2 or 3 with nobody on it: {len(urgent):,}." if urgent else "."
    examples = tuple(f"incident {each.id}: {each.title}" for each in (urgent or incidents.open)[:2])
    return Verdict(Level.UNHEALTHY if urgent else Level.DEGRADED, said, str(len(incidents.open)), examples)


def _told(incidents: Incidents, settings: HealthSettings) -> Verdict:
    if incidents.unsent_since is None:
        return Verdict(Level.HEALTHY, "No message waits.", "0")
    age = incidents.now - incidents.unsent_since
    if age.total_seconds() / 60 <= settings.message_minutes:
        return Verdict(Level.HEALTHY, f"Messages about to be sent: {incidents.unsent:,}.", str(incidents.unsent))
    why = f" ({incidents.error})" if incidents.error else ""
    said = f"Messages that wait: {incidents.unsent:,}, the oldest since {shown(incidents.unsent_since)}{why}."
    return Verdict(Level.DEGRADED, said, str(incidents.unsent))
