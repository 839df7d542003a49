"""Which rows of CircleTel hold which objects of Zoho."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import Connection, TextClause, text

from zoho_pipeline.circletel.shape import TABLES, ZOHO_ID
from zoho_pipeline.entities import Entity
from zoho_pipeline.sync.matching import Holders

# Payments that were made in Zoho came to CircleTel from there, under Zoho's id.
_MADE_IN_ZOHO = text("""
    SELECT transaction_id AS zoho_id, id::text AS id FROM public.payment_transactions
    WHERE provider = 'zoho_billing' AND transaction_id = ANY(:zoho_ids)
""")


def holders_of(connection: Connection, entity: Entity, zoho_ids: Collection[str]) -> Holders:
    """The rows linked to these objects."""
    values = {"zoho_ids": list(zoho_ids)}
    held = {row.zoho_id: row.id for row in connection.execute(_linked(entity), values)}
    if entity is Entity.PAYMENTS:
        held |= {row.zoho_id: row.id for row in connection.execute(_MADE_IN_ZOHO, values)}
    return Holders(held)


@cache
def _linked(entity: Entity) -> TextClause:
    column = ZOHO_ID[entity]
    table = TABLES[entity]
    return text(f"SELECT {column} AS zoho_id, id::text AS id FROM public.{table} WHERE {column} = ANY(:zoho_ids)")  # noqa: S608 - constants only
