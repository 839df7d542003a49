"""Invoices as answers show them. Zoho's create and detail answers differ in names; here each has both."""

from __future__ import annotations

from typing import Any

from zoho_pipeline.sandbox.zoho import customfields, invoices
from zoho_pipeline.sandbox.zoho.clock import timestamp
from zoho_pipeline.sandbox.zoho.money import json_number, json_quantity
from zoho_pipeline.sandbox.zoho.organisation import CURRENCY_ID, CURRENCY_SYMBOL, Organisation
from zoho_pipeline.sandbox.zoho.records import CreditNote, Customer, Invoice, Line, Payment
from zoho_pipeline.sandbox.zoho.views.customers import address


def detail(org: Organisation, invoice: Invoice) -> dict[str, Any]:
    """One invoice in full."""
    customer: Customer = org.even_deleted(org.customers, invoice.customer_id)
    shown = {
        **_common(org, invoice, customer),
        "reference_number": invoice.texts.get("reference_number", ""),
        "payment_terms": invoice.payment_terms,
        "payment_terms_label": invoice.payment_terms_label,
        "payment_expected_date": "",
        "last_payment_date": _last_payment_date(org, invoice),
        "transaction_type": invoice.transaction_type,
        "ach_payment_initiated": False,
        "contact_persons": [],
        "currency_id": CURRENCY_ID,
        "exchange_rate": 1.0,
        "discount": 0.0,
        "is_discount_before_tax": True,
        "discount_type": "item_level",
        "is_inclusive_tax": invoice.inclusive,
        "is_viewed_by_client": False,
        "client_viewed_time": "",
        "invoice_items": [_line(org, line, order) for order, line in enumerate(invoice.lines, start=1)],
        "coupons": [],
        "shipping_charge": f"{invoice.shipping_charge:.2f}",
        "adjustment": json_number(invoice.adjustment),
        "adjustment_description": invoice.texts.get("adjustment_description", ""),
        "sub_total": json_number(invoice.sub_total),
        "tax_total": json_number(invoice.tax_total),
        "taxes": _taxes(org, invoice),
        "payment_reminder_enabled": org.behaviour.mail_overdue_reminders,
        "payment_made": json_number(invoice.paid),
        "credits_applied": json_number(invoice.credited),
        "tax_amount_withheld": 0.0,
        "write_off_amount": json_number(invoice.write_off),
        "payments": _payments(org, invoice),
        "credits": _credits(org, invoice),
        "allow_partial_payments": True,
        "price_precision": 2,
        "payment_options": {"payment_gateways": []},
        "is_emailed": invoice.emailed,
        "reminders_sent": invoice.reminders,
        "last_reminder_sent_date": "",
        "billing_address": address(customer.billing_address),
        "shipping_address": address(customer.shipping_address),
        "notes": invoice.texts.get("notes", ""),
        "terms": invoice.texts.get("terms", ""),
        "custom_fields": customfields.listed(invoice.custom, invoices.KIND, org.behaviour),
        "comments": [],
        "documents": [],
        "template_id": "",
        "template_name": "",
        "last_modified_time": timestamp(invoice.updated),
        "attachment_name": "",
        "can_send_in_mail": False,
        "salesperson_id": "",
        "salesperson_name": invoice.texts.get("salesperson_name", ""),
        "invoice_url": "",
    }
    if invoice.subscription_id and org.behaviour.has("invoices.subscriptions"):
        shown["subscriptions"] = [{"subscription_id": invoice.subscription_id}]
    return shown


def row(org: Organisation, invoice: Invoice) -> dict[str, Any]:
    """One invoice in a list: without lines, tax and subscription (documented)."""
    customer: Customer = org.even_deleted(org.customers, invoice.customer_id)
    return {**_common(org, invoice, customer), **customfields.flattened(invoice.custom)}


def _common(org: Organisation, invoice: Invoice, customer: Customer) -> dict[str, Any]:
    dated = invoice.date.isoformat()
    return {
        "invoice_id": invoice.id,
        "number": invoice.number,
        "invoice_number": invoice.number,
        "status": invoices.status(org, invoice),
        "invoice_date": dated,
        "date": dated,
        "due_date": invoice.due_date.isoformat(),
        "customer_id": customer.id,
        "customer_name": customer.display_name,
        "email": customer.email,
        "balance": json_number(invoice.balance),
        "total": json_number(invoice.total),
        "currency_code": "ZAR",
        "currency_symbol": CURRENCY_SYMBOL,
        "has_attachment": False,
        "created_time": timestamp(invoice.created),
        "updated_time": timestamp(invoice.updated),
    }


def _line(org: Organisation, line: Line, order: int) -> dict[str, Any]:
    tax = org.tax(line.tax_id)
    return {
        "item_id": line.id,
        "product_id": line.product_id,
        "name": line.name,
        "description": line.description,
        "code": line.code,
        "item_order": order,
        "bcy_rate": json_number(line.price),
        "price": f"{line.price:f}" if org.behaviour.line_price_is_string else json_number(line.price),
        "quantity": json_quantity(line.quantity),
        "unit": "",
        "discount": json_number(line.discount),
        "discount_amount": json_number(line.discount),
        "item_total": json_number(line.amount),
        "tax_id": line.tax_id,
        "tax_name": tax.name if tax else "",
        "tax_type": "tax" if tax else "",
        "tax_percentage": json_number(tax.percentage) if tax else 0.0,
        "tags": [],
        "item_custom_fields": [],
    }


def _taxes(org: Organisation, invoice: Invoice) -> list[dict[str, Any]]:
    return [
        {"tax_id": tax_id, "tax_name": org.taxes[tax_id].name, "tax_amount": json_number(amount)}
        for tax_id, amount in invoice.taxes.items()
    ]


def _payments(org: Organisation, invoice: Invoice) -> list[dict[str, Any]]:
    shown = []
    for payment_id, amount in invoice.payments.items():
        payment: Payment = org.even_deleted(org.payments, payment_id)
        shown.append(
            {
                "payment_id": payment.id,
                "payment_mode": payment.mode,
                "invoice_payment_id": f"{int(payment.id) + 600_000_000_000}",
                "amount_refunded": json_number(payment.refunded),
                "gateway_transaction_id": "",
                "description": payment.description,
                "date": payment.date.isoformat(),
                "reference_number": payment.reference_number,
                "amount": json_number(amount),
                "bank_charges": json_number(payment.bank_charges),
                "exchange_rate": 1.0,
            }
        )
    return shown


def _credits(org: Organisation, invoice: Invoice) -> list[dict[str, Any]]:
    shown = []
    for note_id, amount in invoice.credits.items():
        note: CreditNote = org.even_deleted(org.creditnotes, note_id)
        shown.append(
            {
                "creditnote_id": note.id,
                "creditnotes_number": note.number,
                "credited_date": note.date.isoformat(),
                "credited_amount": f"{amount:.2f}",
            }
        )
    return shown


def _last_payment_date(org: Organisation, invoice: Invoice) -> str:
    days = [org.even_deleted(org.payments, payment_id).date for payment_id in invoice.payments]
    return max(days).isoformat() if days else ""
