"""The moments at which somebody meddles with a row: while it is on its way to Zoho, and while its end is unknown."""

from collections.abc import Callable

from faults.kinds.kind import Step
from faults.misfortunes import ANSWERED, SEND, Misfortune
from faults.scene import Scene

PERSON = frozenset({"parked", "refused"})
SLOW_SECONDS = 2.0
RowStep = Callable[[Scene, str], object]
_BEING_SENT = """
    SELECT row_id::text FROM zoho_pipeline.attempts
    WHERE entity = :entity AND sent_at IS NOT NULL AND ended_at IS NULL ORDER BY sent_at LIMIT 1
"""
_STILL = "SELECT count(*) FROM zoho_pipeline.attempts WHERE row_id = CAST(:id AS uuid) AND ended_at IS NULL"
_LAST_SENT = """
    SELECT row_id::text FROM zoho_pipeline.attempts
    WHERE entity = :entity AND sent_at IS NOT NULL ORDER BY sent_at DESC LIMIT 1
"""


def slow(kind: str = "delay_after_commit", **more: object) -> Step:
    """A create is on its way for a while."""

    def strike(scene: Scene) -> None:
        scene.befall(kind, **{"seconds": SLOW_SECONDS, **more})

    return strike


def in_hand(do: RowStep) -> Step:
    """Somebody does something with a row while its create is on its way; whether that was in time, is looked at."""

    def act(scene: Scene) -> None:
        scene.lay("in mid-send")
        scene.until(scene.fired)
        row_id = scene.scalar(_BEING_SENT, entity=scene.entity)
        if row_id is None:
            return
        done = do(scene, str(row_id))
        if done is not False and scene.scalar(_STILL, id=row_id):
            scene.hit("in mid-send")

    return act


def dies_in_doubt(scene: Scene) -> None:
    """The worker dies while its first create is on its way, mostly after Zoho has made it."""
    point = ANSWERED if scene.dice.random() < 0.7 else SEND
    scene.misfortune = Misfortune(point, 1, f"POST /{scene.entity}$", "KILL")


def once_all_ended(do: RowStep) -> Step:
    """Somebody does something with the row in doubt, after all workers have ended."""

    def act(scene: Scene) -> None:
        scene.lay("in doubt")
        scene.until(lambda: not any(worker.alive for worker in scene.workers))
        row_id = scene.scalar(_LAST_SENT, entity=scene.entity)
        if row_id is not None:
            do(scene, str(row_id))
            scene.hit("in doubt")

    return act
