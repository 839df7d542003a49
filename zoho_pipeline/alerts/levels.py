"""Which level an incident belongs to, by the runbook's escalation criteria. Pure."""

from dataclasses import dataclass
from enum import IntEnum

from zoho_pipeline.alerts.symptoms import Sign, Symptom
from zoho_pipeline.causes import Cause

RETRIES = 3
"""An issue that persists after so many retries is no longer the operations team's."""
CUSTOMERS = 10
"""An issue that affects more customers than these is no longer the operations team's."""


class Level(IntEnum):
    """Who handles an incident."""

    OPERATIONS = 1
    DEVELOPMENT = 2
    ZOHO_SUPPORT = 3

    @property
    def team(self) -> str:
        """Who that is, in words."""
        return {1: "the operations team", 2: "the development team", 3: "Zoho's support"}[self.value]

    @property
    def next(self) -> "Level":
        """The level above; the highest has none above it."""
        return Level(min(self + 1, max(Level)))


_SIGNS = {
    Sign.UNKNOWN_ERROR: Level.DEVELOPMENT,
    Sign.SUSPECTED_BUG: Level.DEVELOPMENT,
    Sign.DATA_INTEGRITY: Level.DEVELOPMENT,
    Sign.CRITICAL: Level.DEVELOPMENT,
    Sign.ZOHO_FAILING: Level.ZOHO_SUPPORT,
    Sign.LIMITS_TOO_LOW: Level.ZOHO_SUPPORT,
    Sign.ZOHO_DATA: Level.ZOHO_SUPPORT,
    Sign.ACCOUNT_ACCESS: Level.ZOHO_SUPPORT,
}


@dataclass(frozen=True)
class Graded:
    """A level, and the criteria that put it there, in words."""

    level: Level
    because: str


def graded(symptom: Symptom) -> Graded:
    """The highest level that any of the criteria asks for, and which of them do; a routine failure is level 1.

    A cause of the closed list speaks for the level that is its own.
    """
    met = [(_SIGNS[sign], sign.value) for sign in Sign if sign in symptom.signs]
    met += [(Level(cause.level), f"of its cause, {cause}") for cause in Cause if cause == symptom.cause]
    if symptom.retries_used >= RETRIES:
        met.append((Level.DEVELOPMENT, f"{symptom.retries_used} retries have failed"))
    if symptom.customers > CUSTOMERS:
        met.append((Level.DEVELOPMENT, f"more than {CUSTOMERS} customers are affected"))
    level = max((level for level, _ in met), default=Level.OPERATIONS)
    reasons = [reason for of, reason in met if of is level > Level.OPERATIONS]
    return Graded(level, " and ".join(reasons) or "a routine failure")
