"""A client of the practice server, and the smallest honest budget and token that it can do with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from zoho_pipeline.clock import SystemClock
from zoho_pipeline.sandbox.zoho.testing import RunningServer
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.exchange import Exchange, Received
from zoho_pipeline.zoho.oauth import request_token
from zoho_pipeline.zoho.ports import About, Call, CallRecord
from zoho_pipeline.zoho.request import Request
from zoho_pipeline.zoho.retry import RetryPolicy
from zoho_pipeline.zoho.transport import Transport

SOMEBODY = About("customers", "c-1", "customer CT-2025-00001", "run-1")
PATIENT_SECONDS = 60.0
"""However busy the machine is, what is answered at all is answered by then."""
SOON_SECONDS = 0.3
QUICK = RetryPolicy(tries=3, first_wait_seconds=0.01, longest_wait_seconds=2.0)


@dataclass
class OpenBudget:
    """Lets every call go, and remembers how it ended."""

    calls: list[tuple[Call, CallRecord]] = field(default_factory=list)

    @contextmanager
    def permit(self, call: Call) -> Iterator[CallRecord]:
        record = CallRecord()
        self.calls.append((call, record))
        yield record


@dataclass
class OwnToken:
    """Fetches a token when it has none, and another after a refusal."""

    settings: ZohoSettings
    token: str | None = None
    refusals: int = 0
    helps: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> str:
        with self.lock:
            if self.token is None:
                self.token = request_token(self.settings).token
            return self.token

    def after_refusal(self, refused: str) -> str:
        self.refusals += 1
        if self.helps:
            self.token = request_token(self.settings).token
        assert self.token is not None
        return self.token


class GivesUpOnce(Exchange):
    """Gives up soon on its first request, and waits long for all others."""

    def run(self, request: Request, token: str) -> Received:
        try:
            return super().run(request, token)
        finally:
            self._timeout_seconds = PATIENT_SECONDS


@dataclass
class Practice:
    """A running practice server and a client of it."""

    server: RunningServer
    budget: OpenBudget = field(default_factory=OpenBudget)

    def __post_init__(self) -> None:
        self.settings = settings_for(self.server)
        self.tokens = OwnToken(self.settings)
        self.zoho = self.client()

    def start_anew(self) -> None:
        """Make the server as it was at its start, and fetch a token."""
        self._control("POST", "reset")
        self.tokens.current()

    def client(self, **changes: Any) -> ZohoBilling:
        settings = settings_for(self.server, **changes)
        return self._client(Exchange(settings.api_url, settings.organisation_id, PATIENT_SECONDS))

    def that_gives_up_once(self) -> ZohoBilling:
        """A client that gives up on its first request if that is not answered at once."""
        return self._client(GivesUpOnce(self.settings.api_url, self.settings.organisation_id, SOON_SECONDS))

    def that_gives_up_soon(self) -> ZohoBilling:
        """A client that gives up on every request that is not answered at once."""
        return self._client(Exchange(self.settings.api_url, self.settings.organisation_id, SOON_SECONDS))

    def _client(self, exchange: Exchange) -> ZohoBilling:
        return ZohoBilling(Transport(exchange, self.tokens, self.budget, SystemClock(), QUICK))

    def befall(self, kind: str, *, method: str = "", path: str = "", times: int | None = 1, **action: Any) -> None:
        """Let a fault befall the next requests that match."""
        match = {"method": method, "path": path, "times": times}
        self._control("POST", "faults", {"match": match, "action": {"kind": kind, **action}})

    def release(self) -> None:
        """Let go on what is held."""
        self._control("POST", "faults/release")

    def behave(self, **settings: Any) -> None:
        """Change how the server behaves."""
        self._control("POST", "behaviour", settings)

    def arrived(self, method: str, path: str) -> list[dict[str, Any]]:
        """The ledger's entries for a method and the end of a path."""
        entries = self._control("GET", "ledger")["entries"]
        return [entry for entry in entries if entry["method"] == method and entry["path"].endswith(path)]

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """What the server holds of a kind."""
        shown = self._control("GET", f"objects?kind={kind}")[kind]
        return [each for each in shown if not each["deleted"]]

    def customer(self, name: str = "Thabo Nkosi", **more: Any) -> str:
        """Make a customer; its id."""
        email = f"{name.lower().replace(' ', '.')}@example.com"
        return self.zoho.create_customer({"display_name": name, "email": email, **more}, SOMEBODY).id

    def post(self, path: str, body: Any) -> Any:
        """Make something that the client does not make, as a person does in Zoho's page."""
        headers = {"Authorization": f"Zoho-oauthtoken {self.tokens.current()}"}
        answer = requests.post(f"{self.server.api_url}{path}", json=body, headers=headers, timeout=PATIENT_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def _control(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = requests.request(method, f"{self.server.url}/_sandbox/{path}", json=body, timeout=PATIENT_SECONDS)
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result


def until(happened: Callable[[], object]) -> None:
    """Wait for what is sure to happen."""
    end = time.monotonic() + PATIENT_SECONDS
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def settings_for(server: RunningServer, **changes: Any) -> ZohoSettings:
    """The settings with which a client reaches the server."""
    given = {
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "refresh_token": server.refresh_token,
        "organisation_id": server.org_id,
        "api_url_override": server.api_url,
        "accounts_url_override": server.accounts_url,
        "calls_per_minute": 1000,
        "calls_per_day": 100_000,
        "calls_in_flight": 10,
    }
    return ZohoSettings.model_validate(given | changes)
