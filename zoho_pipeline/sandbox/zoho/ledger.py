"""The ledger: every request to the API and the accounts server, and what became of it."""

from __future__ import annotations

import dataclasses
from collections import deque
from dataclasses import dataclass
from typing import Any

KEPT = 1_000_000  # entries; older ones are forgotten


@dataclass(slots=True)
class Entry:
    """One request, as its client saw it: status 0 is no answer. `committed`: whether it took effect."""

    seq: int
    time: str
    method: str
    path: str
    query: str
    actor: str = ""
    token: str = ""
    status: int = 0
    code: int | None = None
    ms: float = 0.0
    kind: str = ""
    id: str = ""
    fault: str = ""
    committed: bool = False


class Ledger:
    """Entries in the order in which requests arrived."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._seq = 0

    def open(self, time: str, method: str, path: str, query: str, actor: str) -> Entry:
        """A new entry, to be filled in as the request goes on."""
        self._seq += 1
        entry = Entry(self._seq, time, method, path, query, actor)
        self._entries.append(entry)
        return entry

    def since(self, seq: int) -> list[dict[str, Any]]:
        """The entries after this one."""
        newer = []
        for entry in reversed(self._entries):
            if entry.seq <= seq:
                break
            newer.append(dataclasses.asdict(entry))
        return newer[::-1]

    def clear(self) -> None:
        """Forget the entries; numbering goes on."""
        self._entries.clear()

    def snapshot(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        return {"seq": self._seq, "entries": self.since(0)}

    def restore(self, data: dict[str, Any]) -> None:
        """Become what a snapshot says."""
        self._seq = data["seq"]
        self._entries = deque((Entry(**entry) for entry in data["entries"]), maxlen=KEPT)
