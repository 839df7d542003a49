"""The server as an ASGI application: the API, the accounts server, and the control paths.

Handlers run synchronously in the event loop, one after the other, so the organisation needs no locks; only
faults and the latency setting wait.
"""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from zoho_pipeline.sandbox.zoho import renewals, wire
from zoho_pipeline.sandbox.zoho.api import catalogue, customers, invoices, payments, subscriptions
from zoho_pipeline.sandbox.zoho.api.router import Call, Router
from zoho_pipeline.sandbox.zoho.control import control_app
from zoho_pipeline.sandbox.zoho.errors import ZohoError
from zoho_pipeline.sandbox.zoho.faults import Befallen
from zoho_pipeline.sandbox.zoho.ledger import Entry
from zoho_pipeline.sandbox.zoho.world import World

API = "/billing/v1"
TOKEN = "/oauth/v2/token"
ORGANISATION_HEADER = "x-com-zoho-subscriptions-organizationid"
WITHOUT_ORGANISATION = ("organizations",)


@dataclass(slots=True, frozen=True)
class Request:
    """An HTTP request, read; header names are in lower case."""

    method: str
    path: str
    raw_path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True, frozen=True)
class Outcome:
    """What a request came to."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class PracticeServer:
    """The ASGI application around one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.closing = asyncio.Event()
        self._control = control_app(world)
        self._late: set[asyncio.Task[None]] = set()
        self._router = Router()
        for module in (customers, catalogue, subscriptions, invoices, payments):
            module.register(self._router)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path: str = scope["path"]
        if path.startswith(f"{API}/") or path == TOKEN:
            await self._serve(scope, receive, send)
        else:
            await self._control(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await _read(scope, receive)
        started = time.perf_counter()
        entry = self._entered(request)
        counted = request.path != TOKEN
        self.world.limits.in_flight += counted
        try:
            befallen = self.world.faults.befalling(entry, request.body)
            if befallen:
                await self._go_wrong(befallen, request, entry, receive, send)
            else:
                await self._answered(request, entry, send)
        finally:
            self.world.limits.in_flight -= counted
            entry.ms = round((time.perf_counter() - started) * 1000, 3)

    def _entered(self, request: Request) -> Entry:
        # The token request carries credentials in its query; the ledger must not keep them.
        query = "" if request.path == TOKEN else request.query
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        actor = request.headers.get("x-sandbox-actor", "")
        return self.world.ledger.open(now, request.method, request.path, query, actor)

    async def _answered(self, request: Request, entry: Entry, send: Send) -> None:
        if self.world.behaviour.latency_ms and request.path != TOKEN:
            await self._wait(self.world.behaviour.latency_ms / 1000)
        outcome = self._commit(request, entry)
        await wire.send_answer(send, outcome.status, outcome.body, outcome.headers)

    async def _go_wrong(self, befallen: Befallen, request: Request, entry: Entry, receive: Receive, send: Send) -> None:
        """Play a fault: pause, effect, pause, answer."""
        action, generation = befallen.action, self.world.generation
        outcome = Outcome(action.status, action.body, dict(action.headers))
        entry.fault = befallen.rule
        await self._pause(action.before, befallen)
        if self.world.generation != generation:
            wire.reset(send)  # the world that it was meant for is no more
            return
        if action.commit == "now":
            own = self._commit(request, entry)
            outcome = outcome if action.answer == "given" else own
        elif action.commit == "late":
            self._commit_later(befallen, request, entry)
        await self._pause(action.after, befallen)
        if action.answer == "silence":
            await self._pause(action.silence, befallen, receive)
        if action.answer in ("silence", "reset"):
            entry.status, entry.code = 0, None
            wire.reset(send)
            await wire.until_gone(receive)
        elif action.answer == "truncated":
            await wire.send_truncated(send, outcome.status, outcome.body, action.keep)
        else:
            _note(entry, outcome)
            await wire.send_answer(send, outcome.status, outcome.body, outcome.headers)

    def _commit(self, request: Request, entry: Entry) -> Outcome:
        """Let a request have its effect."""
        try:
            outcome = self._token(request, entry) if request.path == TOKEN else self._api(request, entry)
            entry.committed = outcome.status < 300 and "error" not in (outcome.body or ())
        except ZohoError as error:
            outcome = Outcome(*error.answer(self.world.behaviour), error.headers)
        except Exception:  # noqa: BLE001 - a mistake of this server is answered as Zoho answers its own
            traceback.print_exc(file=sys.stderr)
            outcome = Outcome(500, {"code": 1000, "message": "Internal error"})
        _note(entry, outcome)
        return outcome

    def _commit_later(self, befallen: Befallen, request: Request, entry: Entry) -> None:
        generation = self.world.generation

        async def later() -> None:
            await self._pause(befallen.action.late, befallen)
            if self.world.generation != generation or self.closing.is_set():
                return
            seen = entry.status, entry.code
            self._commit(request, entry)
            entry.status, entry.code = seen

        task = asyncio.create_task(later())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _token(self, request: Request, entry: Entry) -> Outcome:
        if request.method != "POST":
            return Outcome(405, {"error": "method_not_allowed"})
        given = {**wire.fields(request.query), **wire.fields(request.body.decode("utf-8", "replace"))}
        api_domain = f"http://{request.headers.get('host', '127.0.0.1')}"
        status, body = self.world.accounts.token(given, self.world.behaviour, api_domain)
        if "access_token" in body:
            entry.token = self.world.accounts.latest_tag
        return Outcome(status, body)

    def _api(self, request: Request, entry: Entry) -> Outcome:
        world = self.world
        renewals.catch_up(world.organisation)
        parts = tuple(unquote(part) for part in request.raw_path[len(API) :].strip("/").split("/"))
        query = wire.fields(request.query)
        entry.token = self._authorised(request.headers)
        world.limits.admit(world.behaviour)
        route, ids = self._router.find(request.method, parts)
        world.accounts.check(request.headers.get("authorization", ""), route.scope, world.behaviour)
        if parts[0] not in WITHOUT_ORGANISATION:
            self._check_organisation(request.headers, query)
        dropped = world.behaviour.dropped_fields
        parsed = wire.parsed(request.body, request.headers.get("content-type", ""))
        body = {name: value for name, value in parsed.items() if f"{parts[0]}.{name}" not in dropped}
        answer = route.handler(Call(world.organisation, ids, query, body))
        entry.kind, entry.id = answer.kind, answer.id
        if world.behaviour.empty_list_is_204 and _is_empty_list(answer.payload):
            return Outcome(204, None)
        return Outcome(answer.status, answer.payload)

    def _authorised(self, headers: dict[str, str]) -> str:
        """The tag of the token; its scope is looked at once the path is known."""
        world = self.world
        try:
            return world.accounts.check(headers.get("authorization", ""), "", world.behaviour)
        except ZohoError:
            if world.behaviour.unauthorised_calls_count:
                world.limits.admit(world.behaviour)
            raise

    def _check_organisation(self, headers: dict[str, str], query: dict[str, str]) -> None:
        """In the header (documented) or the query (seen live)."""
        named = headers.get(ORGANISATION_HEADER) or query.get("organization_id", "")
        if named == self.world.organisation.id:
            return
        if named or self.world.behaviour.organisation_header_required:
            message = f"This user is not associated with the CompanyID/CompanyName:{named}."
            raise ZohoError(message, 6041, "wrong_organisation_status")

    async def _pause(self, seconds: float, befallen: Befallen, receive: Receive | None = None) -> None:
        """Hold a request that is befallen, until its release or, if it may, until its client gives up."""
        if seconds > 0:
            gone = [wire.until_gone(receive)] if receive else []
            with self.world.faults.holding(befallen):
                await self._wait(seconds, befallen.released.wait(), *gone)

    async def _wait(self, seconds: float, *ends: Coroutine[Any, Any, object]) -> None:
        """Wait for the first end of all, but not beyond the server's."""
        waits = [asyncio.ensure_future(end) for end in (self.closing.wait(), *ends)]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


async def _read(scope: Scope, receive: Receive) -> Request:
    return Request(
        method=scope["method"],
        path=scope["path"],
        raw_path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=await wire.whole_body(receive),
    )


def _note(entry: Entry, outcome: Outcome) -> None:
    entry.status = outcome.status
    entry.code = outcome.body.get("code") if isinstance(outcome.body, dict) else None


def _is_empty_list(payload: dict[str, Any]) -> bool:
    return "page_context" in payload and not any(isinstance(part, list) and part for part in payload.values())
