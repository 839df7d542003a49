"""Runs beside each other: what one has done since the other decided is never undone, and never done again."""

from zoho_pipeline.circletel.reading import load
from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import State
from zoho_pipeline.sync.attempts import Claim, Wanted, claim, end_abandoned, lease_of, still_ours
from zoho_pipeline.sync.decisions import Hold
from zoho_pipeline.sync.outcomes import Conclusion, write_conclusions
from zoho_pipeline.sync.recorder import Recorder
from zoho_pipeline.sync.settling import Settler
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS = Entity.CUSTOMERS
BLOCKED = Hold(State.BLOCKED, "its parent is not there", "Nothing to do.")


def read(world: PracticeWorld, row_id: str) -> Row:
    with world.engine.connect() as connection:
        return load(connection, CUSTOMERS, read_shape(connection), [row_id])[row_id]


def claims(world: PracticeWorld, row: Row, worker: str, attempts: int, lease: float = 60.0) -> Claim | None:
    """A worker's claim for sending, decided when the row had been claimed so often."""
    sync = row.sync
    wanted = Wanted(row.id, "create", sync.source_hash, sync.sync_status.value, None, "0", {}, attempts)
    with world.engine.begin() as connection:
        return claim(connection, CUSTOMERS, read_shape(connection), [wanted], "run", worker, lease).get(row.id)


def loses_the_answer(world: PracticeWorld, row: Row, worker: str, attempts: int) -> None:
    """The worker claims the row, sends it, and hears nothing."""
    mine = claims(world, row, worker, attempts)
    assert mine is not None
    assert still_ours(world.engine, lease_of("customers", row.id, worker, 60.0))
    lost = Conclusion.of(row, State.IN_DOUBT, attempt_id=mine.attempt_id, outcome="in_doubt", reason="no answer")
    with world.engine.begin() as connection:
        write_conclusions(connection, CUSTOMERS, read_shape(connection), [lost], "run", log=True)


def test_a_row_that_went_into_doubt_again_since_it_was_decided_on_is_not_claimed(world: PracticeWorld) -> None:
    row_id = world.circletel.customer()
    loses_the_answer(world, read(world, row_id), "first", attempts=0)
    world.circletel.execute("UPDATE zoho_pipeline.sync_records SET doubt_looks = 2")
    seen = read(world, row_id)  # both others decide to send it again
    loses_the_answer(world, seen, "second", attempts=1)
    assert claims(world, seen, "third", attempts=1) is None


def test_a_decision_to_hold_a_row_does_not_undo_a_doubt_that_arose_since(world: PracticeWorld) -> None:
    row_id = world.circletel.customer()
    seen = read(world, row_id)
    loses_the_answer(world, seen, "other", attempts=0)
    with world.engine.connect() as connection:
        settler = Settler(world.engine, read_shape(connection), "run", 120)
    settler.settle(CUSTOMERS, [(seen, BLOCKED, 0)])
    assert (world.state(CUSTOMERS, row_id), world.status(CUSTOMERS, row_id)) == ("in_doubt", "syncing")


def test_a_worker_whose_lease_is_over_releases_nothing(world: PracticeWorld) -> None:
    row_id = world.circletel.customer()
    seen = read(world, row_id)
    late = claims(world, seen, "late", attempts=0, lease=-1.0)
    assert late is not None
    with world.engine.begin() as connection:
        end_abandoned(connection, CUSTOMERS)
    loses_the_answer(world, read(world, row_id), "other", attempts=1)
    with world.engine.connect() as connection:
        recorder = Recorder(world.engine, read_shape(connection), "run")
    recorder.release(seen, late.attempt_id)
    assert (world.state(CUSTOMERS, row_id), world.status(CUSTOMERS, row_id)) == ("in_doubt", "syncing")
