"""Controls that do not lean on the comparison: one figure twice, from sources that know nothing of each other.

The tie-out alone would always close. These would not:
- what Zoho says that its customers owe, against the balances of its invoices; and their credits likewise;
- receivables by roll-forward on each side (see `receivables`) against what is stated;
- output VAT on each side.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Connection, func, text
from sqlalchemy.dialects.postgresql import insert

from zoho_pipeline.calendar import Month
from zoho_pipeline.reconciliation import tables
from zoho_pipeline.reconciliation.receivables import Receivables, Side, keep_receivables, read_receivables


class Name(StrEnum):
    """The controls."""

    OUTSTANDING = "outstanding"
    CREDITS = "unused_credits"
    CLOSING = "closing"
    CIRCLETEL_CLOSING = "circletel_closing"
    OUTPUT_VAT = "output_vat"


_MEANING = {
    Name.OUTSTANDING: "What Zoho says its customers owe, and the open balances of its invoices",
    Name.CREDITS: "What Zoho says its customers have in hand, and what of payments and credit notes is not applied",
    Name.CLOSING: "What Zoho says its customers owe less their credits, and the roll-forward of its documents",
    Name.CIRCLETEL_CLOSING: "What CircleTel's invoices say is due, and the roll-forward of its documents",
    Name.OUTPUT_VAT: "Output VAT of the month in CircleTel, and in Zoho",
}
_BINDING = frozenset({Name.OUTSTANDING, Name.CREDITS, Name.CLOSING})


@dataclass(frozen=True)
class Control:
    """One figure, as it is stated and as it is found."""

    name: Name
    currency: str
    stated: Decimal
    found: Decimal

    @property
    def difference(self) -> Decimal:
        return self.found - self.stated

    @property
    def holds(self) -> bool:
        """Whether both come to the same cent."""
        return self.difference == 0

    @property
    def binding(self) -> bool:
        """Whether a month cannot be signed unless it holds; the others show what the items explain."""
        return self.name in _BINDING

    @property
    def meaning(self) -> str:
        """What is compared with what."""
        return _MEANING[self.name]


def write_controls(connection: Connection, month: Month) -> list[Control]:
    """Work them out as of now, and keep them with the month, and its receivables."""
    sides = read_receivables(connection, month)
    keep_receivables(connection, month, sides)
    found = list(_worked_out(connection, sides))
    rows = [
        {
            "month": month.key,
            "control": each.name.value,
            "currency": each.currency,
            "stated": each.stated,
            "found": each.found,
        }
        for each in found
    ]
    fresh = insert(tables.controls)
    connection.execute(
        fresh.on_conflict_do_update(
            constraint=tables.controls.primary_key,
            set_={"stated": fresh.excluded.stated, "found": fresh.excluded.found, "checked_at": func.now()},
        ),
        rows,
    )
    return found


def read_controls(connection: Connection, month: Month) -> list[Control]:
    """As they were kept with the month."""
    of = tables.controls.c
    query = tables.controls.select().where(of.month == month.key).order_by(of.control, of.currency)
    return [Control(Name(row.control), row.currency, row.stated, row.found) for row in connection.execute(query)]


def _worked_out(connection: Connection, sides: tuple[Receivables, Receivables]) -> Iterator[Control]:
    row = connection.execute(text(_STATED)).one()
    yield Control(Name.OUTSTANDING, CURRENCY, row.outstanding, row.open)
    yield Control(Name.CREDITS, CURRENCY, row.credits, row.unapplied)
    today = {each.side: each for each in read_receivables(connection, None)}
    yield Control(Name.CLOSING, CURRENCY, row.outstanding - row.credits, today[Side.ZOHO].closing)
    yield Control(Name.CIRCLETEL_CLOSING, CURRENCY, row.due, today[Side.CIRCLETEL].closing)
    circletel, zoho = sides
    yield Control(Name.OUTPUT_VAT, CURRENCY, circletel.output_vat, zoho.output_vat)


CURRENCY = "ZAR"
"""What CircleTel keeps its customers in: documents in another currency are items of their own."""

_RAND = "coalesce(currency_code, 'ZAR') = 'ZAR'"
_STATED = f"""
    SELECT
        (SELECT coalesce(sum(outstanding), 0) FROM zoho_pipeline.mirror_customers
         WHERE gone_at IS NULL AND {_RAND}) AS outstanding,
        (SELECT coalesce(sum(unused_credits), 0) FROM zoho_pipeline.mirror_customers
         WHERE gone_at IS NULL AND {_RAND}) AS credits,
        (SELECT coalesce(sum(balance), 0) FROM zoho_pipeline.mirror_invoices
         WHERE gone_at IS NULL AND {_RAND} AND status NOT IN ('void', 'draft')) AS open,
        (SELECT coalesce(sum(coalesce(p.unapplied, p.amount - coalesce(a.applied, 0) - coalesce(p.refunded, 0))), 0)
         FROM zoho_pipeline.mirror_payments p LEFT JOIN (
            SELECT source_zoho_id, sum(amount) AS applied FROM zoho_pipeline.mirror_applications
            WHERE kind = 'payment' GROUP BY 1
         ) a ON a.source_zoho_id = p.zoho_id WHERE p.gone_at IS NULL AND {_RAND})
        + (SELECT coalesce(sum(balance), 0) FROM zoho_pipeline.mirror_credit_notes
           WHERE gone_at IS NULL AND {_RAND} AND status <> 'void') AS unapplied,
        (SELECT coalesce(sum(i.amount_due), 0) FROM public.customer_invoices i
         JOIN public.customers c ON c.id = i.customer_id AND c.account_type <> 'internal_test'
         WHERE coalesce(i.status, 'draft') NOT IN ('draft', 'voided', 'cancelled')) AS due
"""  # noqa: S608 - constants only
