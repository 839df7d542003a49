"""After the fault: it is lifted, time passes, and backfills run as a schedule would start them."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from faults import gates
from faults.crew import PATIENCE_SECONDS, Worker, wait_for
from faults.kinds.network import SETTLING_SECONDS
from faults.passing import let_pass
from faults.plan import ENTITIES, Run
from faults.scene import Scene

ROUNDS = 4
"""Recoveries at most, as an operator or a schedule would start them."""
BETWEEN_ROUNDS_SECONDS = 3_700.0

_OPEN = text("""
    SELECT (SELECT count(*) FROM zoho_pipeline.attempts WHERE ended_at IS NULL)
        + (SELECT count(*) FROM zoho_pipeline.sync_records WHERE state IN ('sending', 'in_doubt', 'failed', 'waiting'))
""")


def lift(scene: Scene, run: Run) -> list[Worker]:
    """Nothing goes wrong any more; the workers that do not end even so."""
    if "gate" in scene.kept:
        scene.kept["gate"].open()
    scene.zoho.mend()
    run.kind.lift(scene)
    stuck = scene.wait()
    gates.remove(scene.engine)
    scene.environ.update(_unstrained(run.kind.environ) | run.kind.lifted)
    _let_zoho_finish(scene)
    return stuck


def _unstrained(environ: Mapping[str, str]) -> dict[str, str]:
    return {"ZOHO_TIMEOUT_SECONDS": "5"} if environ.get("ZOHO_TIMEOUT_SECONDS") else {}


def _let_zoho_finish(scene: Scene) -> None:
    """Time is about to be set forward, so that what Zoho still has in hand must not fall behind."""
    _until("Zoho has nothing in hand", lambda: not scene.zoho.control.call("GET", "health")["limits"]["in_flight"])


def recover(scene: Scene, run: Run) -> tuple[int, list[Worker]]:
    """Backfill as a schedule would, until nothing is left to do; rounds, and the workers that never ended."""
    rounds, stuck = 0, list[Worker]()
    while rounds < ROUNDS:
        rounds += 1
        if run.kind.real_time:
            time.sleep(SETTLING_SECONDS + 0.3)
        else:
            let_pass(scene.engine, float(scene.kept.get("seconds", BETWEEN_ROUNDS_SECONDS)))
        (worker,) = scene.start(1, ENTITIES)
        stuck += wait_for([worker], PATIENCE_SECONDS)
        with scene.engine.connect() as connection:
            if connection.execute(_OPEN).scalar_one() == 0 and worker.report and worker.report.ended == "well":
                break
    if late := scene.kept.get("late"):
        _until("what was to come late has come", lambda: all(_came(call, late) for call in scene.zoho.calls("POST")))
    return rounds, stuck


def _came(call: Mapping[str, Any], late_seconds: float) -> bool:
    """Whether the create was carried out by now, or refused: an invoice's number, for one, may be taken."""
    age = datetime.now(UTC) - datetime.fromisoformat(call["time"])
    return bool(call["committed"]) or not call["fault"] or age.total_seconds() > late_seconds + 2


def _until(what: str, happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain until {what}")
        time.sleep(0.05)
