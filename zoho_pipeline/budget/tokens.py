"""The access token that all processes share: fetched by one of them at a time, and stored encrypted.

Zoho grants ten tokens per refresh token within ten minutes and then none for the rest of them (documented). So a token
is used until five minutes before its end, a refusal is remembered for all, and a token that the API refuses is replaced
only as often as leaves some of the ten unspent.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from zoho_pipeline.budget.sealing import Seal
from zoho_pipeline.budget.token_row import LockedRow, StoredToken, TokenRow
from zoho_pipeline.clock import shown
from zoho_pipeline.store.database import telling_of_outages
from zoho_pipeline.zoho.errors import AuthenticationFailed, ZohoError, ZohoUnreachable
from zoho_pipeline.zoho.oauth import ATTEMPTED, TOO_MANY_TOKENS, GrantedToken, TokenRefused

EARLY_SECONDS = 300.0
EARLY_PART = 1 / 12
"""A token is replaced five minutes before its end; one that lives less than an hour, in its last twelfth."""
REFRESHES_PER_WINDOW = 8
"""Of the ten that Zoho grants within ten minutes; the others are for whoever else uses the refresh token."""
REFUSAL_SECONDS = 60.0
TOO_MANY_SECONDS = 600.0
UNREACHABLE_SECONDS = 60.0
"""A token server that is away is asked once a minute, as Zoho is in an outage."""
_UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class _Cached:
    token: str = field(repr=False)
    refresh_at: float  # on this process's monotonic clock


class SharedAccessToken:
    """The token of one organisation, as `zoho.ports.AccessTokens`. Safe to share between threads."""

    def __init__(self, engine: Engine, organisation: str, seal: Seal, request: Callable[[], GrantedToken]) -> None:
        self._engine = engine
        self._row = TokenRow(engine, organisation, seal.credentials)
        self._seal = seal
        self._request = request
        self._lock = threading.Lock()
        self._cached: _Cached | None = None

    def current(self) -> str:
        """See `zoho.ports.AccessTokens.current`.

        Raises:
            DatabaseUnreachable: the stored token cannot be read.
        """
        with self._lock:
            if self._cached is None or time.monotonic() >= self._cached.refresh_at:
                self._cached = self._shared(refused=None)
            return self._cached.token

    def after_refusal(self, refused: str) -> str:
        """See `zoho.ports.AccessTokens.after_refusal`.

        Raises:
            DatabaseUnreachable: the stored token cannot be read.
        """
        with self._lock:
            if self._cached is None or self._cached.token == refused:
                self._cached = self._shared(refused)
            return self._cached.token

    def _shared(self, refused: str | None) -> _Cached:
        """The stored token if it is good and not the refused one, else what one process fetches for all."""
        with telling_of_outages(self._engine, "read the shared Zoho token"):
            fresh = self._fresh(self._row.peek(), refused)
            if fresh is not None:
                return fresh
            with self._row.locked() as row:
                outcome = self._fresh(row.content, refused) or self._fetched(row, refused)
        if isinstance(outcome, ZohoError):  # raised only now, for the refusal had to be committed
            raise outcome
        return outcome

    def _fetched(self, row: LockedRow, refused: str | None) -> _Cached | ZohoError:
        """A token from Zoho, unless Zoho is not to be asked now."""
        if row.content.refused_seconds > 0 or row.content.refreshes >= REFRESHES_PER_WINDOW:
            return self._spare(row.content, refused) or _not_asked(row.content)
        try:
            granted = self._request()
        except ZohoUnreachable as error:
            row.store_refusal(error.detail, _UNREACHABLE, UNREACHABLE_SECONDS)
            return self._spare(row.content, None) or error
        except TokenRefused as error:
            row.store_refusal(error.detail, error.reason, _refusal_seconds(error.reason))
            return self._spare(row.content, None) or error
        row.store(self._seal.close(granted.token), granted.expires_in_seconds)
        return _cached(granted.token, granted.expires_in_seconds, granted.expires_in_seconds)

    def _fresh(self, stored: StoredToken, refused: str | None) -> _Cached | None:
        """The stored token, if it need not be replaced."""
        if stored.lives_seconds <= _early(stored.whole_seconds):
            return None
        token = self._opened(stored)
        return None if token in (None, refused) else _cached(str(token), stored.lives_seconds, stored.whole_seconds)

    def _spare(self, stored: StoredToken, refused: str | None) -> _Cached | None:
        """The old token while it lives, where no new one can be had now."""
        token = self._opened(stored) if stored.lives_seconds > 0 else None
        if token is None or (token == refused and stored.refused_seconds > 0):
            return None
        return _Cached(token, time.monotonic() + min(stored.lives_seconds, UNREACHABLE_SECONDS))

    def _opened(self, stored: StoredToken) -> str | None:
        return self._seal.open(stored.token) if stored.token is not None else None


def _cached(token: str, lives_seconds: float, whole_seconds: float) -> _Cached:
    return _Cached(token, time.monotonic() + lives_seconds - _early(whole_seconds))


def _early(whole_seconds: float) -> float:
    return min(EARLY_SECONDS, whole_seconds * EARLY_PART)


def _refusal_seconds(reason: str) -> float:
    return TOO_MANY_SECONDS if reason == TOO_MANY_TOKENS else REFUSAL_SECONDS


def _not_asked(stored: StoredToken) -> ZohoError:
    """The error where Zoho is not asked because it refused just now, or was asked too often."""
    if stored.reason == _UNREACHABLE and stored.refused_seconds > 0:
        return ZohoUnreachable(ATTEMPTED, stored.refusal)
    if stored.refused_until is not None and stored.refused_seconds > 0:
        return AuthenticationFailed(
            ATTEMPTED, f"{stored.refusal}; Zoho is asked again at {shown(stored.refused_until)}"
        )
    detail = f"{stored.refreshes} tokens were fetched within ten minutes; Zoho is asked again when they have passed"
    return AuthenticationFailed(ATTEMPTED, detail)
