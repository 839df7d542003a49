"""All symptoms of single rows, at once, in one world."""

from collections.abc import Iterator

import pytest

from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline_tests.symptoms.playing import Play, Played, summary
from zoho_pipeline_tests.symptoms.rows import SYMPTOMS
from zoho_pipeline_tests.symptoms.stage import Stage
from zoho_pipeline_tests.symptoms.symptom import Symptom

pytestmark = pytest.mark.symptoms


@pytest.fixture(scope="module")
def play(stage: Stage) -> Iterator[Play]:
    stage.backfill_ends()
    play = Play(stage, SYMPTOMS)
    yield play.play(stage.backfill_ends)
    print("\n".join(summary(play)))  # noqa: T201 - the figures of the campaign


@pytest.fixture
def played(play: Play, symptom: Symptom) -> Played:
    return play.played[symptom.name]


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=str)
def test_it_shows_and_is_mended(played: Played) -> None:
    assert (played.shown, played.over) == (True, True)


@pytest.mark.parametrize("symptom", [each for each in SYMPTOMS if each.told], ids=str)
def test_it_is_one_incident_at_its_level_with_its_advice(played: Played, symptom: Symptom) -> None:
    assert symptom.told is not None
    (incident,) = played.told
    assert incident.level == symptom.told.level
    assert symptom.told.advice in incident.advice
    assert played.woken == [symptom.told.wakes]


def test_every_month_is_green_in_the_end(play: Play, stage: Stage) -> None:
    assert play.symptoms
    stage.wait(lambda: all(map(stage.all_green, PARENTS_FIRST)), "all months are green")


def test_nobody_is_woken_for_anything_else(play: Play) -> None:
    assert [(each.scope, each.key, each.title) for each in play.others] == []
