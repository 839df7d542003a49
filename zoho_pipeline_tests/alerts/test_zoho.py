"""When Zoho is down people are told once; a short pause or a spent day is nobody's business."""

from datetime import UTC, datetime, timedelta

import pytest

from zoho_pipeline.actions.incidents import note_zoho
from zoho_pipeline.alerts.incidents import Observed
from zoho_pipeline.alerts.levels import Level, graded
from zoho_pipeline.alerts.zoho import zoho_amiss
from zoho_pipeline.budget.circuit import Circuit
from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.practice.world import PracticeWorld

NOW = datetime(2025, 11, 20, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_outage_is_for_zohos_support() -> None:
    (symptom,) = zoho_amiss(Circuit(down_since=NOW - HOUR, reason="HTTP 503", next_probe_at=NOW), NOW)
    assert (symptom.key, graded(symptom).level) == ("outage", Level.ZOHO_SUPPORT)
    assert "HTTP 503 since 2025-11-20 11:00" in symptom.advice


@pytest.mark.parametrize(
    ("circuit", "keys"),
    [
        (Circuit(), []),
        (Circuit(cooling_until=NOW + timedelta(minutes=15), cooling_limit="minute"), []),
        (Circuit(cooling_until=NOW + HOUR, cooling_limit="blocked"), ["pause"]),
        (Circuit(cooling_until=NOW + 9 * HOUR, cooling_limit="day"), []),
    ],
)
def test_only_a_long_pause_is_told(circuit: Circuit, keys: list[str]) -> None:
    assert [symptom.key for symptom in zoho_amiss(circuit, NOW)] == keys


def test_an_outage_opens_one_incident_and_clears_it_when_zoho_is_back(world: PracticeWorld) -> None:
    world.circletel.customer()
    world.run(Entity.CUSTOMERS)
    assert note_zoho(world.environ) == Observed()
    world.change_budget("outage_since = now(), outage_reason = 'HTTP 503', probed_at = now()")
    assert len(note_zoho(world.environ).opened) == 1
    assert note_zoho(world.environ).going_on == 1
    world.change_budget("outage_since = NULL")
    assert len(note_zoho(world.environ).cleared) == 1
