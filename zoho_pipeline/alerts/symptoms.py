"""What an observer sees amiss: the input of the ledger. Names records by kind, id and number, never a person."""

from dataclasses import dataclass, replace
from enum import StrEnum

from zoho_pipeline.entities import Entity
from zoho_pipeline.redaction import redacted_text


class Sign(StrEnum):
    """What an observer knows about the nature of a symptom, beside its figures; each speaks for a level."""

    UNKNOWN_ERROR = "the error is unknown"
    SUSPECTED_BUG = "a fault in the code is suspected"
    DATA_INTEGRITY = "records contradict each other"
    CRITICAL = "critical business operations are affected"
    ZOHO_FAILING = "Zoho's API fails consistently"
    LIMITS_TOO_LOW = "Zoho's rate limits are too restrictive"
    ZOHO_DATA = "the data on Zoho's side is wrong"
    ACCOUNT_ACCESS = "Zoho refuses access to the account"


@dataclass(frozen=True)
class Symptom:
    """One thing that is wrong, as its observer sees it now.

    Attributes:
        key: what it is, the same at every look as long as it goes on; unique within the observer's scope.
        title: what is wrong, in a short sentence without a full stop.
        cause: why, as a value of `causes.Cause` or a short sentence; "unknown" where nobody knows.
        advice: what to do about it.
        rows: how many rows are affected.
        customers: how many customers they belong to.
        retries_used: retries that have failed so far, of the row that has used most.
        signs: what else is known about its nature.
        entity: the kind of the rows, where they are of one kind.
    """

    key: str
    title: str
    cause: str
    advice: str
    rows: int = 0
    customers: int = 0
    retries_used: int = 0
    signs: frozenset[Sign] = frozenset()
    entity: Entity | None = None

    def redacted(self) -> "Symptom":
        """The symptom without e-mail addresses, tokens and passwords in its texts."""
        return replace(
            self,
            key=redacted_text(self.key),
            title=redacted_text(self.title),
            cause=redacted_text(self.cause),
            advice=redacted_text(self.advice),
        )
