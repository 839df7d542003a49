"""A few symptoms that mend themselves or follow a person's correction; all of them are played by `make symptoms`."""

import pytest

from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline_tests.symptoms.playing import Play
from zoho_pipeline_tests.symptoms.rows import SYMPTOMS
from zoho_pipeline_tests.symptoms.stage import Stage
from zoho_pipeline_tests.symptoms.symptom import Symptom

NAMES = (
    "an e-mail address that cannot be right",
    "its customer is not in Zoho yet",
    "its invoice is not in Zoho yet",
    "an answer of Zoho's is lost",
    "a row stands in `syncing` for over five minutes",
)
SOME = [symptom for symptom in SYMPTOMS if symptom.name in NAMES]


@pytest.fixture(scope="module")
def play(stage: Stage) -> Play:
    return Play(stage, SOME).play(stage.backfill_ends)


@pytest.mark.parametrize("symptom", SOME, ids=str)
def test_it_shows_is_mended_and_wakes_whom_it_should(play: Play, symptom: Symptom) -> None:
    played = play.played[symptom.name]
    assert (played.shown, played.over) == (True, True)
    assert [each.level for each in played.told] == ([symptom.told.level] if symptom.told else [])
    assert played.woken == ([symptom.told.wakes] if symptom.told else [])


def test_nobody_is_woken_for_anything_else(play: Play) -> None:
    assert [(each.scope, each.key) for each in play.others] == []


def test_every_month_is_green_in_the_end(play: Play, stage: Stage) -> None:
    assert play.symptoms
    stage.wait(lambda: all(map(stage.all_green, PARENTS_FIRST)), "all months are green")
