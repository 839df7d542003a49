"""What can go wrong between us and Zoho Billing.

    ZohoError
    ├── ZohoUnreachable          nothing arrived: no connection was made, or no token could be fetched
    │   └── ZohoDown             nothing was sent, because Zoho fails for everybody
    ├── OutcomeUnknown           a write whose answer was lost or is unreadable: it may have been carried out
    ├── RateLimited              too many calls: 43, 44, 1070, or a plain 429
    ├── DailyQuotaSpent          Zoho's day is spent (45), or our share of it
    ├── AuthenticationFailed     no token is granted, or every token is refused
    ├── PermissionDenied         the token is good but may not do this: 57 after a refresh, or 403
    ├── WrongOrganisation        6041
    ├── NotInZoho                404, or 1002
    ├── Rejected                 Zoho read the request and refuses its content
    │   └── Conflict             because of what is in Zoho already
    │       ├── InvoiceNumberTaken   1001
    │       ├── CustomerNameTaken    3062
    │       └── MoreThanBalance      24016
    ├── ZohoFailed               a read that Zoho failed to answer, after retries
    └── UnexpectedAnswer         a read whose answer is not what Zoho documents

`outcome_known` decides whether a write may be sent again: it is False for OutcomeUnknown alone, and such a write must
be looked up in Zoho first. Every other error of a write says for certain that it was not carried out.
"""

import re
from datetime import UTC, datetime
from typing import ClassVar

from zoho_pipeline.causes import Cause
from zoho_pipeline.clock import shown
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.redaction import HIDDEN, redacted_text

_LONGEST_DETAIL = 300
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|(?<!\w)'[^']*'(?!\w)")


def safe_detail(text: str) -> str:
    """Zoho's message without e-mails, tokens, and quoted values (Zoho quotes customers' names), on one short line."""
    line = " ".join(_QUOTED.sub(HIDDEN, redacted_text(text)).split())
    return line if len(line) <= _LONGEST_DETAIL else f"{line[: _LONGEST_DETAIL - 1]}…"


_SOME_DAY = datetime(9999, 1, 1, tzinfo=UTC)


class ZohoError(Foreseen):
    """A call that did not do what it was made for.

    Attributes:
        attempted: the call and the record, such as "POST /invoices for invoice INV-2025-00012".
        detail: what happened, short and without personal data.
        status: HTTP status of the answer, where one came.
        code: Zoho's own code in the answer, where one came.
        for_everybody: Zoho failed for everybody just then, so it says nothing about the record.
    """

    outcome_known: ClassVar[bool] = True
    advice: ClassVar[str] = ""
    cause: ClassVar[Cause] = Cause.UNKNOWN

    def __init__(self, attempted: str, detail: str, *, status: int | None = None, code: int | None = None) -> None:
        self.attempted = attempted
        self.detail = safe_detail(detail)
        self.status = status
        self.code = code
        self.for_everybody = False
        super().__init__(attempted, self.detail)

    def __str__(self) -> str:
        parts = [f"{self.attempted}: {self.detail.rstrip('.')}{self._numbers()}.", self.next_step()]
        return " ".join(part for part in parts if part)

    def next_step(self) -> str:
        """What to do about it, as a sentence."""
        return self.advice

    def _numbers(self) -> str:
        numbers = []
        if self.status is not None:
            numbers.append(f"HTTP {self.status}")
        if self.code:
            numbers.append(f"code {self.code}")
        return f" ({', '.join(numbers)})" if numbers else ""


class ZohoUnreachable(ZohoError):
    """It is certain that nothing arrived at Zoho."""

    cause = Cause.ZOHO_UNREACHABLE
    advice = "Nothing was sent; check the network, ZOHO_REGION and ZOHO_API_URL. It is safe to try again."


class ZohoDown(ZohoUnreachable):
    """Zoho fails for everybody, so nothing is sent for now.

    Attributes:
        since: when that began (UTC).
        next_probe_at: when the next call finds out whether it still does (UTC).
        probe_due: whether that moment has come.
    """

    def __init__(
        self,
        attempted: str,
        detail: str,
        *,
        status: int | None = None,
        code: int | None = None,
        since: datetime = _SOME_DAY,
        next_probe_at: datetime = _SOME_DAY,
        probe_due: bool = False,
    ) -> None:
        super().__init__(attempted, detail, status=status, code=code)
        self.since = since
        self.next_probe_at = next_probe_at
        self.probe_due = probe_due

    def next_step(self) -> str:
        return f"Nothing was sent, and the rows wait; Zoho is asked again at {shown(self.next_probe_at)}."


