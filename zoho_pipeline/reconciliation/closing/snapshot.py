"""A month's books as they are signed: written down whole, and compared by what they say. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from zoho_pipeline.reconciliation.closing.canonical import canonical, plain
from zoho_pipeline.reconciliation.closing.notes import Note
from zoho_pipeline.reconciliation.closing.prior import PriorPeriodItem
from zoho_pipeline.reconciliation.controls import Control
from zoho_pipeline.reconciliation.reading import Item, MonthBooks
from zoho_pipeline.reconciliation.receivables import Receivables
from zoho_pipeline.reconciliation.tie_out import TieOut

Snapshot = dict[str, Any]
FORM = 1
"""Which form a snapshot is written in; another is a new number."""
PASSING = ("as_of", "compared_at", "controls", "rolled")
"""What each comparison says anew although the month is the same: controls and the roll-forward are of the day."""
PASSING_OF_ITEMS = ("id", "opened_at", "cause")


def taken(books: MonthBooks, prior: Sequence[PriorPeriodItem], notes: Sequence[Note], materiality: Decimal) -> Snapshot:
    """All of the month, and what people have said of its items; of text, whole numbers, truth values and lists."""
    return {
        "form": FORM,
        "month": books.month.key,
        "materiality": plain(materiality),
        "as_of": {entity.value: plain(at) for entity, at in books.as_of.items()},
        "compared_at": {entity.value: plain(at) for entity, at in books.compared_at.items()},
        "tie_outs": [tie_out_facts(each) for each in books.tie_outs],
        "items": [item_facts(each) for each in books.items],
        "controls": [_control(each) for each in books.controls],
        "receivables": [_receivables(each) for each in books.receivables],
        "rolled": [{**vars(each), "what": each.what.value} for each in books.rolled],
        "prior_period": [each.facts for each in prior],
        "notes": [{name: plain(value) for name, value in vars(note).items()} for note in notes],
    }


def differing(prepared: Snapshot, now: Snapshot) -> list[str]:
    """The parts that say something else, whenever they were compared: none as long as the month is the same."""
    before, after = _lasting(prepared), _lasting(now)
    return [
        name.replace("_", " ") for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)
    ]


def item_facts(item: Item) -> dict[str, Any]:
    """An item; whether it was expected is told as of now."""
    facts = {name: plain(value) for name, value in vars(item).items() if name not in ("what", "month")}
    return facts | {
        "entity": item.entity.value, "class": item.what.value, "expected": item.what.meaning.expected,
    }  # fmt: skip


def tie_out_facts(of: TieOut) -> dict[str, Any]:
    """One kind in one currency."""
    lines = [
        {"class": line.what.value, "items": line.items, "count": int(line.count), "amount": plain(line.amount)}
        for line in of.lines
    ]
    return {
        "entity": of.entity.value,
        "currency": of.currency,
        "circletel_count": of.circletel_count,
        "circletel_amount": plain(of.circletel_amount),
        "zoho_count": of.zoho_count,
        "zoho_amount": plain(of.zoho_amount),
        "lines": lines,
    }


def _lasting(snapshot: Snapshot) -> dict[str, Any]:
    """What does not pass; lists in an order of their own."""
    said = {name: value for name, value in snapshot.items() if name not in PASSING}
    items = [{name: value for name, value in item.items() if name not in PASSING_OF_ITEMS} for item in said["items"]]
    said["items"] = items
    return {name: sorted(map(canonical, value)) if isinstance(value, list) else value for name, value in said.items()}


def _control(of: Control) -> dict[str, Any]:
    return {
        "name": of.name.value, "currency": of.currency, "stated": plain(of.stated), "found": plain(of.found),
        "binding": of.binding,
    }  # fmt: skip


def _receivables(of: Receivables) -> dict[str, Any]:
    sums = {name: plain(value) for name, value in vars(of).items() if name != "side"}
    return sums | {"side": of.side.value, "closing": plain(of.closing)}
