"""A sample of the campaign, for every day: a handful of runs under the kinds of fault that matter most."""

import pytest

from faults.kinds import KINDS
from faults.misfortunes import HOOKS, hooked
from faults.plan import ENTITIES, Run, planned
from faults.playing import Played, play
from faults.report import as_json, never_struck, table, totals, violations
from faults.stage import Stage

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
    ("keys dropped, answers lost", "payments"),
)
BEYOND = ("app races", "customers")
MOST_WORKERS = 4


def told(played: Played) -> str:
    """All that is known of a run."""
    return "\n".join([*played.notes, *(finding.story for finding in played.findings)])


@pytest.mark.parametrize(("kind", "entity"), SAMPLE)
def test_nothing_is_lost_and_nothing_sent_twice(stage: Stage, kind: str, entity: str) -> None:
    played = play(stage, planned(1, SEED, [kind], entity, MOST_WORKERS))
    assert played.findings == [], told(played)
    assert played.struck, "the fault did not strike, so the run shows nothing"


def test_beyond_the_bounds_the_next_mirror_names_what_stands_twice(stage: Stage) -> None:
    played = play(stage, planned(1, SEED, [BEYOND[0]], BEYOND[1], MOST_WORKERS))
    assert played.struck, told(played)
    assert (violations([played]), played.named) == ([], 1), told(played)


@pytest.mark.parametrize("point", HOOKS)
def test_what_the_campaign_hooks_is_there(point: str) -> None:
    owner, name = hooked(point)
    assert callable(getattr(owner, name))


def test_a_run_is_the_same_whenever_it_is_planned() -> None:
    assert [_told(planned(number, SEED)) for number in range(1, 30)] == [
        _told(planned(number, SEED)) for number in range(1, 30)
    ]


def test_every_kind_meets_every_entity_it_is_for() -> None:
    pairs = sum(len(kind.entities) for kind in KINDS)
    met = {(run.kind.name, run.entity) for run in (planned(number, SEED) for number in range(1, pairs + 1))}
    assert len(met) == pairs
    assert sum(set(kind.entities) == set(ENTITIES) for kind in KINDS) >= 40


def test_a_fault_that_never_struck_is_shown_and_named() -> None:
    runs = [Played(planned(number, SEED, ["html 503 after"], "invoices"), records=5, calls=9) for number in (1, 2)]
    (line,) = never_struck(runs)
    assert line.startswith("html 503 after, invoices: the fault did not strike in 2 runs (run 1, 2)")
    assert as_json(runs)["never_struck"] == [line]
    assert table(runs).splitlines()[1].split()[4:8] == ["2", "0", "10", "1.80"]
    runs[0].struck = True
    assert never_struck(runs) == []
    assert "the fault struck in 1 of them" in totals(runs)


def _told(run: Run) -> tuple[str, str, int, float]:
    return run.kind.name, run.entity, run.workers, run.dice("world").random()
