"""The stored access token of one organisation and one set of credentials, by the database's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, text

_TIMEOUTS = text("SET LOCAL lock_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = '45s'")
"""Fetching takes at most half a minute; a process that freezes meanwhile loses the lock, so that others can go on."""

_MAKE = text("""
    INSERT INTO zoho_pipeline.access_tokens (organisation, credentials) VALUES (:organisation, :credentials)
    ON CONFLICT DO NOTHING
""")
_LOCK = text("""
    SELECT FROM zoho_pipeline.access_tokens
    WHERE organisation = :organisation AND credentials = :credentials FOR UPDATE
""")
_READ = text("""
    SELECT token, refused_until, coalesce(refusal, '') AS refusal, coalesce(reason, '') AS reason,
        coalesce(extract(epoch FROM expires_at - clock_timestamp()), 0)::float8 AS lives_seconds,
        coalesce(extract(epoch FROM expires_at - refreshed_at), 0)::float8 AS whole_seconds,
        coalesce(extract(epoch FROM refused_until - clock_timestamp()), 0)::float8 AS refused_seconds,
        (SELECT count(*) FROM unnest(refreshes) AS r WHERE r > clock_timestamp() - interval '10 minutes') AS refreshes
    FROM zoho_pipeline.access_tokens WHERE organisation = :organisation AND credentials = :credentials
""")
_COUNT = text("""
    UPDATE zoho_pipeline.access_tokens SET refreshes = ARRAY(
        SELECT r FROM unnest(refreshes) AS r WHERE r > clock_timestamp() - interval '10 minutes'
    ) || clock_timestamp()
    WHERE organisation = :organisation AND credentials = :credentials
""")
_STORE = text("""
    UPDATE zoho_pipeline.access_tokens
    SET token = :token, refreshed_at = clock_timestamp(),
        expires_at = clock_timestamp() + make_interval(secs => :seconds),
        refused_at = NULL, refused_until = NULL, refusal = NULL, reason = NULL
    WHERE organisation = :organisation AND credentials = :credentials
""")
_REFUSE = text("""
    UPDATE zoho_pipeline.access_tokens
    SET refused_at = clock_timestamp(), refused_until = clock_timestamp() + make_interval(secs => :seconds),
        refusal = :refusal, reason = :reason
    WHERE organisation = :organisation AND credentials = :credentials
""")


@dataclass(frozen=True)
class StoredToken:
    """What the row holds; seconds count from now.

    Attributes:
        token: sealed.
        lives_seconds: how long the token lives still; not above 0 where there is none.
        whole_seconds: how long it lived when it was fresh.
        refreshes: how often one was asked for within ten minutes.
        refused_seconds: how long Zoho is not to be asked; not above 0 where it may be.
        refusal: why Zoho granted none, and `reason`, its own word for that.
    """

    token: bytes | None = field(default=None, repr=False)
    lives_seconds: float = 0.0
    whole_seconds: float = 0.0
    refreshes: int = 0
    refused_seconds: float = 0.0
    refused_until: datetime | None = None
    refusal: str = ""
    reason: str = ""


class TokenRow:
    """The row of one organisation and set of credentials."""

    def __init__(self, engine: Engine, organisation: str, credentials: str) -> None:
        self._engine = engine
        self._key = {"organisation": organisation, "credentials": credentials}

    def peek(self) -> StoredToken:
        """What it holds now."""
        with self._engine.connect() as connection:
            return _read(connection, self._key)

    @contextmanager
    def locked(self) -> Iterator["LockedRow"]:
        """The row in a transaction in which nobody else can lock it; committed at the end."""
        with self._engine.begin() as connection:
            connection.execute(_TIMEOUTS)
            connection.execute(_MAKE, self._key)
            connection.execute(_LOCK, self._key)
            yield LockedRow(connection, self._key)


class LockedRow:
    """The row while it is locked; `content` is what it held when it was."""

    def __init__(self, connection: Connection, key: dict[str, str]) -> None:
        self._connection = connection
        self._key = key
        self.content = _read(connection, key)

    def store(self, sealed: bytes, seconds: float) -> None:
        """A fresh token that lives so long."""
        self._connection.execute(_COUNT, self._key)
        self._connection.execute(_STORE, {**self._key, "token": sealed, "seconds": seconds})

    def store_refusal(self, refusal: str, reason: str, seconds: float) -> None:
        """Zoho granted none, and is not to be asked for so long."""
        self._connection.execute(_COUNT, self._key)
        said = {"refusal": refusal, "reason": reason, "seconds": seconds}
        self._connection.execute(_REFUSE, self._key | said)


def _read(connection: Connection, key: dict[str, str]) -> StoredToken:
    row = connection.execute(_READ, key).one_or_none()
    if row is None:
        return StoredToken()
    token = None if row.token is None else bytes(row.token)
    return StoredToken(
        token, row.lives_seconds, row.whole_seconds, row.refreshes,
        row.refused_seconds, row.refused_until, row.refusal, row.reason,
    )  # fmt: skip
