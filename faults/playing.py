"""One run from beginning to end: plant, strike, let the workers work, lift, recover, judge."""

import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import text

from faults import gates
from faults.finder import named_by_finder
from faults.judge import Finding, judge
from faults.kinds.network import SETTLES
from faults.passing import let_pass
from faults.plan import ENTITIES, Run
from faults.scene import Scene
from faults.small_world import Planter, SmallWorld
from faults.stage import Stage
from faults.worker import MONTH
from zoho_pipeline_tests.practice.rows import CircleTel
from zoho_pipeline_tests.practice.zoho import PracticeZoho

ROUNDS = 4
"""Recoveries at most, as an operator or a schedule would start them."""
BETWEEN_ROUNDS_SECONDS = 3_700.0

_OPEN = text("""
    SELECT (SELECT count(*) FROM zoho_pipeline.attempts WHERE ended_at IS NULL)
        + (SELECT count(*) FROM zoho_pipeline.sync_records WHERE state IN ('sending', 'in_doubt', 'failed', 'waiting'))
""")


@dataclass
class Played:
    """What came of a run."""

    run: Run
    findings: list[Finding] = field(default_factory=list)
    named: int = 0
    """Beyond the bounds: findings that the finder of duplicates names."""
    records: int = 0
    calls: int = 0
    rounds: int = 0
    struck: bool = True
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


def play(stage: Stage, run: Run) -> Played:
    """The run; what goes wrong in the campaign itself is a finding too."""
    began = time.monotonic()
    played = Played(run)
    try:
        with stage.database() as engine:
            stage.zoho.start_anew()
            stage.zoho.people.sign_in()
            stage.zoho.plan()
            world = Planter(run.dice("world"), CircleTel(engine), stage.zoho, SmallWorld(run.entity)).plant()
            environ = variables(stage.zoho, engine.url.render_as_string(), stage.token, run)
            scene = Scene(stage, engine, world, run.dice("fault"), environ, run.workers, stage.reports())
            stage.zoho.forget_calls()
            try:
                _play(scene, run, played)
            finally:
                scene.kill_all()
    except Exception:  # noqa: BLE001 - the campaign goes on with the next run
        played.findings.append(Finding("campaign", traceback.format_exc()))
    played.seconds = time.monotonic() - began
    return played


def _play(scene: Scene, run: Run, played: Played) -> None:
    kind = run.kind
    kind.strike(scene)
    scene.start(run.workers, (run.entity,), scene.misfortune)
    kind.act(scene)
    stuck = scene.wait()
    played.struck = _struck(scene)
    _lift(scene, run)
    played.rounds = _recover(scene, run)
    for worker in scene.workers:
        report = worker.report
        if report is None:
            scene.notes.append(f"worker {worker.order.number} was killed")
        else:
            scene.notes.append(f"worker {worker.order.number} ended {report.ended}: {report.told or report.counts}")
            scene.notes += [f"  {trouble}" for trouble in report.troubles]
            if report.ended == "crashed":
                played.findings.append(Finding("crash", report.told))
    played.findings += [Finding("stuck", f"worker {worker.order.number} did not end") for worker in stuck]
    verdict = judge(scene, kind.rests)
    played.findings += verdict.findings
    played.records, played.calls = verdict.records, verdict.calls
    if not kind.within:
        played.named = named_by_finder(scene, verdict.findings)
    played.notes = scene.notes


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
        "ZOHO_TIMEOUT_SECONDS": "5",
        "ZOHO_SETTLING_SECONDS": "120",
        "ZOHO_MIRROR_MAX_AGE_SECONDS": dice.choice(("0", "3600")),
        **run.kind.environ,
    }


def _lift(scene: Scene, run: Run) -> None:
    gate = scene.kept.get("gate")
    if gate is not None:
        gate.__exit__(None, None, None)
    scene.zoho.mend()
    run.kind.lift(scene)
    scene.wait(20)
    gates.remove(scene.engine)
    scene.environ.update(_unstrained(run.kind.environ) | run.kind.lifted)
    _let_zoho_finish(scene)


def _unstrained(environ: Mapping[str, str]) -> dict[str, str]:
    return {"ZOHO_TIMEOUT_SECONDS": "5"} if environ.get("ZOHO_TIMEOUT_SECONDS") else {}


def _let_zoho_finish(scene: Scene) -> None:
    """Time is about to be set forward, so that what Zoho still has in hand must not fall behind."""
    end = time.monotonic() + 6
    while scene.zoho.control.call("GET", "health")["limits"]["in_flight"] and time.monotonic() < end:
        time.sleep(0.05)


def _struck(scene: Scene) -> bool:
    rules = scene.zoho.control.call("GET", "faults")["rules"]
    return not rules or any(rule["fired"] for rule in rules)


def _recover(scene: Scene, run: Run) -> int:
    rounds = 0
    while rounds < ROUNDS:
        rounds += 1
        if run.kind.real_time:
            time.sleep(float(SETTLES["ZOHO_SETTLING_SECONDS"]) + 0.3)
        else:
            let_pass(scene.engine, float(scene.kept.get("seconds", BETWEEN_ROUNDS_SECONDS)))
        (worker,) = scene.start(1, ENTITIES)
        worker.process.join(60)
        with scene.engine.connect() as connection:
            if connection.execute(_OPEN).scalar_one() == 0 and worker.report and worker.report.ended == "well":
                break
    if scene.kept.get("late"):
        time.sleep(6)  # what was to come late comes now
    return rounds
