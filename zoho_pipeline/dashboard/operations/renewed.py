"""Readings that cost more than a page may: the latest is shown at once with its moment, and renewed in the background.

One thread at a time reads, and rests 30 times as long as it took, so that however many look, and however much there is,
a reading costs the database some 3 % of one core. Nobody looks: nothing is read.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import Connection, text

from zoho_pipeline.clock import Clock

AT_LEAST_SECONDS = 25.0
"""Less than the pages' own pace, so that each refresh shows something new where that is cheap."""
REST = 30.0

Read = TypeVar("Read")


@dataclass(frozen=True)
class AsOf(Generic[Read]):
    """What was read, and when (UTC)."""

    value: Read
    at: datetime


@dataclass
class Renewed(Generic[Read]):
    """The latest reading, for all who look."""

    read: Callable[[], Read]
    clock: Clock
    at_least: float = AT_LEAST_SECONDS
    rest: float = REST
    _latest: AsOf[Read] | None = field(default=None, init=False)
    _due_at: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def latest(self) -> AsOf[Read] | None:
        """What was read last, at once; None until the first reading has ended. Has it renewed where that is due."""
        if self._lock.acquire(blocking=False):
            if time.monotonic() >= self._due_at:
                threading.Thread(target=self._renew, daemon=True).start()
            else:
                self._lock.release()
        return self._latest

    def _renew(self) -> None:
        began = time.monotonic()
        try:
            self._latest = AsOf(self.read(), self.clock.now())
        finally:
            ended = time.monotonic()
            self._due_at = ended + max(self.at_least, self.rest * (ended - began))
            self._lock.release()


def alone(connection: Connection) -> None:
    """Without helpers, so that the seconds a reading takes are those that it costs; holds for the transaction."""
    connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
