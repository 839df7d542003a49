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


ASKING = st.fixed_dictionaries(
    {"writes": st.booleans(), "probes": st.booleans(), "urgent": st.booleans(), "again": st.booleans()}
)
ROUNDS = st.lists(
    st.tuples(st.lists(ASKING, min_size=1, max_size=5), st.integers(0, 4), st.integers(0, 2), st.floats(0, 25)),
    min_size=3,
    max_size=12,
)
"""Who asks, how many calls have ended by then, how many of those have failed, and the seconds that pass."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROUNDS, st.integers(1, 8), st.integers(1, 4), st.integers(3, 40), st.booleans())
def test_who_asks_together_is_told_what_he_would_be_told_alone(
    engine: Engine,
    rounds: list[tuple[list[dict[str, bool]], int, int, float]],
    per_minute: int,
    in_flight: int,
    per_day: int,
    spaced: bool,
) -> None:
    burst, space = (2, 1.5) if spaced else (100, 0.0)
    together, alone = (
        Rig(engine, per_minute, per_day, in_flight, burst, space, organisation=str(uuid4())) for _ in range(2)
    )
    under_way: list[int] = []
    waiting: list[int] = []
    for asked, ends, fails, seconds in rounds:
        ended, under_way = tuple(under_way[:ends]), under_way[ends:]
        outcome = {
            "failed": list(ended[:fails]),
            "served": list(ended[fails:]),
            "wrote": [ticket for ticket in ended if ticket % 2],
            "failure": "HTTP 500" if fails else None,
        }
        askings = [_asking(asking, together, waiting) for asking in asked]
        told = together.ask_together(askings, ended, **outcome)
        nothing: dict[str, object] = {"failed": [], "served": [], "wrote": [], "failure": None}
        for place, asking in enumerate(askings):
            of_this = (ended, outcome) if place == 0 else ((), nothing)
            (said,) = alone.ask_together([asking], of_this[0], **of_this[1])
            assert said[1:-3] == told[place][1:-3]
            (under_way if said.granted else waiting).append(int(asking["ticket"]))
        assert together.row()[1:] == alone.row()[1:]
        for rig in (together, alone):
            rig.let_pass(seconds)
    for rig in (together, alone):
        rig.connection.close()


def _asking(asking: dict[str, bool], rig: Rig, waiting: list[int]) -> dict[str, int | bool]:
    """Under a ticket that waits, or under a new one."""
    sign = -1 if asking["urgent"] else 1
    ticket = waiting.pop() if asking["again"] and waiting else next(rig.numbers) * sign
    return {"ticket": ticket, "writes": asking["writes"], "probes": asking["probes"]}
