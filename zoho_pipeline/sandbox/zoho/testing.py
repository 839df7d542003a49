"""For tests: a practice server in a thread of the test's own process, on a free port."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zoho_pipeline.sandbox.zoho.app import API, PracticeServer
from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.oauth import Credentials
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.server import Server, bound_socket
from zoho_pipeline.sandbox.zoho.world import World


@dataclass(slots=True, frozen=True)
class RunningServer:
    """Where it listens, what a client needs to sign in, and the live world behind it."""

    url: str
    world: World

    @property
    def api_url(self) -> str:
        """Base of the API."""
        return f"{self.url}{API}"

    @property
    def accounts_url(self) -> str:
        """Base of the accounts server."""
        return self.url

    @property
    def organisation(self) -> Organisation:
        """The live organisation; look at it, and change it only while no request is under way."""
        return self.world.organisation

    @property
    def client_id(self) -> str:
        """OAuth client."""
        return self.world.credentials.client_id

    @property
    def client_secret(self) -> str:
        """Its secret."""
        return self.world.credentials.client_secret

    @property
    def refresh_token(self) -> str:
        """Its refresh token."""
        return self.world.credentials.refresh_token

    @property
    def org_id(self) -> str:
        """The organisation's id."""
        return self.world.credentials.organisation_id


@contextlib.contextmanager
def running_server(
    *,
    now: datetime | str | None = None,
    credentials: Credentials | None = None,
    state: dict[str, Any] | None = None,
    **settings: object,
) -> Iterator[RunningServer]:
    """A running server; settings as in Behaviour, `now` starts the business clock, `state` is a snapshot."""
    moment = datetime.fromisoformat(now) if isinstance(now, str) else now
    world = World(Behaviour().updated(settings), credentials, moment)
    if state is not None:
        world.restore(state)
    bound = bound_socket(0)
    ready = threading.Event()
    server = Server(PracticeServer(world), ready.set)
    thread = threading.Thread(target=server.run, args=([bound],), name="practice-zoho", daemon=True)
    thread.start()
    if not ready.wait(60):
        raise RuntimeError("the practice Zoho Billing server did not start within a minute")
    try:
        yield RunningServer(f"http://127.0.0.1:{bound.getsockname()[1]}", world)
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()
