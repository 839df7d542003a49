"""The outage circuit in PostgreSQL: when it opens, what goes while it is open, and when it closes."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Row, text

from zoho_pipeline.budget.circuit import Circuit, circuit_state
from zoho_pipeline_tests.budget.rig import Asked, Rig

HTTP_503 = "HTTP 503"


def read(rig: Rig) -> Asked:
    """Ask leave to read."""
    return rig.ask()


def write(rig: Rig) -> Asked:
    """Ask leave to write."""
    return rig.ask(writes=True)


def probe(rig: Rig) -> Asked:
    """Ask leave to find out whether Zoho serves anybody."""
    return rig.ask(urgent=True, probes=True)


def served(rig: Rig, *tickets: int, **more: Any) -> str | None:
    """These calls show that Zoho works; what that did to the circuit."""
    return rig.end(*tickets, **more)


def failed(rig: Rig, *tickets: int, failure: str = HTTP_503, **more: Any) -> str | None:
    """These calls failed as they would for anybody; what that did to the circuit."""
    return rig.end(*tickets, served=[], failed=list(tickets), failure=failure, **more)


def in_use(rig: Rig) -> Rig:
    """Zoho has served the organisation before."""
    served(rig, read(rig).ticket)
    return rig


def fail(rig: Rig, times: int) -> str | None:
    """So many reads fail one after another; what the last one did to the circuit."""
    turned = None
    for _ in range(times):
        turned = failed(rig, read(rig).ticket)
    return turned


def down(rig: Rig) -> Rig:
    """The circuit is open, and has just been probed."""
    in_use(rig)
    assert fail(rig, 5) == "opened"
    failed(rig, probe(rig).ticket)
    return rig


def on_trial(rig: Rig) -> Rig:
    """A probe was served after an outage."""
    down(rig)
    rig.let_pass(61)
    served(rig, probe(rig).ticket)
    return rig


def state(rig: Rig) -> Circuit:
    return circuit_state(rig.connection, rig.organisation)


def history(rig: Rig) -> list[Row[Any]]:
    return list(rig.connection.execute(text("SELECT * FROM zoho_pipeline.outages ORDER BY id")))


# Opening


def test_five_failures_in_a_row_open_it_whoever_made_the_calls(engine: Engine) -> None:
    rig, other = in_use(Rig(engine)), Rig(engine)
    other.numbers = rig.numbers
    assert [fail(each, 1) for each in (rig, other, rig, other, rig)] == [None] * 4 + ["opened"]
    assert (read(other).reason, write(rig).reason) == ("outage", "outage")


def test_a_call_that_is_served_in_between_keeps_it_closed(engine: Engine) -> None:
    rig = in_use(Rig(engine))
    for _ in range(3):
        assert fail(rig, 4) is None
        served(rig, read(rig).ticket)
    assert read(rig).granted


def test_one_failure_is_heard_once_however_often_it_is_told(engine: Engine) -> None:
    rig = in_use(Rig(engine))
    ticket = read(rig).ticket
    for _ in range(9):
        failed(rig, ticket)
    assert read(rig).granted


def test_a_probe_that_fails_opens_it_at_once(engine: Engine) -> None:
    rig = in_use(Rig(engine))
    fail(rig, 1)
    assert failed(rig, probe(rig).ticket) == "opened"


def test_a_probe_that_fails_while_somebody_else_is_served_opens_nothing(engine: Engine) -> None:
    rig = in_use(Rig(engine))
    fail(rig, 1)
    probing = probe(rig)
    rig.let_pass(1)
    served(rig, read(rig).ticket)
    assert failed(rig, probing.ticket) is None
    assert read(rig).granted


def test_that_somebody_else_was_served_counts_even_where_it_is_told_together_with_the_probe(engine: Engine) -> None:
    rig = in_use(Rig(engine))
    fail(rig, 1)
    probing = probe(rig)
    rig.let_pass(1)
    later = read(rig).ticket
    assert rig.end(probing.ticket, later, served=[later], failed=[probing.ticket], failure=HTTP_503) is None
    assert read(rig).granted


def test_five_writes_in_vain_open_it_although_reads_are_served(engine: Engine) -> None:
    rig = in_use(Rig(engine))
    turned = []
    for _ in range(5):
        ticket = write(rig).ticket
        turned.append(failed(rig, ticket, wrote=[ticket]))
        if turned[-1] is None:
            served(rig, read(rig).ticket)
    assert turned == [None] * 4 + ["opened"]


def test_a_zoho_that_never_served_anybody_is_a_wrong_setting_and_no_outage(engine: Engine) -> None:
    rig = Rig(engine)
    assert fail(rig, 9) is None
    assert failed(rig, probe(rig).ticket) is None
    assert read(rig).granted
    assert history(rig) == []


def test_organisations_have_circuits_of_their_own(engine: Engine) -> None:
    down(Rig(engine))
    assert read(Rig(engine, organisation="2")).granted


# Open


def test_while_it_is_open_nothing_goes_but_a_probe_a_minute(engine: Engine) -> None:
    rig = down(Rig(engine))
    for asked in (read(rig), write(rig), probe(rig), rig.ask(urgent=True)):
        assert (asked.granted, asked.reason) == (False, "outage")
        assert 58 < asked.said.goes_in <= 60
    rig.let_pass(61)
    for asked in (read(rig), write(rig)):
        assert (asked.reason, asked.said.goes_in) == ("outage", 0)
    probing = probe(rig)
    assert probing.granted
    assert probe(rig).reason == "outage"
    failed(rig, probing.ticket)
    assert probe(rig).reason == "outage"
    rig.let_pass(61)
    assert probe(rig).granted


def test_the_first_who_asks_after_it_opened_finds_out_at_once(engine: Engine) -> None:
    rig = in_use(Rig(engine))
    fail(rig, 5)
    assert read(rig).said.goes_in == 0
    served(rig, probe(rig).ticket)
    assert read(rig).granted


def test_who_is_refused_does_not_wait_in_the_queue(engine: Engine) -> None:
    rig = down(Rig(engine))
    read(rig)
    assert rig.row().waiting == []


def test_a_probe_that_meets_a_limit_says_nothing(engine: Engine) -> None:
    rig = down(Rig(engine))
    rig.let_pass(61)
    rig.end(probe(rig).ticket, served=[])
    assert read(rig).reason == "outage"


def test_a_pause_that_zoho_asks_for_goes_before_it(engine: Engine) -> None:
    rig = down(Rig(engine))
    rig.end(pause=900.0, pause_limit="blocked")
    rig.let_pass(61)
    assert (read(rig).reason, probe(rig).reason) == ("cool_down", "cool_down")


def test_a_clock_that_was_set_back_delays_the_next_probe_by_a_minute_at_most(engine: Engine) -> None:
    rig = down(Rig(engine))
    rig.let_pass(-7200)
    assert read(rig).said.goes_in <= 60


# On trial, and closed


def test_after_a_probe_was_served_reads_go_and_one_write_at_a_time(engine: Engine) -> None:
    rig = on_trial(Rig(engine))
    first, second = write(rig), write(rig)
    assert (first.granted, second.granted, second.reason) == (True, False, "in_flight")
    assert read(rig).granted
    assert served(rig, first.ticket, wrote=[first.ticket]) == "closed"
    assert rig.ask(ticket=second.ticket, writes=True).granted
    assert write(rig).granted


def test_the_one_write_may_ask_twice(engine: Engine) -> None:
    rig = on_trial(Rig(engine))
    ticket = write(rig).ticket
    assert rig.ask(ticket=ticket, writes=True).granted


def test_the_next_write_is_on_trial_where_the_first_was_lost_with_its_process(engine: Engine) -> None:
    rig = on_trial(Rig(engine))
    write(rig)
    rig.let_pass(64)
    assert write(rig).granted


@pytest.mark.parametrize("what", [write, probe])
def test_a_trial_that_fails_opens_it_again_as_the_same_outage(engine: Engine, what: Any) -> None:
    rig = on_trial(Rig(engine))
    since = state(rig).down_since
    asked = what(rig)
    assert failed(rig, asked.ticket, wrote=[asked.ticket] if what is write else []) is None
    assert (read(rig).reason, probe(rig).reason) == ("outage", "outage")
    assert [found.began_at for found in history(rig)] == [since]


def test_a_read_of_one_object_that_fails_does_not_open_it_again(engine: Engine) -> None:
    rig = on_trial(Rig(engine))
    failed(rig, read(rig).ticket)
    assert read(rig).granted


def test_where_nobody_writes_ten_minutes_of_reads_close_it(engine: Engine) -> None:
    rig = on_trial(Rig(engine))
    rig.let_pass(590)
    assert served(rig, read(rig).ticket) is None
    rig.let_pass(11)
    assert served(rig, read(rig).ticket) == "closed"


def test_reads_alone_do_not_close_it_where_it_was_writes_that_failed(engine: Engine) -> None:
    rig = in_use(Rig(engine))
    for _ in range(5):
        ticket = write(rig).ticket
        failed(rig, ticket, wrote=[ticket])
    rig.let_pass(61)
    served(rig, probe(rig).ticket)
    rig.let_pass(5 * 3600)
    assert served(rig, read(rig).ticket) is None
    ticket = write(rig).ticket
    assert served(rig, ticket, wrote=[ticket]) == "closed"


# What is told


def test_opening_and_closing_are_told_to_one_caller_each(engine: Engine) -> None:
    rig = in_use(Rig(engine))
    turned = [fail(rig, 1) for _ in range(5)]
    turned += [failed(rig, probe(rig).ticket), read(rig).said.turned]
    rig.let_pass(61)
    turned += [served(rig, probe(rig).ticket), read(rig).said.turned]
    ticket = write(rig).ticket
    turned += [served(rig, ticket, wrote=[ticket]), read(rig).said.turned]
    assert [each for each in turned if each] == ["opened", "closed"]


def test_the_state_tells_since_when_why_and_when_it_is_looked_again(engine: Engine) -> None:
    rig = Rig(engine)
    assert state(rig) == Circuit()
    assert "Nothing holds calls to Zoho back" in str(state(in_use(rig)))
    fail(rig, 5)
    failed(rig, probe(rig).ticket)
    opened = state(rig)
    assert opened.is_open
    assert not opened.calls_go
    assert opened.served_at is not None
    assert opened.down_since is not None
    assert opened.last_probe_at is not None
    assert opened.next_probe_at is not None
    assert opened.served_at <= opened.down_since <= opened.last_probe_at
    assert opened.next_probe_at - opened.last_probe_at == timedelta(seconds=60)
    assert f"({HTTP_503}); nothing is sent" in str(opened)
    rig.let_pass(61)
    served(rig, probe(rig).ticket)
    trial = state(rig)
    assert (trial.is_open, trial.calls_go, trial.next_probe_at) == (False, True, None)
    assert "it serves again, and writes go one at a time" in str(trial)
    rig.end(pause=900.0, pause_limit="blocked")
    cooling = state(rig)
    assert (cooling.calls_go, cooling.cooling_limit) == (False, "blocked")
    assert "Zoho has asked for a pause (blocked)" in str(cooling)


def test_the_history_tells_when_why_and_what_it_cost(engine: Engine) -> None:
    rig = down(Rig(engine))
    for _ in range(3):
        read(rig)
    rig.let_pass(61)
    served(rig, probe(rig).ticket)
    began = state(rig).trial_since
    ticket = write(rig).ticket
    served(rig, ticket, wrote=[ticket])
    (told,) = history(rig)
    assert (told.organisation, told.reason, told.probes, told.calls_refused) == ("1", HTTP_503, 2, 3)
    assert told.ended_at == began


# A law


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["read", "write", "probe"]).map(lambda what: (what, 0.0)),
            st.sampled_from(["served", "failed"]).map(lambda how: (how, 0.0)),
            st.tuples(st.just("pass"), st.floats(1, 100)),
        ),
        max_size=60,
    )
)
def test_from_opening_until_something_is_served_only_probes_go_and_one_a_minute(
    engine: Engine, steps: list[tuple[str, float]]
) -> None:
    rig = Rig(engine)
    with rig.connection.begin():
        rig.connection.execute(
            text("TRUNCATE zoho_pipeline.api_budget, zoho_pipeline.outages, zoho_pipeline.api_calls")
        )
    in_use(rig)
    running: list[int] = []
    writing: set[int] = set()
    trials: set[int] = set()
    probed_at, now = float("-inf"), 0.0
    for step, seconds in steps:
        before, held = state(rig), rig.row().leases
        if before.is_open:
            trials.clear()
        if step == "pass":
            rig.let_pass(seconds)
            now += seconds
        elif step in ("served", "failed"):
            if running:
                ticket = running.pop(0)
                {"served": served, "failed": failed}[step](rig, ticket, wrote=[ticket] if ticket in writing else [])
        else:
            asked = {"read": read, "write": write, "probe": probe}[step](rig)
            if not asked.granted:
                continue
            running.append(asked.ticket)
            if step == "write":
                writing.add(asked.ticket)
            if step == "write" and before.trial_since is not None:
                assert trials.isdisjoint(held)
                trials.add(asked.ticket)
            if before.is_open:
                assert step == "probe"
                assert now - probed_at >= 60 or probed_at == float("-inf")
                probed_at = now
        if not state(rig).is_open:
            probed_at = float("-inf")
    rig.connection.close()
