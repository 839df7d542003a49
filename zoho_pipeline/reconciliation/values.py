"""What one side of an item says, as what it is: money, a day, or text. Pure."""

import re
from datetime import date
from decimal import Decimal

from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.reading import Item

_AMOUNT = re.compile(r"-?\d{1,15}\.\d{2}|0")
"""An object's id has no cents."""
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_DATED = frozenset({Class.TIMING, Class.DATE})


def circletels(item: Item) -> Decimal | date | str | None:
    """CircleTel's value."""
    return _read(item, item.circletel)


def zohos(item: Item) -> Decimal | date | str | None:
    """Zoho's value."""
    return _read(item, item.zoho)


def _read(item: Item, value: str | None) -> Decimal | date | str | None:
    if value is None:
        return None
    if item.difference is not None and _AMOUNT.fullmatch(value):
        return Decimal(value)
    if item.what in _DATED and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value
