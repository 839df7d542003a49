"""A row that failed is tried again a few times, ever later; then a person is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.causes import Cause, Retrying
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome, State
from zoho_pipeline.sync.endings import Ending
from zoho_pipeline.sync.retrying import JITTER, LONGEST_SECONDS, RetryPolicy, with_retry
from zoho_pipeline_tests.practice.world import PracticeWorld

POLICY = RetryPolicy(most=3, first_seconds=300)
CUSTOMERS = Entity.CUSTOMERS
HOURLY = {"ZOHO_RETRY_SECONDS": "3600"}


def ending(state: State, cause: Cause) -> Ending:
    return Ending(Outcome.FAILED, state, "it went wrong", cause=cause)


@pytest.mark.parametrize(
    ("before", "state", "seconds"),
    [(0, State.FAILED, 300), (1, State.FAILED, 1200), (2, State.FAILED, 4800), (3, State.PARKED, None)],
)
def test_each_retry_waits_longer_until_none_is_left(before: int, state: State, seconds: float | None) -> None:
    after = with_retry(ending(State.FAILED, Cause.ZOHO_ERROR), before, POLICY, dice=0)
    assert (after.state, after.retry_seconds, after.tries) == (state, seconds, before + 1)


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause.retrying is Retrying.WHEN_ZOHO_TAKES_CALLS])
def test_what_says_nothing_about_the_row_is_no_try(cause: Cause) -> None:
    after = with_retry(ending(State.FAILED, cause), 3, POLICY, dice=0.5)
    assert (after.state, after.tries, after.retry_seconds) == (State.FAILED, 3, 0)


@pytest.mark.parametrize("state", [State.SYNCED, State.REFUSED, State.PARKED])
def test_what_is_settled_is_not_tried_again(state: State) -> None:
    settled = ending(state, Cause.VALIDATION)
    assert with_retry(settled, 2, POLICY, dice=0.5) == settled


@given(retry=st.integers(1, 50), dice=st.floats(0, 1), first=st.floats(0, 86_400))
def test_a_wait_is_never_shorter_than_the_one_before_nor_much_longer_than_the_longest(
    retry: int, dice: float, first: float
) -> None:
    policy = RetryPolicy(3, first)
    assert policy.seconds_before(retry, 0) <= policy.seconds_before(retry + 1, 0)
    assert policy.seconds_before(retry, dice) <= LONGEST_SECONDS * (1 + JITTER)


def fails(world: PracticeWorld, times: int = 1) -> None:
    """Zoho says that the customer does not exist, which may be right or not."""
    world.zoho.befall("answer", method="POST", path="/customers$", times=times, status=404, body={"code": 1002})


def known(world: PracticeWorld) -> tuple[str, str, int]:
    (row,) = world.circletel.query("SELECT state, cause, tries FROM zoho_pipeline.sync_records")
    return row.state, row.cause, row.tries


def test_a_failed_row_is_left_until_its_retry_is_due(world: PracticeWorld) -> None:
    world.circletel.customer()
    fails(world)
    world.run(CUSTOMERS, env=HOURLY)
    assert known(world) == ("failed", "not_found_in_zoho", 1)
    assert world.run(CUSTOMERS, env=HOURLY).counts(CUSTOMERS) == {Outcome.FAILED: 1}
    world.age_everything(2 * 3600)
    assert world.run(CUSTOMERS, env=HOURLY).counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert known(world)[0] == "synced"


def test_after_three_retries_a_row_is_parked_and_sent_no_more(world: PracticeWorld) -> None:
    world.circletel.customer()
    fails(world, times=9)
    for _ in range(6):
        world.run(CUSTOMERS)
    assert known(world) == ("parked", "not_found_in_zoho", 4)
    assert len(world.zoho.calls("POST", "/customers$")) == 4


def test_a_row_that_changes_begins_anew(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    fails(world, times=2)
    world.run(CUSTOMERS, env=HOURLY)
    world.circletel.change("customers", row, phone="0821234567")
    world.run(CUSTOMERS, env=HOURLY)
    assert known(world) == ("failed", "not_found_in_zoho", 1)


def test_a_create_that_zoho_answers_badly_again_and_again_is_parked(world: PracticeWorld) -> None:
    world.circletel.customer()
    world.zoho.befall("answer", method="POST", path="/customers$", times=9)
    for _ in range(12):
        world.run(CUSTOMERS)
    assert known(world) == ("parked", "zoho_error", 4)
    assert len(world.zoho.calls("POST", "/customers$")) == 4
