"""`kill -9` at every commit point, and processes that are stopped for a while."""

from faults.crew import PATIENCE_SECONDS
from faults.gates import Gate
from faults.holds import PATIENT, release, until_held
from faults.kinds.kind import MANY, ONE, Kind, Step
from faults.misfortunes import ANSWERED, CHECK, CLAIM, RECORDED, SEND, Misfortune
from faults.passing import let_pass
from faults.scene import Scene

MINUTES = 120.0
HOUR = 3600.0
_RECORDED = """
    SELECT count(*) FROM zoho_pipeline.attempts WHERE entity = :entity AND action = 'create' AND ended_at IS NOT NULL
"""
OPENING = "POST .*/converttoopen$"


def dies(point: str) -> Step:
    """The first worker is killed at that point."""
    return _at(point, "KILL")


def freezes(point: str) -> Step:
    """The first worker is stopped at that point."""
    return _at(point, "STOP")


def _at(point: str, signal: str) -> Step:
    def strike(scene: Scene) -> None:
        path = f"POST /{scene.entity}$" if point in (SEND, ANSWERED) else ""
        scene.misfortune = Misfortune(point, 1 if point == CLAIM else scene.dice.randint(1, 3), path, signal)

    return strike


def minutes_pass(scene: Scene) -> None:
    """What the dead worker had in flight counts as over, so that the others need not wait for it; its rows do not."""
    first = scene.workers[0]
    scene.until(lambda: not first.alive)
    if len(scene.workers) > 1:
        let_pass(scene.engine, MINUTES)


def unanswered(then: Step) -> Step:
    """The answers to all creates are lost, beside what else happens."""

    def strike(scene: Scene) -> None:
        then(scene)
        scene.befall("reset_after_commit", times=None, match={})

    return strike


def dies_at_opening(point: str) -> Step:
    """The first worker is killed at the opening of an invoice."""

    def strike(scene: Scene) -> None:
        nth = scene.dice.randint(1, min(3, scene.world.to_open))
        scene.misfortune = Misfortune(point, nth, OPENING, "KILL")

    return strike


def killed_at_server(hold: str, **more: object) -> Step:
    """All workers are killed while Zoho has a create in hand."""

    def strike(scene: Scene) -> None:
        scene.befall(hold, **more)

    return strike


def when_held_kill(scene: Scene) -> None:
    """Kill every worker while Zoho holds a request, which goes on afterwards."""
    scene.lay("killed")
    if until_held(scene) and scene.kill_all():
        scene.hit("killed")
    release(scene)


def in_transaction(scene: Scene) -> None:
    """All workers are killed while one stands inside that transaction."""
    gate: Gate = scene.kept["gate"]
    if scene.until(gate.holds) and scene.kill_all():
        scene.hit("killed")
    gate.open()


def gate(event: str) -> Step:
    """Hold a worker inside the transaction of that event."""

    def strike(scene: Scene) -> None:
        scene.kept["gate"] = Gate(scene.engine, scene.url, event, scene.some(3))
        scene.lay("killed")

    return strike


def creates_come_to_a_stop(scene: Scene) -> None:
    """Some creates are answered, and all others are held."""
    scene.kept["answered"] = scene.some(scene.world.sure // 2)
    scene.befall("hold_before_commit", times=None, match={"skip": scene.kept["answered"]})


def kill_after_some(scene: Scene) -> None:
    """All workers are killed once what was answered has been recorded."""
    scene.lay("killed")
    recorded = scene.until(lambda: scene.scalar(_RECORDED, entity=scene.entity) >= scene.kept["answered"])
    if recorded and until_held(scene) and scene.kill_all():
        scene.hit("killed")


def in_listing(scene: Scene) -> None:
    """Zoho has a list in hand."""
    lists = 1 if scene.entity == "customers" else 2
    scene.befall("hold_after_commit", method="GET", path="", match={"skip": scene.dice.randrange(lists)})


def short_stop(scene: Scene) -> None:
    """The frozen worker goes on before its lease ends."""
    if scene.until(lambda: scene.workers[0].stopped):
        let_pass(scene.engine, 300)
    scene.workers[0].signal("CONT")


def long_stop(scene: Scene) -> None:
    """The frozen worker goes on when its lease is over and others have taken its rows over."""
    first = scene.workers[0]
    if not scene.until(lambda: first.stopped):
        return
    let_pass(scene.engine, MINUTES)  # the frozen worker's leave to call is over, not its lease
    for other in scene.workers[1:]:
        other.process.join(PATIENCE_SECONDS)
    for _ in range(4):
        let_pass(scene.engine, HOUR)
        (helper,) = scene.start(1, (scene.entity,))
        helper.process.join(PATIENCE_SECONDS)
    first.signal("CONT")


def wake(scene: Scene) -> None:
    """Whoever is still stopped goes on."""
    for worker in scene.workers:
        worker.signal("CONT")


ONE_THREAD = {"ZOHO_CALLS_IN_FLIGHT": "1"}
"""A stop holds all threads of a worker: of several, one may stand between check and send, which is out of bounds."""

KINDS = (
    Kind("killed before claiming", dies(CLAIM), minutes_pass),
    Kind("killed before the lease check", dies(CHECK), minutes_pass),
    Kind("killed between check and send", dies(SEND), minutes_pass),
    Kind("killed between answer and record", dies(ANSWERED), minutes_pass),
    Kind("killed after recording", dies(RECORDED), minutes_pass),
    Kind("killed before Zoho's commit", killed_at_server("hold_before_commit", commit="never"), when_held_kill,
         workers=MANY, environ=PATIENT),
    Kind("killed after Zoho's commit", killed_at_server("hold_after_commit"), when_held_kill, workers=MANY,
         environ=PATIENT),
    Kind("killed, Zoho commits afterwards", killed_at_server("hold_before_commit"), when_held_kill, environ=PATIENT),
    Kind("killed while claiming", gate("claiming"), in_transaction, workers=MANY),
    Kind("killed while checking", gate("checking"), in_transaction),
    Kind("killed while recording", gate("ending"), in_transaction, workers=MANY),
    Kind("killed after some rows", creates_come_to_a_stop, kill_after_some, workers=MANY, environ=PATIENT | ONE_THREAD),
    Kind("killed while listing", in_listing, when_held_kill, environ=PATIENT),
    Kind("killed before opening", dies_at_opening(SEND), minutes_pass, entities=("invoices",)),
    Kind("killed after opening", dies_at_opening(ANSWERED), minutes_pass, entities=("invoices",)),
    Kind("frozen before check, shorter than lease", freezes(CHECK), short_stop),
    Kind("frozen before send, shorter than lease", freezes(SEND), short_stop),
    Kind("frozen after answer, shorter than lease", freezes(ANSWERED), short_stop),
    Kind("frozen before claiming", freezes(CLAIM), long_stop, wake),
    Kind("frozen before check, past lease", freezes(CHECK), long_stop, wake, environ=ONE_THREAD),
    Kind("frozen after answer, past lease", freezes(ANSWERED), long_stop, wake, environ=ONE_THREAD),
    Kind("frozen after a lost answer, past lease", unanswered(freezes(ANSWERED)), long_stop, wake, environ=ONE_THREAD),
    Kind("killed after a lost answer", unanswered(dies(ANSWERED)), minutes_pass),
    Kind("frozen before send, past lease", freezes(SEND), long_stop, wake, workers=ONE, within=False),
)  # fmt: skip
