"""A month's figures as its page shows them: read from its sums, so that many items cost no more than few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from zoho_pipeline.calendar import Month
from zoho_pipeline.reconciliation.closing.chain import Entry, What
from zoho_pipeline.reconciliation.closing.states import Standing
from zoho_pipeline.reconciliation.closing.trail import read_trail
from zoho_pipeline.reconciliation.controls import CURRENCY, read_controls
from zoho_pipeline.reconciliation.reading import MonthBooks, read_compared
from zoho_pipeline.reconciliation.receivables import kept_receivables
from zoho_pipeline.reconciliation.report.view import Bar, ClassLine, bar_of_month, bars, class_lines
from zoho_pipeline.reconciliation.statement import Cover, Statement
from zoho_pipeline.reconciliation.sums import Age, Sum, read_ages, read_sums, read_tie_outs_of, rolled_forward
from zoho_pipeline.reconciliation.trend import read_trend


@dataclass(frozen=True)
class MonthFigures:
    """A month; its statement holds no single items.

    Attributes:
        entries: what the trail says of it, oldest first; `head` is the trail's, as papers print it.
        at_stake: in items that need somebody, by currency.
    """

    statement: Statement
    standing: Standing
    entries: Sequence[Entry]
    head: str
    needing: int
    expected: int
    fresh: int
    at_stake: dict[str, Decimal]
    classes: Sequence[ClassLine]
    ages: Sequence[Age]
    age_bars: Sequence[Bar]
    trend_bars: Sequence[Bar]

    @property
    def books(self) -> MonthBooks:
        """The month, without its items."""
        return self.statement.books

    @property
    def oldest(self) -> int:
        """Items of the oldest bucket that need somebody."""
        return self.ages[-1][1]

    @property
    def holding(self) -> int:
        """Controls that hold."""
        return sum(each.holds for each in self.books.controls)


def read_figures(connection: Connection, month: Month, now: datetime) -> MonthFigures:
    """The month by its latest comparisons and the trail, as of `now` (UTC).

    Raises:
        TrailAltered: when nobody can tell what was signed.
    """
    sums, trail = read_sums(connection, month), read_trail(connection)
    standing = trail.months.get(month, Standing(month))
    cover = Cover.of(standing, trail.head.printed)
    statement = Statement(_books(connection, month, sums), now, cover, read_trend(connection, month))
    needing = [each for each in sums if not each.what.meaning.expected]
    ages = read_ages(connection, month, statement.today)
    return MonthFigures(
        statement=statement,
        standing=standing,
        entries=[each for each in trail.entries if each.what is not What.PERSON and each.facts["month"] == month.key],
        head=trail.head.printed,
        needing=sum(each.items for each in needing),
        expected=sum(each.items for each in sums) - sum(each.items for each in needing),
        fresh=sum(each.fresh for each in needing),
        at_stake=_at_stake(needing),
        classes=class_lines((each.what, each.currency, each.items, each.at_stake) for each in sums if each.items),
        ages=ages,
        age_bars=bars([(f"{name} days", name, "", about) for name, _, about in ages]),
        trend_bars=bars([bar_of_month(past) for past in statement.past]),
    )


def _books(connection: Connection, month: Month, sums: Sequence[Sum]) -> MonthBooks:
    as_of, compared_at = read_compared(connection, month)
    return MonthBooks(
        month=month,
        as_of=as_of,
        compared_at=compared_at,
        tie_outs=read_tie_outs_of(connection, month, sums),
        items=(),
        controls=read_controls(connection, month),
        receivables=kept_receivables(connection, month),
        rolled=rolled_forward(sums),
    )


def _at_stake(needing: Sequence[Sum]) -> dict[str, Decimal]:
    found = {CURRENCY: Decimal(0)}
    for each in needing:
        found[each.currency] = found.get(each.currency, Decimal(0)) + each.at_stake
    return found
