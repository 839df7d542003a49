"""Connections to Zoho: one session per thread, no connection reused that may be stale, and what a fault of one means.

A kept connection that the server has closed in the meantime takes a request and loses its answer, and then nobody
knows whether a write was carried out. So a write reuses only a connection that was in use a moment ago: common servers
keep an idle one for 5 seconds or more.
"""

import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from ssl import SSLCertVerificationError
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ReadTimeoutError

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


class Sessions:
    """One requests session per thread, to one base address."""

    def __init__(self, base_url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._base_url = base_url
        self._trusts_environment = urlsplit(base_url).hostname not in _LOOPBACK
        self._monotonic = monotonic
        self._local = threading.local()

    def session(self, *, for_write: bool) -> requests.Session:
        """This thread's session; connections that idled too long for the purpose are closed first."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self._open()
        elif self._idle_seconds() > (IDLE_SECONDS_FOR_WRITES if for_write else IDLE_SECONDS_FOR_READS):
            session.close()  # closes the pooled connections; the session itself stays usable
        return session

    def used(self) -> None:
        """Note that this thread's connection was in use until now."""
        self._local.last_use = self._monotonic()

    def _idle_seconds(self) -> float:
        return self._monotonic() - float(getattr(self._local, "last_use", float("-inf")))

    def _open(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = self._trusts_environment  # proxies, certificates; not for this machine's own addresses
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.stream = True
        session.verify = session.merge_environment_settings(self._base_url, {}, None, None, None)["verify"]
        return session


def fault_of(error: Exception) -> Fault:
    """What an error of requests or urllib3 leaves known about the request."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return Fault.NOT_SENT
    if isinstance(error, requests.exceptions.ReadTimeout | ReadTimeoutError):
        return Fault.TIMED_OUT
    return Fault.NOT_SENT if _never_connected(error) else Fault.BROKEN


def _never_connected(error: Exception) -> bool:
    """Refused, no route, no such name, or a certificate that was not accepted: all before the request is sent."""
    reason = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return True
    causes = (reason, *getattr(reason, "args", ()))
    return any(isinstance(cause, SSLCertVerificationError) for cause in causes)
