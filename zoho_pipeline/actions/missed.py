"""Recurring invoices that Zoho has missed: listed, approved one by one, sent as one-offs under CircleTel's number."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, text

from zoho_pipeline.actions.opening import Environ, named, opened
from zoho_pipeline.calendar import Month
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.sync import approvals
from zoho_pipeline.sync.approvals import Action, Approval, Listed

VOID = "void"
WHERE = "see `zoho-pipeline reconcile missed`."


class NotApproved(Foreseen):
    """An approval that names nobody, or something that is not waiting for it."""


def missed(month: Month | None, environ: Environ) -> list[Approval]:
    """What the latest comparisons call missed (of all months, if none is named), with who approved what so far.

    Raises:
        Foreseen: when the settings, the database or its schema do not allow to look.
    """
    with opened("list missed invoices", environ) as at, at.engine.begin() as connection:
        return _listed(connection, at.shape, month)


def approve_missed(ids: Collection[int], by: str, environ: Environ) -> list[Approval]:
    """Approve these entries of the list, all or none: the next run sends them. Nothing is sent by this.

    Raises:
        NotApproved: an entry is unknown, approved already, or no longer missed as it was shown.
    """
    by = named(by)
    with opened("approve missed invoices", environ) as at, at.engine.begin() as connection:
        waiting = {entry.id for entry in _listed(connection, at.shape, None)}
        if unknown := sorted(set(ids) - waiting):
            raise NotApproved(f"Nothing was approved: {unknown[0]} is no invoice that waits to be sent; {WHERE}")
        if approved := sorted(set(ids) - approvals.approve(connection, ids, by)):
            raise NotApproved(f"Nothing was approved: {approved[0]} was approved already; {WHERE}")
        return approvals.approvals_of(connection, ids)


def conclude_missed(connection: Connection) -> None:
    """Close what the latest comparison no longer calls missed: it was sent, or Zoho has raised it after all."""
    connection.execute(_CONCLUDE)


_CONCLUDE = text("""
    UPDATE zoho_pipeline.approvals p
    SET done_at = clock_timestamp(), outcome = CASE WHEN t.zoho_billing_invoice_id <> '' THEN 'sent' ELSE 'void' END
    FROM public.customer_invoices t
    WHERE p.action = 'push' AND p.done_at IS NULL AND t.id = p.row_id AND NOT EXISTS (
        SELECT FROM zoho_pipeline.reconciliation_items i
        WHERE i.entity = 'invoices' AND i.class = 'missed' AND i.row_id = p.row_id::text AND i.cleared_at IS NULL
    )
""")


def _listed(connection: Connection, shape: Shape, month: Month | None) -> list[Approval]:
    """Enter what is missed, close what no longer is, and read what is open."""
    conclude_missed(connection)
    found = _found(connection, shape)
    now = {(entry.row_id, entry.source_hash) for entry in found}
    before = approvals.open_approvals(connection, Action.PUSH, Entity.INVOICES)
    gone = [entry.id for entry in before if (entry.row_id, entry.source_hash) not in now]
    if gone:
        approvals.conclude(connection, gone, VOID)
    approvals.list_for_approval(connection, Action.PUSH, Entity.INVOICES, found)
    open_now = approvals.open_approvals(connection, Action.PUSH, Entity.INVOICES)
    return [entry for entry in open_now if month is None or entry.shown["month"] == month.key]


def _found(connection: Connection, shape: Shape) -> list[Listed]:
    of = source(Entity.INVOICES, shape)
    statement = text(f"""
        SELECT t.id::text AS row_id, {of.source_hash} AS source_hash, i.month, i.label AS invoice, i.circletel AS rand,
               t.period_start::text AS "from", t.period_end::text AS "until"
        FROM zoho_pipeline.reconciliation_items i
        JOIN public.{of.table} t ON t.id = CAST(i.row_id AS uuid) {of.joins}
        WHERE i.entity = 'invoices' AND i.class = :missed AND i.cleared_at IS NULL
        ORDER BY i.month, i.label
    """)  # noqa: S608 - constants only
    rows = connection.execute(statement, {"missed": Class.MISSED.value}).mappings()
    return [_entry(dict(row)) for row in rows]


def _entry(row: dict[str, Any]) -> Listed:
    row_id, source_hash = row.pop("row_id"), row.pop("source_hash")
    return Listed(row_id, "", source_hash, row)
