"""How a send ended: pure, from the answer or the error to what becomes of the row."""

from dataclasses import dataclass, field, replace

from zoho_pipeline.causes import Cause
from zoho_pipeline.mirror.objects import MirrorObject
from zoho_pipeline.states import Outcome, State
from zoho_pipeline.sync.decisions import Create, Send
from zoho_pipeline.sync.kinds.kind import HalfDone, NotAsMapped, Sent
from zoho_pipeline.zoho.errors import (
    AuthenticationFailed,
    CustomerNameTaken,
    DailyQuotaSpent,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    WrongOrganisation,
    ZohoError,
    ZohoUnreachable,
)
from zoho_pipeline.zoho.errors import Conflict as ZohoConflict

STOPS_THE_RUN = (
    AuthenticationFailed, DailyQuotaSpent, PermissionDenied, RateLimited, WrongOrganisation, ZohoUnreachable,
)  # fmt: skip
"""Errors that say nothing about the row: nothing of it was done, and the next one would fare no better."""

_PARKED_ADVICE = "Look at both in Zoho and in CircleTel; a person decides."


@dataclass(frozen=True)
class Ending:
    """How one attempt ended."""

    outcome: Outcome
    state: State
    reason: str | None = None
    advice: str | None = None
    made: MirrorObject | None = None
    sent: Sent | None = None
    taken_back: str | None = None
    """The object that was deleted in Zoho again."""
    error: ZohoError | None = field(default=None, repr=False)
    cause: Cause | None = None
    """Why the row did not go; None where it did."""
    tries: int = 0
    """How often this content was tried in vain by now."""
    retry_seconds: float | None = None
    """When it is tried again, counted from now; None where it is not, or not by the clock."""

    @property
    def zoho_id(self) -> str | None:
        """The object that the send made or changed."""
        return self.made.zoho_id if self.made else None

    @property
    def problem(self) -> str | None:
        """What is wrong with the row, for its error column; None where it is synced."""
        return None if self.state is State.SYNCED else self.reason


def ended_well(decision: Send, sent: Sent) -> Ending:
    """The calls were answered as they should: created or updated, unless the object is wrong all the same."""
    if sent.trouble:
        return Ending(
            Outcome.PARKED, State.PARKED, sent.trouble, _PARKED_ADVICE, sent.object, sent, cause=Cause.CONFLICT
        )
    outcome = Outcome.CREATED if isinstance(decision, Create) else Outcome.UPDATED
    return Ending(outcome, State.SYNCED, made=sent.object, sent=sent)


def ended_badly(error: ZohoError | NotAsMapped | HalfDone) -> Ending:
    """What becomes of the row after this error."""
    match error:
        case NotAsMapped(reason=reason, advice=advice):
            refused = Ending(Outcome.REFUSED, State.REFUSED, reason, advice, taken_back=error.taken_back)
            return replace(refused, cause=Cause.VALIDATION)
        case HalfDone():
            half = _from(error.error, Outcome.FAILED, State.FAILED)
            reason = f"it was made in Zoho, but not finished: {error.error.detail}"
            return replace(half, reason=reason, advice="Nothing to do: the next run finishes it.", made=error.made)
        case OutcomeUnknown():  # an outage is no failure of its month, which goes on when Zoho is back
            return _from(error, Outcome.WAITING if error.for_everybody else Outcome.FAILED, State.IN_DOUBT)
        case CustomerNameTaken():
            return _from(error, Outcome.PARKED, State.PARKED)
        case Rejected() if not isinstance(error, ZohoConflict):
            return _from(error, Outcome.REFUSED, State.REFUSED)
        case _:
            return _from(error, Outcome.FAILED, State.FAILED)


def _from(error: ZohoError, outcome: Outcome, state: State) -> Ending:
    return Ending(outcome, state, error.detail, error.next_step(), error=error, cause=_cause(error))


def _cause(error: ZohoError) -> Cause:
    """A write that Zoho answered, if badly, has met an error of Zoho's; one that it did not answer has met nobody.

    Nor has one that fell into an outage.
    """
    met_zoho = isinstance(error, OutcomeUnknown) and error.status and not error.for_everybody
    return Cause.ZOHO_ERROR if met_zoho else error.cause
