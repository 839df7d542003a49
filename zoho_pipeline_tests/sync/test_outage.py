"""An outage of Zoho's: rows wait unharmed, Zoho is asked once a minute, and then the backlog goes as ever."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faults.passing import let_pass
from zoho_pipeline.actions.unfinished import read_open, spans_due
from zoho_pipeline.budget.circuit import Circuit, circuit_state
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline.sync.stops import stop_for
from zoho_pipeline.zoho.errors import AuthenticationFailed, ZohoDown, ZohoUnreachable
from zoho_pipeline_tests.practice.world import ONLY_MONTH, Done, PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
EVERYTHING = "/billing/"
IN_FLIGHT = 7
FAILURES = 5
"""Calls of bulk work at one time: eight of the ten in the settings are ours, and one is left to urgent calls."""
MINUTE = 61.0
NOON = datetime(2025, 11, 15, 10, tzinfo=UTC)
AWAY = {"ZOHO_API_URL": "http://127.0.0.1:9/billing/v1"}


def served(world: PracticeWorld) -> None:
    """A customer of an earlier day is in Zoho."""
    world.circletel.customer()
    world.run(CUSTOMERS)
    world.await_budget()
    world.zoho.forget_calls()


def circuit(world: PracticeWorld) -> Circuit:
    with world.engine.connect() as connection:
        return circuit_state(connection)


def statuses(world: PracticeWorld) -> dict[str, int]:
    """How many customers have which zoho_sync_status."""
    rows = world.circletel.query("SELECT zoho_sync_status AS status, count(*) AS rows FROM customers GROUP BY 1")
    return {row.status: row.rows for row in rows}


def counted(world: PracticeWorld, column: str) -> int:
    """The sum of a column of the pipeline's records."""
    return int(world.circletel.query(f"SELECT coalesce(sum({column}), 0) AS n FROM zoho_pipeline.sync_records")[0].n)


def in_doubt(world: PracticeWorld) -> int:
    return len(world.circletel.query("SELECT FROM zoho_pipeline.sync_records WHERE state = 'in_doubt'"))


def later_until_synced(world: PracticeWorld, *, runs: int) -> int:
    """Run every minute until all rows are in Zoho, so many runs at most; how many it took."""
    for number in range(1, runs + 1):
        let_pass(world.engine, MINUTE)
        world.run()
        if set(statuses(world)) == {"synced"}:
            return number
    raise AssertionError(f"after {runs} runs: {statuses(world)}")


# Two hours


@dataclass(frozen=True)
class Outage:
    """How Zoho fails."""

    kind: str
    more: dict[str, Any]


