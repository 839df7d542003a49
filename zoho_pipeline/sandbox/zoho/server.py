"""Running the application under uvicorn, in the main thread or in a test's."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn

from zoho_pipeline.sandbox.zoho.app import PracticeServer

HOST = "127.0.0.1"


def bound_socket(port: int) -> socket.socket:
    """A socket on the loopback interface; port 0 takes a free one. OSError if the port is in use."""
    # Only where the protocol is named does asyncio send small answers at once, not 40 ms later.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # Without this a server that is started again would have to wait for old connections to be forgotten.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        # Listening at once makes a second server on the same port fail here, not later.
        bound.listen(1024)
    except BaseException:
        bound.close()
        raise
    return bound


class Server(uvicorn.Server):
    """uvicorn, ending quietly: a signal returns to the caller, who still has the state to save."""

    def __init__(self, app: PracticeServer, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                # uvloop's sockets cannot be reset the way faults need it.
                loop="asyncio",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=1,
            )
        )
        self._app = app
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say when it is ready."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wake what is waiting on purpose, so that it ends too."""
        self._app.closing.set()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM; uvicorn's own way raises the signal again, which ends the process."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
