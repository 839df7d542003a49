"""CircleTel's own log of syncs, zoho_sync_logs, as far as the database takes our rows."""

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import Entity

_ZOHO_ENTITY_TYPE: dict[Entity, str] = {
    Entity.CUSTOMERS: "Contacts",
    Entity.SUBSCRIPTIONS: "Subscriptions",
    Entity.INVOICES: "Invoices",
    Entity.PAYMENTS: "Payments",
}
MOST_ATTEMPTS = 3
"""The table's CHECK on attempt_number."""


def insert_logs(entity: Entity, shape: Shape) -> str:
    """SQL that inserts a row for each of `concluded` that was sent or adopted: part of a statement of `sync.outcomes`.

    The database may refuse it, for the table has CHECK constraints of CircleTel's own.
    """
    details = ", duration_ms, cause, run_id" if shape.log_details else ""
    values = ", c.duration_ms, c.cause, :run_id" if shape.log_details else ""
    return f"""
        INSERT INTO public.zoho_sync_logs (entity_type, entity_id, zoho_entity_type, zoho_entity_id, status,
            attempt_number, error_message, request_payload, response_payload{details})
        SELECT '{entity.singular}', c.row_id, '{_ZOHO_ENTITY_TYPE[entity]}', CASE WHEN NOT c.lost THEN c.made END,
            CASE WHEN c.state = 'synced' THEN 'success' ELSE 'failed' END,
            greatest(1, least(coalesce(known.attempts, 1), {MOST_ATTEMPTS})), c.problem,
            coalesce(sent.request, c.request), c.response{values}
        FROM concluded c
        LEFT JOIN zoho_pipeline.attempts sent ON sent.id = c.attempt_id
        LEFT JOIN zoho_pipeline.sync_records known ON known.entity = :entity AND known.row_id = c.row_id
        WHERE c.attempt_id IS NOT NULL OR (c.made IS NOT NULL AND NOT c.lost)
    """  # noqa: S608 - constants only
