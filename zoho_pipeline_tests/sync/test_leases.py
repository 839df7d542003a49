"""The lease: the last look before something is sent, by the database's clock."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from zoho_pipeline.budget.api_budget import PostgresBudget
from zoho_pipeline.budget.endings import summary
from zoho_pipeline.budget.shares import Share, Shares
from zoho_pipeline.budget.statement import Asking, looks_of, parameters, take
from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.sync.attempts import Claim, LeaseLost, Wanted, claim, end_attempt, lease_of, still_ours
from zoho_pipeline.sync.leases import LeasedBudget
from zoho_pipeline.sync.still_ours import CREATE_STILL_OURS
from zoho_pipeline.zoho.ports import Call, Purpose
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS = Entity.CUSTOMERS


def budget_of(world: PracticeWorld, sleep: Callable[[float], None] = time.sleep, **limits: Any) -> LeasedBudget:
    """Our worker's budget, of which hardly anything is used unless limits say so."""
    share = replace(Share(minute=10_000, day=10_000, in_flight=2, burst=10_000, space_seconds=0.0), **limits)
    return LeasedBudget(PostgresBudget(world.engine, "1", Shares(share, share), 60.0, sleep), world.engine, "us")


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


def sent_at(world: PracticeWorld) -> object:
    """When the one attempt was noted as about to be sent."""
    (attempt,) = world.circletel.query("SELECT sent_at FROM zoho_pipeline.attempts")
    return attempt.sent_at


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
    budget = budget_of(world)
    with budget.permit(call(row)):
        (attempt,) = world.circletel.query("SELECT sent_at, lease_until FROM zoho_pipeline.attempts")
        assert attempt.sent_at is not None
        assert (attempt.lease_until - attempt.sent_at).total_seconds() > 500
    assert (budget.calls, budget.budget.round_trips) == (1, 1)


def test_a_write_does_not_go_when_its_lease_has_run_out(world: PracticeWorld, row: str) -> None:
    claimed(world, wanted(world, row), lease=-1.0)
    budget = budget_of(world)
    with pytest.raises(LeaseLost, match="ran out before it was sent"), budget.permit(call(row)):
        pytest.fail("it was let through")
    assert budget.calls == 0
    assert sent_at(world) is None


def test_a_lease_that_runs_out_while_the_permit_is_waited_for_lets_nothing_go(world: PracticeWorld, row: str) -> None:
    def runs_out(_: float) -> None:
        world.circletel.execute("UPDATE zoho_pipeline.attempts SET lease_until = clock_timestamp()")

    claimed(world, wanted(world, row))
    budget = budget_of(world, runs_out, burst=1, space_seconds=1.0)
    with budget.permit(call(None)):
        pass
    with pytest.raises(LeaseLost), budget.permit(call(row)):
        pytest.fail("it was let through")
    assert sent_at(world) is None


def test_a_write_that_had_to_wait_is_noted_when_it_leaves_and_not_before(world: PracticeWorld, row: str) -> None:
    noted_before = []
    claimed(world, wanted(world, row))
    budget = budget_of(world, lambda _: noted_before.append(sent_at(world)), burst=1, space_seconds=1.0)
    with budget.permit(call(None)):
        pass
    with budget.permit(call(row)):
        assert sent_at(world) is not None
    assert noted_before == [None]


def test_whoever_is_ending_an_attempt_holds_up_nobodys_permit(world: PracticeWorld, row: str) -> None:
    claimed(world, wanted(world, row))
    with world.engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM zoho_pipeline.attempts FOR UPDATE"))
        with pytest.raises(LeaseLost), budget_of(world).permit(call(row)):
            pytest.fail("it was let through")
    assert sent_at(world) is None


@pytest.mark.parametrize("leased", [(0,), (0, 1, 2), (1,), (2,)])
def test_that_something_may_have_been_sent_is_on_disk_before_it_is_sent(
    world: PracticeWorld, row: str, leased: tuple[int, ...]
) -> None:
    """Whichever of the permits that are given together are for rows."""
    claimed(world, wanted(world, row))
    lease = lease_of("customers", row, "us", 60.0)
    askings = [Asking(about(ticket), (), lease if ticket in leased else None) for ticket in range(3)]
    statement, values = take(looks_of(askings)), parameters("1", askings, summary([]))
    patient = create_engine(world.engine.url, connect_args={"options": "-c synchronous_commit=remote_write"})
    with patient.begin() as connection:
        holds = [row.holds for row in connection.exec_driver_sql(statement, values)]
        assert [place for place, held in enumerate(holds) if held] == list(leased)
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "remote_write"
    patient.dispose()


def about(ticket: int) -> dict[str, object]:
    """A bulk call without limits, as it is asked about."""
    no_limits = {"per_minute": 1000, "per_day": 1000, "in_flight": 10, "burst": 1000, "space": 0.0, "lease": 60.0}
    call = {"method": "POST", "endpoint": "POST /customers", "purpose": "bulk"}
    return {"ticket": ticket + 1, "wanted": True, "writes": True, "probes": False, **no_limits, **call}


def test_a_migrated_database_looks_at_leases_as_the_code_of_this_version_says(world: PracticeWorld) -> None:
    (function,) = world.circletel.query("SELECT prosrc FROM pg_proc WHERE proname = 'still_ours'")
    assert CREATE_STILL_OURS.split("$$")[1] == function.prosrc


def test_a_write_does_not_go_for_a_row_that_another_worker_holds(world: PracticeWorld, row: str) -> None:
    claimed(world, wanted(world, row), worker="them")
    assert not still_ours(world.engine, lease_of("customers", row, "us", 60.0))


def test_a_write_does_not_go_after_its_attempt_has_ended(world: PracticeWorld, row: str) -> None:
    attempts = claimed(world, wanted(world, row))
    with world.engine.begin() as connection:
        end_attempt(connection, attempts[row].attempt_id, "created")
    assert not still_ours(world.engine, lease_of("customers", row, "us", 60.0))


def test_reads_and_calls_about_no_row_need_no_lease(world: PracticeWorld) -> None:
    budget = budget_of(world)
    for harmless in (call(str(uuid4()), "GET"), call(None)):
        with budget.permit(harmless):
            pass
    assert budget.calls == 2
