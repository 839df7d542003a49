"""PostgreSQL: connections that drop, restarts, transactions that fail; and clocks that jump."""

import time

from sqlalchemy import text

from faults import gates
from faults.gates import Gate
from faults.kinds.kind import ANY, FEW, MANY, Kind, Step, always
from faults.misfortunes import Misfortune
from faults.scene import Scene

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


def slow_creates(scene: Scene) -> None:
    """So that something can happen while one is on its way."""
    scene.befall("delay_after_commit", seconds=0.5, times=2)


def drop_connections(scene: Scene) -> None:
    """Every connection is ended while a create is on its way."""
    scene.lay("dropped")
    if scene.until(scene.fired) and scene.scalar(_END_CONNECTIONS):
        scene.hit("dropped")


def drop_again_and_again(scene: Scene) -> None:
    """Every connection is ended, several times."""
    scene.lay("dropped")
    for _ in range(scene.dice.randint(2, 6)):
        if scene.until(lambda: scene.scalar(_END_CONNECTIONS)):
            scene.hit("dropped")
        time.sleep(scene.dice.uniform(0.05, 0.2))


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
    """PostgreSQL is stopped while a create is on its way, and comes back."""

    def act(scene: Scene) -> None:
        scene.lay("stopped while workers were at it")
        if scene.until(scene.fired) and any(worker.alive for worker in scene.workers):
            scene.hit("stopped while workers were at it")
        scene.stage.stop_database(at_once=at_once)
        time.sleep(down_seconds)
        scene.stage.start_database()

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
        scene.misfortune = Misfortune(clock_jump_seconds=seconds, after_calls=scene.dice.randint(0, 5))
        scene.befall("reset_after_commit")

    return strike


KINDS = (
    Kind("connections dropped in mid-send", slow_creates, drop_connections, workers=ANY),
    Kind("connections dropped again and again", act=drop_again_and_again, workers=ANY),
    Kind("connection dropped while claiming", hold("claiming"), drop_while_held, workers=FEW),
    Kind("connection dropped while recording", hold("ending"), drop_while_held, workers=FEW),
    Kind("PostgreSQL restarts fast", slow_creates, restart(False), workers=ANY),
    Kind("PostgreSQL restarts at once", slow_creates, restart(True), workers=ANY),
    Kind("PostgreSQL is away for a while", slow_creates, restart(False, 1.5), workers=FEW),
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
