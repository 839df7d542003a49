"""All symptoms that befall every row, one after another, in one world."""

from collections.abc import Iterator

import pytest

from zoho_pipeline_tests.symptoms.everyone import ONE_AFTER_ANOTHER
from zoho_pipeline_tests.symptoms.playing import Play, summary
from zoho_pipeline_tests.symptoms.stage import Stage
from zoho_pipeline_tests.symptoms.symptom import Symptom

pytestmark = pytest.mark.symptoms


@pytest.fixture(scope="module")
def kept_in_step(stage: Stage) -> Stage:
    """A first backfill has sent a row, so that new ones go by themselves, and Zoho is known to work."""
    stage.world.circletel.customer()
    stage.backfill_ends()
    return stage


@pytest.fixture(autouse=True)
def nothing_goes_on(kept_in_step: Stage) -> Iterator[None]:
    """What was not mended befalls no other symptom."""
    yield
    kept_in_step.world.zoho.mend()


@pytest.mark.parametrize("symptom", ONE_AFTER_ANOTHER, ids=str)
def test_it_is_mended_and_wakes_whom_it_should(kept_in_step: Stage, symptom: Symptom) -> None:
    play = Play(kept_in_step, [symptom]).play(lambda: None)
    print(summary(play)[0])  # noqa: T201 - the figures of the campaign
    told, woken = play.played[symptom.name].told, play.played[symptom.name].woken
    assert [(each.scope, each.key, each.title) for each in play.others] == []
    assert [each.level for each in told] == ([symptom.told.level] if symptom.told else [])
    assert woken == ([symptom.told.wakes] if symptom.told else [])
    assert all(symptom.told and symptom.told.advice in each.advice for each in told)
