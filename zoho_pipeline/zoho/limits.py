"""What an answer says about Zoho's limits and health: pure, and read by the client and by the budget alike."""

from dataclasses import dataclass
from enum import StrEnum

MINUTE_SECONDS = 60.0
IN_FLIGHT_SECONDS = 2.0
BLOCK_SECONDS = 3600.0
DAY_SECONDS = 3600.0
LONGEST_SECONDS = 24 * 3600.0


class Limit(StrEnum):
    """Which of Zoho's limits was met."""

    MINUTE = "minute"
    DAY = "day"
    IN_FLIGHT = "in_flight"
    BLOCKED = "blocked"
    ASKED = "asked"


@dataclass(frozen=True)
class CoolDown:
    """Nobody calls for so many seconds, because of that limit."""

    limit: Limit
    seconds: float


_BY_CODE: dict[int, CoolDown] = {
    44: CoolDown(Limit.MINUTE, MINUTE_SECONDS),
    45: CoolDown(Limit.DAY, DAY_SECONDS),
    43: CoolDown(Limit.BLOCKED, BLOCK_SECONDS),
    1070: CoolDown(Limit.IN_FLIGHT, IN_FLIGHT_SECONDS),
}
"""Codes 44, 45 and 1070 are documented, 43 was seen live. When Zoho's day starts is not known: after 45 each hour one
call may find out."""


def limit_met(status: int | None, code: int | None) -> CoolDown | None:
    """The limit that an answer says was met, with the pause that its window makes sensible; None where none was."""
    known = _BY_CODE.get(code or 0)
    if known is None and status == 429:
        return CoolDown(Limit.MINUTE, MINUTE_SECONDS)
    return known


def cool_down(status: int | None, code: int | None, retry_after_seconds: float | None) -> CoolDown | None:
    """The pause that an answer asks of everybody; None where it asks for none.

    The Retry-After of a failure decides how long, within a day.
    """
    met = limit_met(status, code)
    if retry_after_seconds is None or (met is None and (status is None or status < 400)):
        return met
    seconds = min(max(retry_after_seconds, 0.0), LONGEST_SECONDS)
    return CoolDown(met.limit if met else Limit.ASKED, seconds)


INTERNAL_ERROR = 1000
"""The code of "internal error", under whatever status."""
_TIMED_OUT = 408


class Standing(StrEnum):
    """What the end of a call says of Zoho itself."""

    SERVED = "served"
    """Zoho works, whether or not it liked the request."""
    FAILED = "failed"
    """Zoho failed, or was not reached: as it would for anybody."""
    UNCLEAR = "unclear"
    """Nothing was tried, or a limit was met."""


def standing(status: int | None, code: int | None, lost: str | None) -> Standing:
    """What the end of a call says of Zoho. `status`, `code` and `lost` are as in `ports.CallRecord`.

    A page for people under 200 (no code of Zoho's) is none of Zoho Billing's answers; the same under 4xx may be one.
    """
    if lost is not None:
        return Standing.FAILED
    if status is None or limit_met(status, code) is not None:
        return Standing.UNCLEAR
    if status >= 500 or status == _TIMED_OUT or code == INTERNAL_ERROR:
        return Standing.FAILED
    if status >= 400 or status == 204:
        return Standing.SERVED
    return Standing.FAILED if code is None or status >= 300 else Standing.SERVED
