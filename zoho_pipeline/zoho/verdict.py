"""What an answer means: the error it stands for, or none. Pure; codes as in Zoho's documents unless said otherwise."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from zoho_pipeline.zoho.answers import not_understood
from zoho_pipeline.zoho.errors import (
    AuthenticationFailed,
    Conflict,
    CustomerNameTaken,
    DailyQuotaSpent,
    InvoiceNumberTaken,
    MoreThanBalance,
    NotInZoho,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    WrongOrganisation,
    ZohoError,
    ZohoFailed,
)
from zoho_pipeline.zoho.limits import INTERNAL_ERROR, CoolDown, Limit, cool_down, limit_met
from zoho_pipeline.zoho.request import Request

MALFORMED_TOKEN = 14
"""The code of a call without a token or with one that is none (seen live)."""
NOT_AUTHORISED = 57
"""The code of a dead token, and of a missing scope too (seen live)."""

_BY_CODE: dict[int, type[ZohoError]] = {
    MALFORMED_TOKEN: AuthenticationFailed,
    NOT_AUTHORISED: PermissionDenied,
    6041: WrongOrganisation,  # from a sister product
    1001: InvoiceNumberTaken,  # from a sister product
    1002: NotInZoho,
    3062: CustomerNameTaken,  # seen live
    24016: MoreThanBalance,  # from a sister product
}

_LIMITS: dict[Limit, str] = {
    Limit.MINUTE: "the organisation's calls of this minute are spent",
    Limit.DAY: "the organisation's calls of this day are spent",
    Limit.IN_FLIGHT: "too many calls are in flight at once",
    Limit.BLOCKED: "Zoho has blocked the organisation's calls for some time",
    Limit.ASKED: "Zoho asks for a pause",
}


def code_of(body: object) -> int | None:
    """Zoho's own code in a body; None where there is none."""
    code = body.get("code") if isinstance(body, Mapping) else None
    if isinstance(code, str) and code.lstrip("-").isdecimal():
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def verdict(
    request: Request, status: int, body: object, retry_after_seconds: float | None, now: datetime
) -> ZohoError | None:
    """The error that an answer stands for; None for success.

    `body` is the decoded JSON, or None where it is none. Success is a status of 200 to 204 with code 0 (or, for 204,
    no body); a code other than 0 under 200 is an error (seen live).
    """
    code = code_of(body)
    pause = cool_down(status, code, retry_after_seconds)
    if pause is not None and limit_met(status, code) is not None:
        return _limited(request, status, code, pause, now)
    if status >= 500 or status == 408 or code == INTERNAL_ERROR:
        return _failed(request, status, code)
    if status == 401 and code is None:
        return PermissionDenied(request.attempted, "the token was refused", status=status)
    if status == 204 and body is None:
        return None
    if status == 404 and not request.writes:
        return NotInZoho(request.attempted, "Zoho knows no such object or list", status=status, code=code)
    if not isinstance(body, Mapping) or code is None or 300 <= status < 400:
        return not_understood(request, status, _unreadable(status, body))
    if status < 300 and code == 0:
        return None
    return _refused(request, status, code, body)


def _limited(request: Request, status: int, code: int | None, pause: CoolDown, now: datetime) -> ZohoError:
    detail = _LIMITS[pause.limit]
    if pause.limit is Limit.DAY:
        resumes_at = now + timedelta(seconds=pause.seconds)
        return DailyQuotaSpent(request.attempted, detail, status=status, code=code, resumes_at=resumes_at)
    return RateLimited(request.attempted, detail, status=status, code=code, retry_after_seconds=pause.seconds)


def _failed(request: Request, status: int, code: int | None) -> ZohoError:
    """5xx, a time-out on Zoho's side, or "internal error": of a write nobody knows what became of it."""
    kind = OutcomeUnknown if request.writes else ZohoFailed
    return kind(request.attempted, "Zoho failed while it answered", status=status, code=code)


def _refused(request: Request, status: int, code: int, body: Mapping[str, Any]) -> ZohoError:
    kind = _BY_CODE.get(code) or {401: PermissionDenied, 403: PermissionDenied, 404: NotInZoho}.get(status, Rejected)
    if kind is InvoiceNumberTaken and "/invoices" not in request.template:
        kind = Conflict
    if kind is CustomerNameTaken:  # its message is the customer's name
        detail = "a customer of this name exists already"
    else:
        detail = str(body.get("message") or "Zoho gives no reason")
    return kind(request.attempted, detail, status=status, code=code)


def _unreadable(status: int, body: object) -> str:
    if 300 <= status < 400:
        return "the answer sends us to another address, which is followed by nobody; check ZOHO_REGION"
    if body is None:
        return "the answer is not the JSON that Zoho documents (cut short, or a page for people)"
    return "the answer carries no code, so it cannot be read as success"
