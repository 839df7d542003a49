"""Whatever callers do, Zoho's own rolling minute never holds more calls than it may."""

from dataclasses import dataclass
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from zoho_pipeline_tests.budget.rig import Rig

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 9)),
        st.tuples(st.just("end"), st.integers(0, 9)),
        st.tuples(st.just("pass"), st.floats(0.5, 40)),
    ),
    min_size=20,
    max_size=60,
)
MICROSECONDS = 1e-4
"""Finer than that PostgreSQL and the test do not agree on when something was."""


@dataclass
class Seen:
    """When Zoho can have seen a call: from when it was let go until its end."""

    begin: float
    end: float = float("inf")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.integers(1, 6), st.integers(1, 4), st.booleans())
def test_no_minute_and_no_moment_holds_too_many_calls(
    engine: Engine, steps: list[tuple[str, float]], per_minute: int, in_flight: int, spaced: bool
) -> None:
    rig = Rig(engine, per_minute, in_flight=in_flight, burst=2 if spaced else 100, space=1.5 if spaced else 0.0)
    rig.organisation = str(uuid4())
    calls: dict[int, Seen] = {}
    callers: dict[int, int] = {}  # caller → the ticket that it waits under or calls under
    passed = 0.0
    for step, argument in steps:
        caller, now = int(argument), passed
        if step == "pass":
            rig.let_pass(argument)
            passed += argument
        elif step == "ask" and callers.get(caller) not in calls:
            asked = rig.ask(ticket=callers.get(caller), urgent=caller >= 8)
            callers[caller] = asked.ticket
            if asked.granted:
                calls[asked.ticket] = Seen(now + asked.said.goes_in)
        elif step == "end" and callers.get(caller) in calls:
            ticket = callers.pop(caller)
            if calls[ticket].begin <= now:
                rig.end(ticket)
                calls[ticket].end = now
            else:
                callers[caller] = ticket  # it sleeps until its time has come
    rig.connection.close()
    for seen in calls.values():
        lost = seen.begin + 60  # its lease: a process that does not report is taken for dead
        seen.end = min(seen.end, lost)
    for one in calls.values():
        earlier = [each for each in calls.values() if each.begin <= one.begin]
        assert len([each for each in earlier if each.end > one.begin - 60 + MICROSECONDS]) <= per_minute
        assert len([each for each in earlier if each.end > one.begin + MICROSECONDS]) <= in_flight
