"""A small session with the practice Zoho server, for playing the app and people; not the product's client.

What belongs here: requests, their answers' envelope, and the server's control endpoints. It knows no rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import requests

TIMEOUT_SECONDS = 30


class SeedingError(RuntimeError):
    """The practice server did not take what the app is said to have pushed; names the call and the answer."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the practice server is, and what its client is registered with."""

    url: str
    client_id: str
    client_secret: str
    refresh_token: str
    organisation_id: str


class Control:
    """The server's own endpoints under /_sandbox: no sign-in, no limits, not in the ledger."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def call(self, method: str, name: str, body: Mapping[str, Any] | None = None) -> Any:
        """One of them; its answer read."""
        answer = self._session.request(method, f"{self._url}/_sandbox/{name}", json=body, timeout=TIMEOUT_SECONDS)
        if answer.status_code != 200:
            raise SeedingError(f"{method} /_sandbox/{name}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def set_clock(self, moment: datetime) -> None:
        """Make it this moment for the organisation; what became due since then happens."""
        self.call("POST", "clock", {"set": moment.isoformat()})

    @contextmanager
    def behaving(self, **settings: object) -> Iterator[None]:
        """With these settings; afterwards they are as they were."""
        before = self.call("GET", "behaviour")
        self.call("POST", "behaviour", settings)
        try:
            yield
        finally:
            self.call("POST", "behaviour", {name: before[name] for name in settings})


class ZohoHttp:
    """The API, with one token over one connection, every answer checked."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._session = requests.Session()
        self._session.headers["X-com-zoho-subscriptions-organizationid"] = access.organisation_id
        self._session.headers["Authorization"] = f"Zoho-oauthtoken {self._token()}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def post(self, path: str, body: Mapping[str, Any] | None = None, **query: str) -> dict[str, Any]:
        """Create something, or do something to it."""
        return self.call("POST", path, body, query)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read something."""
        return self.call("GET", path, None, query)

    def delete(self, path: str) -> dict[str, Any]:
        """Delete something."""
        return self.call("DELETE", path, None, {})

    def call(self, method: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str]) -> dict[str, Any]:
        """Any request; an answer that is not a success is an error."""
        url = f"{self._access.url}/billing/v1{path}"
        answer = self._session.request(method, url, json=body, params=query, timeout=TIMEOUT_SECONDS)
        content: dict[str, Any] = answer.json() if answer.content else {}
        if answer.status_code >= 300 or content.get("code") != 0:
            raise SeedingError(f"{method} {path} {body}: {answer.status_code} {answer.text[:500]}")
        return content

    def _token(self) -> str:
        given = {
            "grant_type": "refresh_token",
            "client_id": self._access.client_id,
            "client_secret": self._access.client_secret,
            "refresh_token": self._access.refresh_token,
        }
        answer = self._session.post(f"{self._access.url}/oauth/v2/token", data=given, timeout=TIMEOUT_SECONDS)
        token = answer.json().get("access_token")
        if not token:
            raise SeedingError(f"No access token from the practice server: {answer.status_code} {answer.text[:200]}")
        return str(token)
