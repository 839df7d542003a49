"""The command: python -m simulation [--days 90] [--seed 1] [--faultless] [--json FILE]."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from faults.campaign import end_orderly
from simulation.report import Report, as_json, day_line, judged, table
from simulation.running import Simulation
from simulation.setting import running_stage
from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.sandbox.environment import isolate

BEGINS = datetime(2051, 2, 6, 5, 0, tzinfo=JOHANNESBURG)
"""A Monday; ninety days from there hold three ends of months and several public holidays. So far away that a moment by
the real clock is seen at once."""


def simulate(days: int, seed: int, tell: Callable[[str], None], *, faultless: bool = False) -> Report:
    """Play so many days, and judge them."""
    began = time.monotonic()

    def day_ends(simulation: Simulation, day: date) -> None:
        tell(day_line(simulation, day, time.monotonic() - began))

    with running_stage(BEGINS, seed) as stage:
        simulation = Simulation(stage, BEGINS, days, seed, day_ends, faultless)
        simulation.play()
        return judged(simulation, time.monotonic() - began)


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate; 1 if anything is wrong."""
    options = _parser().parse_args(arguments)
    isolate(os.environ)
    end_orderly()
    report = simulate(options.days, options.seed, _say, faultless=options.faultless)
    _say(table(report))
    if options.json:
        Path(options.json).write_text(json.dumps(as_json(report), indent=1), encoding="utf-8")
    return 1 if report.findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation", description="Simulated days with random faults.")
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--faultless",
        action="store_true",
        help="nothing goes wrong: each finding of the health checks is a false alarm",
    )
    parser.add_argument("--json", metavar="FILE", help="write all that is counted to this file too")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
