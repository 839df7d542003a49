"""Filling the mirror from Zoho's lists of 200, and telling what is gone."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Update, func, select, update

from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror import looks, tables
from zoho_pipeline.mirror.listing import Listing, begin, break_off, complete
from zoho_pipeline.mirror.objects import Extra, Listed, MirrorObject
from zoho_pipeline.mirror.reading import (
    mirror_credit_note,
    mirror_customer,
    mirror_invoice,
    mirror_payment,
    mirror_refund,
    mirror_subscription,
)
from zoho_pipeline.mirror.storing import store
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import ZohoError
from zoho_pipeline.zoho.ports import About

ANEW = timedelta(0)
CONFIRMED_ONE_BY_ONE = 50
"""Objects that a list no longer shows: up to so many are asked for by their ids, more by listing once more."""


def ensure_listed(
    engine: Engine,
    client: ZohoBilling,
    entity: Listed,
    max_age: timedelta,
    after: datetime | None,
    about: About,
    log: Callable[[str], None],
    *,
    resumable: timedelta | None = None,
) -> bool:
    """List the kind, unless a complete listing is young enough and began after the given moment; True if it did.

    `max_age` and `after` (UTC) are measured by the database's clock. A listing that breaks off raises and leaves no
    mark of completeness: nothing is ever taken to be gone from half a list. One that broke off is gone on with if it
    began not longer than `resumable` ago; by default only if it is still young enough.
    """
    with engine.connect() as connection:
        if _is_fresh(connection, entity, max_age, after):
            return False
    refresh(engine, client, entity, about, log, max_age if resumable is None else resumable, after)
    return True


def refresh(
    engine: Engine,
    client: ZohoBilling,
    entity: Listed,
    about: About,
    log: Callable[[str], None],
    resumable: timedelta = ANEW,
    after: datetime | None = None,
) -> int:
    """List the kind completely; the number of objects in Zoho. What is not there any more is marked gone.

    Lists are read newest first. An object that is made meanwhile pushes others to the next page, where they are read
    twice; one that is deleted meanwhile pulls another, older one onto a page that was read already. So what was known
    and was not shown is looked for once more before it is taken to be gone.
    """
    with engine.begin() as connection:
        listing = begin(connection, entity, resumable, after)
    try:
        _read_all(engine, client, entity, about, log, listing)
    except ZohoError:
        with engine.begin() as connection:
            break_off(connection, listing)
        raise
    if _confirm_missing(engine, client, entity, listing.started_at, about):
        listing.page, listing.rows = 1, 0
        _read_all(engine, client, entity, about, log, listing)
    with engine.begin() as connection:
        connection.execute(_gone(entity, listing.started_at))
        complete(connection, listing)
    return listing.rows


def _read_all(
    engine: Engine, client: ZohoBilling, entity: Listed, about: About, log: Callable[[str], None], listing: Listing
) -> None:
    for page in _pages(client, entity, about, listing.page):
        with engine.begin() as connection:
            store(connection, entity, page)
        listing.page += 1
        listing.rows += len(page)
        log(f"Listing Zoho's {spoken(entity)}: {listing.rows} so far.")


def _confirm_missing(engine: Engine, client: ZohoBilling, entity: Listed, started_at: datetime, about: About) -> bool:
    """Look for each object that was known and not shown; True where there are too many for that, or no way to."""
    table = tables.OBJECTS[entity]
    with engine.connect() as connection:
        query = select(table.c.zoho_id).where(table.c.gone_at.is_(None), table.c.seen_at < started_at)
        missing = connection.execute(query.order_by(table.c.zoho_id)).scalars().all()
    if not missing:
        return False
    if len(missing) > CONFIRMED_ONE_BY_ONE or entity not in looks.LOOKS:
        return True
    for zoho_id in missing:
        found = looks.look(client, entity, zoho_id, about)
        if found is not None:
            with engine.begin() as connection:
                store(connection, entity, [found])
    return False


def _gone(entity: Listed, started_at: datetime) -> Update:
    table = tables.OBJECTS[entity]
    missing = table.c.gone_at.is_(None) & (table.c.seen_at < started_at)
    return update(table).where(missing).values(gone_at=func.clock_timestamp())


def list_subscription_invoices(engine: Engine, client: ZohoBilling, subscription_zoho_id: str, about: About) -> None:
    """Note in the mirror which invoices the subscription raised (list rows do not say; Zoho filters by it)."""
    for page in client.invoices(about, subscription_id=subscription_zoho_id):
        ids = [found.id for found in page.rows]
        with engine.begin() as connection:
            store(connection, Entity.INVOICES, [mirror_invoice(found) for found in page.rows])
            connection.execute(
                update(tables.invoices)
                .where(tables.invoices.c.zoho_id.in_(ids))
                .values(subscription_zoho_id=subscription_zoho_id)
            )
    with engine.begin() as connection:
        connection.execute(
            update(tables.subscriptions)
            .where(tables.subscriptions.c.zoho_id == subscription_zoho_id)
            .values(invoices_listed_at=func.clock_timestamp())
        )


def spoken(entity: Listed) -> str:
    """The kind as people call it: `credit notes`."""
    return entity.value.replace("_", " ")


def _is_fresh(connection: Connection, entity: Listed, max_age: timedelta, after: datetime | None) -> bool:
    listings = tables.listings
    query = select(listings.c.id).where(
        listings.c.entity == entity.value,
        listings.c.completed_at.is_not(None),
        listings.c.started_at >= func.clock_timestamp() - max_age,
    )
    if after is not None:
        query = query.where(listings.c.started_at > after)
    return connection.execute(query.limit(1)).first() is not None


def _pages(client: ZohoBilling, entity: Listed, about: About, first: int) -> Iterator[Sequence[MirrorObject]]:
    match entity:
        case Entity.CUSTOMERS:
            customers = client.customers(about, first_page=first)
            return ([mirror_customer(found) for found in page.rows] for page in customers)
        case Entity.SUBSCRIPTIONS:
            subscriptions = client.subscriptions(about, first_page=first)
            return ([mirror_subscription(found) for found in page.rows] for page in subscriptions)
        case Entity.INVOICES:
            invoices = client.invoices(about, first_page=first)
            return ([mirror_invoice(found) for found in page.rows] for page in invoices)
        case Entity.PAYMENTS:
            payments = client.payments(about, first_page=first)
            return ([mirror_payment(found) for found in page.rows] for page in payments)
        case Extra.CREDIT_NOTES:
            credit_notes = client.credit_notes(about, first_page=first)
            return ([mirror_credit_note(found) for found in page.rows] for page in credit_notes)
        case Extra.REFUNDS:
            refunds = client.transactions(about, kind="REFUND", first_page=first)
            return ([mirror_refund(found) for found in page.rows] for page in refunds)
