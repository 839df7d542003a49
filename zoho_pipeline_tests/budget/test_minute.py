"""How the last minute is kept: call by call at Zoho's usual limits, in handfuls where there are thousands."""

from sqlalchemy import Engine

from zoho_pipeline_tests.budget.rig import Rig

EXACT = 200
HALF_SECONDS = 120
"""How many there are in a minute."""
GAP_SECONDS = 0.01


def call(rig: Rig, times: int) -> None:
    """So many calls, each ending a moment after the last one."""
    for _ in range(times):
        rig.let_pass(GAP_SECONDS)
        rig.end(rig.ask().ticket)


def counted(rig: Rig) -> int:
    """The calls that count towards the minute now."""
    rig.end()
    return sum(rig.row().minute_calls)


def test_up_to_two_hundred_calls_each_end_is_kept_by_itself(engine: Engine) -> None:
    rig = Rig(engine)
    call(rig, EXACT)
    assert rig.row().minute_calls == [1] * EXACT
    assert len(set(rig.row().minute_ends)) == EXACT


def test_calls_that_end_together_are_one_entry_and_all_count(engine: Engine) -> None:
    rig = Rig(engine, per_minute=5)
    rig.end(*[rig.ask().ticket for _ in range(5)])
    assert rig.row().minute_calls == [5]
    assert rig.ask().reason == "minute"


def test_thousands_are_kept_in_handfuls_that_leave_no_earlier_than_their_calls(engine: Engine) -> None:
    rig = Rig(engine, per_minute=100_000)
    call(rig, 3 * EXACT)
    ends = [number * GAP_SECONDS for number in range(1, 3 * EXACT + 1)]
    row = rig.row()
    assert sum(row.minute_calls) == 3 * EXACT
    assert len(row.minute_ends) <= EXACT + HALF_SECONDS
    now = ends[0] + 60
    rig.let_pass(now - ends[-1])
    while left := counted(rig):
        assert left >= len([end for end in ends if end + 60 > now + GAP_SECONDS / 2])
        rig.let_pass(0.05)
        now += 0.05
    assert ends[-1] + 60 < now


def test_the_place_of_a_handful_comes_free_when_enough_of_it_has_left(engine: Engine) -> None:
    rig = Rig(engine, per_minute=10)
    rig.end(*[rig.ask().ticket for _ in range(4)])
    rig.let_pass(20)
    rig.end(*[rig.ask().ticket for _ in range(6)])
    waits = [rig.ask().said.goes_in for _ in range(6)]
    assert [round(wait / 10) for wait in waits] == [4, 4, 4, 4, 6, 6]


def test_a_row_of_an_earlier_version_counts_each_end_once(engine: Engine) -> None:
    rig = Rig(engine, per_minute=3)
    call(rig, 3)
    rig.connection.exec_driver_sql("UPDATE zoho_pipeline.api_budget SET minute_calls = '{}'")
    assert rig.ask().reason == "minute"
    assert rig.row().minute_calls == [1, 1, 1]
