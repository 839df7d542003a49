"""One run from beginning to end: plant, strike, let the workers work, lift, recover, judge."""

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from faults.aftermath import lift, recover
from faults.crew import PATIENCE_SECONDS
from faults.finder import named_by_finder
from faults.holds import USUAL
from faults.judge import Finding, judge
from faults.plan import Run
from faults.scene import Scene
from faults.small_world import Planter, SmallWorld
from faults.stage import Stage
from faults.worker import MONTH
from zoho_pipeline_tests.practice.rows import CircleTel
from zoho_pipeline_tests.practice.zoho import PracticeZoho


@dataclass
class Played:
    """What came of a run."""

    run: Run
    findings: list[Finding] = field(default_factory=list)
    named: int = 0
    """Beyond the bounds: duplicates and wrong links that the finder of duplicates names."""
    records: int = 0
    """Rows of the run that are linked in the end."""
    calls: int = 0
    rounds: int = 0
    struck: bool = False
    """Whether the fault struck at all: a run in which it did not shows nothing."""
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


def play(stage: Stage, run: Run) -> Played:
    """The run; what goes wrong in the campaign itself is a finding too."""
    began = time.monotonic()
    played = Played(run)
    try:
        with prepared(stage, run) as scene:
            perform(scene, run, played)
    except Exception:  # noqa: BLE001 - the campaign goes on with the next run
        played.findings.append(Finding("campaign", traceback.format_exc()))
    played.seconds = time.monotonic() - began
    return played


@contextmanager
def prepared(stage: Stage, run: Run) -> Iterator[Scene]:
    """A fresh database and Zoho with the run's rows; nothing is left of its workers afterwards."""
    with stage.database() as engine:
        stage.zoho.start_anew()
        stage.zoho.people.sign_in()
        stage.zoho.plan()
        world = Planter(run.dice("world"), CircleTel(engine), stage.zoho, SmallWorld(run.entity)).plant()
        environ = variables(stage.zoho, engine.url.render_as_string(), stage.token, run)
        scene = Scene(stage, engine, world, run.dice("fault"), environ, run.workers, stage.reports())
        stage.zoho.forget_calls()
        try:
            yield scene
        finally:
            scene.kill_all()
            for worker in scene.workers:
                worker.process.join(PATIENCE_SECONDS)


def perform(scene: Scene, run: Run, played: Played) -> None:
    """Strike, let the workers work, lift, recover, judge."""
    kind = run.kind
    kind.strike(scene)
    scene.start(run.workers, (run.entity,), scene.misfortune)
    kind.act(scene)
    stuck = scene.wait()
    played.struck = kind.struck(scene)
    stuck += lift(scene, run)
    played.rounds, never_ended = recover(scene, run)
    stuck += never_ended
    played.findings += [Finding("stuck", f"worker {worker.order.number} did not end") for worker in stuck]
    played.findings += _crashes(scene)
    scene.notes += _told(scene)
    verdict = judge(scene, kind.rests)
    played.findings += verdict.findings
    played.records, played.calls = verdict.records, verdict.calls
    if not kind.within:
        played.named = named_by_finder(scene, verdict.findings)
    played.notes = scene.notes


def _crashes(scene: Scene) -> list[Finding]:
    reports = [worker.report for worker in scene.workers]
    return [Finding("crash", report.told) for report in reports if report and report.ended == "crashed"]


def _told(scene: Scene) -> list[str]:
    notes = []
    for worker in scene.workers:
        report = worker.report
        if report is None:
            notes.append(f"worker {worker.order.number} was killed")
        else:
            notes.append(f"worker {worker.order.number} ended {report.ended}: {report.told or report.counts}")
            notes += [f"  {trouble}" for trouble in report.troubles]
    return notes


def variables(zoho: PracticeZoho, url: str, token: str, run: Run) -> dict[str, str]:
    """The environment of the run's workers."""
    server = zoho.server
    dice = run.dice("settings")
    return {
        "ZOHO_PIPELINE_SANDBOX": token,
        "CIRCLETEL_DATABASE_URL": url,
        "CIRCLETEL_FIRST_MONTH": MONTH.key,
        "CIRCLETEL_APP_GRACE_SECONDS": "0",
        "ZOHO_API_URL": server.api_url,
        "ZOHO_ACCOUNTS_URL": server.accounts_url,
        "ZOHO_CLIENT_ID": server.client_id,
        "ZOHO_CLIENT_SECRET": server.client_secret,
        "ZOHO_REFRESH_TOKEN": server.refresh_token,
        "ZOHO_ORG_ID": server.org_id,
        "ZOHO_WRITES": "on",
        "ZOHO_CALLS_PER_MINUTE": "10000",
        "ZOHO_CALLS_PER_DAY": "100000",
        "ZOHO_CALLS_IN_FLIGHT": "5",
        "ZOHO_SETTLING_SECONDS": "120",
        "ZOHO_RETRY_SECONDS": "60",
        "ZOHO_MIRROR_MAX_AGE_SECONDS": dice.choice(("0", "3600")),
        **USUAL,
        **run.kind.environ,
    }
