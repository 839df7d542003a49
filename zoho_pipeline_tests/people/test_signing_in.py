"""Signing in: the right password and nothing else, wrong ones slow and counted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from zoho_pipeline.clock import SimulatedClock
from zoho_pipeline.people import register
from zoho_pipeline.people.person import Role
from zoho_pipeline.people.signing_in import (
    FREE_TRIES,
    LONGEST_LOCK_SECONDS,
    SLOW_SECONDS,
    Credentials,
    NotSignedIn,
    sign_in,
)
from zoho_pipeline_tests.practice.databases import Databases

NAME, PASSWORD, WRONG = "Zanele Dube", "correct horse battery", "incorrect horse battery"
WRONG_SAID = "Nobody is signed in: the name or the password is wrong. Nothing was done."


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """A database in which Zanele is a preparer."""
    with databases.fresh() as made:
        with made.begin() as connection:
            register.add(connection, NAME, {Role.PREPARER}, PASSWORD, own=True)
        yield made


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 1, 15, tzinfo=UTC))


def refused(engine: Engine, clock: SimulatedClock, name: str = NAME, password: str = WRONG) -> str:
    with pytest.raises(NotSignedIn) as told:
        sign_in(engine, Credentials(name, password), clock)
    return str(told.value)


def locked_until(engine: Engine) -> datetime | None:
    """Until when nobody may try."""
    with engine.connect() as connection:
        until: datetime | None = connection.execute(text("SELECT locked_until FROM zoho_pipeline.people")).scalar_one()
    return until


def now(engine: Engine) -> datetime:
    """The database's time."""
    with engine.connect() as connection:
        moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment


def unlock(engine: Engine) -> None:
    """As if the time of the lock had passed."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE zoho_pipeline.people SET locked_until = now() - interval '1 second'"))


def test_the_right_password_signs_in_however_the_name_is_typed(engine: Engine, clock: SimulatedClock) -> None:
    for typed in (NAME, "zanele dube", "  ZANELE  DUBE "):
        person = sign_in(engine, Credentials(typed, PASSWORD), clock)
        assert (person.name, person.roles) == (NAME, frozenset({Role.PREPARER}))


def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words_and_are_equally_slow(
    engine: Engine, clock: SimulatedClock
) -> None:
    began = clock.now()
    assert refused(engine, clock) == WRONG_SAID
    after_password = clock.now()
    assert refused(engine, clock, name="Nobody Such") == WRONG_SAID
    assert (after_password - began).total_seconds() == SLOW_SECONDS
    assert (clock.now() - after_password).total_seconds() == SLOW_SECONDS


def test_the_password_is_shown_nowhere() -> None:
    assert PASSWORD not in repr(Credentials(NAME, PASSWORD))


def test_after_some_wrong_passwords_the_right_one_is_not_even_looked_at(engine: Engine, clock: SimulatedClock) -> None:
    for _ in range(FREE_TRIES):
        assert refused(engine, clock) == WRONG_SAID
    assert refused(engine, clock, password=PASSWORD).startswith(
        "Too many wrong passwords for that name: it is locked until "
    )


def test_the_lock_passes_and_the_right_password_forgives_all(engine: Engine, clock: SimulatedClock) -> None:
    for _ in range(FREE_TRIES):
        refused(engine, clock)
    unlock(engine)
    assert sign_in(engine, Credentials(NAME, PASSWORD), clock).name == NAME
    for _ in range(FREE_TRIES - 1):
        refused(engine, clock)
    assert locked_until(engine) is None


def test_each_further_wrong_password_locks_for_longer_but_never_for_ever(engine: Engine, clock: SimulatedClock) -> None:
    for _ in range(FREE_TRIES - 1):
        refused(engine, clock)
    for seconds in (60, 120, 240, 480, 960, 1_920, LONGEST_LOCK_SECONDS, LONGEST_LOCK_SECONDS):
        before = now(engine)
        refused(engine, clock)
        until = locked_until(engine)
        assert until is not None
        assert before <= until - timedelta(seconds=seconds) <= now(engine)
        unlock(engine)


def test_many_guesses_at_once_are_no_way_round_the_count(engine: Engine, clock: SimulatedClock) -> None:
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: refused(engine, clock), range(FREE_TRIES * 3)))
    assert told.count(WRONG_SAID) == FREE_TRIES


def test_who_was_disabled_is_told_so_by_the_right_password_alone(engine: Engine, clock: SimulatedClock) -> None:
    with engine.begin() as connection:
        register.disable(connection, register.find(connection, NAME), disabled=True)
    assert refused(engine, clock, password=PASSWORD).startswith(f"{NAME} may not sign in any more")
    assert refused(engine, clock) == WRONG_SAID