OUTAGES = {
    "pages for people": Outage("html_503", {}),
    "internal errors": Outage("answer", {}),
    "connections that break": Outage("reset_before_commit", {}),
    "done, and told to nobody": Outage("reset_after_commit", {}),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_two_hours_cost_no_attempts_no_duplicate_and_hardly_a_call(world: PracticeWorld, outage: str) -> None:
    served(world)
    rows = 150
    for _ in range(rows):
        world.circletel.customer()
    strikes = OUTAGES[outage]
    world.zoho.befall(strikes.kind, path=EVERYTHING, times=None, match={"skip": 20}, **strikes.more)
    begun = world.run()
    doubtful = in_doubt(world)
    assert begun.interrupted is not None
    assert begun.results[0].resumes_at is not None
    assert 0 < doubtful <= IN_FLIGHT + FAILURES  # in the air, or let go before the failures were heard of
    assert begun.total[Outcome.FAILED] == 0

    untouched = statuses(world)
    world.zoho.forget_calls()
    for _ in range(24):
        let_pass(world.engine, 5 * MINUTE)
        assert world.run().total[Outcome.FAILED] == 0
    assert [call["path"] for call in world.zoho.calls()] == ["/billing/v1/plans"] * 24
    assert statuses(world) == untouched
    assert counted(world, "tries") <= doubtful

    world.zoho.mend()
    world.zoho.forget_calls()
    waiting = untouched["pending"] + doubtful
    later_until_synced(world, runs=4)
    assert len(world.zoho.objects("customers")) == rows + 1
    assert len(world.zoho.calls()) <= 1.1 * waiting
    assert counted(world, "attempts") <= rows + 1 + doubtful
    assert counted(world, "tries") <= doubtful
    assert circuit(world).down_since is None


def test_the_months_that_it_interrupts_stay_open_and_go_on_by_themselves(world: PracticeWorld) -> None:
    served(world)
    world.circletel.payment(world.circletel.customer())
    before = world.circletel.snapshot()
    world.zoho.befall("html_503", path=EVERYTHING, times=None)
    done = world.run()
    assert [result.entity for result in done.results if result.goes_on_by_itself] == [CUSTOMERS, PAYMENTS]
    assert "Zoho has failed for everybody since" in (done.interrupted or "")
    assert "it goes on at" in (done.interrupted or "")
    assert world.circletel.snapshot() == before
    left_open, now = read_open(world.environ)
    assert spans_due(left_open, now) == []
    (span,) = spans_due(left_open, max(one.resumes_at for one in left_open))
    assert (span.first, span.entities) == (ONLY_MONTH, (CUSTOMERS, PAYMENTS))
    world.zoho.mend()
    let_pass(world.engine, MINUTE)
    assert world.run(*span.entities).total[Outcome.CREATED] == 2
    assert read_open(world.environ)[0] == []


# Nothing arrived


@pytest.mark.parametrize("in_flight", ["1", "10"])
def test_rows_that_cannot_have_arrived_are_let_go_and_wait(world: PracticeWorld, in_flight: str) -> None:
    served(world)
    for _ in range(30):
        world.circletel.customer()
    lists_are_young = {"ZOHO_MIRROR_MAX_AGE_SECONDS": "3600", "ZOHO_CALLS_IN_FLIGHT": in_flight}
    done = world.run(CUSTOMERS, env=AWAY | lists_are_young)
    assert done.results[0].goes_on_by_itself
    assert "no connection to Zoho could be made" in (done.interrupted or "")
    assert statuses(world) == {"synced": 1, "pending": 30}
    assert counted(world, "attempts") == 1
    assert in_doubt(world) == 0
    let_pass(world.engine, MINUTE)
    assert world.run(CUSTOMERS, env=lists_are_young).counts(CUSTOMERS)[Outcome.CREATED] == 30


def test_a_zoho_that_never_answered_is_a_wrong_setting_and_fails_the_run(world: PracticeWorld) -> None:
    world.circletel.customer()
    with pytest.raises(ZohoUnreachable, match="check the network, ZOHO_REGION and ZOHO_API_URL"):
        world.run(env=AWAY)


def test_a_token_server_that_is_away_is_an_outage_too(world: PracticeWorld) -> None:
    served(world)
    world.circletel.customer()
    world.circletel.execute("UPDATE zoho_pipeline.access_tokens SET token = NULL, expires_at = NULL")
    world.zoho.befall("html_503", path="/oauth/v2/token", times=None)
    for _ in range(3):
        done = world.run(CUSTOMERS)
        assert done.results[0].goes_on_by_itself
        assert "the token server" in (done.interrupted or "")
    assert world.zoho.calls() == []
    world.zoho.mend()
    assert later_until_synced(world, runs=1) == 1


# Half an outage


def test_a_zoho_that_can_be_read_and_not_written_to_costs_one_row_in_doubt_a_try(world: PracticeWorld) -> None:
    served(world)
    for _ in range(60):
        world.circletel.customer()
    world.zoho.befall("html_503", method="POST", path="/customers$", times=None)
    world.run(CUSTOMERS)
    first = in_doubt(world)
    assert first <= IN_FLIGHT + FAILURES
    for more in range(1, 4):
        let_pass(world.engine, MINUTE)
        world.run(CUSTOMERS)
        assert in_doubt(world) <= first + more
    assert len(world.circletel.query("SELECT FROM zoho_pipeline.outages")) == 1
    world.zoho.mend()
    later_until_synced(world, runs=4)
    assert len(world.zoho.objects("customers")) == 61


def test_one_row_that_zoho_chokes_on_stops_no_other(world: PracticeWorld) -> None:
    served(world)
    choking = world.circletel.customer(first_name="Choke")
    for _ in range(10):
        world.circletel.customer()
    world.zoho.befall("answer", method="POST", path="/customers$", times=None, match={"body": "Choke"})
    done = world.run(CUSTOMERS, env={"ZOHO_CALLS_IN_FLIGHT": "1"})
    assert done.counts(CUSTOMERS) == {Outcome.UNCHANGED: 1, Outcome.CREATED: 10, Outcome.FAILED: 1}
    assert world.state(CUSTOMERS, choking) == "in_doubt"
    assert not circuit(world).is_open


# When a run may look again


def looks_again_after(outage: timedelta) -> timedelta:
    """How long after the next probe is due, where the outage will have lasted so long by then."""
    down = ZohoDown("GET /plans", "down", since=NOON - outage, next_probe_at=NOON)
    resumes_at = stop_for(down, NOON).resumes_at
    assert resumes_at is not None
    return resumes_at - NOON


@given(st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_run_looks_again_the_rarer_the_longer_it_lasts_and_never_much_later(outage: timedelta) -> None:
    assert looks_again_after(outage) == min(outage / 10, timedelta(minutes=5))


def test_what_only_a_person_can_mend_fails_the_run() -> None:
    for error in (AuthenticationFailed("GET /plans", "no"), ZohoUnreachable("GET /plans", "no connection")):
        assert (stop_for(error, NOON).resumes_at, stop_for(error, NOON).fault) == (None, error)


# A pause that Zoho asks for


def test_a_pause_of_a_quarter_of_an_hour_ends_all_runs_well_and_they_go_on_after_it(world: PracticeWorld) -> None:
    for _ in range(5):
        world.circletel.customer()
    world.zoho.befall("rate_limit", method="POST", path="/customers$", times=1, code=43, retry_after=900)
    first = world.run(CUSTOMERS, env={"ZOHO_CALLS_IN_FLIGHT": "1"})
    world.zoho.forget_calls()
    let_pass(world.engine, 300)
    for done in (first, world.run(CUSTOMERS), world.run()):
        assert done.results[0].goes_on_by_itself
        assert "it goes on at" in (done.interrupted or "")
    assert world.zoho.calls() == []
    assert statuses(world) == {"pending": 5}
    assert counted(world, "attempts") == 0
    let_pass(world.engine, 600)
    assert later_until_synced(world, runs=1) == 1
    assert len(world.zoho.objects("customers")) == 5


def test_a_run_says_that_it_waits_for_zoho_and_not_for_a_person(world: PracticeWorld) -> None:
    served(world)
    world.circletel.customer()
    world.zoho.befall("html_503", path=EVERYTHING, times=None)
    told: list[Done] = [world.run(CUSTOMERS) for _ in range(2)]
    assert {done.results[0].interrupted for done in told} != {None}
    assert all(done.troubles == [] for done in told)
