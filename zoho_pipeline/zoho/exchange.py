"""One HTTP exchange: the request out, the whole answer in, within its time. No retries, no opinion on the answer."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

from urllib3 import BaseHTTPResponse, Timeout
from urllib3.exceptions import HTTPError

from zoho_pipeline.zoho.connections import Connections, Fault, fault_of
from zoho_pipeline.zoho.request import Request

CONNECT_SECONDS = 10.0
ORGANISATION_HEADER = "X-com-zoho-subscriptions-organizationid"
HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate", "User-Agent": "zoho-pipeline"}
_JSON = {"Content-Type": "application/json;charset=UTF-8"}
_CHUNK_BYTES = 65_536
_EXACT_DIGITS = 15


@dataclass(frozen=True)
class Received:
    """An answer as it came: `body` is the decoded JSON, None where it is none."""

    status: int
    headers: Mapping[str, str]
    body: Any = field(repr=False)


class Lost(Exception):
    """No whole answer came. The message holds no address, for a query may hold an e-mail."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.name)


class Exchange:
    """Sends requests to one base address."""

    def __init__(self, api_url: str, organisation_id: str, timeout_seconds: float) -> None:
        self._base_path = urlsplit(api_url).path.rstrip("/")
        self._organisation_id = organisation_id
        self._timeout_seconds = timeout_seconds
        self._connect_seconds = min(CONNECT_SECONDS, timeout_seconds)
        self._timeout = Timeout(connect=self._connect_seconds, read=timeout_seconds)
        self._connections = Connections(api_url)

    def longest_seconds(self) -> float:
        """How long one exchange can take: connecting, waiting for the answer's head, reading its body."""
        return self._connect_seconds + 2 * self._timeout_seconds

    def run(self, request: Request, token: str) -> Received:
        """Send the request once.

        Raises:
            Lost: no whole answer came within the time.
        """
        pool = self._connections.pool(for_write=request.writes)
        try:
            response = pool.urlopen(
                request.method,
                self._target(request),
                body=None if request.body is None else as_json(request.body),
                headers=self._headers(request, token),
                timeout=self._timeout,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                return Received(response.status, response.headers, decoded(self._content(response)))
            finally:
                response.close()
        except HTTPError as error:
            raise Lost(fault_of(error)) from None
        finally:
            self._connections.used()

    def _target(self, request: Request) -> str:
        path = f"{self._base_path}{request.path}"
        return f"{path}?{urlencode(request.params)}" if request.params else path

    def _headers(self, request: Request, token: str) -> dict[str, str]:
        """Those of Zoho's are documented: the token, and the organisation."""
        headers = {**HEADERS, "Authorization": f"Zoho-oauthtoken {token}"}
        if request.names_organisation:
            headers[ORGANISATION_HEADER] = self._organisation_id
        if request.body is not None:
            headers |= _JSON
        return headers

    def _content(self, response: BaseHTTPResponse) -> bytes:
        """The whole body; an answer that trickles is given up like one that does not come."""
        deadline = time.monotonic() + self._timeout_seconds
        parts = []
        while part := response.read1(_CHUNK_BYTES, decode_content=True):
            parts.append(part)
            if time.monotonic() > deadline:
                raise Lost(Fault.TIMED_OUT)
        return b"".join(parts)


def decoded(content: bytes) -> Any:
    """The JSON value, numbers with a point as Decimal; None where the content is no JSON."""
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except ValueError:
        return None


def as_json(body: Mapping[str, Any]) -> bytes:
    """The body as JSON: a Decimal as the number that it is, a date as yyyy-mm-dd."""
    return json.dumps(body, default=_plain, allow_nan=False, ensure_ascii=False).encode()


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        if len(value.as_tuple().digits) > _EXACT_DIGITS:
            raise ValueError(f"a number of more than {_EXACT_DIGITS} digits does not survive JSON")
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
