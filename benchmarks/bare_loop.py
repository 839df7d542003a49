"""The writes of a backfill, kept, and sent again by nothing but a loop of requests."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import requests

from zoho_pipeline.sandbox.sample.zoho_http import Access
from zoho_pipeline.zoho.exchange import ORGANISATION_HEADER, Exchange, Received, as_json
from zoho_pipeline.zoho.request import Request

TIMEOUT_SECONDS = 30
_ID = re.compile(r"\d{15,19}")


@dataclass(frozen=True)
class Write:
    """One write as it went out, and the id of what it made, if anything."""

    endpoint: str
    method: str
    path: str
    query: dict[str, str | int]
    body: str
    made: str | None


@contextmanager
def kept_writes() -> Iterator[list[Write]]:
    """Keep every write that the pipeline's client makes, in the order of the answers."""
    kept: list[Write] = []
    usual = Exchange.run

    def run(self: Exchange, request: Request, token: str) -> Received:
        received = usual(self, request, token)
        if request.writes:
            body = "" if request.body is None else as_json(request.body).decode()
            made = _made(received.body)
            kept.append(Write(request.endpoint, request.method, request.path, dict(request.params), body, made))
        return received

    setattr(Exchange, "run", run)  # noqa: B010 - a method is put in its place for a while
    try:
        yield kept
    finally:
        setattr(Exchange, "run", usual)  # noqa: B010


class BareLoop:
    """Sends writes one after the other, or as many at a time as it has threads; each thread has a session."""

    def __init__(self, access: Access, threads: int) -> None:
        self._base = f"{access.url}/billing/v1"
        self._headers = _signed_in(access) | {"Content-Type": "application/json"}
        self._threads = threads
        self._own = threading.local()
        self._ids: dict[str, str] = {}

    def run(self, writes: Sequence[Write]) -> float:
        """Seconds for all of them; parents are made before what hangs on them."""
        in_steps = sorted(writes, key=_step)
        began = time.perf_counter()
        with ThreadPoolExecutor(self._threads) as pool:
            for _, step in groupby(in_steps, key=_step):
                list(pool.map(self._send, step))
        return time.perf_counter() - began

    def _send(self, write: Write) -> None:
        answer = self._session().request(
            write.method,
            f"{self._base}{self._known(write.path)}",
            params=write.query,
            data=self._known(write.body).encode(),
            headers=self._headers,
            timeout=TIMEOUT_SECONDS,
        )
        answer.raise_for_status()
        if write.made:
            self._ids[write.made] = _made(answer.json()) or ""

    def _session(self) -> requests.Session:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.trust_env = False  # as the pipeline's own on this machine: no look for proxies
        session: requests.Session = self._own.session
        return session

    def _known(self, text: str) -> str:
        """The text with the ids of this time for those of the first time."""
        return _ID.sub(lambda found: self._ids.get(found[0], found[0]), text)


def _step(write: Write) -> int:
    return _STEPS.get(write.endpoint, len(_STEPS))


_STEPS = {
    endpoint: place
    for place, endpoint in enumerate(
        (
            "POST /customers",
            "POST /subscriptions",
            "POST /invoices",
            "POST /invoices/{id}/converttoopen",
            "POST /payments",
        )
    )
}


def _made(answer: Any) -> str | None:
    """The id of the object in an answer."""
    for name in ("customer", "subscription", "invoice", "payment"):
        if isinstance(answer, dict) and isinstance(answer.get(name), dict):
            return str(answer[name][f"{name}_id"])
    return None


def _signed_in(access: Access) -> dict[str, str]:
    form = {
        "grant_type": "refresh_token",
        "client_id": access.client_id,
        "client_secret": access.client_secret,
        "refresh_token": access.refresh_token,
    }
    answer = requests.post(f"{access.url}/oauth/v2/token", data=form, timeout=TIMEOUT_SECONDS)
    token = answer.json()["access_token"]
    return {"Authorization": f"Zoho-oauthtoken {token}", ORGANISATION_HEADER: access.organisation_id}
