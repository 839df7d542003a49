"""One worker process: the product's own backfill, run once, with at most one misfortune of its own.

Everything here is imported once by the fork server, so that a worker is at work some milliseconds after it is wanted.
"""

import contextlib
import json
import logging
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import create_engine

from faults.misfortunes import Marks, Misfortune, befall
from zoho_pipeline.actions.backfill import BackfillRequest, backfill
from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.mirror.refresh import refresh
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.ports import About

GO_SECONDS = 0.002
MONTH = Month(2025, 11)
"""The first open month, so that it holds every row of a small world."""


@dataclass(frozen=True)
class Order:
    """What a worker is to do."""

    number: int
    environ: dict[str, str]
    entities: tuple[str, ...]
    reports: str
    """The directory to leave a report in; a worker that was killed leaves none."""
    misfortune: Misfortune | None = None
    only_lists: bool = False
    """Refresh the mirror instead of syncing."""

    @property
    def report(self) -> Path:
        """What it leaves."""
        return Path(self.reports) / f"{self.number}.json"

    @property
    def ready(self) -> Path:
        """There once the worker could begin."""
        return Path(self.reports) / f"{self.number}.ready"

    @property
    def go(self) -> Path:
        """There once it may."""
        return Path(self.reports) / f"{self.number}.go"

    @property
    def marks(self) -> Marks:
        """There once its misfortune has befallen it, and once it may go on if it waits."""
        return Marks(Path(self.reports) / f"{self.number}.befallen", Path(self.reports) / f"{self.number}.onward")


@dataclass(frozen=True)
class Report:
    """How a worker ended: well, foreseen (with the sentence it told), or crashed (with the trace)."""

    ended: str
    told: str
    counts: dict[str, int]
    calls: int
    troubles: list[str]


def work(order: Order) -> None:
    """Do it when all are there, and say how it ended."""
    logging.disable(logging.WARNING)  # under faults the product warns; what counts is in the tables
    order.ready.touch()
    while not order.go.exists():
        time.sleep(GO_SECONDS)
    with contextlib.suppress(KeyboardInterrupt):
        report = _done(order)
        half = order.report.with_suffix(".half")
        half.write_text(json.dumps(asdict(report)), encoding="utf-8")
        half.rename(order.report)


def read_report(order: Order) -> Report | None:
    """What the worker left; None where it was killed before."""
    return Report(**json.loads(order.report.read_text(encoding="utf-8"))) if order.report.exists() else None


def _done(order: Order) -> Report:
    try:
        if order.misfortune is not None:
            befall(order.misfortune, order.marks)
        return _refreshed(order) if order.only_lists else _synced(order)
    except Exception:  # noqa: BLE001 - the judge hears of it
        return Report("crashed", traceback.format_exc(), {}, 0, [])


def _synced(order: Order) -> Report:
    request = BackfillRequest(
        frozenset(Entity(name) for name in order.entities), (MONTH,), f"worker-{order.number}", "the fault campaign"
    )
    counts: dict[str, int] = {}
    troubles: list[str] = []
    calls = 0
    ended, told = "well", ""
    try:
        for result in backfill(request, order.environ, lambda line: None):
            calls += result.api_calls
            told = result.interrupted or told
            for outcome, rows in result.counts.items():
                counts[f"{result.entity}.{outcome}"] = rows
            troubles += [
                f"{trouble.entity} {trouble.label}: {trouble.outcome}, {trouble.reason}" for trouble in result.troubles
            ]
    except Foreseen as error:
        ended, told = "foreseen", str(error)
    return Report(ended, told, counts, calls, troubles)


def _refreshed(order: Order) -> Report:
    settings = ZohoSettings.load(order.environ)
    engine = create_engine(order.environ["CIRCLETEL_DATABASE_URL"])
    try:
        client = billing_client(settings, engine, SystemClock(), "mirror")
        for entity in PARENTS_FIRST:
            about = About(entity.value, None, f"the list of {entity}", "mirror")
            refresh(engine, client, entity, about, lambda line: None)
    finally:
        engine.dispose()
    return Report("well", "", {}, 0, [])
