"""The moments at which somebody meddles with a row: before its claim, on its way to Zoho, while its end is unknown."""

from collections.abc import Callable

from faults.holds import held_row, release
from faults.kinds.kind import Step
from faults.misfortunes import ANSWERED, CLAIM, SEND, Misfortune
from faults.scene import Scene

PERSON = frozenset({"parked", "refused"})
RowStep = Callable[[Scene, str], object]
_BEING_SENT = """
    SELECT count(*) FROM zoho_pipeline.attempts
    WHERE row_id = CAST(:id AS uuid) AND sent_at IS NOT NULL AND ended_at IS NULL
"""
_LAST_SENT = """
    SELECT row_id::text FROM zoho_pipeline.attempts
    WHERE entity = :entity AND sent_at IS NOT NULL ORDER BY sent_at DESC LIMIT 1
"""


def held_create(scene: Scene) -> None:
    """A create has been carried out, and its answer is held."""
    scene.befall("hold_after_commit")


def in_hand(do: RowStep) -> Step:
    """Somebody does something with the very row whose create is held."""

    def act(scene: Scene) -> None:
        scene.lay("in mid-send")
        row_id = held_row(scene)
        if row_id is None:
            return
        done = do(scene, row_id)
        if done is not False and scene.scalar(_BEING_SENT, id=row_id):
            scene.hit("in mid-send")
        release(scene)

    return act


def all_wait_before_claiming(scene: Scene) -> None:
    """Every worker waits between its first decision on rows of the run's entity and their claim."""
    scene.misfortune = Misfortune(CLAIM, 1, f"^{scene.entity}$", everybody=True)


def all_waiting(scene: Scene) -> int:
    """Wait until every worker waits, or has ended; how many wait."""
    scene.until(lambda: all(worker.waits or not worker.alive for worker in scene.workers))
    return sum(worker.waits for worker in scene.workers)


def all_go_on(scene: Scene) -> None:
    """At the same moment."""
    for worker in scene.workers:
        worker.order.marks.onward.touch()


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
