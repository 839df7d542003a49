"""A kind of record in memory: by id in the order of creation, with indexes, the deleted ones kept aside."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from zoho_pipeline.sandbox.zoho.codec import decode, encode


class Record(Protocol):
    """What every record has."""

    id: str


R = TypeVar("R", bound=Record)
Key = Callable[[Any], Hashable | None]


class Collection(Generic[R]):
    """Records of one kind. `version` rises with every change, so that a sorted list may be used again."""

    def __init__(self, what: str, record: type[R], **indexes: Key) -> None:
        self.what = what
        self.version = 0
        self._record = record
        self._keys = indexes
        self.clear()

    def clear(self) -> None:
        """Hold nothing."""
        self.version += 1
        self.deleted: dict[str, R] = {}
        self._records: dict[str, R] = {}
        self._index: dict[str, dict[Hashable, dict[str, None]]] = {name: {} for name in self._keys}
        self._indexed: dict[str, dict[str, Hashable]] = {name: {} for name in self._keys}
        # When records arrived, in real time: only lists that lag behind need it, and only for a while.
        self._arrivals: deque[tuple[float, str]] = deque(maxlen=20_000)

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[R]:
        return iter(self._records.values())

    def add(self, record: R) -> None:
        """Keep a new record."""
        self._records[record.id] = record
        self._arrivals.append((time.monotonic(), record.id))
        self.changed(record)

    def changed(self, record: R) -> None:
        """Bring the indexes up to date with a record that was changed."""
        self.version += 1
        for name, key in self._keys.items():
            self._put(name, record.id, key(record))

    def remove(self, record: R) -> None:
        """Delete a record; it can still be looked at among the deleted."""
        self.version += 1
        for name in self._keys:
            self._put(name, record.id, None)
        del self._records[record.id]
        self.deleted[record.id] = record

    def get(self, record_id: str) -> R | None:
        """The record of this id."""
        return self._records.get(record_id)

    def where(self, index: str, key: Hashable) -> list[R]:
        """The records of this key, in the order of creation."""
        return [self._records[record_id] for record_id in self._index[index].get(key, ())]

    def newest_first(self) -> Iterator[R]:
        """All records, latest created first."""
        return reversed(self._records.values())

    def arrived_within(self, seconds: float) -> set[str]:
        """Ids of the records created in the last so many real seconds."""
        since = time.monotonic() - seconds
        recent: set[str] = set()
        for arrived, record_id in reversed(self._arrivals):
            if arrived < since:
                break
            recent.add(record_id)
        return recent

    def snapshot(self) -> dict[str, Any]:
        """Everything as plain JSON."""
        return {
            "records": [encode(record) for record in self],
            "deleted": [encode(record) for record in self.deleted.values()],
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Become what a snapshot says."""
        self.clear()
        for plain in data["records"]:
            record = decode(self._record, plain)
            self._records[record.id] = record
            self.changed(record)
        self.deleted = {plain["id"]: decode(self._record, plain) for plain in data["deleted"]}

    def _put(self, name: str, record_id: str, key: Hashable | None) -> None:
        before = self._indexed[name].get(record_id)
        if before == key:
            return
        if before is not None:
            self._index[name][before].pop(record_id)
            if not self._index[name][before]:
                del self._index[name][before]
            del self._indexed[name][record_id]
        if key is not None:
            self._index[name].setdefault(key, {})[record_id] = None
            self._indexed[name][record_id] = key
