"""What a signed month says now that it did not say when it was signed. Pure.

Items that have appeared, changed or vanished, and totals that moved (a document dated back into it that is the same on
both sides makes no item). The next signed month takes them over: what it was signed with is not told again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from zoho_pipeline.calendar import Month

Facts = Mapping[str, Any]
Key = tuple[str, ...]
NAMED_BY = ("entity", "class", "row_id", "zoho_id", "currency")
SAID = ("label", "circletel", "zoho", "difference", "count_effect", "amount_effect", "dated", "expected")
SUMS = ("circletel_count", "circletel_amount", "zoho_count", "zoho_amount")
TOTAL = "total"
"""Stands in a class's place where it is not an item but a total that moved."""


class How(StrEnum):
    """What has become of it since the signing."""

    APPEARED = "appeared"
    CHANGED = "changed"
    VANISHED = "vanished"


@dataclass(frozen=True)
class PriorPeriodItem:
    """One change of a signed month; money as text, VAT included, in the key's currency.

    Attributes:
        month: the signed one.
        key: entity, class (or `total`), CircleTel's row, Zoho's object, currency.
        before, now: what it said when signed, and says now; None where it was not, or is no more.
    """

    month: Month
    key: Key
    before: Facts | None
    now: Facts | None

    @property
    def how(self) -> How:
        if self.before is None:
            return How.APPEARED
        return How.VANISHED if self.now is None else How.CHANGED

    @property
    def is_total(self) -> bool:
        """Whether it is a total that moved."""
        return self.key[1] == TOTAL

    @property
    def label(self) -> str:
        """The record's number, or the kind whose total moved: names nobody."""
        said: Facts = self.now or self.before or {}
        return str(said.get("label", f"total of {self.key[0]}"))

    @property
    def expected(self) -> bool:
        """Whether nobody has to do anything about it, or it is gone."""
        return self.now is None or bool(self.now.get("expected", True))

    @property
    def facts(self) -> dict[str, Any]:
        """As it is kept in the snapshot of the month that carries it."""
        return {"month": self.month.key, "key": list(self.key), "before": self.before, "now": self.now}

    @classmethod
    def read(cls, facts: Facts) -> "PriorPeriodItem":
        """Out of a snapshot."""
        return cls(Month.parse(facts["month"]), tuple(facts["key"]), facts["before"], facts["now"])


State = dict[Key, Facts]
"""What a month says: items and totals by what names them."""


def state_of(items: Iterable[Facts], tie_outs: Iterable[Facts]) -> State:
    """From items and tie-outs as snapshots have them."""
    found: State = {tuple(item[name] for name in NAMED_BY): {name: item[name] for name in SAID} for item in items}
    for each in tie_outs:
        sums = {name: each[name] for name in SUMS}
        if any(Decimal(value) for value in sums.values()):
            found[each["entity"], TOTAL, "", "", each["currency"]] = sums
    return found


def with_taken_over(signed: State, taken_over: Sequence[PriorPeriodItem]) -> State:
    """What is known of the month once later months were signed with these changes of it, oldest first."""
    known = dict(signed)
    for change in taken_over:
        if change.now is None:
            known.pop(change.key, None)
        else:
            known[change.key] = change.now
    return known


def changes(month: Month, known: State, now: State) -> Iterator[PriorPeriodItem]:
    """What is different, in a fixed order."""
    for key in sorted(known.keys() | now.keys()):
        if known.get(key) != now.get(key):
            yield PriorPeriodItem(month, key, known.get(key), now.get(key))
