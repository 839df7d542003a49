"""What people say of items: kept for ever, and signed with the month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, insert, select, text

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.reconciliation.closing import tables
from zoho_pipeline.reconciliation.reading import Item


class NotNoted(Foreseen):
    """There is no such item, or nothing is said of it."""


@dataclass(frozen=True)
class Note:
    """What somebody said of an item, and what the item was about then (in its currency)."""

    item_id: int
    text: str
    by: str
    at: datetime
    at_stake: Decimal

    def speaks_of(self, item: Item) -> bool:
        """Whether it is about the item as it is now: not if it was gone meanwhile, or is about other money."""
        return self.item_id == item.id and self.at >= item.opened_at and self.at_stake == item.at_stake


def add_note(connection: Connection, item_id: int, said: str, by: str) -> str:
    """Keep what is said; the item's label.

    Raises:
        NotNoted: when there is no such item, or nothing is said.
    """
    if not said.strip():
        raise NotNoted(f"Nothing was noted of item {item_id}: say what is known of it (--text); it is signed with it.")
    item = connection.execute(text(_ITEM), {"id": item_id}).first()
    if item is None:
        raise NotNoted(f"There is no item {item_id}: take its number from the list of the month's items.")
    row = {"item_id": item_id, "text": said.strip(), "by": by, "at_stake": item.at_stake}
    connection.execute(insert(tables.notes).values(row))
    return str(item.label)


def notes_on(connection: Connection, items: Sequence[Item]) -> list[Note]:
    """The latest note on each item that speaks of it as it is, by item."""
    of, by_id = tables.notes, {item.id: item for item in items}
    query = select(of.c.item_id, of.c.text, of.c.by, of.c.at, of.c.at_stake).where(of.c.item_id.in_(by_id))
    found = [Note(*row) for row in connection.execute(query.order_by(of.c.item_id, of.c.id))]
    return list({note.item_id: note for note in found if note.speaks_of(by_id[note.item_id])}.values())


def every_note_on(connection: Connection, item_ids: Sequence[int]) -> dict[int, list[Note]]:
    """All that was ever said of these items, also of what they were before, the latest first."""
    of = tables.notes
    query = select(of.c.item_id, of.c.text, of.c.by, of.c.at, of.c.at_stake).where(of.c.item_id.in_(item_ids))
    found: dict[int, list[Note]] = {}
    for row in connection.execute(query.order_by(of.c.id.desc())):
        found.setdefault(row.item_id, []).append(Note(*row))
    return found


_ITEM = """
    SELECT label, abs(coalesce(difference, amount_effect)) AS at_stake FROM zoho_pipeline.reconciliation_items
    WHERE id = :id
"""
