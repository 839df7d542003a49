"""A statement as the page shows it: what stands where, how long each bar is. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zoho_pipeline.money import rand
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.controls import CURRENCY
from zoho_pipeline.reconciliation.reading import BUCKETS, OLDEST_BUCKET, Item, bucket
from zoho_pipeline.reconciliation.statement import Statement
from zoho_pipeline.reconciliation.suggesting import Suggestion, suggestion
from zoho_pipeline.reconciliation.trend import Past
from zoho_pipeline.reconciliation.values import circletels, zohos

DEAREST = 25
AGES = (*(name for _, name in BUCKETS), OLDEST_BUCKET)
PLOT_WIDTH, PLOT_HEIGHT = 360.0, 120.0
"""Of a chart's columns, in units of its view box; labels stand above and below."""
GAP = 0.3
"""Of a column's room, what stays free."""
MINUS, NO_BREAK = "\u2212", "\u00a0"


@dataclass(frozen=True)
class Bar:
    """A column of a chart, in units of its view box; `label` and `beneath` stand below it, `shown` above."""

    x: float
    y: float
    width: float
    height: float
    name: str
    label: str
    beneath: str
    value: str
    shown: str


@dataclass(frozen=True)
class ClassLine:
    """A class of the month: its items, what they are about (in one currency), and its part of the
    dearest class of its lot."""

    what: Class
    currency: str
    items: int
    at_stake: Decimal
    percent: float


@dataclass(frozen=True)
class Dear:
    """An item with both values as text, and what to do."""

    item: Item
    circletel: str
    zoho: str
    at_stake: str
    age: int
    suggested: Suggestion


@dataclass(frozen=True)
class View:
    """Everything of the page that has to be worked out."""

    statement: Statement
    unexpected: Sequence[Item]
    at_stake: dict[str, Decimal]
    classes: Sequence[ClassLine]
    ages: Sequence[tuple[str, int, Decimal]]
    age_bars: Sequence[Bar]
    trend_bars: Sequence[Bar]
    dearest: Sequence[Dear]

    @property
    def oldest(self) -> int:
        """Items of the oldest bucket."""
        return self.ages[-1][1]

    @property
    def holding(self) -> int:
        """Controls that hold."""
        return sum(each.holds for each in self.statement.books.controls)


def view(statement: Statement) -> View:
    """The statement, worked out."""
    items = statement.books.items
    unexpected = [item for item in items if not item.what.meaning.expected]
    ages = _ages(unexpected, statement.today)
    return View(
        statement=statement,
        unexpected=unexpected,
        at_stake=_sums(unexpected),
        classes=class_lines((item.what, item.currency, 1, item.at_stake) for item in items),
        ages=ages,
        age_bars=bars([(f"{name} days", name, "", about) for name, _, about in ages]),
        trend_bars=bars([bar_of_month(past) for past in statement.past]),
        dearest=[dear(item, statement.today) for item in unexpected[:DEAREST]],
    )


def amount(value: Decimal, currency: str = CURRENCY) -> str:
    """Money that does not break across lines, with a real minus."""
    sign = MINUS if value < 0 else ""
    return sign + rand(abs(value), currency).replace(" ", NO_BREAK)


def count(value: int) -> str:
    """Likewise a count."""
    return f"{value:,}".replace(",", NO_BREAK).replace("-", MINUS)


def short(value: Decimal) -> str:
    """Rand in a few characters, for a chart's label: `1.2 m`, `35 k`, `480`."""
    for size, unit in ((1_000_000, "m"), (1_000, "k")):
        if value >= size:
            return f"{value / size:.{0 if value >= 10 * size else 1}f}{NO_BREAK}{unit}"
    return f"{value:.0f}"


def _sums(items: Sequence[Item]) -> dict[str, Decimal]:
    sums = {CURRENCY: Decimal(0)}
    for item in items:
        sums[item.currency] = sums.get(item.currency, Decimal(0)) + item.at_stake
    return sums


def class_lines(sums: Iterable[tuple[Class, str, int, Decimal]]) -> list[ClassLine]:
    """Of classes, currencies, items and money: those that need somebody first, each lot the dearest first."""
    found: dict[tuple[Class, str], tuple[int, Decimal]] = {}
    for what, currency, items, at_stake in sums:
        many, about = found.get((what, currency), (0, Decimal(0)))
        found[what, currency] = (many + items, about + at_stake)
    most: dict[tuple[bool, str], Decimal] = {}
    for (what, currency), (_, about) in found.items():
        lot = (what.meaning.expected, currency)
        most[lot] = max(most.get(lot, Decimal(0)), about)
    lines = [
        ClassLine(what, currency, many, about, float(100 * about / (most[what.meaning.expected, currency] or 1)))
        for (what, currency), (many, about) in found.items()
    ]
    return sorted(lines, key=lambda line: (line.what.meaning.expected, -line.at_stake, line.what))


def _ages(unexpected: Sequence[Item], today: date) -> list[tuple[str, int, Decimal]]:
    """Items and rand by bucket, youngest first."""
    found = {name: (0, Decimal(0)) for name in AGES}
    for item in unexpected:
        name = bucket(item.age(today))
        many, about = found[name]
        found[name] = (many + 1, about + (item.at_stake if item.currency == CURRENCY else 0))
    return [(name, many, about) for name, (many, about) in found.items()]


def bar_of_month(past: Past) -> tuple[str, str, str, Decimal]:
    """What `bars` makes a month's column of."""
    first = past.month.first_day
    return past.month.key, first.strftime("%b"), str(first.year) if first.month == 1 else "", past.at_stake


def bars(values: Sequence[tuple[str, str, str, Decimal]]) -> list[Bar]:
    """Columns over the plot's width, of names, labels, what stands beneath them, and rand."""
    most = max((value for *_, value in values), default=Decimal(0)) or Decimal(1)
    room = PLOT_WIDTH / max(1, len(values))
    bars = []
    for place, (name, label, beneath, value) in enumerate(values):
        height = float(value / most) * PLOT_HEIGHT
        x = place * room + room * GAP / 2
        bars.append(
            Bar(x, PLOT_HEIGHT - height, room * (1 - GAP), height, name, label, beneath, amount(value), short(value))
        )
    return bars


def dear(item: Item, today: date) -> Dear:
    """The item as it is shown; its age counts to that day."""
    return Dear(
        item,
        _side(circletels(item), item.currency),
        _side(zohos(item), item.currency),
        amount(item.at_stake, item.currency),
        item.age(today),
        suggestion(item),
    )


def _side(value: Decimal | date | str | None, currency: str) -> str:
    if isinstance(value, Decimal):
        return amount(value, currency)
    return "nothing" if value is None else str(value)
