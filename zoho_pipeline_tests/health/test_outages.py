"""Whatever is down, the report is made, says what could not be seen, and is no pass."""

from collections.abc import Iterator

import pytest

from zoho_pipeline.actions.health import read_health
from zoho_pipeline.health.check import Level
from zoho_pipeline.health.facts import Facts
from zoho_pipeline.health.registry import registry
from zoho_pipeline.sandbox.circletel.tables import Variant
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline_tests.health.well import WellWorld
from zoho_pipeline_tests.practice.databases import Databases, Template
from zoho_pipeline_tests.practice.fixtures import world_on
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import PracticeZoho

IN_THE_SCHEMA = {"standing", "recent", "mirror", "duplicates", "api", "incidents"}
AWAY = f"postgresql://circletel:hunter2@127.0.0.1:{free_ports(1)[0]}/circletel"


def test_without_postgresql_nothing_in_it_passes_and_zoho_is_asked_all_the_same(well: WellWorld) -> None:
    report = well.look({"CIRCLETEL_DATABASE_URL": AWAY}, ask_zoho=True)
    levels = {finding.check: finding.level for finding in report.findings}
    assert report.level is Level.UNHEALTHY
    assert levels["database_reachable"] is Level.UNHEALTHY
    assert [levels[name] for name in ("zoho_token", "zoho_read", "zoho_write", "dagster_daemon")] == [Level.HEALTHY] * 4
    in_it = {check.name for check in registry() if check.part in {*IN_THE_SCHEMA, "schema", "log"}} | {
        "connections_left"
    }
    assert {levels[name] for name in in_it} == {Level.UNKNOWN}
    assert set(report.missing) == {*IN_THE_SCHEMA, "schema", "log"}
    assert "hunter2" not in repr(report)
    assert "Check CIRCLETEL_DATABASE_URL" in report.of("database_reachable")[0].found


def test_without_any_variable_it_says_which_are_missing() -> None:
    report = read_health({})
    assert report.level is Level.UNHEALTHY
    assert "CIRCLETEL_DATABASE_URL is missing" in report.of("database_reachable")[0].found
    assert "ZOHO_CLIENT_ID is missing" in report.of("zoho_token")[0].found
    assert "DAGSTER_POSTGRES_URL is missing" in report.of("dagster_daemon")[0].found


def test_with_dagster_away_everything_else_is_seen(well: WellWorld) -> None:
    away = AWAY.replace("postgresql", "postgresql+psycopg2")
    assert well.amiss({"DAGSTER_POSTGRES_URL": away}) == {
        "dagster_daemon": Level.UNKNOWN,
        "dagster_sensors": Level.UNKNOWN,
    }
    (daemon,) = well.look({"DAGSTER_POSTGRES_URL": away}).of("dagster_daemon")
    assert "Check DAGSTER_POSTGRES_URL" in daemon.found


@pytest.fixture(params=[Template(variant, migrated=False) for variant in Variant], ids=str)
def before_us(request: pytest.FixtureRequest, databases: Databases, zoho: PracticeZoho) -> Iterator[PracticeWorld]:
    """CircleTel's tables as they are in production, before our migration."""
    yield from world_on(databases, zoho, request.param)


def test_before_our_migration_it_says_what_is_missing(before_us: PracticeWorld) -> None:
    report = read_health(before_us.environ)
    levels = {finding.check: finding.level for finding in report.findings}
    (schema,) = report.of("schema_current")
    assert (report.level, schema.level) == (Level.UNHEALTHY, Level.UNHEALTHY)
    assert schema.found.endswith("is missing: run `zoho-pipeline db upgrade`.")
    (log,) = report.of("log_takes_all_kinds")
    assert (log.level, log.found) == (Level.DEGRADED, "zoho_sync_logs refuses rows of subscriptions and payments.")
    assert set(report.missing) == {*IN_THE_SCHEMA, "dagster"}
    wanted = ("database_reachable", "connections_left", "zoho_token", "zoho_read", "zoho_write")
    assert {levels[name] for name in wanted} == {Level.HEALTHY}


def test_another_database_than_circletels_is_told(world: PracticeWorld) -> None:
    world.circletel.execute("DROP TABLE payment_transactions CASCADE")
    (found,) = read_health(world.environ, ask_zoho=False).of("database_reachable")
    assert found.level is Level.UNHEALTHY
    assert "lacks payment_transactions" in found.found


def test_a_schema_of_another_version_is_told_and_nothing_in_it_passes(well: WellWorld) -> None:
    well.sql("UPDATE zoho_pipeline.alembic_version SET version_num = '9999'")
    report = well.look()
    assert report.of("schema_current")[0].level is Level.UNHEALTHY
    assert set(report.missing) == IN_THE_SCHEMA


def test_every_check_reads_a_part_that_there_is() -> None:
    assert {check.part for check in registry()} <= set(Facts.__dataclass_fields__)


def test_no_two_checks_have_one_name() -> None:
    keys = [check.key for check in registry()]
    assert len(keys) == len(set(keys))
