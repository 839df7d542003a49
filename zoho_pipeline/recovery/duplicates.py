"""Two objects in Zoho for one row, or two rows on one object: found in the mirror, named, and never made worse.

What no protocol without idempotency keys can exclude is found here, after the next complete listing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.mirror.tables import listings

MERGE_OR_DELETE = (
    "Compare them in Zoho, merge them or delete all but one, and see that the row is linked to the one that stays."
)
UNLINK = "See in Zoho whose it is, and take the link off the other rows: the next run looks for their own object."
COMPARE = "Compare them in Zoho: if one was made by mistake, delete it; if both are meant, there is nothing to do."


@dataclass(frozen=True)
class Duplicate:
    """What stands twice: the objects in Zoho, the row or rows of CircleTel, how one knows, and what to do.

    `certain` is False where they only look alike: two payments of one day and amount may both be meant.
    """

    entity: Entity
    zoho_ids: tuple[str, ...]
    row_ids: tuple[str, ...]
    reason: str
    advice: str
    certain: bool = True

    def __str__(self) -> str:
        rows = f" of row {', '.join(self.row_ids)}" if self.row_ids else ""
        return f"{self.entity}: objects {', '.join(self.zoho_ids)} in Zoho{rows}: {self.reason}"


_KEYED_REASON = "each carries its key or is linked to it"
_ALIKE_REASON = "they are alike, and at least one carries no key"
_UUID = "'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"

# What carries the key of which row: ours, and those that CircleTel's app gives.
_KEYED: dict[Entity, str] = {
    Entity.CUSTOMERS: """
        SELECT zoho_id, circletel_id AS row_id FROM zoho_pipeline.mirror_customers WHERE gone_at IS NULL
        UNION
        SELECT m.zoho_id, c.id::text FROM zoho_pipeline.mirror_customers m
        JOIN public.customers c ON c.account_number = m.account_number WHERE m.gone_at IS NULL
    """,
    Entity.SUBSCRIPTIONS: """
        SELECT zoho_id, reference_id AS row_id FROM zoho_pipeline.mirror_subscriptions
        WHERE gone_at IS NULL AND status NOT IN ('cancelled', 'expired')
        UNION
        SELECT zoho_id, circletel_id FROM zoho_pipeline.mirror_subscriptions
        WHERE gone_at IS NULL AND status NOT IN ('cancelled', 'expired')
    """,
    Entity.INVOICES: """
        SELECT zoho_id, circletel_id AS row_id FROM zoho_pipeline.mirror_invoices
        WHERE gone_at IS NULL AND status <> 'void'
        UNION
        SELECT m.zoho_id, i.id::text FROM zoho_pipeline.mirror_invoices m
        JOIN public.customer_invoices i ON i.invoice_number = m.number
        JOIN public.customers c ON c.id = i.customer_id AND c.zoho_billing_customer_id = m.customer_zoho_id
        WHERE m.gone_at IS NULL AND m.status <> 'void' AND m.subscription_zoho_id IS NOT DISTINCT FROM ''
    """,
    Entity.PAYMENTS: """
        SELECT zoho_id, circletel_id AS row_id FROM zoho_pipeline.mirror_payments WHERE gone_at IS NULL
        UNION
        SELECT zoho_id, left(reference_number, 36) FROM zoho_pipeline.mirror_payments WHERE gone_at IS NULL
        UNION
        SELECT m.zoho_id, p.id::text FROM zoho_pipeline.mirror_payments m
        JOIN public.customers c ON c.zoho_billing_customer_id = m.customer_zoho_id
        JOIN public.payment_transactions p ON p.customer_id = c.id AND p.amount = m.amount
             AND m.reference_number = left(p.id::text, 8)
        WHERE m.gone_at IS NULL
    """,
}

# What has no key, and stands beside something of the same content that has one or that a row is linked to.
_CONTENT: dict[Entity, tuple[str, str]] = {
    Entity.CUSTOMERS: ("lower(nullif(trim(m.email), ''))", "m.circletel_id IS NULL AND m.account_number IS NULL"),
    Entity.SUBSCRIPTIONS: (
        "CASE WHEN m.status NOT IN ('cancelled', 'expired') THEN m.customer_zoho_id || ' ' || m.plan_code END",
        "m.circletel_id IS NULL AND m.reference_id IS NULL",
    ),
    Entity.INVOICES: (
        (
            "CASE WHEN m.status <> 'void' AND coalesce(m.subscription_zoho_id, '') = '' "
            "THEN m.customer_zoho_id || ' ' || m.date || ' ' || m.total END"
        ),
        "m.circletel_id IS NULL AND m.subscription_zoho_id = ''",
    ),
    Entity.PAYMENTS: (
        "m.customer_zoho_id || ' ' || m.date || ' ' || m.amount",
        "m.circletel_id IS NULL AND coalesce(m.reference_number, '') = ''",
    ),
}


def find_duplicates(connection: Connection, entities: Collection[Entity] = PARENTS_FIRST) -> list[Duplicate]:
    """All that the mirror and CircleTel's tables show, each group once, worst evidence first."""
    found: dict[tuple[Entity, frozenset[str], frozenset[str]], Duplicate] = {}
    for entity in entities:
        for duplicate in _of(connection, entity):
            key = (entity, frozenset(duplicate.zoho_ids), frozenset(duplicate.row_ids))
            found.setdefault(key, duplicate)
    return list(found.values())


