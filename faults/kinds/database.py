"""PostgreSQL: connections that drop, restarts, transactions that fail; and clocks that jump."""

import time

from sqlalchemy import text

from faults import gates
from faults.gates import Gate
from faults.holds import PATIENT, release, until_held
from faults.kinds.kind import ANY, FEW, MANY, Kind, Step, always
from faults.kinds.moments import held_create
from faults.misfortunes import Misfortune
from faults.scene import Scene
from faults.small_world import FEWEST_CALLS

_END_CONNECTIONS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'zoho_pipeline'
"""
_NARROW = """
    ALTER TABLE zoho_sync_logs DROP CONSTRAINT zoho_sync_logs_entity_type_check;
    ALTER TABLE zoho_sync_logs DROP CONSTRAINT zoho_sync_logs_zoho_entity_type_check;
    ALTER TABLE zoho_sync_logs ADD CONSTRAINT narrow_entity
        CHECK (entity_type IN ('quote', 'contract', 'invoice', 'customer'));
    ALTER TABLE zoho_sync_logs ADD CONSTRAINT narrow_zoho
        CHECK (zoho_entity_type IN ('Estimates', 'Deals', 'Invoices', 'Contacts'));
"""


def drop_connections(scene: Scene) -> None:
    """Every connection is ended while a create is on its way."""
    scene.lay("dropped")
    if until_held(scene) and scene.scalar(_END_CONNECTIONS):
        scene.hit("dropped")
    release(scene)


def drop_again_and_again(scene: Scene) -> None:
    """Every connection is ended while a create is on its way, and then several times, whatever is going on."""
    drop_connections(scene)
    for _ in range(scene.dice.randint(1, 5)):
        time.sleep(scene.dice.uniform(0.05, 0.2))
        scene.scalar(_END_CONNECTIONS)


def drop_while_held(scene: Scene) -> None:
    """The connection is ended inside a transaction."""
    gate: Gate = scene.kept["gate"]
    if scene.until(gate.holds) and scene.scalar(_END_CONNECTIONS):
        scene.hit("dropped")
    gate.open()


def hold(event: str) -> Step:
    """Hold a worker inside the transaction of that event."""

    def strike(scene: Scene) -> None:
        scene.kept["gate"] = Gate(scene.engine, scene.url, event, scene.some(3))
        scene.lay("dropped")

    return strike


def restart(at_once: bool, down_seconds: float = 0.0) -> Step:
    """PostgreSQL is stopped while a create is on its way, and comes back; Zoho's answer comes before that or after."""

    def act(scene: Scene) -> None:
        scene.lay("stopped in mid-send")
        if until_held(scene):
            scene.hit("stopped in mid-send")
        scene.stage.stop_database(at_once=at_once)
        if down_seconds or scene.dice.random() < 0.5:
            release(scene)
        time.sleep(down_seconds)
        scene.stage.start_database()
        release(scene)

    return act


def fails(event: str, most: int, sqlstate: str = "53100") -> Step:
    """Transactions fail at that event, some times."""

    def strike(scene: Scene) -> None:
        first = scene.some(3)
        gates.fail_at(scene.engine, event, first, first + scene.dice.randint(0, most - 1), sqlstate)
        scene.require(lambda: gates.arrivals(scene.engine) >= first)

    return strike


def narrow_logs(scene: Scene) -> None:
    """CircleTel's log takes customers and invoices only, as in production."""
    with scene.engine.begin() as connection:
        connection.execute(text(_NARROW))


def clock_jumps(seconds: float) -> Step:
    """The first worker's clock jumps in mid-run."""

    def strike(scene: Scene) -> None:
        scene.misfortune = Misfortune(clock_jump_seconds=seconds, after_calls=scene.dice.randint(0, FEWEST_CALLS - 1))
        scene.befall("reset_after_commit")

    return strike


KINDS = (
    Kind("connections dropped in mid-send", held_create, drop_connections, workers=ANY, environ=PATIENT),
    Kind("connections dropped again and again", held_create, drop_again_and_again, workers=ANY, environ=PATIENT),
    Kind("connection dropped while claiming", hold("claiming"), drop_while_held, workers=FEW),
    Kind("connection dropped while recording", hold("ending"), drop_while_held, workers=FEW),
    Kind("PostgreSQL restarts fast", held_create, restart(False), workers=ANY, environ=PATIENT),
    Kind("PostgreSQL restarts at once", held_create, restart(True), workers=ANY, environ=PATIENT),
    Kind("PostgreSQL is away for a while", held_create, restart(False, 1.5), workers=FEW, environ=PATIENT),
    Kind("disk full while recording", fails("ending", 1), workers=ANY),
    Kind("disk full for long while recording", fails("ending", 1000), workers=MANY),
    Kind("disk full while claiming", fails("claiming", 2), workers=ANY),
    Kind("disk full at the lease check", fails("checking", 2), workers=ANY),
    Kind("the outcome breaks a constraint", fails("ending", 2, "23514"), workers=FEW),
    Kind("a deadlock while recording", fails("ending", 1, "40P01"), workers=FEW),
    Kind("the log refuses rows", fails("logging", 2, "23514"), workers=FEW),
    Kind("narrow logs", narrow_logs, workers=FEW, struck=always),
    Kind("clock a day ahead", clock_jumps(86_400.0)),
    Kind("clock a day behind", clock_jumps(-86_400.0)),
    Kind("clock a year ahead", clock_jumps(365 * 86_400.0)),
)
