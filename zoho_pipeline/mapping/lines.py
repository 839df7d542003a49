"""CircleTel's line_items, whatever their shape, as lines with a name and an amount."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zoho_pipeline.mapping.mapped import Unmappable
from zoho_pipeline.money import NotMoney, money

_ADVICE = "Correct the invoice's lines in CircleTel; a locked invoice is corrected by a credit note."


@dataclass(frozen=True)
class Line:
    """One line: what it is for, and what it comes to (on the invoice's own basis, with or without VAT)."""

    name: str
    amount: Decimal


def read_lines(line_items: Any, fallback_name: str, fallback_amount: Decimal) -> list[Line]:
    """The lines of an invoice; one line with the fallback's name and amount where there are none.

    Items carry `amount`, or `price`, `rate` or `unit_price` times `quantity` (1 where missing); the text is in `name`
    or `description`.

    Raises:
        Unmappable: when line_items is not a list of such items.
    """
    if line_items is None or line_items == []:
        return [Line(fallback_name, fallback_amount)]
    if not isinstance(line_items, Sequence) or isinstance(line_items, str):
        raise Unmappable("line_items is not a list", _ADVICE)
    return [_line(item, position, fallback_name) for position, item in enumerate(line_items, start=1)]


def _line(item: Any, position: int, fallback_name: str) -> Line:
    if not isinstance(item, Mapping):
        raise Unmappable(f"line {position} is not an object", _ADVICE)
    name = str(item.get("name") or item.get("description") or fallback_name).strip()
    try:
        return Line(name or fallback_name, _amount(item))
    except NotMoney:
        raise Unmappable(f"line {position} has no amount that can be read", _ADVICE) from None


def _amount(item: Mapping[str, Any]) -> Decimal:
    if item.get("amount") is not None:
        return money(item["amount"])
    price = next((item[name] for name in ("price", "rate", "unit_price") if item.get(name) is not None), None)
    quantity = item.get("quantity")
    return money(_number(price) * (1 if quantity is None else _number(quantity)))


def _number(value: Any) -> Decimal:
    """A price or quantity to all of its decimals: an eighth is 0.125."""
    money(value)
    return Decimal(str(value).strip())
