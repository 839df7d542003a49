"""How a send ended: pure, from the answer or the error to what becomes of the row."""

from dataclasses import dataclass, field

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
        return Ending(Outcome.PARKED, State.PARKED, sent.trouble, _PARKED_ADVICE, sent.object, sent)
    outcome = Outcome.CREATED if isinstance(decision, Create) else Outcome.UPDATED
    return Ending(outcome, State.SYNCED, made=sent.object, sent=sent)


def ended_badly(error: ZohoError | NotAsMapped | HalfDone) -> Ending:
    """What becomes of the row after this error."""
    match error:
        case NotAsMapped():
            return Ending(Outcome.REFUSED, State.REFUSED, error.reason, error.advice, taken_back=error.taken_back)
        case HalfDone():
            reason = f"it was made in Zoho, but not finished: {error.error.detail}"
            advice = "Nothing to do: the next run finishes it."
            return Ending(Outcome.FAILED, State.FAILED, reason, advice, made=error.made, error=error.error)
        case OutcomeUnknown():
            return Ending(Outcome.FAILED, State.IN_DOUBT, error.detail, error.next_step(), error=error)
        case CustomerNameTaken():
            return Ending(Outcome.PARKED, State.PARKED, error.detail, error.next_step(), error=error)
        case Rejected() if not isinstance(error, ZohoConflict):
            return Ending(Outcome.REFUSED, State.REFUSED, error.detail, error.next_step(), error=error)
        case _:
            return Ending(Outcome.FAILED, State.FAILED, error.detail, error.next_step(), error=error)
