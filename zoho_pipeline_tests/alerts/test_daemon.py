"""Whether Dagster's daemon lives, by what Dagster itself has written into a real storage of its own."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import TickData, TickStatus
from dagster._daemon.types import DaemonHeartbeat
from sqlalchemy import Engine, create_engine, text

from zoho_pipeline.alerts.daemon import blind, read_life, symptoms
from zoho_pipeline.alerts.levels import graded
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.sandbox.dagster import make_home
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline_tests.alerts.desk import FRIDAY
from zoho_pipeline_tests.practice.databases import BARE, Databases

SILENCE = timedelta(minutes=5)


@pytest.fixture(scope="module")
def instance(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """Dagster on PostgreSQL, in the checkout's own settings."""
    home = tmp_path_factory.mktemp("dagster")
    make_home(home)
    with databases.fresh(BARE) as engine, pytest.MonkeyPatch.context() as patch:
        url = engine.url.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
        patch.setenv("DAGSTER_POSTGRES_URL", url)
        with dg.DagsterInstance.from_config(str(home)) as made:
            yield made


@pytest.fixture
def storage(instance: dg.DagsterInstance) -> Iterator[Engine]:
    """Its database, without any sign of life."""
    instance.run_storage.wipe_daemon_heartbeats()
    engine = create_engine(getattr(instance.run_storage, "postgres_url"))  # noqa: B009 - the base class lacks it
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM job_ticks"))
    yield engine
    engine.dispose()


def beat(instance: dg.DagsterInstance, at: datetime, part: str = "SENSOR") -> None:
    instance.add_daemon_heartbeat(DaemonHeartbeat(at.timestamp(), part, "daemon-1"))


def tick(instance: dg.DagsterInstance, at: datetime, type_: InstigatorType = InstigatorType.SENSOR) -> None:
    instance.create_tick(TickData("origin", "tell_people", type_, TickStatus.SKIPPED, at.timestamp(), selector_id="x"))


def seen(storage: Engine) -> list[str]:
    return [f"{each.key}: {each.cause}" for each in symptoms(read_life(storage), FRIDAY, SILENCE)]


def test_a_daemon_and_sensors_that_were_heard_of_are_well(instance: dg.DagsterInstance, storage: Engine) -> None:
    beat(instance, FRIDAY - timedelta(minutes=4))
    beat(instance, FRIDAY - timedelta(days=40), "ASSET")  # a part that no longer runs
    tick(instance, FRIDAY - timedelta(minutes=4))
    assert seen(storage) == []


def test_moments_are_read_rightly_whatever_the_sessions_time_zone(
    instance: dg.DagsterInstance, storage: Engine
) -> None:
    beat(instance, FRIDAY)
    tick(instance, FRIDAY)
    for zone in ("UTC", "Africa/Johannesburg", "Pacific/Auckland"):
        engine = create_engine(storage.url, connect_args={"options": f"-c timezone={zone}"})
        life = read_life(engine)
        engine.dispose()
        assert (life.latest, life.sensor) == (FRIDAY, FRIDAY)


def test_a_daemon_that_is_silent_has_stopped(instance: dg.DagsterInstance, storage: Engine) -> None:
    beat(instance, FRIDAY - timedelta(minutes=6))
    beat(instance, FRIDAY - timedelta(minutes=7), "SCHEDULER")
    assert seen(storage) == ["daemon: its last sign of life was at 2025-11-14 08:54"]


def test_a_daemon_that_never_ran_has_stopped_too(storage: Engine) -> None:
    assert seen(storage) == ["daemon: it has never run on this storage"]


def test_sensors_that_stand_still_under_a_living_daemon_are_seen(instance: dg.DagsterInstance, storage: Engine) -> None:
    beat(instance, FRIDAY)
    assert [each.split(",")[0] for each in seen(storage)] == ["sensors: none has ever run on this storage"]
    tick(instance, FRIDAY - timedelta(minutes=6))
    tick(instance, FRIDAY, InstigatorType.SCHEDULE)
    assert [each.split(",")[0] for each in seen(storage)] == ["sensors: the last one ran at 2025-11-14 08:54"]


def test_a_storage_that_cannot_be_reached_is_told_without_its_password() -> None:
    nobody = create_engine(f"postgresql+psycopg2://dagster:hunter2@127.0.0.1:{free_ports(1)[0]}/dagster")
    with pytest.raises(
        Foreseen, match=r"Dagster's storage at .* could not be read: .*Check DAGSTER_POSTGRES_URL"
    ) as told:
        read_life(nobody)
    assert "hunter2" not in str(told.value)


def test_a_database_that_is_no_storage_of_dagsters_is_told(databases: Databases) -> None:
    with (
        databases.fresh() as engine,
        pytest.raises(Foreseen, match='could not be read: relation "daemon_heartbeats" does not exist'),
    ):
        read_life(engine)


def test_signs_of_life_in_another_shape_are_told(instance: dg.DagsterInstance, storage: Engine) -> None:
    beat(instance, FRIDAY)
    with storage.begin() as connection:
        connection.execute(text("UPDATE daemon_heartbeats SET body = '{}'"))
    with pytest.raises(Foreseen, match=r"does not hold signs of life as Dagster 1\.13 writes them"):
        read_life(storage)


def test_who_cannot_look_says_so_and_passes_nothing() -> None:
    symptom = blind("Dagster's storage could not be read.")
    assert (symptom.cause, graded(symptom).level) == ("Dagster's storage could not be read", 2)


def test_the_storage_is_read_without_importing_dagster() -> None:
    code = (
        "import sys, zoho_pipeline.actions.watch; print([name for name in sys.modules if name.startswith('dagster')])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
