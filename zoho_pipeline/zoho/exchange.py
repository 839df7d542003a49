"""One HTTP exchange: the request out, the whole answer in, within its time. No retries, no opinion on the answer."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import requests
from requests.auth import AuthBase
from requests.utils import default_headers
from urllib3.exceptions import HTTPError

from zoho_pipeline.zoho.connections import Fault, Sessions, fault_of
from zoho_pipeline.zoho.request import Request

CONNECT_SECONDS = 10.0
ORGANISATION_HEADER = "X-com-zoho-subscriptions-organizationid"
_HEADERS = {**default_headers(), "Accept": "application/json", "User-Agent": "zoho-pipeline"}
_JSON_HEADERS = {**_HEADERS, "Content-Type": "application/json;charset=UTF-8"}
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


class ZohoAuth(AuthBase):
    """The token and the organisation on a request (both headers are documented)."""

    def __init__(self, token: str, organisation_id: str | None) -> None:
        self._token = token
        self._organisation_id = organisation_id

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Zoho-oauthtoken {self._token}"
        if self._organisation_id is not None:
            request.headers[ORGANISATION_HEADER] = self._organisation_id
        return request


class Exchange:
    """Sends requests to one base address."""

    def __init__(self, api_url: str, organisation_id: str, timeout_seconds: float) -> None:
        self._api_url = api_url
        self._organisation_id = organisation_id
        self._timeout_seconds = timeout_seconds
        self._connect_seconds = min(CONNECT_SECONDS, timeout_seconds)
        self._sessions = Sessions(api_url)

    def longest_seconds(self) -> float:
        """How long one exchange can take: connecting, waiting for the answer's head, reading its body."""
        return self._connect_seconds + 2 * self._timeout_seconds

    def run(self, request: Request, token: str) -> Received:
        """Send the request once.

        Raises:
            Lost: no whole answer came within the time.
        """
        session = self._sessions.session(for_write=request.writes)
        try:
            with session.send(
                self._prepared(request, token),
                timeout=(self._connect_seconds, self._timeout_seconds),
                allow_redirects=False,
            ) as response:
                return Received(response.status_code, response.headers, decoded(self._content(response)))
        except (requests.RequestException, HTTPError) as error:
            raise Lost(fault_of(error)) from None
        finally:
            self._sessions.used()

    def _prepared(self, request: Request, token: str) -> requests.PreparedRequest:
        """The request as it goes out. Prepared without a session, for Zoho's cookies are of no use to us."""
        return requests.Request(
            request.method,
            f"{self._api_url}{request.path}",
            params=dict(request.params),
            data=None if request.body is None else as_json(request.body),
            headers=_HEADERS if request.body is None else _JSON_HEADERS,
            auth=ZohoAuth(token, self._organisation_id if request.names_organisation else None),
        ).prepare()

    def _content(self, response: requests.Response) -> bytes:
        """The whole body; an answer that trickles is given up like one that does not come."""
        deadline = time.monotonic() + self._timeout_seconds
        parts = []
        while part := response.raw.read1(_CHUNK_BYTES, decode_content=True):
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
