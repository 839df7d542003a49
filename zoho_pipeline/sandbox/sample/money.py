"""Rand and cents, VAT, and the lines of an invoice in every shape that CircleTel's rows show.

Amounts of lines and totals include VAT; the subtotal is worked out of the total, as the app does it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from random import Random
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
VAT_RATE = Decimal("15.00")
VAT_FACTOR = Decimal("1.15")

Item = tuple[str, Decimal]
"""What a line says, and its amount including VAT."""


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def subtotal(total: Decimal) -> Decimal:
    """The part of a total that is not VAT."""
    return cents(total / VAT_FACTOR)


def vat(total: Decimal) -> Decimal:
    """The VAT within a total."""
    return total - subtotal(total)


def including(excluding: Decimal) -> Decimal:
    """What an amount excluding VAT comes to with it, VAT rounded to the cent."""
    return excluding + cents(excluding * (VAT_FACTOR - 1))


def lines_agree(amounts: Sequence[Decimal]) -> bool:
    """Whether VAT rounded line by line is the VAT of the whole; Zoho may round either way."""
    return sum((vat(amount) for amount in amounts), ZERO) == vat(sum(amounts, ZERO))


class Shape(Enum):
    """How a line names its price."""

    PRICE = "price"
    RATE = "rate"
    UNIT_PRICE = "unit_price"


def line_items(rng: Random, items: Sequence[Item], shape: Shape | None = None) -> tuple[Mapping[str, Any], ...]:
    """The lines in one of the app's shapes: `price`, `rate`, or `unit_price` with `amount`; `name` or `description`."""
    chosen = shape or rng.choice(list(Shape))
    label = rng.choice(("name", "description"))
    return tuple(_line(chosen, label, text, amount, rng) for text, amount in items)


def _line(shape: Shape, label: str, text: str, amount: Decimal, rng: Random) -> Mapping[str, Any]:
    line: dict[str, Any] = {label: text}
    if shape is Shape.UNIT_PRICE:
        even = amount * 100 % 2 == 0
        quantity = 2 if even and rng.random() < 0.3 else 1
        line |= {"quantity": quantity, "unit_price": float(amount / quantity), "amount": float(amount)}
    else:
        line |= {shape.value: float(amount)}
        if rng.random() < 0.5:
            line["quantity"] = 1
    return line
