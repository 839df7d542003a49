"""Sessions: kept in the database, so that they outlive the server and can be ended; the cookie holds a token alone."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from zoho_pipeline.people.person import Person, key_of
from zoho_pipeline.people.register import person_of

LONGEST_SECONDS = 10 * 3_600
"""A working day: then one signs in again."""
IDLE_SECONDS = 3_600
"""Without a click; a page that refreshes itself is none."""


@dataclass(frozen=True)
class Session:
    """Somebody who has signed in, and the secret that his browser shows."""

    person: Person
    token: str = field(repr=False)

    def belongs_to(self, name: str) -> bool:
        """Whether it is the session of who has that name."""
        return key_of(self.person.name) == key_of(name)

    @property
    def form_token(self) -> str:
        """What every form of this session carries: made of the cookie, which other sites cannot read."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()

    def sent(self, form_token: str) -> bool:
        """Whether a form carries it."""
        return hmac.compare_digest(self.form_token.encode(), form_token.encode())


def begin(connection: Connection, person: Person) -> Session:
    """A session for who has just signed in; those that are over are cleared away."""
    session = Session(person, secrets.token_urlsafe(32))
    connection.execute(_CLEAR, {"longest": LONGEST_SECONDS})
    connection.execute(_BEGIN, {"hash": _hash(session.token), "person": person.id})
    return session


def begin_named(connection: Connection, name: str) -> Session | None:
    """A session for who was signed in elsewhere; None where nobody of that name may sign in here."""
    row = connection.execute(_NAMED, {"key": key_of(name)}).first()
    return begin(connection, person_of(row)) if row is not None else None


def find(connection: Connection, token: str, *, used: bool) -> Session | None:
    """The session of that cookie; None where it is over, or its owner was disabled or has another password.

    Args:
        used: whether somebody has clicked, which keeps it alive.
    """
    values = {"hash": _hash(token), "longest": LONGEST_SECONDS, "idle": IDLE_SECONDS}
    row = connection.execute(_FIND, values).first()
    if row is None:
        return None
    if used:
        connection.execute(_USED, {"hash": _hash(token)})
    return Session(person_of(row), token)


def end(connection: Connection, session: Session) -> None:
    """Sign out."""
    connection.execute(_END, {"hash": _hash(session.token)})


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_BEGIN = text("""
    INSERT INTO zoho_pipeline.sessions (token_hash, person_id, password_mark)
    SELECT :hash, id, encode(sha256(convert_to(password_hash, 'UTF8')), 'hex')
    FROM zoho_pipeline.people WHERE id = :person
""")
_FIND = text("""
    SELECT p.id, p.name, p.roles, p.disabled, p.own_password
    FROM zoho_pipeline.sessions s JOIN zoho_pipeline.people p ON p.id = s.person_id
    WHERE s.token_hash = :hash AND NOT p.disabled
      AND s.opened_at > clock_timestamp() - make_interval(secs => :longest)
      AND s.used_at > clock_timestamp() - make_interval(secs => :idle)
      AND s.password_mark = encode(sha256(convert_to(p.password_hash, 'UTF8')), 'hex')
""")
_NAMED = text("""
    SELECT id, name, roles, disabled, own_password FROM zoho_pipeline.people WHERE key = :key AND NOT disabled
""")
_USED = text("""
    UPDATE zoho_pipeline.sessions SET used_at = clock_timestamp()
    WHERE token_hash = :hash AND used_at < clock_timestamp() - interval '1 minute'
""")
_END = text("DELETE FROM zoho_pipeline.sessions WHERE token_hash = :hash")
_CLEAR = text("""
    DELETE FROM zoho_pipeline.sessions WHERE opened_at < clock_timestamp() - make_interval(secs => :longest)
""")
