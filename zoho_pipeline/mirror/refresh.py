"""Filling the mirror from Zoho's lists of 200, and telling what is gone."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, insert, select, update

from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror import tables
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
from zoho_pipeline.zoho.ports import About


def ensure_listed(
    engine: Engine,
    client: ZohoBilling,
    entity: Listed,
    max_age: timedelta,
    after: datetime | None,
    about: About,
    log: Callable[[str], None],
) -> bool:
    """List the kind, unless a complete listing is young enough and began after the given moment; True if it did.

    `max_age` and `after` (UTC) are measured by the database's clock. A listing that breaks off raises and leaves no
    mark of completeness: nothing is ever taken to be gone from half a list.
    """
    with engine.connect() as connection:
        if _is_fresh(connection, entity, max_age, after):
            return False
    refresh(engine, client, entity, about, log)
    return True


def refresh(engine: Engine, client: ZohoBilling, entity: Listed, about: About, log: Callable[[str], None]) -> int:
    """List the kind completely; the number of objects in Zoho. What the list no longer shows is marked gone."""
    table, listings = tables.OBJECTS[entity], tables.listings
    with engine.begin() as connection:
        listing_id, started_at = connection.execute(
            insert(listings).values(entity=entity.value).returning(listings.c.id, listings.c.started_at)
        ).one()
    rows = 0
    for page in _pages(client, entity, about):
        with engine.begin() as connection:
            store(connection, entity, page)
        rows += len(page)
        log(f"Listing Zoho's {spoken(entity)}: {rows} so far.")
    with engine.begin() as connection:
        connection.execute(
            update(table)
            .where(table.c.gone_at.is_(None), table.c.seen_at < started_at)
            .values(gone_at=func.clock_timestamp())
        )
        connection.execute(
            update(listings).where(listings.c.id == listing_id).values(completed_at=func.clock_timestamp(), rows=rows)
        )
    return rows


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


def _pages(client: ZohoBilling, entity: Listed, about: About) -> Iterator[Sequence[MirrorObject]]:
    match entity:
        case Entity.CUSTOMERS:
            return ([mirror_customer(found) for found in page.rows] for page in client.customers(about))
        case Entity.SUBSCRIPTIONS:
            return ([mirror_subscription(found) for found in page.rows] for page in client.subscriptions(about))
        case Entity.INVOICES:
            return ([mirror_invoice(found) for found in page.rows] for page in client.invoices(about))
        case Entity.PAYMENTS:
            return ([mirror_payment(found) for found in page.rows] for page in client.payments(about))
        case Extra.CREDIT_NOTES:
            return ([mirror_credit_note(found) for found in page.rows] for page in client.credit_notes(about))
        case Extra.REFUNDS:
            refunds = client.transactions(about, kind="REFUND")
            return ([mirror_refund(found) for found in page.rows] for page in refunds)
