"""The command: python -m faults [--runs 1000] [--seed 1] [--only KIND] [--entity invoices] [--workers 8] [--jobs 2]."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from faults.campaign import campaign, end_orderly
from faults.kinds import KINDS
from faults.plan import ENTITIES, planned
from faults.playing import Played, play
from faults.report import as_json, never_struck, table, totals, violations
from faults.stage import running_stage
from zoho_pipeline.sandbox.environment import isolate


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the campaign; 1 if the promise was broken, a duplicate not named, or a kind of fault never struck."""
    options = _parser().parse_args(arguments)
    isolate(os.environ)
    end_orderly()
    if options.kinds:
        _say("\n".join(f"{kind.name}{'' if kind.within else ' (beyond the bounds)'}" for kind in KINDS))
        return 0
    if options.replay:
        return _replay(options)
    began = time.monotonic()
    runs = []
    for played in campaign(options):
        runs.append(played)
        _tell(runs, options.runs, began)
    runs.sort(key=lambda played: played.run.number)
    _say("\r" + " " * 100 + "\r" + table(runs))
    if options.json:
        Path(options.json).write_text(json.dumps(as_json(runs), indent=1), encoding="utf-8")
    wrong = [*violations(runs), *never_struck(runs)]
    _say("\n".join(["", totals(runs), f"{time.monotonic() - began:.0f} seconds.", *wrong]))
    return 1 if wrong else 0


def _replay(options: argparse.Namespace) -> int:
    run = planned(options.replay, options.seed, options.only, options.entity, options.workers)
    with running_stage() as stage:
        played = play(stage, run)
    struck = "" if played.struck else ", and the fault did not strike"
    _say(f"run {run.number}: {run.kind.name}, {run.entity}, {run.workers} workers, {played.rounds} recoveries{struck}")
    _say("\n".join(played.notes))
    _say("\n".join(f"{finding.kind}: {finding.story}" for finding in played.findings) or "nothing was found")
    return 1 if violations([played]) or not played.struck else 0


def _tell(runs: list[Played], wanted: int, began: float) -> None:
    last = runs[-1]
    for line in violations([last]):
        _say(f"\r{line:<98}")
    found = len(violations(runs))
    line = f"{len(runs)}/{wanted} runs, {found} violations, {time.monotonic() - began:.0f} s, {last.run.kind.name}"
    if sys.stdout.isatty():
        sys.stdout.write(f"\r{line:<98.98}")
    elif len(runs) % 20 == 0 or last.seconds > 15:
        sys.stdout.write(f"{line} ({last.run.entity}, run {last.run.number}, {last.seconds:.1f} s)\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m faults", description="The fault campaign.")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1, help="number of the first run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], metavar="KIND", help="only this kind; may be repeated")
    parser.add_argument("--entity", default="", choices=("", *ENTITIES))
    parser.add_argument("--workers", type=int, default=8, help="most workers of a run")
    parser.add_argument("--jobs", type=int, default=2, help="runs at the same time")
    parser.add_argument("--json", metavar="FILE", help="write all that is counted to this file too")
    parser.add_argument("--replay", type=int, metavar="NUMBER", help="play one run, and tell all about it")
    parser.add_argument("--kinds", action="store_true", help="list the kinds of fault")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    raise SystemExit(main())
