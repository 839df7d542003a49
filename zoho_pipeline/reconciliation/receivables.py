"""Receivables of a month on each side: opening + invoices - credit notes - payments + refunds - write-offs = closing.

Drafts and withdrawn documents are none, and neither is anything in another currency than rand, or of a customer that is
internal_test. Zoho makes a credit note for each refund of a payment; what was given back
out of money that was not applied lowers the payment itself, so it counts among the refunds too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects.postgresql import insert

from zoho_pipeline.calendar import Month
from zoho_pipeline.circletel.shape import Shape, read_shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation import tables


class Side(StrEnum):
    """Whose books."""

    CIRCLETEL = "CircleTel"
    ZOHO = "Zoho"


@dataclass(frozen=True)
class Receivables:
    """One side's month; money in rand, VAT included. `output_vat` is the VAT of its invoices less credit notes."""

    side: Side
    opening: Decimal
    invoices: Decimal
    credit_notes: Decimal
    payments: Decimal
    refunds: Decimal
    write_offs: Decimal
    output_vat: Decimal

    @property
    def closing(self) -> Decimal:
        """What the customers owe at its end."""
        return self.opening + self.invoices - self.credit_notes - self.payments + self.refunds - self.write_offs


def read_receivables(connection: Connection, month: Month | None) -> tuple[Receivables, Receivables]:
    """CircleTel's and Zoho's month; without a month everything to this day, as if it were one."""
    values = {"first": month.first_day if month else None, "last": month.last_day if month else None}
    credited = connection.execute(text("SELECT to_regclass('public.credit_notes') IS NOT NULL")).scalar_one()
    circletel = _circletel(read_shape(connection), bool(credited))
    return _read(connection, Side.CIRCLETEL, circletel, values), _read(connection, Side.ZOHO, _ZOHO, values)


def keep_receivables(connection: Connection, month: Month, sides: Sequence[Receivables]) -> None:
    """Keep them with the month's controls, as they were worked out."""
    fresh = insert(tables.receivables)
    rows = [{**vars(each), "side": each.side.value, "month": month.key} for each in sides]
    changed = {name: fresh.excluded[name] for name in rows[0] if name not in ("month", "side")}
    connection.execute(
        fresh.on_conflict_do_update(
            constraint=tables.receivables.primary_key, set_=changed | {"worked_out_at": func.now()}
        ),
        rows,
    )


def kept_receivables(connection: Connection, month: Month) -> list[Receivables]:
    """As they were kept with the month, CircleTel's first; none where it was not compared since they are kept."""
    of = tables.receivables
    query = select(*(of.c[each.name] for each in fields(Receivables))).where(of.c.month == month.key)
    rows = {row.side: row for row in connection.execute(query)}
    return [Receivables(side, *rows[side.value][1:]) for side in Side if side.value in rows]


def _read(connection: Connection, side: Side, movements: str, values: Mapping[str, object]) -> Receivables:
    row = connection.execute(text(_SUMS.format(movements=movements)), values).one()
    return Receivables(side, *row)


def _circletel(shape: Shape, credited: bool) -> str:
    """Its movements; payments are read as the comparison reads them."""
    of = source(Entity.PAYMENTS, shape)
    movements = _CIRCLETEL.format(moment=of.moment, joins=of.joins)
    return movements + (_CIRCLETEL_CREDIT_NOTES if credited else "")


_RAND = "coalesce(currency_code, 'ZAR') = 'ZAR'"
_IN_MONTH = "(CAST(:first AS date) IS NULL OR day BETWEEN CAST(:first AS date) AND CAST(:last AS date))"
_SUMS = (
    """
    SELECT coalesce(sum(CASE kind WHEN 'invoices' THEN amount WHEN 'refunds' THEN amount ELSE -amount END)
                    FILTER (WHERE day < CAST(:first AS date)), 0) AS opening,
           coalesce(sum(amount) FILTER (WHERE kind = 'invoices' AND IN_MONTH), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'credit_notes' AND IN_MONTH), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'payments' AND IN_MONTH), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'refunds' AND IN_MONTH), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'write_offs' AND IN_MONTH), 0),
           coalesce(sum(vat) FILTER (WHERE IN_MONTH), 0) AS output_vat
    FROM ({movements}) movements (kind, day, amount, vat)
"""
).replace("IN_MONTH", _IN_MONTH)

_CIRCLETEL = """
    SELECT 'invoices', i.invoice_date, i.total_amount, coalesce(i.tax_amount, 0) FROM public.customer_invoices i
    JOIN public.customers c ON c.id = i.customer_id AND c.account_type <> 'internal_test'
    WHERE coalesce(i.status, 'draft') NOT IN ('draft', 'voided', 'cancelled')
    UNION ALL
    SELECT 'payments', ({moment} AT TIME ZONE 'Africa/Johannesburg')::date, t.amount, 0
    FROM public.payment_transactions t {joins}
    WHERE t.status = 'completed' AND t.currency = 'ZAR' AND coalesce(c.account_type, 'personal') <> 'internal_test'
      AND coalesce(debtor.account_type, 'personal') <> 'internal_test'
"""
_CIRCLETEL_CREDIT_NOTES = """
    UNION ALL
    SELECT 'credit_notes',
           coalesce(n.credit_note_date, (n.applied_at AT TIME ZONE 'Africa/Johannesburg')::date, i.invoice_date),
           n.total_amount, -coalesce(n.vat_amount, 0)
    FROM public.credit_notes n LEFT JOIN public.customer_invoices i ON i.id = n.original_invoice_id
    LEFT JOIN public.customers c ON c.id = coalesce(n.customer_id, i.customer_id)
    WHERE n.status IN ('issued', 'applied') AND coalesce(c.account_type, 'personal') <> 'internal_test'
"""
_ZOHO = f"""
    SELECT 'invoices', date, total, coalesce(tax_total, 0) FROM zoho_pipeline.mirror_invoices
    WHERE gone_at IS NULL AND {_RAND} AND status NOT IN ('void', 'draft')
    UNION ALL
    SELECT 'write_offs', date, write_off, 0 FROM zoho_pipeline.mirror_invoices
    WHERE gone_at IS NULL AND {_RAND} AND status NOT IN ('void', 'draft') AND write_off > 0
    UNION ALL
    SELECT 'payments', date, amount, 0 FROM zoho_pipeline.mirror_payments WHERE gone_at IS NULL AND {_RAND}
    UNION ALL
    SELECT 'credit_notes', date, total, -coalesce(tax_total, 0) FROM zoho_pipeline.mirror_credit_notes
    WHERE gone_at IS NULL AND {_RAND} AND status <> 'void'
    UNION ALL
    SELECT 'refunds', date, amount, 0 FROM zoho_pipeline.mirror_refunds WHERE gone_at IS NULL
    UNION ALL
    SELECT 'refunds', p.date, p.amount - p.unapplied - coalesce(a.applied, 0), 0 FROM zoho_pipeline.mirror_payments p
    LEFT JOIN (
        SELECT source_zoho_id, sum(amount) AS applied FROM zoho_pipeline.mirror_applications
        WHERE kind = 'payment' GROUP BY 1
    ) a ON a.source_zoho_id = p.zoho_id
    WHERE p.gone_at IS NULL AND {_RAND} AND p.unapplied IS NOT NULL
"""  # noqa: S608 - constants only
"""Zoho's list of refunds names no currency."""
