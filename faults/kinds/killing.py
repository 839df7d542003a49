"""`kill -9` at every commit point, and processes that are stopped for a while."""

from faults.gates import Gate
from faults.kinds.kind import MANY, ONE, Kind, Step
from faults.misfortunes import ANSWERED, CHECK, RECORDED, SEND, Misfortune
from faults.passing import let_pass
from faults.scene import Scene

HOUR = 3600.0


def dies(point: str, what: str = "") -> Step:
    """The first worker is killed at that point."""

    def strike(scene: Scene) -> None:
        path = what or f"POST /{scene.entity}$"
        scene.misfortune = Misfortune(point, _nth(scene, point), "" if point in (CHECK, RECORDED) else path, "KILL")

    return strike


def freezes(point: str) -> Step:
    """The first worker is stopped at that point."""

    def strike(scene: Scene) -> None:
        path = "" if point == CHECK else f"POST /{scene.entity}$"
        scene.misfortune = Misfortune(point, _nth(scene, point), path, "STOP")

    return strike


def _nth(scene: Scene, point: str) -> int:
    return scene.dice.randint(1, 3)


def killed_at_server(**pauses: object) -> Step:
    """All workers are killed while Zoho has a create in hand."""

    def strike(scene: Scene) -> None:
        scene.befall("delay_before_commit", times=1, **{"seconds": 0, **pauses})

    return strike


def when_fired_kill(scene: Scene) -> None:
    """Wait until the fault has struck, then kill every worker."""
    scene.until(scene.fired)
    scene.kill_all()


def in_transaction(event: str) -> Step:
    """All workers are killed while one stands inside that transaction."""

    def act(scene: Scene) -> None:
        gate: Gate = scene.kept["gate"]
        gate.wait(8)
        scene.kill_all()
        gate.__exit__(None, None, None)

    return act


def gate(event: str) -> Step:
    """Hold a worker inside the transaction of that event."""

    def strike(scene: Scene) -> None:
        scene.kept["gate"] = Gate(scene.engine, scene.url, event, scene.some(3))

    return strike


def kill_after_some(scene: Scene) -> None:
    """All workers are killed once some rows have been recorded."""
    wanted = scene.some(4)
    query = "SELECT count(*) FROM zoho_pipeline.attempts WHERE ended_at IS NOT NULL"
    scene.until(lambda: scene.scalar(query) >= wanted)
    scene.kill_all()


def kill_in_listing(scene: Scene) -> None:
    """All workers are killed while they list."""
    scene.befall("delay_after_commit", method="GET", path="", seconds=1, match={"skip": scene.dice.randint(0, 3)})


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
    for other in scene.workers[1:]:
        other.process.join(20)
    for _ in range(4):
        let_pass(scene.engine, HOUR)
        (helper,) = scene.start(1, (scene.entity,))
        helper.process.join(30)
    first.signal("CONT")


def wake(scene: Scene) -> None:
    """Whoever is still stopped goes on."""
    for worker in scene.workers:
        worker.signal("CONT")


ONE_THREAD = {"ZOHO_CALLS_IN_FLIGHT": "1"}
"""A stop holds all threads of a worker: of several, one may stand between check and send, which is out of bounds."""

KINDS = (
    Kind("killed before the lease check", dies(CHECK)),
    Kind("killed between check and send", dies(SEND)),
    Kind("killed between answer and record", dies(ANSWERED)),
    Kind("killed after recording", dies(RECORDED)),
    Kind("killed before Zoho's commit", killed_at_server(before=3, commit="never"), when_fired_kill, workers=MANY),
    Kind("killed after Zoho's commit", killed_at_server(after=3), when_fired_kill, workers=MANY),
    Kind("killed, Zoho commits afterwards", killed_at_server(before=0.8), when_fired_kill,
         environ={"ZOHO_SETTLING_SECONDS": "3"}),
    Kind("killed while claiming", gate("claiming"), in_transaction("claiming"), workers=MANY),
    Kind("killed while checking", gate("checking"), in_transaction("checking")),
    Kind("killed while recording", gate("ending"), in_transaction("ending"), workers=MANY),
    Kind("killed after some rows", act=kill_after_some, workers=MANY),
    Kind("killed while listing", kill_in_listing, when_fired_kill),
    Kind("killed before opening", dies(SEND, "POST .*/converttoopen$"), entities=("invoices",)),
    Kind("killed after opening", dies(ANSWERED, "POST .*/converttoopen$"), entities=("invoices",)),
    Kind("frozen before check, shorter than lease", freezes(CHECK), short_stop),
    Kind("frozen before send, shorter than lease", freezes(SEND), short_stop),
    Kind("frozen after answer, shorter than lease", freezes(ANSWERED), short_stop),
    Kind("frozen before check, past lease", freezes(CHECK), long_stop, wake, environ=ONE_THREAD),
    Kind("frozen after answer, past lease", freezes(ANSWERED), long_stop, wake, environ=ONE_THREAD),
    Kind("frozen before send, past lease", freezes(SEND), long_stop, wake, workers=ONE, within=False),
)  # fmt: skip
