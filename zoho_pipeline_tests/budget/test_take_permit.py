"""The decision in PostgreSQL: never above a limit, whoever asks, and whoever dies."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, text

from zoho_pipeline_tests.budget.rig import Rig


def granted(rig: Rig, number: int) -> list[int]:
    """Take so many permits; their tickets."""
    tickets = []
    for _ in range(number):
        asked = rig.ask()
        assert asked.granted
        tickets.append(asked.ticket)
    return tickets


def test_the_minute_is_never_overspent(engine: Engine) -> None:
    rig = Rig(engine, per_minute=3)
    rig.end(*granted(rig, 3))
    asked = rig.ask()
    assert (asked.granted, asked.reason) == (False, "minute")
    assert 59 < asked.said.goes_in < 60.25
    rig.let_pass(61)
    assert rig.ask().granted


def test_a_call_counts_until_a_minute_after_its_end(engine: Engine) -> None:
    rig = Rig(engine, per_minute=1)
    (ticket,) = granted(rig, 1)
    rig.let_pass(50)
    rig.end(ticket)
    rig.let_pass(50)
    waiting = rig.ask()
    assert not waiting.granted
    rig.let_pass(11)
    assert rig.ask(ticket=waiting.ticket).granted


def test_calls_in_flight_count_towards_the_minute(engine: Engine) -> None:
    rig = Rig(engine, per_minute=2)
    granted(rig, 2)
    asked = rig.ask()
    assert (asked.granted, asked.reason) == (False, "minute")
    assert asked.said.goes_in == pytest.approx(1, abs=0.1)  # nobody knows when they end: ask again soon


def test_a_permit_is_given_a_little_ahead_of_its_time(engine: Engine) -> None:
    rig = Rig(engine, per_minute=1)
    rig.end(*granted(rig, 1))
    rig.let_pass(58)
    asked = rig.ask()
    assert asked.granted
    assert 1 < asked.said.goes_in < 3


def test_places_in_flight_are_never_overfilled(engine: Engine) -> None:
    rig = Rig(engine, in_flight=2)
    first, _ = granted(rig, 2)
    waiting = rig.ask()
    assert (waiting.granted, waiting.reason) == (False, "in_flight")
    assert rig.ask(ticket=waiting.ticket, ended=(first,)).granted


def test_the_place_of_a_killed_process_comes_back(engine: Engine) -> None:
    rig = Rig(engine, in_flight=1)
    granted(rig, 1)
    rig.let_pass(59)
    assert not rig.ask(ticket=99).granted
    rig.let_pass(2)
    assert rig.ask(ticket=99).granted


def test_a_call_that_was_given_up_keeps_its_place_a_little(engine: Engine) -> None:
    rig = Rig(engine, in_flight=1)
    (lost,) = granted(rig, 1)
    rig.end(lost, lingering=[lost])
    assert not rig.ask(ticket=99).granted
    rig.let_pass(14)
    assert not rig.ask(ticket=99).granted
    rig.let_pass(2)
    assert rig.ask(ticket=99).granted


def test_asking_twice_under_one_ticket_takes_one_place(engine: Engine) -> None:
    rig = Rig(engine, in_flight=2)
    assert rig.ask(ticket=5).granted
    assert rig.ask(ticket=5).granted
    assert rig.row().leases == [5]


def test_who_came_first_goes_first(engine: Engine) -> None:
    rig = Rig(engine, in_flight=1)
    (running,) = granted(rig, 1)
    first, second = rig.ask(), rig.ask()
    assert (first.said.ahead, second.said.ahead) == (0, 1)
    rig.end(running)
    assert not rig.ask().granted
    assert not rig.ask(ticket=second.ticket).granted
    assert rig.ask(ticket=first.ticket).granted


def test_urgent_calls_go_before_all_others(engine: Engine) -> None:
    rig = Rig(engine, in_flight=1)
    (running,) = granted(rig, 1)
    bulk, urgent = rig.ask(), rig.ask(urgent=True)
    assert urgent.said.ahead == 0
    rig.end(running)
    assert not rig.ask(ticket=bulk.ticket).granted
    assert rig.ask(ticket=urgent.ticket).granted


def test_who_does_not_come_back_loses_its_place(engine: Engine) -> None:
    rig = Rig(engine, in_flight=1)
    (running,) = granted(rig, 1)
    rig.ask()
    second = rig.ask()
    rig.end(running)
    rig.let_pass(4)
    assert not rig.ask(ticket=second.ticket).granted
    rig.let_pass(2)
    assert rig.ask(ticket=second.ticket).granted


def test_those_who_wait_for_the_minute_are_told_different_times(engine: Engine) -> None:
    rig = Rig(engine, per_minute=10)
    for ticket in granted(rig, 10):
        rig.end(ticket)
        rig.let_pass(4)
    waits = [rig.ask().said.goes_in for _ in range(5)]
    gaps = [later - earlier for earlier, later in pairwise(waits)]
    assert gaps == pytest.approx([4.0] * 4, abs=0.1)


def test_beyond_a_burst_bulk_calls_are_spaced_and_urgent_ones_are_not(engine: Engine) -> None:
    rig = Rig(engine, per_minute=30, burst=3, space=2.0)
    waits = [rig.ask() for _ in range(6)]
    assert [asked.granted for asked in waits] == [True, True, True, True, False, False]
    assert [round(asked.said.goes_in, 1) for asked in waits] == pytest.approx([0, 0, 0, 2.1, 4.4, 6.6], abs=0.2)
    urgent = rig.ask(urgent=True, space=0.0)
    assert (urgent.granted, urgent.said.goes_in) == (True, 0)


def test_what_is_left_of_a_minute_is_spread_until_places_come_free(engine: Engine) -> None:
    rig = Rig(engine, per_minute=10, burst=6, space=2.0)
    rig.end(*granted(rig, 6))
    told = [rig.ask().said.goes_in for _ in range(3)]
    assert told == pytest.approx([12, 24, 36], abs=0.3)
    assert rig.ask(urgent=True, space=0.0).granted


def test_the_day_is_never_overspent_and_says_when_it_goes_on(engine: Engine) -> None:
    rig = Rig(engine, per_day=3)
    rig.end(*granted(rig, 2))
    rig.let_pass(3600)
    rig.end(*granted(rig, 1))
    asked = rig.ask()
    assert (asked.granted, asked.reason) == (False, "day")
    until_then = asked.said.resumes_at - datetime.now(UTC)
    assert timedelta(hours=22, minutes=50) < until_then <= timedelta(hours=23, minutes=10)
    rig.let_pass(22 * 3600 + 2400)
    assert not rig.ask().granted
    rig.let_pass(1800)
    assert rig.ask().granted
    assert rig.ask().granted
    assert not rig.ask().granted


def test_the_day_forgets_after_a_long_rest(engine: Engine) -> None:
    rig = Rig(engine, per_day=1)
    rig.end(*granted(rig, 1))
    rig.let_pass(30 * 86_400)
    assert rig.ask().granted


def test_bulk_work_leaves_a_reserve_to_urgent_calls(engine: Engine) -> None:
    rig = Rig(engine, per_day=2, in_flight=2)
    granted(rig, 2)
    assert rig.ask().reason == "day"
    assert rig.ask(urgent=True, per_day=3, in_flight=3).granted


def test_a_cool_down_holds_for_everybody(engine: Engine) -> None:
    rig = Rig(engine)
    rig.end(*granted(rig, 1), pause=30.0, pause_limit="minute")
    for asked in (rig.ask(), rig.ask(urgent=True)):
        assert (asked.granted, asked.reason, asked.said.cooling) == (False, "cool_down", "minute")
        assert 29 < asked.said.goes_in <= 30
    assert rig.row().waiting == []
    rig.let_pass(31)
    assert rig.ask().granted


def test_of_two_cool_downs_the_longer_holds(engine: Engine) -> None:
    rig = Rig(engine)
    rig.end(pause=3600.0, pause_limit="blocked")
    rig.end(pause=2.0, pause_limit="in_flight")
    assert rig.ask().said.cooling == "blocked"


def test_organisations_do_not_share_a_budget(engine: Engine) -> None:
    granted(Rig(engine, per_minute=1), 1)
    assert Rig(engine, per_minute=1, organisation="2").ask(ticket=77).granted


def test_a_clock_that_was_set_back_holds_nobody_up_for_long(engine: Engine) -> None:
    rig = Rig(engine, per_minute=3, in_flight=3, burst=3, space=1.0)
    first, *_ = granted(rig, 3)
    rig.ask()
    rig.end(first)
    rig.let_pass(-7200)  # everything in the row now lies two hours ahead
    assert rig.ask(ticket=99).said.goes_in < 62
    rig.let_pass(75)
    assert rig.ask(ticket=99).granted


def test_the_ledger_knows_every_call_from_its_beginning(engine: Engine) -> None:
    rig = Rig(engine, in_flight=2)
    done, running = granted(rig, 2)
    rig.ask()
    rig.end(done, statuses=[429], codes=[44], ms=[37])
    calls = rig.connection.execute(text("SELECT id, status, code, ms, run_id FROM zoho_pipeline.api_calls ORDER BY id"))
    assert calls.all() == [(done, 429, 44, 37, "run-1"), (running, None, None, None, "run-1")]
