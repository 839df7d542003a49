"""The figures that `--detailed` shows beside the findings (R5, R6, R17). Pure."""

from collections.abc import Iterator

from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.health.check import Table
from zoho_pipeline.health.checks.sync import TOTALS
from zoho_pipeline.health.facts import Facts, NotSeen
from zoho_pipeline.health.standing import Attempts, Class


def details(facts: Facts) -> tuple[Table, ...]:
    """Those that could be read."""
    return tuple(_tables(facts))


def _tables(facts: Facts) -> Iterator[Table]:
    if not isinstance(facts.standing, NotSeen):
        rows = []
        for entity in PARENTS_FIRST:
            of = facts.standing[entity]
            counts = [of.count(*classes) for classes in TOTALS.values()]
            share = f"{100 * counts[0] / of.total:.1f} %" if of.total else "-"
            figures = [of.total, *counts, of.count(Class.OUTSIDE)]
            rows.append((entity.value, *(f"{figure:,}" for figure in figures), share))
        yield Table("Rows by kind", ("kind", "total", *TOTALS, "outside", "in Zoho"), tuple(rows))
    if not isinstance(facts.recent, NotSeen):
        sent = [(entity, facts.recent.of.get(entity, Attempts())) for entity in PARENTS_FIRST]
        yield Table(
            "Success by kind",
            ("kind", "24 hours", "7 days", "average seconds", "rows failed in 7 days"),
            tuple(
                (
                    entity.value,
                    _rate(of.day_good, of.day_bad),
                    _rate(of.week_good, of.week_bad),
                    "-" if of.average_seconds is None else f"{of.average_seconds:.1f}",
                    f"{of.rows_bad:,}",
                )
                for entity, of in sent
            ),
        )
        causes = sorted(facts.recent.causes.items(), key=lambda pair: -pair[1])
        yield Table("Failures of 24 hours by cause", ("cause", "times"), tuple((c, f"{n:,}") for c, n in causes))
    if not isinstance(facts.api, NotSeen):
        days = tuple((day, *(f"{figure:,}" for figure in figures)) for day, *figures in facts.api.days)
        yield Table("Calls to Zoho by day", ("day", "calls", "failed", "limited"), days)


def _rate(good: int, bad: int) -> str:
    return f"{100 * good / (good + bad):.1f} % of {good + bad:,}" if good + bad else "-"
