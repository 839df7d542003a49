"""The API budget under load, judged by the practice Zoho's own ledger.

Eight bulk processes call as often as they may, and an urgent one every few seconds, all starting cold against a
practice Zoho that enforces its limits. `--pyrate` measures pyrate-limiter's bucket in PostgreSQL in the same way;
nothing is claimed of it.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator

from benchmarks.budget_callers import Noted, OpenBudget, Task, run_together
from benchmarks.budget_windows import WARM_UP_SECONDS, Seen, seen
from benchmarks.practice import make_tables, postgres, practice_zoho, variables
from benchmarks.report import Line, say, show
from zoho_pipeline.budget.shares import shares
from zoho_pipeline.sandbox.sample.zoho_http import Control
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.ports import Purpose

PROCESSES = 8
URGENT_EVERY_SECONDS = 5.0
LIMITS = {"calls_per_minute": 100, "calls_per_day": 100_000}
BEHAVIOUR = {"latency_ms": 250.0, "tokens_per_window": 10}
"""How the practice Zoho behaves beside its limits."""
UNUSED_PERCENT = 3.0
REFUSALS = (43, 44, 45, 1070)


def main() -> int:
    """Measure; 1 if a claim fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.budget", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long to call, beside two minutes' warming up")
    parser.add_argument("--pyrate", action="store_true", help="measure pyrate-limiter's bucket instead")
    parser.add_argument("--in-flight", type=int, default=5, help="calls that Zoho takes at one time")
    options = parser.parse_args()
    limits = LIMITS | {"calls_in_flight": options.in_flight}
    if options.pyrate:
        from benchmarks.budget_pyrate import pyrate_budget

        return _measure("pyrate-limiter's PostgresBucket", options.minutes, limits, pyrate_budget)
    return _measure("The API budget", options.minutes, limits, None)


def _measure(title: str, minutes: float, limits: dict[str, int], other_budget: OpenBudget | None) -> int:
    with postgres() as server, practice_zoho() as zoho, Control(zoho.access.url) as control:
        control.call("POST", "behaviour", BEHAVIOUR | limits)
        url = server.create_database("budget")
        make_tables(url)
        environ = variables(url, zoho) | {f"ZOHO_{name.upper()}": str(value) for name, value in limits.items()}
        seconds = WARM_UP_SECONDS + minutes * 60
        say(f"{PROCESSES} bulk processes and an urgent one call for {seconds / 60:g} minutes")
        bulk = Task(environ, seconds, other_budget=other_budget)
        urgent = Task(environ, seconds, Purpose.URGENT, URGENT_EVERY_SECONDS, other_budget)
        noted = run_together([*[bulk] * PROCESSES, urgent])
        share = shares(ZohoSettings.load(environ)).urgent.minute
        ours = f"{share} of Zoho's {limits['calls_per_minute']} calls a minute as our share"
        title = f"{title} for {minutes:g} minutes, with {ours}, {limits['calls_in_flight']} at one time"
        return show(title, _lines(share, seen(zoho.drain()), noted, claims=other_budget is None))


def _lines(share: int, arrived: Seen, noted: list[Noted], *, claims: bool) -> Iterator[Line]:
    def line(what: str, measured: float, unit: str = "", at_most: float | None = None, *, is_aim: bool = False) -> Line:
        return Line(what, measured, unit, at_most if claims else None, is_aim=is_aim)

    windows, unused = arrived.windows(), "of our share unused in Zoho's rolling minute"
    yield line(f"{unused}, on an average", _unused(windows.mean, share), "%", UNUSED_PERCENT)
    yield line(
        f"{unused}, warming up included", _unused(arrived.windows(0).mean, share), "%", UNUSED_PERCENT, is_aim=True
    )
    yield line(f"{unused}, in the emptiest", _unused(windows.lowest, share), "%", UNUSED_PERCENT, is_aim=True)
    yield line("calls in the fullest of these minutes", windows.highest, "", share)
    for code in REFUSALS:
        yield line(f"refusals with code {code}", arrived.refusals[code], "", 0)
    yield line("errors that callers met", sum(note.errors.total() for note in noted), "", 0)
    yield line("token requests", arrived.tokens, "", 1)
    yield from _waits(noted)
    permits = sum(len(note.waits) for note in noted)
    yield line(f"round trips per permit ({permits:,} permits)", _round_trips(noted) / permits)
    yield line("time in PostgreSQL per permit", sum(note.cost.seconds for note in noted) / permits * 1000, "ms")


def _waits(noted: list[Noted]) -> Iterator[Line]:
    for purpose in Purpose:
        waits = sorted(wait for note in noted for wait in note.waits if note.purpose is purpose)
        yield Line(f"{purpose} calls wait for leave, median of {len(waits):,}", statistics.median(waits), "s")
        yield Line(f"{purpose} calls wait for leave, 95 of 100 at most", waits[int(0.95 * (len(waits) - 1))], "s")
        yield Line(f"{purpose} calls wait for leave, longest", waits[-1], "s")


def _unused(calls: float, share: int) -> float:
    return 100 * (1 - calls / share)


def _round_trips(noted: list[Noted]) -> int:
    return sum(note.cost.round_trips for note in noted)


if __name__ == "__main__":
    sys.exit(main())
