"""How often an address may try to sign in; names are locked beside it (people/signing_in)."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zoho_pipeline.errors import Foreseen

TRIES = 20
WITHIN = timedelta(minutes=5)
ADDRESSES = 10_000
"""Remembered at most; the oldest are forgotten."""


class TooManyTries(Foreseen):
    """An address has tried too often to sign in."""


@dataclass
class Tries:
    """The tries of each address, in this process."""

    _by_address: dict[str, deque[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, address: str, now: datetime) -> None:
        """Count one more.

        Raises:
            TooManyTries: when it is one too many; no password is looked at then.
        """
        with self._lock:
            made = self._by_address.pop(address, deque(maxlen=TRIES))
            self._by_address[address] = made
            while len(self._by_address) > ADDRESSES:
                del self._by_address[next(iter(self._by_address))]
            if len(made) == TRIES and now - made[0] < WITHIN:
                raise TooManyTries("Too many tries to sign in from this address: wait five minutes, then try again.")
            made.append(now)
