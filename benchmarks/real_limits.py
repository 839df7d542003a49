"""How long the sample and 100,000 records would take at Zoho's limits: arithmetic, on calls per record as measured.

The pipeline uses its share of the limits only: the rest is left to CircleTel's app and to urgent calls.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta

from benchmarks.practice import postgres, practice_zoho
from benchmarks.report import Line, say, show
from benchmarks.running import actions, creates
from benchmarks.second_backfill import first_backfill
from zoho_pipeline.budget.shares import Share, shares, time_for
from zoho_pipeline.sandbox.filling import zoho_variables
from zoho_pipeline.settings import ZohoSettings

MANY = 100_000
TIMES = 10
"""The size of the sample in which calls per record are measured, in default sizes."""
LIMITS = ((30, 1_000), (100, 10_000))
"""Calls a minute and a day: the defaults, and what a larger plan grants."""

UNITS = ((timedelta(days=1), "days"), (timedelta(hours=1), "hours"), (timedelta(minutes=1), "minutes"))


def main() -> int:
    """Measure, reckon, print; nothing is claimed."""
    measured = {}
    for times in (1, TIMES):
        with postgres() as server, practice_zoho() as zoho:
            _, _, first = first_backfill(server, zoho, times)
        records = sum(creates(first.calls).values()) + actions(first.calls)
        measured[times] = (records, first.calls.total())
    (few, few_calls), (records, calls) = measured[1], measured[TIMES]
    per_record = calls / records
    amounts = {
        f"the default sample: {few:,} records, {few_calls:,} calls": few_calls,
        f"{MANY:,} records, {per_record:.3f} calls each": round(MANY * per_record),
    }
    status = show("How long it takes at Zoho's limits", _lines(amounts))
    say("  A record is an object made or an invoice opened; what is unchanged costs no call.")
    return status


def _lines(amounts: dict[str, int]) -> Iterator[Line]:
    for minute, day in LIMITS:
        share = _share(minute, day)
        limits = f"{minute} a minute, {day:,} a day ({share.minute} and {share.day:,} of them for this)"
        for title, calls in amounts.items():
            duration = time_for(calls, share)
            unit, name = next((found for found in UNITS if duration >= 2 * found[0]), UNITS[-1])
            yield Line(f"{limits}: {title}", duration / unit, name)


def _share(minute: int, day: int) -> Share:
    limits = {"ZOHO_CALLS_PER_MINUTE": str(minute), "ZOHO_CALLS_PER_DAY": str(day)}
    return shares(ZohoSettings.load(zoho_variables(port=1) | limits)).bulk


if __name__ == "__main__":
    sys.exit(main())
