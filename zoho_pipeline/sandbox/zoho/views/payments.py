"""Payments, credit notes, refunds and transactions as answers show them."""

from __future__ import annotations

from typing import Any

from zoho_pipeline.sandbox.zoho import customfields, invoices
from zoho_pipeline.sandbox.zoho.clock import timestamp
from zoho_pipeline.sandbox.zoho.money import json_number, json_quantity
from zoho_pipeline.sandbox.zoho.organisation import CURRENCY_SYMBOL, Organisation
from zoho_pipeline.sandbox.zoho.records import CreditNote, Customer, Invoice, Line, Payment, Refund

_CURRENCY = {"currency_code": "ZAR", "currency_symbol": CURRENCY_SYMBOL}


def payment(org: Organisation, shown: Payment) -> dict[str, Any]:
    """One payment in full, with the invoices it covers."""
    return {
        **payment_row(org, shown),
        "amount_refunded": json_number(shown.refunded),
        "bank_charges": json_number(shown.bank_charges),
        "invoices": [_covered(org, shown, invoice_id) for invoice_id in shown.applied],
        "custom_fields": customfields.listed(shown.custom, "payments", org.behaviour),
    }


def payment_row(org: Organisation, shown: Payment) -> dict[str, Any]:
    """What a list of payments tells; the list itself is assumed."""
    customer: Customer = org.even_deleted(org.customers, shown.customer_id)
    row = {
        "payment_id": shown.id,
        "payment_mode": shown.mode,
        "amount": json_number(shown.amount),
        "date": shown.date.isoformat(),
        "status": "success",
        "reference_number": shown.reference_number,
        "description": shown.description,
        "customer_id": customer.id,
        "customer_name": customer.display_name,
        "email": customer.email,
        **_CURRENCY,
        "created_time": timestamp(shown.created),
        "updated_time": timestamp(shown.updated),
    }
    if org.behaviour.has("payments.payment_number"):
        row["payment_number"] = shown.number
    if org.behaviour.has("payments.unused_amount"):
        row["unused_amount"] = json_number(shown.unused)
    return row


def payment_listed(org: Organisation, shown: Payment) -> dict[str, Any]:
    """A list row: its custom fields flattened."""
    return {**payment_row(org, shown), **customfields.flattened(shown.custom)}


def _covered(org: Organisation, shown: Payment, invoice_id: str) -> dict[str, Any]:
    invoice: Invoice = org.even_deleted(org.invoices, invoice_id)
    return {
        "invoice_id": invoice.id,
        "invoice_number": invoice.number,
        "date": invoice.date.isoformat(),
        "invoice_amount": json_number(invoice.total),
        "amount_applied": json_number(shown.applied[invoice_id]),
        "balance_amount": json_number(invoice.balance),
    }


def creditnote_status(note: CreditNote) -> str:
    """open, closed once nothing is left, or void."""
    if note.state == "void":
        return "void"
    return "open" if note.balance > 0 else "closed"


def creditnote_row(org: Organisation, note: CreditNote) -> dict[str, Any]:
    """A credit note in a list; the list itself was seen live only."""
    customer: Customer = org.even_deleted(org.customers, note.customer_id)
    return {
        "creditnote_id": note.id,
        "creditnote_number": note.number,
        "date": note.date.isoformat(),
        "status": creditnote_status(note),
        "customer_id": customer.id,
        "customer_name": customer.display_name,
        "email": customer.email,
        "reference_number": note.reference_number,
        "total": json_number(note.total),
        "balance": json_number(note.balance),
        **_CURRENCY,
        "created_time": timestamp(note.created),
        "updated_time": timestamp(note.updated),
    }


def creditnote(org: Organisation, note: CreditNote) -> dict[str, Any]:
    """A credit note in full."""
    shown = {
        **creditnote_row(org, note),
        "creditnote_items": [_line(line) for line in note.lines],
        "invoices": [
            {
                "invoice_id": invoice_id,
                "invoice_number": org.even_deleted(org.invoices, invoice_id).number,
                "amount": json_number(amount),
            }
            for invoice_id, amount in note.applied.items()
        ],
        "taxes": [
            {
                "tax_id": tax_id,
                "tax_name": org.taxes[tax_id].name,
                "tax_amount": f"{amount:.2f}" if org.behaviour.tax_amount_is_string else json_number(amount),
            }
            for tax_id, amount in note.taxes.items()
        ],
        "custom_fields": customfields.listed(note.custom, "creditnotes", org.behaviour),
        "template_id": "",
        "template_name": "",
        "notes": note.texts.get("notes", ""),
        "terms": note.texts.get("terms", ""),
    }
    if org.behaviour.has("creditnotes.sub_total"):
        shown["sub_total"] = json_number(note.sub_total)
    return shown


def _line(line: Line) -> dict[str, Any]:
    return {
        "item_id": line.id,
        "name": line.name,
        "description": line.description,
        "code": line.code,
        "quantity": json_quantity(line.quantity),
        "price": json_number(line.price),
        "item_total": json_number(line.amount),
        "tax_id": line.tax_id,
        "account_name": "Sales",
        "tags": [],
        "item_custom_fields": [],
    }


def refund(org: Organisation, shown: Refund) -> dict[str, Any]:
    """A refund, with the credit note it was made against."""
    customer: Customer = org.even_deleted(org.customers, shown.customer_id)
    note: CreditNote = org.even_deleted(org.creditnotes, shown.creditnote_id)
    return {
        "refund_id": shown.id,
        "date": shown.date.isoformat(),
        "amount": json_number(shown.amount),
        "description": shown.description,
        "reference_number": shown.reference_number,
        "refund_mode": shown.mode,
        "status": "success",
        "customer_id": customer.id,
        "email": customer.email,
        "creditnote": {
            "creditnote_id": note.id,
            "creditnote_number": note.number,
            "date": note.date.isoformat(),
            "amount": json_number(note.total),
            "refund_amount": json_number(shown.amount),
            "balance_amount": json_number(note.balance),
        },
        **_CURRENCY,
    }


def transaction(org: Organisation, shown: Invoice | Payment | CreditNote | Refund) -> dict[str, Any]:
    """A row of the customer's account. reference_id is taken for the object's own id (assumed)."""
    if isinstance(shown, Invoice):
        kind, status, amount = "invoice", invoices.status(org, shown), shown.total
    elif isinstance(shown, Payment):
        kind, status, amount = "payment", "success", shown.amount
    elif isinstance(shown, CreditNote):
        kind, status, amount = "credit", creditnote_status(shown), shown.total
    else:
        kind, status, amount = "refund", "success", shown.amount
    row = {
        "transaction_id": shown.id,
        "reference_id": shown.id,
        "date": shown.date.isoformat(),
        "type": kind,
        "status": status,
        "amount": f"{amount:.2f}" if org.behaviour.transaction_amount_is_string else json_number(amount),
    }
    extras = {
        "customer_id": shown.customer_id,
        "customer_name": org.even_deleted(org.customers, shown.customer_id).display_name,
        "reference_number": _reference(shown),
    }
    return row | {name: value for name, value in extras.items() if org.behaviour.has(f"transactions.{name}")}


def _reference(shown: Invoice | Payment | CreditNote | Refund) -> str:
    return shown.texts.get("reference_number", "") if isinstance(shown, Invoice) else shown.reference_number
