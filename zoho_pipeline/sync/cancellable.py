"""Services that CircleTel has cancelled and Zoho goes on billing, as far as the mirror knows. Reads only.

A suspended service is none of them, and neither is one whose subscription another service still runs on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import Source, source
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.objects import ENDING


@dataclass(frozen=True)
class Cancellable:
    """A cancelled service and its subscription."""

    row_id: str
    zoho_id: str
    source_hash: str
    """Of all that an approval rests on: status, day of cancellation, link, customer, price and package."""
    billed: bool
    """Whether Zoho would bill another term: the mirror shows it running, or has not seen it yet."""
    shown: dict[str, Any]
    """What a person is shown: account number, plan, rand a month, days. Names nobody."""


def read_cancellable(connection: Connection, shape: Shape, besides: Sequence[str] = ()) -> list[Cancellable]:
    """Those that are billed, and `besides`, whatever Zoho does with them, rows of these ids; the oldest first."""
    values = {"ending": sorted(ENDING), "besides": list(besides)}
    rows = connection.execute(_statement(shape), values)
    return [Cancellable(row.row_id, row.zoho_id, row.source_hash, row.billed, row.shown) for row in rows]


@cache
def _statement(shape: Shape) -> TextClause:
    of: Source = source(Entity.SUBSCRIPTIONS, shape)
    return text(f"""
        WITH cancelled AS (
            SELECT t.id, t.cancelled_at, t.{of.zoho_id} AS zoho_id, m.status, m.plan_code, m.amount, m.next_billing_on,
                   c.account_number, m.gone_at IS NULL AND coalesce(m.status, '') <> ALL(:ending) AS billed,
                   md5(jsonb_build_array(t.status, extract(epoch FROM t.cancelled_at), t.{of.zoho_id},
                                         {of.fingerprinted})::text) AS source_hash
            FROM public.{of.table} t {of.joins}
            LEFT JOIN zoho_pipeline.mirror_subscriptions m ON m.zoho_id = t.{of.zoho_id}
            WHERE t.status = 'cancelled' AND t.{of.zoho_id} <> '' AND c.account_type <> 'internal_test'
        )
        SELECT id::text AS row_id, zoho_id, source_hash, billed,
               jsonb_build_object(
                   'account', account_number, 'plan', plan_code, 'rand a month', amount::text,
                   'in Zoho', coalesce(status, 'not listed yet'), 'bills next', next_billing_on,
                   'cancelled on', (cancelled_at AT TIME ZONE 'Africa/Johannesburg')::date
               ) AS shown
        FROM cancelled
        WHERE (billed OR id = ANY(CAST(:besides AS uuid[]))) AND NOT EXISTS (
            SELECT FROM public.{of.table} other
            WHERE other.{of.zoho_id} = cancelled.zoho_id AND other.status <> 'cancelled'
        )
        ORDER BY cancelled_at, id
    """)  # noqa: S608 - constants only
