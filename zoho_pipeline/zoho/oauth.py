"""Getting an access token for the refresh token.

Documented: `POST <accounts>/oauth/v2/token`, 3,600 seconds of life, ten tokens per refresh token within ten minutes.
Seen live: a refusal is HTTP 200 with an `error`, or HTTP 400 "Access Denied" once the ten are spent; so success is told
by the token, not by the status.
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from urllib3 import BaseHTTPResponse, Timeout
from urllib3.exceptions import HTTPError

from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.connections import Fault, fault_of, open_pool
from zoho_pipeline.zoho.errors import AuthenticationFailed, ZohoUnreachable
from zoho_pipeline.zoho.exchange import CONNECT_SECONDS, HEADERS, decoded

ATTEMPTED = "POST /oauth/v2/token for an access token"
TIMEOUT_SECONDS = 15.0
TOO_MANY_TOKENS = "Access Denied"

_CAUSES = {
    "invalid_code": "the refresh token is not known here: it was revoked, or belongs to another data centre",
    "invalid_client": "the client id is not known here: it is wrong, or belongs to another data centre",
    "invalid_client_secret": "the client secret is wrong",
    TOO_MANY_TOKENS: "too many access tokens were asked for within ten minutes",
}


@dataclass(frozen=True)
class GrantedToken:
    """A fresh access token and how many seconds it lives."""

    token: str = field(repr=False)
    expires_in_seconds: float


class TokenRefused(AuthenticationFailed):
    """The token server said no; `reason` is its own word for it, such as invalid_code."""

    def __init__(self, attempted: str, detail: str, *, status: int | None = None, reason: str = "") -> None:
        super().__init__(attempted, detail, status=status)
        self.reason = reason


def request_token(settings: ZohoSettings) -> GrantedToken:
    """A fresh access token.

    Raises:
        TokenRefused: Zoho grants none; the message says why, as far as Zoho does.
        ZohoUnreachable: the token server gave no usable answer.
    """
    form = {
        "refresh_token": settings.refresh_token.get_secret_value(),
        "client_id": settings.client_id.get_secret_value(),
        "client_secret": settings.client_secret.get_secret_value(),
        "grant_type": "refresh_token",
    }
    address = urlsplit(settings.accounts_url)
    host = address.hostname or ""
    pool = open_pool(settings.accounts_url)
    try:
        response = pool.urlopen(
            "POST",
            f"{address.path.rstrip('/')}/oauth/v2/token",
            body=urlencode(form),
            headers={**HEADERS, "Content-Type": "application/x-www-form-urlencoded"},
            timeout=Timeout(connect=CONNECT_SECONDS, read=min(settings.timeout_seconds, TIMEOUT_SECONDS)),
            retries=False,
            redirect=False,
        )
    except HTTPError as error:
        raise _no_answer(host, fault_of(error)) from None
    finally:
        pool.close()
    return _read(response, host)


def _no_answer(host: str, fault: Fault) -> ZohoUnreachable:
    happened = "could not be reached" if fault is Fault.NOT_SENT else "gave no answer"
    return ZohoUnreachable(ATTEMPTED, f"the token server {host} {happened}")


def _read(response: BaseHTTPResponse, host: str) -> GrantedToken:
    body = decoded(response.data)
    body = body if isinstance(body, dict) else {}
    token = body.get("access_token")
    if isinstance(token, str) and token:
        seconds = body.get("expires_in")
        return GrantedToken(token, float(seconds) if isinstance(seconds, int) else 3600.0)
    reason = str(body.get("error") or "")
    if not reason:
        detail = f"the token server {host} gave an answer that is no token"
        raise ZohoUnreachable(ATTEMPTED, detail, status=response.status)
    raise TokenRefused(ATTEMPTED, _CAUSES.get(reason, reason), status=response.status, reason=reason)
