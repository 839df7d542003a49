"""What the client needs from others: permission to call, and a token. The room `budget` provides both."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Purpose(StrEnum):
    """How pressing a call is: urgent calls (health checks, retries, single rows) pass a backfill's."""

    BULK = "bulk"
    URGENT = "urgent"


@dataclass(frozen=True)
class About:
    """On whose behalf a call is made: it labels the call in the ledger and in messages.

    Attributes:
        entity: kind of record, such as "invoices".
        record_id: the record's id in CircleTel (or in Zoho, where there is none).
        name: how people call the record without naming a person, such as "invoice INV-2025-00012".
        run_id: the run that makes the call.
        purpose: bulk work or urgent.
    """

    entity: str | None = None
    record_id: str | None = None
    name: str | None = None
    run_id: str | None = None
    purpose: Purpose = Purpose.BULK

    def __str__(self) -> str:
        return self.name or " ".join(part for part in (self.entity, self.record_id) if part)


@dataclass(frozen=True)
class Call:
    """One HTTP request to Zoho, before it is made.

    Attributes:
        method: GET, POST, PUT or DELETE.
        endpoint: the method and the path without ids, such as "POST /invoices/{id}/converttoopen".
        probe: it is made to learn whether Zoho serves anybody, and for nothing else.
    """

    method: str
    endpoint: str
    purpose: Purpose
    entity: str | None
    record_id: str | None
    run_id: str | None
    probe: bool = False

    @property
    def writes(self) -> bool:
        """Whether it changes something in Zoho."""
        return self.method != "GET"


@dataclass
class CallRecord:
    """How the call ended; the client fills it in before it leaves the permit.

    Attributes:
        status: HTTP status; None where no answer came.
        code: Zoho's own code in the answer's body.
        retry_after_seconds: what the answer's Retry-After header asks for.
        may_still_run: the client stopped waiting, so Zoho may still be busy with the call.
        lost: why the call, which was tried, brought no whole answer; None where one came, or nothing was tried.
    """

    status: int | None = None
    code: int | None = None
    retry_after_seconds: float | None = None
    may_still_run: bool = False
    lost: str | None = None


class Budget(Protocol):
    """Leave to call Zoho, shared by everybody who calls it."""

    def permit(self, call: Call) -> AbstractContextManager[CallRecord]:
        """Wait until the call may be made, hold its place while it runs, and store how it ended.

        What the record says of 43, 44, 45, 1070 or Retry-After holds up everybody's next call (`limits.cool_down`),
        and what fails for everybody stops them all (`limits.standing`).

        Raises:
            DailyQuotaSpent: no calls are left today.
            RateLimited: Zoho has asked for a pause that is longer than a caller should wait.
            ZohoDown: Zoho fails for everybody. A probe raises it on its way out where Zoho did not serve it.
        """


class AccessTokens(Protocol):
    """The access token, one for all."""

    def current(self) -> str:
        """A token that is valid now.

        Raises:
            AuthenticationFailed: Zoho refuses to grant one.
            ZohoUnreachable: the token server could not be asked.
        """

    def after_refusal(self, refused: str) -> str:
        """The token to use after Zoho refused this one; the same one where a new one would not help.

        Raises:
            AuthenticationFailed: Zoho refuses to grant another.
            ZohoUnreachable: the token server could not be asked.
        """
