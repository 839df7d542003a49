"""A payment of CircleTel as a payment of Zoho Billing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from zoho_pipeline.circletel.rows import Payment
from zoho_pipeline.clock import local_date
from zoho_pipeline.mapping.customers import CURRENCY
from zoho_pipeline.mapping.mapped import Mapped, Unmappable, custom_fields, mapped
from zoho_pipeline.money import ZERO

REFERENCE_LENGTH = 100
"""Zoho's limit for reference_number, in characters (documented)."""

_MODES = {
    "card": "creditcard",
    "credit_card": "creditcard",
    "cash": "cash",
    "eft": "banktransfer",
    "bank_transfer": "banktransfer",
    "debit_order": "banktransfer",
    "capitec": "banktransfer",
    "ozow": "banktransfer",
}


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice in Zoho on which money can be put."""

    zoho_id: str
    balance: Decimal


def map_payment(row: Payment, customer_zoho_id: str, targets: Sequence[OpenInvoice]) -> Mapped:
    """The payment, put on the targets up to their balances; what is left over stays unapplied.

    The reference begins with the row's id, by which the payment is found again, and goes on with the bank's.

    Raises:
        Unmappable: for money in another currency than the customers' in Zoho.
    """
    if row.currency != CURRENCY:
        raise Unmappable(
            f"it is in {row.currency}, and the customers in Zoho are kept in {CURRENCY}",
            "Record the payment in Zoho by hand and link it, or correct its currency in CircleTel.",
        )
    payload = {
        "customer_id": customer_zoho_id,
        "payment_mode": _MODES.get((row.payment_method or "").strip().lower(), "others"),
        "amount": row.amount,
        "date": local_date(row.paid_at).isoformat(),
        "reference_number": f"{row.id} {row.reference}"[:REFERENCE_LENGTH].strip(),
        "custom_fields": custom_fields(cf_circletel_payment_id=row.id),
    }
    content = {name: value for name, value in payload.items() if name != "customer_id"}
    if applied := _applied(row.amount, targets):
        payload["invoices"] = applied
    return mapped(payload, content)


def _applied(amount: Decimal, targets: Sequence[OpenInvoice]) -> list[dict[str, object]]:
    applied: list[dict[str, object]] = []
    for target in targets:
        part = min(amount, max(target.balance, ZERO))
        if part > ZERO:
            applied.append({"invoice_id": target.zoho_id, "amount_applied": part})
            amount -= part
    return applied
