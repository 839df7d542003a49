"""Connections to Zoho: one per thread, none reused that may be stale, and what a fault of one means.

A kept connection that the server has closed in the meantime takes a request and loses its answer, and then nobody
knows whether a write was carried out. So a write reuses only a connection that was in use a moment ago: common servers
keep an idle one for 5 seconds or more.

`requests` says how a server is reached: the environment's proxies and certificates. What it does with each request
beyond that (cookies, redirects, hooks) is of no use here and costs more than the rest of a call: so requests go out by
the pool of urllib3 that it has set up.
"""

import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from ssl import SSLCertVerificationError
from typing import cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError, ReadTimeoutError

IDLE_SECONDS_FOR_WRITES = 2.0
IDLE_SECONDS_FOR_READS = 30.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Fault(Enum):
    """What a broken exchange leaves known."""

    NOT_SENT = auto()
    """No connection came about: nothing arrived."""
    TIMED_OUT = auto()
    """We stopped waiting; Zoho may still be at it."""
    BROKEN = auto()
    """The connection broke or the answer was cut short: Zoho may have done it."""


class Connections:
    """One kept connection per thread, to one base address."""

    def __init__(self, base_url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._base_url = base_url
        self._monotonic = monotonic
        self._local = threading.local()

    def pool(self, *, for_write: bool) -> HTTPConnectionPool:
        """This thread's connection, in a pool of its own; one that idled too long for the purpose is replaced."""
        pool: HTTPConnectionPool | None = getattr(self._local, "pool", None)
        if pool is None or self._idle_seconds() > (IDLE_SECONDS_FOR_WRITES if for_write else IDLE_SECONDS_FOR_READS):
            if pool is not None:
                pool.close()
            pool = self._local.pool = open_pool(self._base_url)
        return pool

    def used(self) -> None:
        """Note that this thread's connection was in use until now."""
        self._local.last_use = self._monotonic()

    def _idle_seconds(self) -> float:
        return self._monotonic() - float(getattr(self._local, "last_use", float("-inf")))


def open_pool(base_url: str) -> HTTPConnectionPool:
    """A pool of one connection, by the environment's proxies and certificates; this machine is reached directly."""
    session = requests.Session()
    session.trust_env = urlsplit(base_url).hostname not in _LOOPBACK
    environment = session.merge_environment_settings(base_url, {}, None, None, None)
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    request = requests.Request("GET", base_url).prepare()
    pool = adapter.get_connection_with_tls_context(request, environment["verify"], proxies=environment["proxies"])
    adapter.cert_verify(pool, base_url, environment["verify"], None)  # type: ignore[no-untyped-call]
    return cast("HTTPConnectionPool", pool)


def fault_of(error: HTTPError) -> Fault:
    """What an error of urllib3 leaves known about the request."""
    if isinstance(error, ReadTimeoutError):
        return Fault.TIMED_OUT
    return Fault.NOT_SENT if _never_connected(error) else Fault.BROKEN


def _never_connected(error: BaseException) -> bool:
    """Refused, no route, no such name, or a certificate that was not accepted: all before the request is sent.

    urllib3 blames the proxy for whatever befalls a connection through one, even where the request has long gone through
    and the answer was lost: so what counts is what it was.
    """
    if isinstance(error, ProxyError):
        no_tunnel = str(error.original_error).startswith("Tunnel connection failed")  # as http.client says it
        return no_tunnel or _never_connected(error.original_error)
    if isinstance(error, NewConnectionError | ConnectTimeoutError | SSLCertVerificationError):
        return True
    return isinstance(error, HTTPError) and any(isinstance(cause, SSLCertVerificationError) for cause in error.args)
