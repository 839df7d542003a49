"""Signing in. A wrong password is slow and counted; after some the name is locked for a while.

Every try is counted before its password is looked at, in a transaction of its own: many at once are no way round it.
"""

from dataclasses import dataclass, field

from sqlalchemy import Engine, text

from zoho_pipeline.clock import Clock, shown
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.people.passwords import matches, waste_the_same_time
from zoho_pipeline.people.person import Person, key_of
from zoho_pipeline.people.register import person_of

FREE_TRIES = 5
FIRST_LOCK_SECONDS = 60
LONGEST_LOCK_SECONDS = 3_600
SLOW_SECONDS = 1.0
"""What a wrong password costs at least."""


class NotSignedIn(Foreseen):
    """Nobody is signed in: the name, the password, or both are wrong, or the person was disabled."""


@dataclass(frozen=True)
class Credentials:
    """Who says that he is who."""

    name: str
    password: str = field(repr=False)


def sign_in(engine: Engine, given: Credentials, clock: Clock) -> Person:
    """The person, if the password is his.

    Raises:
        NotSignedIn: in the same words whether the name or the password is wrong; of a locked name until when.
    """
    with engine.begin() as connection:
        found = connection.execute(_COUNT_THE_TRY, _values(given)).first()
    if found is None:
        raise _refused(engine, given, clock)
    if not matches(given.password, found.password_hash):
        clock.sleep(SLOW_SECONDS)
        raise _wrong()
    if found.disabled:
        raise NotSignedIn(f"{found.name} may not sign in any more: an admin has disabled that. An admin can undo it.")
    with engine.begin() as connection:
        connection.execute(_FORGIVE, {"id": found.id, "hash": found.password_hash})
    return person_of(found)


def _refused(engine: Engine, given: Credentials, clock: Clock) -> NotSignedIn:
    """Of a locked name, or of one that nobody has."""
    with engine.connect() as connection:
        until = connection.execute(_LOCKED, {"key": key_of(given.name)}).scalar()
    if until is not None:
        return NotSignedIn(
            f"Too many wrong passwords for that name: it is locked until {shown(until)}. Was it not you, tell an admin."
        )
    waste_the_same_time(given.password)
    clock.sleep(SLOW_SECONDS)
    return _wrong()


def _wrong() -> NotSignedIn:
    return NotSignedIn("Nobody is signed in: the name or the password is wrong. Nothing was done.")


def _values(given: Credentials) -> dict[str, object]:
    return {
        "key": key_of(given.name), "free": FREE_TRIES, "first": FIRST_LOCK_SECONDS, "longest": LONGEST_LOCK_SECONDS,
    }  # fmt: skip


_COUNT_THE_TRY = text("""
    UPDATE zoho_pipeline.people SET failures = failures + 1,
        locked_until = CASE WHEN failures + 1 >= :free THEN clock_timestamp() + make_interval(
            secs => least(:longest, :first * power(2, least(failures + 1 - :free, 20)))) END
    WHERE key = :key AND (locked_until IS NULL OR locked_until <= clock_timestamp())
    RETURNING id, name, roles, disabled, own_password, password_hash
""")
_FORGIVE = text("""
    UPDATE zoho_pipeline.people SET failures = 0, locked_until = NULL WHERE id = :id AND password_hash = :hash
""")
_LOCKED = text("SELECT locked_until FROM zoho_pipeline.people WHERE key = :key")