def listed_at(connection: Connection) -> dict[Entity, datetime]:
    """When the latest complete listing of each kind began (UTC); a kind that was never listed is not there."""
    query = (
        select(listings.c.entity, func.max(listings.c.started_at).label("began"))
        .where(listings.c.completed_at.is_not(None), listings.c.entity.in_([entity.value for entity in Entity]))
        .group_by(listings.c.entity)
    )
    return {Entity(row.entity): row.began for row in connection.execute(query)}


def _of(connection: Connection, entity: Entity) -> Iterator[Duplicate]:
    yield from _two_objects_of_one_row(connection, entity)
    yield from _two_rows_on_one_object(connection, entity)
    yield from _twins_without_key(connection, entity)


def _two_objects_of_one_row(connection: Connection, entity: Entity) -> Iterator[Duplicate]:
    """Objects that carry one row's key, together with the object that the row is linked to."""
    table, column = TABLES[entity], ZOHO_ID[entity]
    query = text(f"""
        WITH keyed AS ({_KEYED[entity]}), led AS (
            SELECT zoho_id, row_id FROM keyed WHERE row_id ~ {_UUID}
            UNION
            SELECT t.{column}, t.id::text FROM public.{table} t
            WHERE t.{column} <> '' AND t.id::text IN (SELECT row_id FROM keyed)
        )
        SELECT row_id, array_agg(zoho_id ORDER BY zoho_id) AS zoho_ids FROM led
        GROUP BY row_id HAVING count(*) > 1
    """)  # noqa: S608 - constants only
    for row in connection.execute(query):
        yield Duplicate(entity, tuple(row.zoho_ids), (row.row_id,), _KEYED_REASON, MERGE_OR_DELETE)


def _two_rows_on_one_object(connection: Connection, entity: Entity) -> Iterator[Duplicate]:
    table, column = TABLES[entity], ZOHO_ID[entity]
    query = text(f"""
        SELECT {column} AS zoho_id, array_agg(id::text ORDER BY id) AS row_ids FROM public.{table}
        WHERE {column} <> '' GROUP BY {column} HAVING count(*) > 1
    """)  # noqa: S608 - constants only
    for row in connection.execute(query):
        yield Duplicate(entity, (row.zoho_id,), tuple(row.row_ids), "several rows are linked to it", UNLINK)


def _twins_without_key(connection: Connection, entity: Entity) -> Iterator[Duplicate]:
    content, unkeyed = _CONTENT[entity]
    query = text(f"""
        SELECT {content} AS content, array_agg(m.zoho_id ORDER BY m.zoho_id) AS zoho_ids
        FROM zoho_pipeline.mirror_{entity.value} m
        WHERE m.gone_at IS NULL AND {content} IS NOT NULL
        GROUP BY 1 HAVING count(*) > 1 AND bool_or({unkeyed})
    """)  # noqa: S608 - constants only
    for row in connection.execute(query):
        yield Duplicate(entity, tuple(row.zoho_ids), (), _ALIKE_REASON, COMPARE, certain=False)
