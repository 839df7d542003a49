"""Calls per record, for each kind by itself: creating, creating while answers are lost, unchanged rows, adopting.

A record is an object made, or an action that a record's state truly needs: a change, or the opening of an invoice. All
calls of the kind's runs count, lists too; the practice Zoho's own ledger is the judge. Each part runs in a copy of one
world: the sample, several times its default size. While answers are lost, runs go on and count until nothing is in
doubt any more; settling is not waited for, the time passes at once.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from benchmarks.calls_world import Tallies, Tally, World, copied, seed
from benchmarks.practice import SEED, postgres, practice_zoho
from benchmarks.report import Line, show
from faults.passing import let_pass
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.sandbox.sample.zoho_http import Control
from zoho_pipeline.settings import SyncSettings

TIMES = 8
CREATING, WHILE_ANSWERS_ARE_LOST, UNCHANGED, ADOPTING = 1.02, 1.10, 0.0, 0.01
"""Calls per record that are claimed."""
LOSSES: dict[str, tuple[str, dict[str, float], bool]] = {
    "lost_answers": ("5 % of all answers are lost", {"reset_after_commit": 0.05}, True),
    "lost_calls": (
        "5 % of all answers are lost, half of them of calls that were never carried out",
        {"reset_before_commit": 0.025, "reset_after_commit": 0.025},
        False,
    ),
}
"""Faults of the practice Zoho, the share of all calls that each befalls, and whether the bound is claimed or an aim."""
MOST_ROUNDS = 12
"""Runs of all kinds after which nothing may be in doubt any more."""


def main() -> int:
    """Measure, print the tables; 1 if a claim fails."""
    with postgres() as server, practice_zoho() as zoho:
        kept = seed(server, zoho, TIMES)
        with copied(server, zoho, kept, "answered") as world:
            first = world.backfill("first")
            status = show("Creating: calls per record", _per_record(first, CREATING))
            status |= show("Once more, nothing has changed", _unchanged(world.backfill("second")))
            world.outdate_lists()
            status |= show("Once more, with old lists", _unchanged(world.backfill("third")))
            world.unlink()
            status |= show("Adopting: calls per row", _adopting(world.backfill("adopting")))
        for name, (title, faults, is_claimed) in LOSSES.items():
            with copied(server, zoho, kept, name) as world:
                lines = _losing(world, faults, first, is_aim=not is_claimed)
                status |= show(f"Creating while {title}: calls per record", lines)
    return status


def _until_settled(world: World, faults: Mapping[str, float]) -> Tallies:
    """Rounds of all kinds, with settling between them, until one leaves nothing in doubt and makes nothing new."""
    tallies = {entity: Tally() for entity in PARENTS_FIRST}
    settling = SyncSettings.load(world.environ).settling_seconds
    with Control(world.zoho.access.url) as control:
        for place, (kind, share) in enumerate(faults.items()):
            match = {"path": "^/billing", "probability": share, "seed": SEED + place}
            control.call("POST", "faults", {"match": match, "action": {"kind": kind}})
        for number in range(1, MOST_ROUNDS + 1):
            done = world.backfill(f"round {number}")
            for entity, tally in done.items():
                tallies[entity].add(tally)
            if not world.in_doubt() and not any(tally.records for tally in done.values()):
                break
            let_pass(world.engine, settling + 1)
        control.call("DELETE", "faults")
    return tallies


def _losing(world: World, faults: Mapping[str, float], answered: Tallies, *, is_aim: bool) -> Iterator[Line]:
    tallies = _until_settled(world, faults)
    yield Line("answers lost", sum(tally.lost for tally in tallies.values()))
    yield Line("rows in doubt in the end", world.in_doubt(), "", 0)
    yield Line("objects made or opened once too often", (_posts(tallies) - _posts(answered)).total(), "", 0)
    for line in _per_record(tallies, WHILE_ANSWERS_ARE_LOST):
        yield replace(line, is_aim=is_aim)


def _posts(tallies: Tallies) -> Counter[str]:
    """What was made and opened; an object that was made twice counts twice."""
    together = sum((tally.done for tally in tallies.values()), Counter[str]())
    return Counter({call: count for call, count in together.items() if call.startswith("POST ")})


def _unchanged(tallies: Tallies) -> Iterator[Line]:
    for entity, tally in tallies.items():
        what = f"{entity}: calls beside {tally.lists:,} pages of lists"
        yield Line(what, tally.calls.total() - tally.lists, "", UNCHANGED)


def _adopting(tallies: Tallies) -> Iterator[Line]:
    yield Line("objects made", sum(tally.records for tally in tallies.values()), "", 0)
    yield from _per(tallies, ADOPTING, "adopted", lambda tally: tally.adopted)


def _per_record(tallies: Tallies, claim: float) -> Iterator[Line]:
    yield from _per(tallies, claim, "records", lambda tally: tally.records)


def _per(tallies: Tallies, claim: float, what: str, count: Callable[[Tally], int]) -> Iterator[Line]:
    together = Tally()
    for entity, tally in tallies.items():
        together.add(tally)
        yield _line(entity.value, tally, count(tally), what, claim)
    yield _line("all kinds", together, count(together), what, claim)


def _line(name: str, tally: Tally, of: int, what: str, claim: float) -> Line:
    calls = tally.calls.total()
    described = f"{name}: {calls:,} calls, {tally.lists:,} of them pages of lists, for {of:,} {what}"
    return Line(described, calls / max(of, 1), "", claim)


if __name__ == "__main__":
    sys.exit(main())
