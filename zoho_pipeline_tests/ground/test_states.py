"""Every state of a row says what stands in CircleTel's column, what it counts as, and what comes next."""

import pytest

from zoho_pipeline.states import OUTCOME_OF_STATE, Outcome, State, SyncStatus

UNTOUCHED = {State.BEFORE_ZOHO, State.NOT_ELIGIBLE}
WRITTEN = {
    SyncStatus.PENDING: {State.WAITING, State.BLOCKED, State.AWAITED},
    SyncStatus.SYNCING: {State.SENDING, State.IN_DOUBT},
    SyncStatus.SYNCED: {State.SYNCED},
    SyncStatus.FAILED: {State.FAILED, State.REFUSED, State.PARKED, State.RESOLVED},
}


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_status_a_count_and_a_next_step(state: State) -> None:
    assert (state.sync_status is None) == (state in UNTOUCHED)
    assert isinstance(OUTCOME_OF_STATE[state], Outcome)
    assert state.next.strip()


@pytest.mark.parametrize(("status", "states"), WRITTEN.items())
def test_circletels_column_says_of_a_state_what_the_design_says(status: SyncStatus, states: set[State]) -> None:
    assert {state for state in State if state.sync_status is status} == states


def test_retrying_is_never_written() -> None:
    assert SyncStatus.RETRYING not in {state.sync_status for state in State}


@pytest.mark.parametrize("state", [State.BEFORE_ZOHO, State.NOT_ELIGIBLE, State.RESOLVED])
def test_what_is_outside_all_totals_counts_as_excluded(state: State) -> None:
    assert OUTCOME_OF_STATE[state] is Outcome.EXCLUDED
