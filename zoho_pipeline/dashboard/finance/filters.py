"""Which of a month's items are to be shown, as the address says it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from zoho_pipeline.dashboard.choosing import NoSuchFilter, among, in_force
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class

NEEDS = ("somebody", "nobody")
SINCE = ("new", "carried")
"""New: the latest comparison was the first to find it."""
LONGEST_CAUSE = 100
_PLACE = re.compile(r"(\d{1,16}\.\d{2})_(\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class Place:
    """The last item of the page before: what it is about, and its number."""

    at_stake: Decimal
    id: int

    def __str__(self) -> str:
        return f"{self.at_stake:.2f}_{self.id}"


@dataclass(frozen=True)
class ItemFilters:
    """What is to be shown; None means all. `cause` stands anywhere in the item's, in upper or lower case."""

    entity: Entity | None = None
    what: Class | None = None
    cause: str | None = None
    needs: str | None = None
    since: str | None = None
    after: Place | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "ItemFilters":
        """As the address says.

        Raises:
            NoSuchFilter: when a value is none of those that the page offers.
        """
        try:
            entity, what = query.get("entity"), query.get("class")
            return cls(
                Entity(entity) if entity else None,
                Class(what) if what else None,
                _words(query.get("cause")),
                among(query.get("needs"), NEEDS),
                among(query.get("since"), SINCE),
                _place(query.get("after")),
            )
        except ValueError:
            raise NoSuchFilter from None

    @property
    def classes(self) -> list[str]:
        """The classes that pass."""
        return [
            each.value
            for each in Class
            if self.what in (None, each) and self.needs in (None, NEEDS[each.meaning.expected])
        ]

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, as the address says them, without the place."""
        return in_force(
            **{"entity": self.entity, "class": self.what, "cause": self.cause, "needs": self.needs, "since": self.since}
        )

    def query(self, after: Place | None = None) -> str:
        """The address's part behind the question mark: these filters, from that place on."""
        return urlencode(self.chosen | ({"after": str(after)} if after else {}))


def _words(value: str | None) -> str | None:
    if value and (len(value) > LONGEST_CAUSE or not value.isprintable()):
        raise ValueError(value)
    return value.strip() or None if value else None


def _place(value: str | None) -> Place | None:
    if not value:
        return None
    found = _PLACE.fullmatch(value)
    if found is None:
        raise ValueError(value)
    return Place(Decimal(found[1]), int(found[2]))
