"""The lease: the last look before something is sent, by the database's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.sync.attempts import Claim, LeaseLost, Wanted, claim, end_attempt, still_ours
from zoho_pipeline.sync.leases import LeasedBudget
from zoho_pipeline.zoho.ports import Call, CallRecord, Purpose
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS = Entity.CUSTOMERS


class Generous:
    """A budget that lets every call go."""

    @contextmanager
    def permit(self, call: Call) -> Iterator[CallRecord]:
        yield CallRecord()


def wanted(world: PracticeWorld, row: str, **changes: Any) -> Wanted:
    """The row as it stands now."""
    from zoho_pipeline.circletel.reading import load

    with world.engine.connect() as connection:
        loaded = load(connection, CUSTOMERS, read_shape(connection), [row])[row]
    seen = {"source_hash": loaded.sync.source_hash, "sync_status": loaded.sync.sync_status.value, **changes}
    return Wanted(row_id=row, action="create", zoho_id=None, rand="0", request={}, **seen)


def claimed(world: PracticeWorld, *rows: Wanted, worker: str = "us", lease: float = 60.0) -> dict[str, Claim]:
    """The attempts that a worker got."""
    with world.engine.begin() as connection:
        return claim(connection, CUSTOMERS, read_shape(connection), rows, "run", worker, lease)


def call(row: str | None, method: str = "POST") -> Call:
    return Call(method, f"{method} /customers", Purpose.BULK, "customers", row, "run")


@pytest.fixture
def row(world: PracticeWorld) -> str:
    return world.circletel.customer()


def test_a_claim_marks_the_row_and_leaves_a_trace_before_anything_is_sent(world: PracticeWorld, row: str) -> None:
    attempts = claimed(world, wanted(world, row))
    assert set(attempts) == {row}
    assert (world.status(CUSTOMERS, row), world.state(CUSTOMERS, row)) == ("syncing", "sending")
    (attempt,) = world.circletel.query("SELECT * FROM zoho_pipeline.attempts")
    assert (attempt.id, attempt.worker, attempt.sent_at, attempt.ended_at) == (
        attempts[row].attempt_id,
        "us",
        None,
        None,
    )


def test_a_row_is_claimed_by_one_worker_only(world: PracticeWorld, row: str) -> None:
    seen = wanted(world, row)
    assert claimed(world, seen)
    assert claimed(world, seen, worker="them") == {}


@pytest.mark.parametrize("changes", [{"source_hash": "another"}, {"sync_status": "failed"}])
def test_a_row_that_is_not_as_it_was_is_not_claimed(world: PracticeWorld, row: str, changes: dict[str, str]) -> None:
    assert claimed(world, wanted(world, row, **changes)) == {}
    assert world.status(CUSTOMERS, row) == "pending"


def test_a_row_that_the_app_has_linked_meanwhile_is_not_claimed(world: PracticeWorld, row: str) -> None:
    seen = wanted(world, row)
    world.link(CUSTOMERS, row, "77", status="pending")
    assert claimed(world, seen) == {}


def test_a_row_that_somebody_has_locked_is_left_out_and_waited_for_by_nobody(world: PracticeWorld, row: str) -> None:
    other = world.circletel.customer()
    seen = [wanted(world, one) for one in (row, other)]
    with world.engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT 1 FROM customers WHERE id = '{row}' FOR UPDATE")
        assert set(claimed(world, *seen)) == {other}


def test_a_write_goes_while_its_lease_holds_and_is_noted_before_it_leaves(world: PracticeWorld, row: str) -> None:
    claimed(world, wanted(world, row))
    budget = LeasedBudget(Generous(), world.engine, "us")
    with budget.permit(call(row)):
        (attempt,) = world.circletel.query("SELECT sent_at, lease_until FROM zoho_pipeline.attempts")
        assert attempt.sent_at is not None
        assert (attempt.lease_until - attempt.sent_at).total_seconds() > 500
    assert budget.calls == 1


def test_a_write_does_not_go_when_its_lease_has_run_out(world: PracticeWorld, row: str) -> None:
    claimed(world, wanted(world, row), lease=-1.0)
    budget = LeasedBudget(Generous(), world.engine, "us")
    with pytest.raises(LeaseLost, match="ran out before it was sent"), budget.permit(call(row)):
        pytest.fail("it was let through")
    assert budget.calls == 0
    assert [one.sent_at for one in world.circletel.query("SELECT sent_at FROM zoho_pipeline.attempts")] == [None]


def test_a_write_does_not_go_for_a_row_that_another_worker_holds(world: PracticeWorld, row: str) -> None:
    claimed(world, wanted(world, row), worker="them")
    with pytest.raises(LeaseLost):
        still_ours(world.engine, "customers", row, "us", 60.0)


def test_a_write_does_not_go_after_its_attempt_has_ended(world: PracticeWorld, row: str) -> None:
    attempts = claimed(world, wanted(world, row))
    with world.engine.begin() as connection:
        end_attempt(connection, attempts[row].attempt_id, "created")
    with pytest.raises(LeaseLost):
        still_ours(world.engine, "customers", row, "us", 60.0)


def test_reads_and_calls_about_no_row_need_no_lease(world: PracticeWorld) -> None:
    budget = LeasedBudget(Generous(), world.engine, "us")
    for harmless in (call(str(uuid4()), "GET"), call(None)):
        with budget.permit(harmless):
            pass
    assert budget.calls == 2
