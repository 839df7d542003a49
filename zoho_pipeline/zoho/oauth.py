"""Getting an access token for the refresh token.

Documented: `POST <accounts>/oauth/v2/token`, 3,600 seconds of life, ten tokens per refresh token within ten minutes.
Seen live: a refusal is HTTP 200 with an `error`, or HTTP 400 "Access Denied" once the ten are spent; so success is told
by the token, not by the status.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.connections import Fault, fault_of
from zoho_pipeline.zoho.errors import AuthenticationFailed, ZohoUnreachable
from zoho_pipeline.zoho.exchange import CONNECT_SECONDS, decoded

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
    host = urlsplit(settings.accounts_url).hostname or ""
    try:
        with requests.Session() as session:
            session.trust_env = host not in ("127.0.0.1", "localhost", "::1")
            response = session.post(
                f"{settings.accounts_url}/oauth/v2/token",
                data=form,
                timeout=(CONNECT_SECONDS, min(settings.timeout_seconds, TIMEOUT_SECONDS)),
                allow_redirects=False,
            )
    except requests.RequestException as error:
        raise _no_answer(host, fault_of(error)) from None
    return _read(response, host)


def _no_answer(host: str, fault: Fault) -> ZohoUnreachable:
    happened = "could not be reached" if fault is Fault.NOT_SENT else "gave no answer"
    return ZohoUnreachable(ATTEMPTED, f"the token server {host} {happened}")


def _read(response: requests.Response, host: str) -> GrantedToken:
    body = decoded(response.content)
    body = body if isinstance(body, dict) else {}
    token = body.get("access_token")
    if isinstance(token, str) and token:
        seconds = body.get("expires_in")
        return GrantedToken(token, float(seconds) if isinstance(seconds, int) else 3600.0)
    reason = str(body.get("error") or "")
    if not reason:
        detail = f"the token server {host} gave an answer that is no token"
        raise ZohoUnreachable(ATTEMPTED, detail, status=response.status_code)
    raise TokenRefused(ATTEMPTED, _CAUSES.get(reason, reason), status=response.status_code, reason=reason)
