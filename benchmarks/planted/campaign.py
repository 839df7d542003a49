"""One campaign: a clean world is compared, and the same world with discrepancies planted; both are judged."""

import time
from dataclasses import dataclass

from sqlalchemy import Engine

from benchmarks.planted.judge import Verdict, judge
from benchmarks.planted.loading import load
from benchmarks.planted.planting import Planted, plant_discrepancies
from benchmarks.planted.rows import clean_world
from benchmarks.planted.truth import FIRST_MONTH
from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.reconcile import ReconcileRequest, reconcile
from zoho_pipeline.settings import SyncSettings


@dataclass
class Campaign:
    """What came of it. `controls` are the months and names of controls that do not hold in the clean world."""

    documents: int
    seed: int
    planted: Planted
    clean: Verdict
    controls: list[str]
    verdict: Verdict
    seconds: float
    """What the comparison of the planted world took, all kinds, months and controls."""


def run_campaign(
    clean: tuple[Engine, dict[str, str]], dirty: tuple[Engine, dict[str, str]], documents: int, count: int, seed: int
) -> Campaign:
    """In two empty databases, each with the variables that lead to it."""
    load(clean[0], clean_world(documents, seed))
    controls, _ = compare_all(clean[1])
    world = clean_world(documents, seed)
    planted = plant_discrepancies(world, count)
    load(dirty[0], world)
    _, seconds = compare_all(dirty[1])
    return Campaign(
        documents, seed, planted, judge(clean[0], []), controls, judge(dirty[0], planted.expected), seconds
    )  # fmt: skip


def compare_all(environ: dict[str, str]) -> tuple[list[str], float]:
    """All kinds and months as a person would; the controls that do not hold, and seconds."""
    environ = {**environ, "CIRCLETEL_FIRST_MONTH": FIRST_MONTH}
    months = open_months(SyncSettings.load(environ))
    request = ReconcileRequest(months.between(months.first, months.last), "campaign")
    began = time.perf_counter()
    books = list(reconcile(request, environ, lambda line: None))
    seconds = time.perf_counter() - began
    return [f"{each.month} {one.name}" for each in books for one in each.controls if not one.holds], seconds
