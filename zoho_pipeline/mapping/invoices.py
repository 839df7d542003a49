"""A one-off invoice of CircleTel (installation, pro rata, equipment, adjustment) as an invoice of Zoho Billing."""

from collections.abc import Mapping
from decimal import Decimal

from zoho_pipeline.circletel.rows import Invoice
from zoho_pipeline.mapping.lines import Line, read_lines
from zoho_pipeline.mapping.mapped import Mapped, Unmappable, custom_fields, mapped
from zoho_pipeline.money import ZERO, money, rand, vat_inside, vat_on_top

GONE_OUT = frozenset({"sent", "paid", "partial", "overdue"})
"""CircleTel's statuses of invoices that the customer has received."""

_ADVICE = "Correct the invoice in CircleTel; a locked invoice is corrected by a credit note."


def has_gone_out(row: Invoice) -> bool:
    """Whether Zoho's invoice is to be opened, or stays a draft as CircleTel's is one."""
    return row.status in GONE_OUT


def map_invoice(row: Invoice, customer_zoho_id: str, tax_ids: Mapping[Decimal, str]) -> Mapped:
    """The invoice under CircleTel's own number, with lines that give its total and its VAT to the cent.

    `tax_ids` are Zoho's taxes by percentage. Zoho rounds the VAT of each line; where that would miss CircleTel's VAT
    the lines are put together into one.

    Raises:
        Unmappable: when no way of writing the lines gives CircleTel's total and VAT.
    """
    if row.total_amount != row.subtotal + row.tax_amount:
        raise Unmappable(
            f"its total {rand(row.total_amount)} is not its subtotal {rand(row.subtotal)} plus VAT "
            f"{rand(row.tax_amount)}",
            _ADVICE,
        )
    if row.total_amount < 0:
        raise Unmappable(f"its total {rand(row.total_amount)} is negative", "Send it as a credit note.")
    rate = row.vat_rate if row.tax_amount else ZERO
    if rate not in tax_ids:
        raise Unmappable(
            f"Zoho has no tax of {rate.normalize():f} %", "Make the tax in Zoho Billing's settings, then run again."
        )
    lines, inclusive = _lines_that_tie(row, rate)
    content = {
        "customer_id": customer_zoho_id,
        "invoice_number": row.number,
        "date": row.invoice_date.isoformat(),
        "due_date": max(row.due_date, row.invoice_date).isoformat(),
        "is_inclusive_tax": inclusive,
        "invoice_items": [
            {"name": line.name[:100], "price": line.amount, "quantity": 1, "tax_id": tax_ids[rate]} for line in lines
        ],
        "custom_fields": custom_fields(cf_circletel_invoice_id=row.id),
    }
    return mapped(content, content | {"gone_out": has_gone_out(row)})


def _lines_that_tie(row: Invoice, rate: Decimal) -> tuple[list[Line], bool]:
    """The lines, and whether their amounts include VAT.

    Raises:
        Unmappable: when neither their sum nor the VAT on them is the invoice's.
    """
    lines = read_lines(row.line_items, _title(row), row.total_amount)
    together = sum((line.amount for line in lines), ZERO)
    if together not in (row.total_amount, row.subtotal):
        raise Unmappable(
            f"its lines come to {rand(together)}, which is neither its total {rand(row.total_amount)} nor its "
            f"subtotal {rand(row.subtotal)}",
            _ADVICE,
        )
    inclusive = together == row.total_amount
    joined = [Line("; ".join(line.name for line in lines), together)]
    for candidate in (lines, joined):
        if _vat(candidate, rate, inclusive) == row.tax_amount:
            return candidate, inclusive
    raise Unmappable(f"its VAT {rand(row.tax_amount)} is not {rate.normalize():f} % of what it charges", _ADVICE)


def _vat(lines: list[Line], rate: Decimal, inclusive: bool) -> Decimal:
    vat_of = vat_inside if inclusive else vat_on_top
    return money(sum((vat_of(line.amount, rate) for line in lines), ZERO))


def _title(row: Invoice) -> str:
    return f"{row.invoice_type.replace('_', '-').capitalize()} {row.number}"
