"""What is to be done with a row: the closed list of decisions, made by pure functions and carried out by the engine."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from zoho_pipeline.causes import Cause
from zoho_pipeline.mapping.mapped import Mapped
from zoho_pipeline.money import ZERO
from zoho_pipeline.states import State


@dataclass(frozen=True)
class Record:
    """What the engine already knows of a row."""

    known: bool = False
    """Whether the row was ever looked at before."""
    state: State = State.WAITING
    reason: str | None = None
    advice: str | None = None
    source_hash: str | None = None
    fingerprint: str | None = None
    zoho_id: str | None = None
    """The object that the row was linked to when the state was written."""
    attempts: int = 0
    cause: Cause | None = None
    tries: int = 0
    """How often this content was tried in vain."""
    retry_at: datetime | None = None
    first_seen_at: datetime | None = None
    changed_at: datetime | None = None
    app_syncing_since: datetime | None = None
    doubt_since: datetime | None = None
    doubt_looks: int = 0
    doubt_looked_at: datetime | None = None
    being_sent: bool = False
    """Another worker holds a lease on it at this moment."""


@dataclass(frozen=True)
class Create:
    """Make the object in Zoho."""

    mapped: Mapped
    moves: Decimal = ZERO
    """What it moves in the books, in rand: counts towards the day's ceiling."""
    then_open: bool = False
    """An invoice that has gone out is opened once its total and VAT were found to be right."""
    total: Decimal | None = None
    tax: Decimal | None = None


@dataclass(frozen=True)
class Update:
    """Bring the object's content up to date; of a draft invoice its total and VAT (rand) are compared afterwards."""

    zoho_id: str
    mapped: Mapped
    then_open: bool = False
    """A draft whose invoice has gone out is opened once its total and VAT were found to be right."""
    total: Decimal | None = None
    tax: Decimal | None = None


@dataclass(frozen=True)
class Open:
    """Finish a draft invoice: see that its total and VAT (rand) are right, then open it if it has gone out."""

    zoho_id: str
    mapped: Mapped
    total: Decimal
    tax: Decimal
    then_open: bool = True
    ours: bool = False
    """A send of ours that broke off left it there: it is deleted again if it is not right."""


@dataclass(frozen=True)
class Cancel:
    """End a subscription, now: CircleTel's service is over, and a person has approved it."""

    zoho_id: str

    @property
    def mapped(self) -> Mapped:
        """What is sent; its fingerprint is no content's, so a row that comes back to life is compared anew."""
        return Mapped({"cancel_at_end": False}, "cancelled")


@dataclass(frozen=True)
class Adopt:
    """Link the row to an object that is in Zoho already."""

    zoho_id: str
    found_by: str
    fingerprint: str | None
    by_content: bool = False


@dataclass(frozen=True)
class Keep:
    """Linked and up to date: nothing to send."""

    fingerprint: str | None


@dataclass(frozen=True)
class Hold:
    """Not now, or not as it is: the state says what comes next."""

    state: State
    reason: str
    advice: str
    fingerprint: str | None = None
    cause: Cause | None = None
    """None where the state says it."""


class Question(StrEnum):
    """What the mirror cannot answer, although one call to Zoho can."""

    INVOICES_OF_SUBSCRIPTION = "which invoices the subscription raised"
    DETAIL_OF_INVOICE = "whether a subscription raised the invoice"


@dataclass(frozen=True)
class Ask:
    """Ask Zoho, then decide again."""

    question: Question
    zoho_id: str
    otherwise: Hold
    """What stands where nobody may ask (a dry run makes list calls only)."""


@dataclass(frozen=True)
class After:
    """Send it as well, but decide how once the rest of the batch was sent: it depends on how that ends."""


Send = Create | Update | Open | Cancel
"""What makes calls that change something in Zoho; everything else is settled in the database."""
Decision = Send | After | Adopt | Keep | Hold | Ask


class Instead(Exception):
    """Raised while a row is being planned, when it turns out that something else is to be done."""

    def __init__(self, decision: Hold | Ask | After) -> None:
        super().__init__(decision)
        self.decision = decision


class HeldBack(Instead):
    """The row cannot go now."""

    def __init__(self, state: State, reason: str, advice: str | None = None) -> None:
        super().__init__(Hold(state, reason, advice or f"Nothing to do: {state.next}."))
