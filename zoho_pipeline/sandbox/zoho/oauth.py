"""The accounts server: access tokens for a refresh token, as Zoho's OAuth hands them out; on real time."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.errors import ZohoError

FULL_ACCESS = "ZohoSubscriptions.fullaccess.all"
_DENIED = "You have made too many requests continuously. Please try again after some time."


@dataclass(slots=True, frozen=True)
class Credentials:
    """What a client of the practice organisation is registered with; all of it is made up."""

    client_id: str = "1000.PRACTICECLIENT000000000000000"
    client_secret: str = "practice-secret-0000000000000000000000000"
    refresh_token: str = "1000.practice-refresh-token.0000000000000000"
    organisation_id: str = "870000001"


@dataclass(slots=True)
class Accounts:
    """Tokens of one client. `tag` names a token in the ledger without showing it."""

    credentials: Credentials
    refresh_token_revoked: bool = False
    issued: int = 0
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    _window_started: float = float("-inf")
    _in_window: int = 0

    def token(self, given: Mapping[str, str], behaviour: Behaviour, api_domain: str) -> tuple[int, dict[str, Any]]:
        """Status and body of POST /oauth/v2/token. Bad credentials are answered 200 (seen live)."""
        known = self.credentials
        if given.get("grant_type") != "refresh_token":
            return 200, {"error": "unsupported_grant_type"}
        if given.get("client_id") != known.client_id:
            return 200, {"error": "invalid_client"}
        if given.get("client_secret") != known.client_secret:
            return 200, {"error": "invalid_client_secret"}
        if given.get("refresh_token") != known.refresh_token or self.refresh_token_revoked:
            return 200, {"error": "invalid_code"}
        if not self._within_window(behaviour):
            return 400, {"error": "Access Denied", "error_description": _DENIED, "status": "failure"}
        return 200, {
            "access_token": self._new_token(behaviour),
            "api_domain": api_domain,
            "token_type": "Bearer",
            "expires_in": int(behaviour.access_token_seconds),
        }

    def check(self, authorization: str, scope: str, behaviour: Behaviour) -> str:
        """The tag of a valid token with this scope. Malformed: code 14; dead or without it: code 57."""
        kind, _, token = authorization.partition(" ")
        kinds = ("zoho-oauthtoken", "bearer") if behaviour.accepts_bearer else ("zoho-oauthtoken",)
        if kind.lower() not in kinds or not token.strip().startswith("1000."):
            raise ZohoError("Invalid value passed for authtoken.", 14, 401)
        tag, expires = self._tokens.get(token.strip(), ("", 0.0))
        if expires <= time.time() or not _granted(scope, behaviour.granted_scopes):
            raise ZohoError("You are not authorized to perform this operation", 57, 401)
        return tag

    @property
    def latest_tag(self) -> str:
        """The tag of the token issued last."""
        return f"t{self.issued}"

    def revoke_access_tokens(self) -> int:
        """End all access tokens; the answer is how many there were."""
        count = len(self._tokens)
        self._tokens.clear()
        return count

    def reset_window(self) -> None:
        """Forget how many tokens were handed out."""
        self._window_started, self._in_window = float("-inf"), 0

    def snapshot(self) -> dict[str, Any]:
        """Live tokens, as plain JSON."""
        return {
            "tokens": self._tokens,
            "issued": self.issued,
            "refresh_token_revoked": self.refresh_token_revoked,
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Take a snapshot's tokens, beside those handed out since."""
        self._tokens.update({token: (tag, expires) for token, (tag, expires) in data["tokens"].items()})
        self.issued = max(self.issued, data["issued"])
        self.refresh_token_revoked = data["refresh_token_revoked"]

    def _within_window(self, behaviour: Behaviour) -> bool:
        now = time.monotonic()
        if now - self._window_started >= behaviour.token_window_seconds:
            self._window_started, self._in_window = now, 0
        if self._in_window >= behaviour.tokens_per_window:
            return False
        self._in_window += 1
        return True

    def _new_token(self, behaviour: Behaviour) -> str:
        self.issued += 1
        token = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self._tokens[token] = (self.latest_tag, time.time() + behaviour.access_token_seconds)
        return token


def _granted(scope: str, granted: tuple[str, ...]) -> bool:
    return not scope or FULL_ACCESS in granted or scope in granted or f"{scope.rsplit('.', 1)[0]}.ALL" in granted
