"""The kept trail: read, locked and appended to, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from zoho_pipeline.calendar import Month
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.reconciliation.closing import tables
from zoho_pipeline.reconciliation.closing.chain import Entry, Head, Kept, Signer, What, broken
from zoho_pipeline.reconciliation.closing.states import Standing, standings


class TrailAltered(Foreseen):
    """The trail is not as it was written, so nothing is signed on it."""


@dataclass(frozen=True)
class Trail:
    """The trail as it stands, and whole."""

    head: Head
    entries: Sequence[Entry]

    @property
    def months(self) -> dict[Month, Standing]:
        """How the months stand by it."""
        return standings(self.entries)


def read_trail(connection: Connection) -> Trail:
    """The whole of it.

    Raises:
        TrailAltered: when it is not as it was written.
    """
    head, kept = read_head(connection), read_kept(connection)
    if fault := broken(kept, head):
        raise TrailAltered(
            f"The trail of the sign-off was altered: {fault}. Nothing was done; `zoho-pipeline reconcile verify` tells "
            "more, and a backup of the database has the trail as it was."
        )
    return Trail(head, [Entry.read(each.content) for each in kept])


def lock_head(connection: Connection) -> Head:
    """The head, for who will append: until the transaction ends nobody else does, so two at once follow each other."""
    row = connection.execute(select(tables.head.c.number, tables.head.c.hash).with_for_update()).one()
    return Head(row.number, row.hash)


def lock_trail(connection: Connection) -> Trail:
    """The whole of it, for who will append on its strength.

    Raises:
        TrailAltered: when it is not as it was written.
    """
    lock_head(connection)
    return read_trail(connection)


def read_head(connection: Connection) -> Head:
    """The head as it is kept, for workbook and mail."""
    row = connection.execute(select(tables.head.c.number, tables.head.c.hash)).one()
    return Head(row.number, row.hash)


def head_after(connection: Connection, entry: Entry) -> Head:
    """The head as it was when that entry was the last."""
    query = select(tables.trail.c.hash).where(tables.trail.c.number == entry.number)
    return Head(entry.number, connection.execute(query).scalar_one())


def read_kept(connection: Connection) -> list[Kept]:
    """The entries as they are kept."""
    of = tables.trail
    return [
        Kept(*row) for row in connection.execute(select(of.c.number, of.c.content, of.c.hash).order_by(of.c.number))
    ]


def append(connection: Connection, head: Head, what: What, by: Signer, facts: Mapping[str, Any]) -> Entry:
    """One more entry after the locked head."""
    at: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    entry = Entry(head.number + 1, at, what, by, facts)
    then = head.then(entry.content)
    row = {"number": then.number, "content": entry.content, "hash": then.hash}
    connection.execute(insert(tables.trail).values(row))
    connection.execute(update(tables.head).values(number=then.number, hash=then.hash))
    return entry
