"""After the fault: it is lifted, time passes, and backfills run as a schedule would start them."""

from sqlalchemy import text

from faults import gates
from faults.crew import PATIENCE_SECONDS, Worker, wait_for
from faults.holds import USUAL, release, wait_until
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
    if not scene.kept.get("held on"):
        release(scene)
    run.kind.lift(scene)
    stuck = scene.wait()
    gates.remove(scene.engine)
    scene.environ.update(USUAL | run.kind.lifted)
    _let_zoho_finish(scene)
    return stuck


def _let_zoho_finish(scene: Scene) -> None:
    """Time is about to be set forward, so that what Zoho still has in hand must not fall behind."""
    wait_until("Zoho has nothing in hand", lambda: not scene.zoho.control.call("GET", "health")["limits"]["in_flight"])


def recover(scene: Scene, run: Run) -> tuple[int, list[Worker]]:
    """Backfill as a schedule would, until nothing is left to do; rounds, and the workers that never ended."""
    rounds, stuck = 0, list[Worker]()
    while rounds < ROUNDS:
        rounds += 1
        let_pass(scene.engine, float(scene.kept.get("seconds", BETWEEN_ROUNDS_SECONDS)))
        (worker,) = scene.start(1, ENTITIES)
        stuck += wait_for([worker], PATIENCE_SECONDS)
        with scene.engine.connect() as connection:
            if connection.execute(_OPEN).scalar_one() == 0 and worker.report and worker.report.ended == "well":
                break
    release(scene)
    return rounds, stuck
