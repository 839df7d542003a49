"""Passwords: what one must be like, and how it is kept (Argon2id). Pure but for the salt."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.people.person import key_of

LENGTH = range(12, 257)
DIFFERENT = 6
"""Characters that must differ from each other: `aaaaaaaaaaaa` is long, and no password."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's parameters for Argon2id: 19 MiB and two passes a try, on one core."""


class WeakPassword(Foreseen):
    """A new password that is too easily guessed."""


def require_strength(password: str, name: str) -> None:
    """See that a new password is none of those that are guessed first.

    Raises:
        WeakPassword: saying what it lacks, never the password.
    """
    plain = _normal(password)
    if len(plain) not in LENGTH:
        raise WeakPassword(
            f"A password has {LENGTH.start} to {LENGTH.stop - 1} characters: several words are easy to remember."
        )
    if len(set(plain.casefold())) < DIFFERENT:
        raise WeakPassword(f"A password has at least {DIFFERENT} different characters.")
    if any(len(part) > 2 and part in plain.casefold() for part in key_of(name).split()):
        raise WeakPassword("A password does not hold the name of its owner.")


def hashed(password: str) -> str:
    """As it is kept: nobody can read the password out of it."""
    return _HASHER.hash(_normal(password))


def matches(password: str, kept: str) -> bool:
    """Whether it is the password; slow on purpose."""
    try:
        return _HASHER.verify(kept, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def waste_the_same_time(password: str) -> None:
    """For a name that nobody has: the answer takes as long as for one that somebody has."""
    matches(password, _nobodys())


@cache
def _nobodys() -> str:
    return hashed("nobody has this password")


def _normal(password: str) -> str:
    """Keyboards write the same letter in several ways."""
    return unicodedata.normalize("NFC", password)
