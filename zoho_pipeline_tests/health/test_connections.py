"""What verify-env finds out by trying."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from zoho_pipeline.health.connections import Reached, connections
from zoho_pipeline_tests.practice.world import PracticeWorld

SETTING = "idle_in_transaction_session_timeout"


@pytest.fixture
def role(world: PracticeWorld) -> Iterator[str]:
    """The role of the practice database, as it was afterwards."""
    yield "postgres"
    with world.engine.begin() as connection:
        connection.execute(text(f"ALTER ROLE postgres RESET {SETTING}"))


def found(world: PracticeWorld) -> dict[str, Reached]:
    return {reached.what: reached for reached in connections(world.environ)}


def test_a_practice_world_is_in_reach(world: PracticeWorld) -> None:
    assert [reached.what for reached in found(world).values() if not reached.well] == []


def test_idle_transactions_that_nothing_ends_are_warned_of_with_the_statement_that_mends_it(
    world: PracticeWorld, role: str
) -> None:
    before = found(world)["idle transactions"]
    assert (before.well, before.warns) == (True, True)
    statement = before.sentence.partition("Run once: ")[2]
    assert statement == f"ALTER ROLE {role} SET {SETTING} = '5min';"

    world.circletel.execute(statement)
    after = found(world)["idle transactions"]
    assert (after.warns, after.sentence) == (
        False, "PostgreSQL ends a transaction that stands idle for 300 seconds."
    )  # fmt: skip
