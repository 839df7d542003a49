"""One listing of a kind: when it began, how far it came, whether it is complete.

A listing that Zoho or the day's calls break off is gone on with by the next reader, from the last page that was read.
That is sound because lists are newest first: what is made meanwhile stands on pages before, and the listing speaks for
the moment at which it began. The last page is read again, so that up to a page of deletions in between leave no gap.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from zoho_pipeline.mirror.objects import Listed
from zoho_pipeline.mirror.tables import listings
from zoho_pipeline.zoho.paging import PER_PAGE


@dataclass
class Listing:
    """A listing that is being read. `page` is the one to read next, from 1; `rows` were seen on the pages before it."""

    id: int
    started_at: datetime
    page: int = 1
    rows: int = 0


def begin(connection: Connection, entity: Listed, resumable: timedelta, after: datetime | None) -> Listing:
    """A new listing of the kind, or the youngest one that broke off.

    Args:
        resumable: how long ago (by the database's clock) one that is gone on with may have begun.
        after: and it must have begun after this moment (UTC).
    """
    of = listings.c
    broken = select(of.id).where(
        of.entity == entity.value,
        of.broke_off_at.is_not(None),
        of.started_at >= func.clock_timestamp() - resumable,
    )
    if after is not None:
        broken = broken.where(of.started_at > after)
    youngest = broken.order_by(of.id.desc()).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    resumed = connection.execute(
        update(listings).where(of.id == youngest).values(broke_off_at=None).returning(of.id, of.started_at, of.pages)
    ).one_or_none()
    if resumed is not None:
        return Listing(resumed.id, resumed.started_at, resumed.pages, PER_PAGE * (resumed.pages - 1))
    begun = insert(listings).values(entity=entity.value).returning(of.id, of.started_at)
    return Listing(*connection.execute(begun).one())


def break_off(connection: Connection, listing: Listing) -> None:
    """Leave it to the next reader, who begins with the last page that was read."""
    if listing.page > 1:
        values = {"broke_off_at": func.clock_timestamp(), "pages": listing.page - 1}
        connection.execute(update(listings).where(listings.c.id == listing.id).values(values))


def complete(connection: Connection, listing: Listing) -> None:
    """It has been read to its end."""
    values = {"completed_at": func.clock_timestamp(), "rows": listing.rows}
    connection.execute(update(listings).where(listings.c.id == listing.id).values(values))
