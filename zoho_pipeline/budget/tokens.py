"""The access token that all processes share: fetched by one of them at a time, and stored encrypted.

Zoho grants ten tokens per refresh token within ten minutes and then none for the rest of them (documented). So a token is
used until five minutes before its end, a refusal is remembered for all, and a token that is refused by the API is
replaced only as often as leaves the ten unspent.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from zoho_pipeline.budget.sealing import Seal
from zoho_pipeline.budget.token_row import StoredToken, locked_row, peek
from zoho_pipeline.store.database import telling_of_outages
from zoho_pipeline.zoho.errors import AuthenticationFailed, ZohoUnreachable
from zoho_pipeline.zoho.oauth import ATTEMPTED, TOO_MANY_TOKENS, GrantedToken, TokenRefused

EARLY_SECONDS = 300.0
REFRESHES_PER_WINDOW = 6
"""Of the ten that Zoho grants within ten minutes; the others are for whoever else uses the refresh token."""
REFUSAL_SECONDS = 60.0
TOO_MANY_SECONDS = 600.0


@dataclass(frozen=True)
class _Cached:
    token: str = field(repr=False)
    refresh_at: float
    """On this process's monotonic clock."""


class SharedAccessToken:
    """The token of one organisation, as `zoho.ports.AccessTokens`. Safe to share between threads."""

    def __init__(self, engine: Engine, organisation: str, seal: Seal, request: Callable[[], GrantedToken]) -> None:
        self._engine = engine
        self._organisation = organisation
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
        """The stored token if it is good for this, else a fresh one."""
        with telling_of_outages(self._engine, "read the shared Zoho token"):
            stored = self._read(peek(self._engine, self._organisation, self._seal.credentials), refused)
            return stored or self._fetched_by_one(refused)

    def _read(self, row: StoredToken, refused: str | None) -> _Cached | None:
        token = self._seal.open(row.token) if row.token and row.lives_seconds > EARLY_SECONDS else None
        if token is None or token == refused:
            return None
        return _Cached(token, time.monotonic() + row.lives_seconds - EARLY_SECONDS)

    def _fetched_by_one(self, refused: str | None) -> _Cached:
        """Fetch a token while the row is locked: whoever waited for the lock finds it already there."""
        refusal: TokenRefused | None = None
        with locked_row(self._engine, self._organisation, self._seal.credentials) as row:
            stored = self._read(row.content, refused)
            if stored is not None:
                return stored
            spent = row.content.refreshes_in_window >= REFRESHES_PER_WINDOW
            held_back = spent or row.content.refused_for_seconds > 0
            if held_back:
                return self._without_asking(row.content, refused)
            row.count_refresh()
            try:
                granted = self._request()
            except ZohoUnreachable:
                return self._last_resort(row.content, refused)
            except TokenRefused as error:
                refusal = error
                row.store_refusal(error.detail, _refusal_seconds(error))
            else:
                row.store(self._seal.close(granted.token), granted.expires_in_seconds)
                return _Cached(granted.token, time.monotonic() + _fresh_seconds(granted.expires_in_seconds))
        raise refusal
