"""Why a row did not go: a closed list, told by status and code, each with what to do and whether retrying helps."""

from enum import StrEnum


class Retrying(StrEnum):
    """What makes another try worth a call."""

    BACK_OFF = "after a while, a few times"
    WHEN_ZOHO_TAKES_CALLS = "as soon as Zoho takes calls again; it counts as no try"
    WHEN_CHANGED = "when the row has changed"
    WHEN_PARENT_ARRIVES = "when its parent is in Zoho"
    BY_A_PERSON = "never by itself"


class Cause(StrEnum):
    """Why a row did not go."""

    RATE_LIMIT = "rate_limit"
    DAILY_QUOTA = "daily_quota"
    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    VALIDATION = "validation"
    BLOCKED_BY_PARENT = "blocked_by_parent"
    NOT_FOUND_IN_ZOHO = "not_found_in_zoho"
    CONFLICT = "conflict"
    ZOHO_ERROR = "zoho_error"
    ZOHO_UNREACHABLE = "zoho_unreachable"
    DATABASE = "database"
    UNKNOWN = "unknown"

    @property
    def advice(self) -> str:
        """What to do, in a sentence."""
        return _ADVICE[self]

    @property
    def retrying(self) -> Retrying:
        """Whether and when another try helps."""
        return _RETRYING[self]

    @property
    def level(self) -> int:
        """Who handles it at first: 1 operations, 2 development, 3 Zoho's support (the runbook's levels)."""
        return _LEVEL[self]


_ADVICE = {
    Cause.RATE_LIMIT: "Nothing to do: calls go on by themselves when Zoho takes them again.",
    Cause.DAILY_QUOTA: "Nothing to do: it goes on when the day's calls are back. If it happens often, ask for more.",
    Cause.AUTHENTICATION: "Check ZOHO_REGION, the client and the refresh token with `zoho-pipeline verify-env`.",
    Cause.PERMISSION: "Grant the refresh token the scope that the call needs; `zoho-pipeline verify-env` tells.",
    Cause.VALIDATION: "Correct the record in CircleTel; it goes by itself once its content has changed.",
    Cause.BLOCKED_BY_PARENT: "See what keeps its parent from going; the row follows by itself.",
    Cause.NOT_FOUND_IN_ZOHO: "It was deleted or merged in Zoho: find the right object there and link the row to it.",
    Cause.CONFLICT: "Compare the row with what is in Zoho under its key; link it to the right object.",
    Cause.ZOHO_ERROR: "Nothing to do at first: it is tried again. If it goes on, ask Zoho's support.",
    Cause.ZOHO_UNREACHABLE: "Nothing to do at first: it goes on when Zoho answers. See status.zoho.com.",
    Cause.DATABASE: "Mend what the database says; nothing was left half-written.",
    Cause.UNKNOWN: "Look at the attempt's status, code and message, and tell development.",
}
_RETRYING = {
    Cause.RATE_LIMIT: Retrying.WHEN_ZOHO_TAKES_CALLS,
    Cause.DAILY_QUOTA: Retrying.WHEN_ZOHO_TAKES_CALLS,
    Cause.AUTHENTICATION: Retrying.WHEN_ZOHO_TAKES_CALLS,
    Cause.PERMISSION: Retrying.WHEN_ZOHO_TAKES_CALLS,
    Cause.VALIDATION: Retrying.WHEN_CHANGED,
    Cause.BLOCKED_BY_PARENT: Retrying.WHEN_PARENT_ARRIVES,
    Cause.NOT_FOUND_IN_ZOHO: Retrying.BACK_OFF,
    Cause.CONFLICT: Retrying.BACK_OFF,
    Cause.ZOHO_ERROR: Retrying.BACK_OFF,
    Cause.ZOHO_UNREACHABLE: Retrying.WHEN_ZOHO_TAKES_CALLS,
    Cause.DATABASE: Retrying.BACK_OFF,
    Cause.UNKNOWN: Retrying.BACK_OFF,
}
_LEVEL = {
    Cause.RATE_LIMIT: 1,
    Cause.DAILY_QUOTA: 1,
    Cause.AUTHENTICATION: 3,
    Cause.PERMISSION: 2,
    Cause.VALIDATION: 1,
    Cause.BLOCKED_BY_PARENT: 1,
    Cause.NOT_FOUND_IN_ZOHO: 2,
    Cause.CONFLICT: 2,
    Cause.ZOHO_ERROR: 1,
    Cause.ZOHO_UNREACHABLE: 1,
    Cause.DATABASE: 2,
    Cause.UNKNOWN: 2,
}
