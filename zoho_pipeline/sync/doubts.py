"""What creates have done, or may be doing, of which nobody has seen the answer."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select, text

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import State
from zoho_pipeline.sync.deciding import LOOKS_BEFORE_SENDING_AGAIN
from zoho_pipeline.sync.tables import attempts


def sent_into_doubt(connection: Connection, entity: Entity, row_ids: Collection[str]) -> set[str]:
    """The rows that once had a create whose answer was lost: what they were linked to afterwards may be of our making,
    for the attempt itself never learnt the id of what it made.
    """
    query = select(attempts.c.row_id).where(
        attempts.c.entity == entity.value,
        attempts.c.action == "create",
        attempts.c.outcome == State.IN_DOUBT.value,
        attempts.c.row_id.in_(row_ids),
    )
    return set(connection.execute(query).scalars())


_BEING_PAID = text("""
    SELECT applied.value ->> 'invoice_id' AS invoice_id, a.row_id::text AS row_id
    FROM zoho_pipeline.sync_records r
    JOIN public.payment_transactions p ON p.id = r.row_id
    JOIN zoho_pipeline.attempts a ON a.entity = r.entity AND a.row_id = r.row_id AND a.action = 'create'
        AND (a.ended_at IS NULL OR a.outcome = 'in_doubt')
    CROSS JOIN jsonb_array_elements(a.request -> 'invoices') AS applied
    WHERE r.entity = 'payments' AND (r.state = 'sending' OR r.state = 'in_doubt' AND r.doubt_looks < :looks)
""")


def invoices_being_paid(connection: Connection) -> dict[str, set[str]]:
    """The invoices in Zoho whose balance is uncertain, and the payments on their way or in doubt that make it so.

    A payment that was deleted in CircleTel meanwhile is settled by nobody, so nothing waits for it.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(_BEING_PAID, {"looks": LOOKS_BEFORE_SENDING_AGAIN}):
        found[row.invoice_id].add(row.row_id)
    return found
