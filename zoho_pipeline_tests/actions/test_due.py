"""What the sensors ask: which rows can go by themselves, and whether anything can go at all."""

import pytest

from zoho_pipeline.actions.due import NothingIsSent, read_due
from zoho_pipeline.entities import Entity
from zoho_pipeline.recovery.due import Why
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS = Entity.CUSTOMERS


@pytest.fixture
def failed(world: PracticeWorld) -> PracticeWorld:
    """A world with a row whose retry is due."""
    world.circletel.customer()
    world.zoho.befall("answer", method="POST", path="/customers$", status=404, body={"code": 1002})
    world.run(CUSTOMERS)
    return world


def test_a_row_whose_retry_is_due_can_go(failed: PracticeWorld) -> None:
    assert read_due(Why.FAILED, failed.environ).rows


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("outage_since = now(), outage_reason = 'HTTP 503', probed_at = now()", "Zoho has failed for everybody since"),
        ("cool_down_until = now() + interval '10 minutes', cool_down_limit = 'blocked'", "Zoho has asked for a pause"),
    ],
)
def test_nothing_is_started_while_zoho_takes_no_calls(failed: PracticeWorld, state: str, said: str) -> None:
    failed.change_budget(state)
    with pytest.raises(NothingIsSent, match=said):
        read_due(Why.FAILED, failed.environ)


def test_a_run_is_started_when_somebody_has_to_see_whether_zoho_is_back(failed: PracticeWorld) -> None:
    failed.change_budget("outage_since = now(), outage_reason = 'HTTP 503', probed_at = now() - interval '61 seconds'")
    assert read_due(Why.FAILED, failed.environ).rows
