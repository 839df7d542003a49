"""A month's items, the dearest first, by filters. A page costs the same, however many items there are before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from zoho_pipeline.calendar import Month
from zoho_pipeline.dashboard.finance.filters import ItemFilters, Place
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.closing.notes import Note, every_note_on
from zoho_pipeline.reconciliation.reading import Item
from zoho_pipeline.reconciliation.report.view import Dear, amount, dear
from zoho_pipeline.reconciliation.sums import Sum

LINES = 50


@dataclass(frozen=True)
class Line:
    """One item as it is shown.

    Attributes:
        difference: with its sign; None where the item is not about money that differs.
        fresh: whether the latest comparison was the first to find it.
        notes: all that was ever said of it, the latest first.
    """

    shown: Dear
    difference: str | None
    fresh: bool
    notes: Sequence[Note]

    @property
    def item(self) -> Item:
        """The item itself."""
        return self.shown.item


@dataclass(frozen=True)
class ItemPage:
    """Some of a month's items; `more` is where the next page begins."""

    lines: Sequence[Line]
    more: Place | None


def read_page(
    connection: Connection,
    month: Month,
    filters: ItemFilters,
    today: date,
    most: int = LINES,
    *,
    only: int | None = None,
) -> ItemPage:
    """The items that pass, from the place that the filters name; `only` that one item."""
    before = {row.entity: row.at for row in connection.execute(text(_BEFORE), {"month": month.key})}
    given = {
        "month": month.key,
        "entity": filters.entity.value if filters.entity else None,
        "classes": filters.classes,
        "cause": filters.cause,
        "since": filters.since,
        "at_stake": filters.after.at_stake if filters.after else None,
        "id": filters.after.id if filters.after else None,
        "only": only,
        "lines": most + 1,
        **{f"before_{each.value}": before.get(each.value) for each in Entity},
    }
    asked = [condition for name, condition in _CONDITIONS.items() if given[name] is not None]
    if len(filters.classes) < len(Class):
        asked.append("class = ANY(:classes)")
    rows = connection.execute(text(_PAGE.format(asked="".join(f" AND {each}" for each in asked))), given).mappings()
    found = [(row["fresh"], _item({**row})) for row in rows]
    shown = found[:most]
    notes = every_note_on(connection, [item.id for _, item in shown])
    lines = [_line(item, fresh, notes.get(item.id, ()), today) for fresh, item in shown]
    last = lines[-1].item if len(found) > most else None
    return ItemPage(lines, Place(last.at_stake, last.id) if last else None)


def number_of(filters: ItemFilters, sums: Sequence[Sum]) -> int | None:
    """How many items pass; None where only reading them all would tell."""
    if filters.cause is not None:
        return None
    passing = [
        each for each in sums if each.what.value in filters.classes and filters.entity in (None, each.entity)
    ]  # fmt: skip
    match filters.since:
        case "new":
            return sum(each.fresh for each in passing)
        case "carried":
            return sum(each.items - each.fresh for each in passing)
        case _:
            return sum(each.items for each in passing)


def _item(row: dict[str, object]) -> Item:
    del row["fresh"]
    return Item(**row | {"entity": Entity(row["entity"]), "what": Class(row["what"])})  # type: ignore[arg-type]


def _line(item: Item, fresh: bool, notes: Sequence[Note], today: date) -> Line:
    apart = None if item.difference is None else amount(item.difference, item.currency)
    return Line(dear(item, today), apart, fresh, notes)


_BEFORE = """
    SELECT c.entity, max(c.compared_at) AS at FROM zoho_pipeline.reconciliation_comparisons c
    WHERE c.month = :month AND EXISTS (
        SELECT FROM zoho_pipeline.reconciliation_comparisons later
        WHERE later.entity = c.entity AND later.month = c.month AND later.id > c.id)
    GROUP BY c.entity
"""
_AT_STAKE = "abs(coalesce(difference, amount_effect))"
_FRESH = f"""opened_at > coalesce(CASE entity {
    " ".join(f"WHEN '{each.value}' THEN CAST(:before_{each.value} AS timestamptz)" for each in Entity)
} END, '-infinity')"""
_CONDITIONS = {
    "entity": "entity = :entity",
    "cause": "position(lower(replace(:cause, '_', ' ')) IN lower(replace(cause, '_', ' '))) > 0",
    "since": f"({_FRESH}) = (:since = 'new')",
    "at_stake": f"({_AT_STAKE}, id) < (:at_stake, :id)",
    "only": "id = :only",
}
"""Asked for only where the filter is set: what is not asked, an index need not answer."""
_PAGE = f"""
    SELECT id, entity, month, class AS what, row_id, zoho_id, label, circletel, zoho, difference, count_effect,
           amount_effect, currency, dated, cause, opened_at, {_FRESH} AS fresh
    FROM zoho_pipeline.reconciliation_items WHERE month = :month AND cleared_at IS NULL{{asked}}
    ORDER BY {_AT_STAKE} DESC, id DESC LIMIT :lines
"""  # noqa: S608 - constants only
