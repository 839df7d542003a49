"""Money: Decimal inside, JSON numbers outside, cents rounded half up, tax worked out line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from zoho_pipeline.sandbox.zoho.behaviour import Behaviour

ZERO = Decimal("0.00")
_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def json_number(amount: Decimal) -> float:
    """As it goes out: two decimals are exact in a float's shortest text."""
    return float(amount)


def json_quantity(quantity: Decimal) -> float | int:
    """As it goes out: 1, not 1.0, where it is whole."""
    return int(quantity) if quantity == int(quantity) else float(quantity)


@dataclass(slots=True, frozen=True)
class Charge:
    """What one line adds: its amount as priced (ZAR), its tax's id and percentage."""

    amount: Decimal
    tax_id: str
    percentage: Decimal


@dataclass(slots=True, frozen=True)
class Totals:
    """A document's sums in ZAR."""

    sub_total: Decimal
    tax_total: Decimal
    total: Decimal
    taxes: dict[str, Decimal]


def _exact_tax(charge: Charge, inclusive: bool) -> Decimal:
    rate = charge.percentage / _HUNDRED
    return charge.amount - charge.amount / (1 + rate) if inclusive else charge.amount * rate


def totals(charges: Sequence[Charge], inclusive: bool, behaviour: Behaviour) -> Totals:
    """Sums of a document whose line prices include tax or not."""
    per_line = behaviour.tax_rounding == "line"
    taxes: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for charge in charges:
        if charge.tax_id:
            exact = _exact_tax(charge, inclusive)
            taxes[charge.tax_id] += cents(exact) if per_line else exact
    rounded = {tax_id: cents(amount) for tax_id, amount in taxes.items()}
    tax_total = sum(rounded.values(), ZERO)
    priced = cents(sum((charge.amount for charge in charges), ZERO))
    total = priced if inclusive else priced + tax_total
    sub_total = total - tax_total if behaviour.sub_total_excludes_tax else priced
    return Totals(sub_total, tax_total, total, rounded)
