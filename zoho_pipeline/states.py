"""What can be true of a row on its way into Zoho, and what CircleTel's zoho_sync_status says of it."""

from enum import StrEnum


class SyncStatus(StrEnum):
    """The values of CircleTel's column zoho_sync_status (NULL means pending; `retrying` is never written by us)."""

    PENDING = "pending"
    SYNCING = "syncing"
    SYNCED = "synced"
    FAILED = "failed"
    RETRYING = "retrying"

    @classmethod
    def read(cls, value: str | None) -> "SyncStatus":
        """What the column says; NULL, and text that nobody knows (production has no CHECK), mean pending."""
        return next((status for status in cls if status == value), cls.PENDING)


class State(StrEnum):
    """The pipeline's own, finer state of a row: it always says what comes next."""

    WAITING = "waiting"
    BLOCKED = "blocked"
    AWAITED = "awaited"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    SYNCED = "synced"
    FAILED = "failed"
    REFUSED = "refused"
    PARKED = "parked"
    RESOLVED = "resolved"
    BEFORE_ZOHO = "before_zoho"
    NOT_ELIGIBLE = "not_eligible"

    @property
    def sync_status(self) -> SyncStatus | None:
        """What stands in zoho_sync_status for this state; None where the column is left untouched."""
        return _SYNC_STATUS[self]

    @property
    def next(self) -> str:
        """What happens next to a row in this state, for people."""
        return _NEXT[self]


_SYNC_STATUS: dict[State, SyncStatus | None] = {
    State.WAITING: SyncStatus.PENDING,
    State.BLOCKED: SyncStatus.PENDING,
    State.AWAITED: SyncStatus.PENDING,
    State.SENDING: SyncStatus.SYNCING,
    State.IN_DOUBT: SyncStatus.SYNCING,
    State.SYNCED: SyncStatus.SYNCED,
    State.FAILED: SyncStatus.FAILED,
    State.REFUSED: SyncStatus.FAILED,
    State.PARKED: SyncStatus.FAILED,
    State.RESOLVED: SyncStatus.FAILED,
    State.BEFORE_ZOHO: None,
    State.NOT_ELIGIBLE: None,
}

_NEXT: dict[State, str] = {
    State.WAITING: "the next run sends it",
    State.BLOCKED: "it goes when its parent is in Zoho",
    State.AWAITED: "it goes when Zoho has raised the invoice",
    State.SENDING: "the run that sends it ends it",
    State.IN_DOUBT: "Zoho is asked whether it arrived before anybody sends again",
    State.SYNCED: "nothing, until its content changes",
    State.FAILED: "it is tried again when its retry is due",
    State.REFUSED: "it goes when its content was corrected in CircleTel",
    State.PARKED: "a person decides",
    State.RESOLVED: "nothing, until its content changes",
    State.BEFORE_ZOHO: "nothing: the debt is older than Zoho's billing of the service",
    State.NOT_ELIGIBLE: "nothing, until CircleTel makes it eligible",
}


class Outcome(StrEnum):
    """What a run did with a row: the counts that every partition shows."""

    CREATED = "created"
    UPDATED = "updated"
    ADOPTED = "adopted"
    UNCHANGED = "unchanged"
    WAITING = "waiting"
    BLOCKED = "blocked"
    REFUSED = "refused"
    PARKED = "parked"
    FAILED = "failed"
    EXCLUDED = "excluded"


OUTCOME_OF_STATE: dict[State, Outcome] = {
    State.WAITING: Outcome.WAITING,
    State.BLOCKED: Outcome.BLOCKED,
    State.AWAITED: Outcome.BLOCKED,
    State.SENDING: Outcome.WAITING,
    State.IN_DOUBT: Outcome.WAITING,
    State.SYNCED: Outcome.UNCHANGED,
    State.FAILED: Outcome.FAILED,
    State.REFUSED: Outcome.REFUSED,
    State.PARKED: Outcome.PARKED,
    State.RESOLVED: Outcome.EXCLUDED,
    State.BEFORE_ZOHO: Outcome.EXCLUDED,
    State.NOT_ELIGIBLE: Outcome.EXCLUDED,
}
"""What a run counts for a row that it left in that state."""
