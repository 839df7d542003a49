"""Calls that have ended and that the database has not heard of yet: they ride along with the next statement."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from zoho_pipeline.zoho.limits import CoolDown, Standing, cool_down, standing
from zoho_pipeline.zoho.ports import Call, CallRecord


@dataclass(frozen=True)
class Ending:
    """How one call ended.

    Attributes:
        ms: how long it took.
        pause: what Zoho asked of everybody.
        sent_at: when it was sent, on this process's monotonic clock: what its answer says of Zoho, it says of then.
        standing: what it says of Zoho itself; and `failure`, in words, where that is nothing good.
        wrote: whether the call was to change something in Zoho.
    """

    ticket: int
    status: int | None
    code: int | None
    ms: int
    may_still_run: bool
    pause: CoolDown | None
    standing: Standing
    sent_at: float
    failure: str | None
    wrote: bool

    @classmethod
    def of(cls, ticket: int, call: Call, record: CallRecord, seconds: float) -> "Ending":
        """The ending, just now, of the call with this ticket, after so many seconds."""
        stands = standing(record.status, record.code, record.lost)
        return cls(
            ticket,
            record.status,
            record.code,
            round(seconds * 1000),
            record.may_still_run,
            pause=cool_down(record.status, record.code, record.retry_after_seconds),
            standing=stands,
            sent_at=time.monotonic() - seconds,
            failure=(record.lost or _told(record)) if stands is Standing.FAILED else None,
            wrote=call.writes,
        )


class Endings:
    """A buffer of endings, shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[Ending] = []

    def __bool__(self) -> bool:
        return bool(self._kept)

    def add(self, endings: Iterable[Ending]) -> None:
        """Keep endings until somebody takes them."""
        with self._lock:
            self._kept.extend(endings)

    def take(self) -> list[Ending]:
        """All that are kept, to be reported now; who fails to report them adds them again."""
        with self._lock:
            taken, self._kept = self._kept, []
            return taken


def _told(record: CallRecord) -> str:
    status = f"HTTP {record.status}"
    return f"{status}, code {record.code}" if record.code else status


def summary(endings: list[Ending]) -> dict[str, object]:
    """The endings as the budget's statement takes them; of several pauses the longest counts."""
    served = [ending for ending in endings if ending.standing is Standing.SERVED]
    pauses = [ending.pause for ending in endings if ending.pause is not None]
    longest = max(pauses, key=lambda pause: pause.seconds, default=None)
    return {
        "ended": [ending.ticket for ending in endings],
        "served": [ending.ticket for ending in served],
        "served_ago": min((time.monotonic() - ending.sent_at for ending in served), default=0.0),
        "failed": [ending.ticket for ending in endings if ending.standing is Standing.FAILED],
        "wrote": [ending.ticket for ending in endings if ending.wrote],
        "failure": next((ending.failure for ending in reversed(endings) if ending.failure), None),
        "lingering": [ending.ticket for ending in endings if ending.may_still_run],
        "statuses": [ending.status for ending in endings],
        "codes": [ending.code for ending in endings],
        "ms": [ending.ms for ending in endings],
        "pause": longest.seconds if longest else 0.0,
        "pause_limit": str(longest.limit) if longest else None,
    }