class OutcomeUnknown(ZohoError):
    """A write that may or may not have been carried out."""

    cause = Cause.ZOHO_UNREACHABLE
    outcome_known = False
    advice = "It may have been carried out: look the record up in Zoho by its key before anything is sent again."


class RateLimited(ZohoError):
    """Zoho takes no calls for a while. `retry_after_seconds` says for how long."""

    cause = Cause.RATE_LIMIT

    def __init__(
        self,
        attempted: str,
        detail: str,
        *,
        status: int | None = None,
        code: int | None = None,
        retry_after_seconds: float = 60.0,
    ) -> None:
        super().__init__(attempted, detail, status=status, code=code)
        self.retry_after_seconds = retry_after_seconds

    def next_step(self) -> str:
        return f"Nothing was done; it can go on in {self.retry_after_seconds:.0f} seconds."


class DailyQuotaSpent(ZohoError):
    """No calls are left today, by Zoho's count (45) or in our own share. `resumes_at` says when to go on (UTC)."""

    cause = Cause.DAILY_QUOTA

    def __init__(
        self,
        attempted: str,
        detail: str,
        *,
        status: int | None = None,
        code: int | None = None,
        resumes_at: datetime = _SOME_DAY,
    ) -> None:
        super().__init__(attempted, detail, status=status, code=code)
        self.resumes_at = resumes_at

    def next_step(self) -> str:
        return f"Nothing was done; it can go on at {shown(self.resumes_at)}."


class AuthenticationFailed(ZohoError):
    """Zoho grants no access token, or refuses the one it granted."""

    cause = Cause.AUTHENTICATION
    advice = (
        "Check ZOHO_REGION first (the wrong data centre looks like a bad token), then the client and refresh token."
    )


class PermissionDenied(ZohoError):
    """The token is valid, and yet not allowed to do this."""

    cause = Cause.PERMISSION
    advice = "Grant the refresh token the scope that this call needs (ZohoSubscriptions.fullaccess.all covers all)."


class WrongOrganisation(ZohoError):
    """The user behind the token does not belong to the organisation."""

    cause = Cause.AUTHENTICATION
    advice = "Check ZOHO_ORG_ID: `zoho-pipeline verify-env` lists the organisations that the token can see."


class NotInZoho(ZohoError):
    """The object is not, or no longer, in Zoho."""

    cause = Cause.NOT_FOUND_IN_ZOHO
    advice = "It was deleted or merged in Zoho, or its id is wrong."


class Rejected(ZohoError):
    """Zoho understood the request and refuses its content."""

    cause = Cause.VALIDATION
    advice = "Correct the record in CircleTel; sent as it is, it is refused again."


class Conflict(Rejected):
    """Refused because of something that is in Zoho already."""

    cause = Cause.CONFLICT
    advice = "Look at what is in Zoho already under this key."


class InvoiceNumberTaken(Conflict):
    """An invoice with this number exists (code 1001, as in Zoho's sister products)."""

    advice = "An invoice with this number is in Zoho: look it up and adopt it if it is this one."


class CustomerNameTaken(Conflict):
    """The organisation forbids two customers of one name (code 3062, seen live)."""

    advice = "A customer of this name is in Zoho: adopt it if it is this one, or allow equal names in Zoho's settings."


class MoreThanBalance(Conflict):
    """The amount applied is more than the invoice's balance (code 24016, as in Zoho's sister products)."""

    advice = "Read the invoice's balance again: something else was applied to it."


class ZohoFailed(ZohoError):
    """A read that Zoho failed to answer, tried several times."""

    cause = Cause.ZOHO_ERROR
    advice = "Nothing was changed; try again later."


class UnexpectedAnswer(ZohoError):
    """An answer that is not JSON, lacks the object asked for, or does not echo what was sent."""

    advice = "Nothing was concluded from it; look at the same request in Zoho, and at docs/runbook.md."
