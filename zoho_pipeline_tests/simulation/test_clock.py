"""The injected clock, and the faults: time passes for all alike, and what is lifted leaves nothing behind."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from simulation.__main__ import BEGINS
from simulation.kinds import KINDS, Kind, Scene
from simulation.sensors import Sensors
from simulation.setting import running_stage
from simulation.stage import Stage
from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.ports import About
from zoho_pipeline_tests.simulation.conftest import SEED

HOUR = timedelta(hours=1)
A_LITTLE = timedelta(minutes=10)
"""However busy the machine is: simulated time runs on by itself."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A stage on which nothing has happened yet."""
    with running_stage(BEGINS, SEED) as made:
        yield made


def database_time(stage: Stage) -> datetime:
    moment: datetime = stage.query("SELECT clock_timestamp() AS moment")[0].moment
    return moment


def test_everybody_goes_to_a_moment_together(stage: Stage) -> None:
    moment = stage.clock.now() + 20 * HOUR
    stage.at(moment)
    zoho = datetime.fromisoformat(stage.zoho.control.call("GET", "clock")["now"])
    for told in (SystemClock().now(), database_time(stage), zoho):
        assert -timedelta(seconds=2) < told - moment < A_LITTLE


def test_time_never_goes_back(stage: Stage) -> None:
    before = stage.clock.now()
    stage.at(before - HOUR)
    assert stage.clock.now() >= before
    assert database_time(stage) >= before


def test_who_sleeps_by_the_products_clock_lets_time_pass_for_all(stage: Stage) -> None:
    before = stage.clock.now()
    SystemClock().sleep(3_600)
    assert database_time(stage) - before >= HOUR


def test_who_waits_for_the_budget_waits_by_the_same_clock(stage: Stage) -> None:
    before = stage.clock.now()
    settings = ZohoSettings.load(stage.environ | {"ZOHO_CALLS_PER_MINUTE": "5"})
    zoho = billing_client(settings, stage.engine, SystemClock())
    for _ in range(5):  # the fifth has to wait for the first one's minute: a fifth of the five is the app's
        zoho.taxes(About(name="taxes"))
    assert stage.clock.now() - before >= timedelta(minutes=1)


def test_a_database_that_was_down_is_told_the_time_when_it_is_back(stage: Stage) -> None:
    stage.stop_database()
    moment = stage.clock.now() + 5 * HOUR
    stage.clock.go_to(moment)
    stage.start_database()
    stage.at(moment)
    assert database_time(stage) >= moment - timedelta(seconds=2)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_fault_that_is_lifted_leaves_nothing_behind(stage: Stage, kind: Kind) -> None:
    sensors = Sensors(stage, lambda: None)
    scene, environ = Scene(stage, sensors), dict(stage.environ)
    try:
        kind.lay(scene)
        kind.lift(scene)
        sensors.tick()
    finally:
        sensors.close()
    assert stage.environ == environ
    assert stage.zoho.control.call("GET", "faults")["rules"] == []
    assert sensors.counted.skipped == 0
    assert sensors.daemon_lives
