"""The budget as its callers have it: threads, processes, deaths, outages."""

import logging
import os
import signal
import threading
import time
from collections import Counter

import pytest
from sqlalchemy import Engine, create_engine, event, text

from zoho_pipeline.budget.api_budget import new_ticket
from zoho_pipeline.store.database import DatabaseUnreachable
from zoho_pipeline.zoho.errors import DailyQuotaSpent, RateLimited
from zoho_pipeline.zoho.ports import Call, Purpose
from zoho_pipeline_tests.budget.processes import BULK, SPAWN, budget_of, call_and_leave, compete, hold_a_place
from zoho_pipeline_tests.zoho.practice import PATIENT_SECONDS, until

URGENT = Call("GET", "GET /customers", Purpose.URGENT, "customers", "c-1", "run-1")


def ledger(engine: Engine) -> list[tuple[int | None, int | None, bool]]:
    statement = text("SELECT status, code, ms IS NOT NULL FROM zoho_pipeline.api_calls ORDER BY at")
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def in_flight(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT cardinality(leases) FROM zoho_pipeline.api_budget")).scalar_one())


def as_administrator(engine: Engine, statement: str) -> None:
    """From another database of the same server."""
    administrator = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(statement))
    administrator.dispose()


def connections_are(engine: Engine, allowed: str) -> None:
    as_administrator(engine, f"ALTER DATABASE budget ALLOW_CONNECTIONS {allowed}")


def end_connections(engine: Engine) -> None:
    as_administrator(engine, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'budget'")


def until_reported(engine: Engine, calls: int) -> list[tuple[int | None, int | None, bool]]:
    """The ledger once the ends of so many calls stand in it."""
    until(lambda: sum(ended for _, _, ended in ledger(engine)) == calls)
    return ledger(engine)


def test_a_permit_costs_its_caller_one_round_trip(engine: Engine) -> None:
    budget, caller, statements = budget_of(engine), threading.current_thread(), 0

    @event.listens_for(engine, "before_cursor_execute")
    def count(*_: object) -> None:
        nonlocal statements
        statements += threading.current_thread() is caller

    for _ in range(100):
        with budget.permit(BULK) as record:
            record.status, record.code = 200, 0
    assert statements == 100
    assert until_reported(engine, 100) == [(200, 0, True)] * 100
    assert in_flight(engine) == 0


def test_the_last_call_is_reported_without_another(engine: Engine) -> None:
    budget = budget_of(engine)
    with budget.permit(BULK) as record:
        record.status = 201
    assert until_reported(engine, 1) == [(201, None, True)]


def test_a_call_that_raises_gives_its_place_back(engine: Engine) -> None:
    budget = budget_of(engine, in_flight=1)
    for _ in range(3):
        with pytest.raises(KeyError), budget.permit(BULK):
            raise KeyError
    assert until_reported(engine, 3) == [(None, None, True)] * 3


def test_threads_never_have_more_calls_in_flight_than_allowed(engine: Engine) -> None:
    budget = budget_of(engine, in_flight=3)
    running, most, changed = 0, 0, threading.Condition()

    def work() -> None:
        nonlocal running, most
        for _ in range(5):
            with budget.permit(BULK):
                with changed:
                    running += 1
                    most = max(most, running)
                    changed.notify_all()
                    while most < 3 and changed.wait(PATIENT_SECONDS):
                        pass
                time.sleep(0.01)
                with changed:
                    running -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 3
    assert len(until_reported(engine, 40)) == 40


def test_a_limit_that_one_meets_holds_up_all(engine: Engine) -> None:
    one, other = budget_of(engine), budget_of(engine)
    with one.permit(BULK) as record:
        record.status, record.code, record.retry_after_seconds = 429, 43, 3600
    for budget in (one, other):
        with pytest.raises(RateLimited, match="blocked"), budget.permit(URGENT):
            pytest.fail("called in a cool-down")


def test_a_short_cool_down_is_waited_out(engine: Engine) -> None:
    budget = budget_of(engine)
    with budget.permit(BULK) as record:
        record.status, record.code, record.retry_after_seconds = 429, 1070, 0.3
    begun = time.monotonic()
    with budget.permit(BULK):
        assert time.monotonic() - begun > 0.25


def test_a_spent_day_stops_before_the_call(engine: Engine) -> None:
    budget = budget_of(engine, per_day=2)
    for _ in range(2):
        with budget.permit(BULK):
            pass
    with pytest.raises(DailyQuotaSpent, match="GET /customers for customers c-1"), budget.permit(BULK):
        pytest.fail("called over the day's share")


def test_a_budget_that_cannot_be_asked_stops_before_the_call() -> None:
    nowhere = create_engine("postgresql+psycopg2://nobody@/none?host=/nonexistent")
    with pytest.raises(DatabaseUnreachable, match="API budget"), budget_of(nowhere).permit(BULK):
        pytest.fail("called without a permit")


def test_a_call_survives_that_its_end_cannot_be_stored_and_it_is_stored_later(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    budget = budget_of(engine)
    with budget.permit(BULK) as record:
        record.status, record.code = 429, 1070
        connections_are(engine, "false")
        end_connections(engine)
    assert "could not be stored yet" in caplog.text
    connections_are(engine, "true")
    with budget.permit(BULK):
        assert ledger(engine)[0] == (429, 1070, True)


def test_a_connection_that_the_server_ended_is_replaced(engine: Engine) -> None:
    budget = budget_of(engine)
    for _ in range(3):
        with budget.permit(BULK):
            pass
        end_connections(engine)
    assert len(until_reported(engine, 3)) == 3


def test_an_idle_budget_keeps_no_connection_and_no_thread(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoho_pipeline.budget.flusher.IDLE_SECONDS", 0.1)
    budget = budget_of(engine)
    with budget.permit(BULK):
        pass
    until(lambda: "zoho-budget" not in {thread.name for thread in threading.enumerate()})
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with budget.permit(BULK):
        pass


def test_tickets_rise_differ_and_tell_urgent_calls() -> None:
    tickets = [new_ticket(Purpose.BULK) for _ in range(1000)]
    assert len(set(tickets)) == 1000
    assert tickets[0] >> 21 <= tickets[-1] >> 21
    assert 0 < min(tickets) < max(tickets) < 2**63
    assert new_ticket(Purpose.URGENT) < 0


def test_the_place_of_a_process_killed_in_mid_call_comes_back(engine: Engine, database_url: str) -> None:
    holding = SPAWN.Event()
    process = SPAWN.Process(target=hold_a_place, args=(database_url, holding))
    process.start()
    assert holding.wait(PATIENT_SECONDS)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with budget_of(engine, in_flight=1, lease=1.5).permit(BULK):
        pass
    assert until_reported(engine, 1) == [(None, None, False), (None, None, True)]


def test_a_process_that_ends_has_reported_all_its_calls(engine: Engine, database_url: str) -> None:
    process = SPAWN.Process(target=call_and_leave, args=(database_url,))
    process.start()
    process.join()
    assert ledger(engine) == [(200, None, True)]


def test_processes_get_equal_parts(engine: Engine, database_url: str) -> None:
    all_there = SPAWN.Barrier(4)
    processes = [SPAWN.Process(target=compete, args=(database_url, all_there, n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with engine.connect() as connection:
        made = Counter(connection.execute(text("SELECT record_id FROM zoho_pipeline.api_calls")).scalars())
    assert len(made) == 4
    assert min(made.values()) > 0.5 * max(made.values())
