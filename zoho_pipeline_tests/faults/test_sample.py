"""A sample of the campaign, for every day: a handful of runs under the kinds of fault that matter most."""

from collections.abc import Iterator

import pytest

from faults.plan import ENTITIES, Run, planned
from faults.playing import play
from faults.stage import Stage, running_stage

SEED = 7
SAMPLE = (
    ("lost after commit", "payments"),
    ("reset after commit", "subscriptions"),
    ("html 503 after", "invoices"),
    ("every create reset before", "customers"),
    ("eight workers on the same rows", "invoices"),
    ("killed between check and send", "payments"),
    ("killed between answer and record", "customers"),
    ("killed while recording", "subscriptions"),
    ("killed before opening", "invoices"),
    ("frozen before check, past lease", "subscriptions"),
    ("connections dropped in mid-send", "payments"),
    ("disk full while recording", "customers"),
    ("401 in mid-run", "invoices"),
)
MOST_WORKERS = 4


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """What the runs are played on."""
    with running_stage() as made:
        yield made


@pytest.mark.parametrize(("kind", "entity"), SAMPLE)
def test_nothing_is_lost_and_nothing_sent_twice(stage: Stage, kind: str, entity: str) -> None:
    played = play(stage, planned(1, SEED, [kind], entity, MOST_WORKERS))
    assert played.findings == [], "\n".join(played.notes)


def test_a_run_is_the_same_whenever_it_is_planned() -> None:
    assert [_told(planned(number, SEED)) for number in range(1, 30)] == [
        _told(planned(number, SEED)) for number in range(1, 30)
    ]


def test_every_kind_meets_every_entity_it_is_for() -> None:
    from faults.kinds import KINDS

    pairs = sum(len(kind.entities) for kind in KINDS)
    met = {(run.kind.name, run.entity) for run in (planned(number, SEED) for number in range(1, pairs + 1))}
    assert len(met) == pairs
    assert sum(set(kind.entities) == set(ENTITIES) for kind in KINDS) >= 40


def _told(run: Run) -> tuple[str, str, int, float]:
    return run.kind.name, run.entity, run.workers, run.dice("world").random()
