"""Objects of Zoho laid out by what may connect them to a row, so that not every row is compared with every one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic

from zoho_pipeline.sync.matching import M


class Shelf(Generic[M]):
    """Objects by their keys: ids of rows, numbers, customers. An object may lie under several."""

    def __init__(self, objects: Sequence[M], keys: Callable[[M], Iterable[str | None]]) -> None:
        self._by_key: dict[str, dict[str, M]] = defaultdict(dict)
        for found in objects:
            for key in keys(found):
                if key:
                    self._by_key[key][found.zoho_id] = found

    def near(self, *keys: str | None) -> list[M]:
        """The objects under any of the keys, each once."""
        found: dict[str, M] = {}
        for key in keys:
            if key in self._by_key:
                found |= self._by_key[key]
        return list(found.values())
