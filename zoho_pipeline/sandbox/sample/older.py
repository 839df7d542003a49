"""The same world as an older database holds it, from which a right sync can know less."""

from __future__ import annotations

from dataclasses import replace

from zoho_pipeline.sandbox.sample.rows import Payment
from zoho_pipeline.sandbox.sample.world import Handling, World


def as_older(world: World) -> World:
    """Without invoice types (all count as recurring), without customer_invoice_id and without credit notes.

    Which invoices the app would have pushed cannot be told there either: it pushed none.
    """
    invoices = {row.id for row in world.invoices}
    handlings: dict[str, Handling] = {id_: one for id_, one in world.handlings.items() if id_ not in invoices}
    return replace(
        world,
        invoices=tuple(
            replace(
                row,
                invoice_type="recurring",
                zoho_sync_status="pending",
                zoho_last_synced_at=None,
                zoho_last_sync_error=None,
            )
            for row in world.invoices
        ),
        payments=tuple(_older_payment(row) for row in world.payments),
        credit_notes=(),
        sync_logs=tuple(log for log in world.sync_logs if log.entity_id in handlings),
        handlings=handlings,
        handmade_invoices=(),
    )


def _older_payment(row: Payment) -> Payment:
    """The older column holds what the newer one would."""
    return replace(row, invoice_id=row.customer_invoice_id or row.invoice_id, customer_invoice_id=None)
