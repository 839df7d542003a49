"""What a planted discrepancy must be told as: the items that it makes, with values and effects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from benchmarks.planted.rows import Pair, Party, Row, World

FIRST_MONTH = "2025-05"
"""The first open month; what is older stands in it too."""
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Expected:
    """An item. `difference` None: the values are no money. `cause` is compared to the letter.

    `follows`: it is not what was planted, but what follows from it.
    """

    entity: str
    month: str
    what: str
    row_id: str
    zoho_id: str
    currency: str = "ZAR"
    difference: Decimal | None = None
    count: int = 0
    amount: Decimal = ZERO
    cause: str | None = None
    follows: bool = False

    @property
    def place(self) -> tuple[str, str, str, str, str]:
        """What an item is about, whatever it is called."""
        return self.entity, self.month, self.row_id, self.zoho_id, self.currency


@dataclass(frozen=True)
class Plant:
    """One way in which the sides can differ.

    `touches` are the parts of a party that it needs for itself, by the place (`at`) where it may be planted.
    """

    name: str
    touches: dict[int, frozenset[str]]
    do: Callable[[World, Party, int], Sequence[Expected]]


PLANTS: list[Plant] = []


def plant(
    *parts: str, at: Mapping[int, tuple[str, ...]] | None = None
) -> Callable[[Callable[[World, Party, int], Sequence[Expected]]], Callable[[World, Party, int], Sequence[Expected]]]:
    """Register a way; without places it can be planted once per party."""

    def register(
        do: Callable[[World, Party, int], Sequence[Expected]],
    ) -> Callable[[World, Party, int], Sequence[Expected]]:
        places = at or {0: ()}
        touches = {place: frozenset({*parts, *more}) for place, more in places.items()}
        PLANTS.append(Plant(f"{do.__module__.rsplit('.', 1)[1]}.{do.__name__}", touches, do))
        return do

    return register


def month_of(day: date | datetime | None) -> str:
    """The open month that holds a day. Moments of the planted worlds lie in the middle of the day."""
    return FIRST_MONTH if day is None else max(f"{day:%Y-%m}", FIRST_MONTH)


_DAY = {
    "customers": "created_at",
    "subscriptions": "created_at",
    "invoices": "invoice_date",
    "payments": "completed_at",
}
_AMOUNT = {
    "subscriptions": ("monthly_price", "amount"),
    "invoices": ("total_amount", "total"),
    "payments": ("amount",) * 2,
}
_Z_DAY = {"customers": "created_on", "subscriptions": "created_on", "invoices": "date", "payments": "date"}
_BY_ROW = ("customers", "subscriptions")
"""Kinds that stand where CircleTel's row stands."""


def c_amount(entity: str, c: Row) -> Decimal:
    """CircleTel's amount."""
    return c[_AMOUNT[entity][0]] if entity in _AMOUNT else ZERO


def z_amount(entity: str, z: Row) -> Decimal:
    """Zoho's amount."""
    return z[_AMOUNT[entity][1]] if entity in _AMOUNT else ZERO


def c_month(entity: str, c: Row) -> str:
    """Where CircleTel's row stands."""
    return month_of(c[_DAY[entity]])


def z_month(entity: str, z: Row) -> str:
    """Where Zoho's object stands by itself."""
    return month_of(z[_Z_DAY[entity]])


def only_c(entity: str, what: str, c: Row, cause: str | None, *, told: bool = True) -> Expected:
    """CircleTel's row has nothing in Zoho; `told`: the difference is."""
    amount = c_amount(entity, c)
    difference = -amount if told else None
    return Expected(entity, c_month(entity, c), what, c["id"], "", "ZAR", difference, -1, -amount, cause)


def only_z(entity: str, what: str, z: Row, cause: str | None = None) -> Expected:
    """Zoho's object has nothing in CircleTel."""
    amount = z_amount(entity, z)
    return Expected(entity, z_month(entity, z), what, "", z["zoho_id"], z["currency_code"], amount, 1, amount, cause)


def both(
    entity: str, what: str, pair: Pair, difference: Decimal | None = None, cause: str | None = None, **effects: object
) -> Expected:
    """The two are one, and differ."""
    item = Expected(
        entity, c_month(entity, pair.c), what, pair.row_id, pair.zoho_id, difference=difference, cause=cause
    )
    return replace(item, **effects)  # type: ignore[arg-type]


def apart(entity: str, what: str, pair: Pair, c_currency: str = "ZAR") -> list[Expected]:
    """CircleTel's is taken away where it stands, and Zoho's put where that stands."""
    c, z = pair.c, pair.z
    there = c_month(entity, c) if entity in _BY_ROW else z_month(entity, z)
    return [
        Expected(
            entity, c_month(entity, c), what, pair.row_id, pair.zoho_id, c_currency, None, -1, -c_amount(entity, c)
        ),
        Expected(
            entity, there, what, pair.row_id, pair.zoho_id, z["currency_code"], None, 1, z_amount(entity, z)
        ),
    ]  # fmt: skip


def following(item: Expected) -> Expected:
    """It follows from what was planted."""
    return replace(item, follows=True)


def balance(pair: Pair, difference: Decimal, payments: Decimal) -> Expected:
    """The invoice's balance differs, and CircleTel's payment rows come to so much."""
    said = f"completed payments of {payments if payments else 0}"
    return both("invoices", "balance", pair, difference, said)
