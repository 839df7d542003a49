"""What the app sends to Zoho for each kind of row, with the app's own keys; and what people type in by hand.

The keys differ from the sync's: custom fields with CircleTel's ids; no reference_id on subscriptions; payments
carry the first eight characters of the row's id and the day of the push.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from zoho_pipeline.sandbox.sample.rows import Customer, Invoice, Payment, Service
from zoho_pipeline.sandbox.sample.world import HandmadeCustomer, HandmadeInvoice, PlanSpec, ZohoPayment

Body = dict[str, Any]


def plan(spec: PlanSpec, product_id: str, tax_id: str) -> Body:
    """A monthly plan that runs until cancelled."""
    return {
        "plan_code": spec.sku,
        "name": spec.name,
        "product_id": product_id,
        "recurring_price": float(spec.price),
        "interval": 1,
        "interval_unit": "months",
        "billing_cycles": -1,
        "tax_id": tax_id,
        "is_tax_inclusive": spec.tax_inclusive,
    }


def customer(row: Customer) -> Body:
    """A customer with both of the app's custom fields."""
    return {
        "display_name": row.business_name or f"{row.first_name} {row.last_name}",
        "first_name": row.first_name,
        "last_name": row.last_name,
        "company_name": row.business_name or "",
        "email": row.email,
        "phone": row.phone,
        "currency_code": "ZAR",
        "custom_fields": [
            {"label": "CircleTel Customer ID", "api_name": "cf_circletel_customer_id", "value": row.id},
            {"label": "Account Number", "api_name": "cf_account_number", "value": row.account_number},
        ],
    }


def subscription(row: Service, customer_id: str, sku: str, starts_at: date) -> Body:
    """A subscription; the app sets no reference_id."""
    return {
        "customer_id": customer_id,
        "plan": {"plan_code": sku, "quantity": 1},
        "starts_at": starts_at.isoformat(),
        "auto_collect": False,
        "custom_fields": [_own_key("Service", "cf_circletel_service_id", row.id)],
    }


def invoice(row: Invoice, customer_id: str, tax_id: str) -> Body:
    """An invoice under CircleTel's own number, its prices including VAT."""
    return {
        "customer_id": customer_id,
        "invoice_number": row.invoice_number,
        "date": row.invoice_date.isoformat(),
        "due_date": row.due_date.isoformat(),
        "is_inclusive_tax": True,
        "invoice_items": [_line(dict(line), tax_id) for line in row.line_items or ()],
        "custom_fields": [_own_key("Invoice", "cf_circletel_invoice_id", row.id)],
    }


def payment(row: Payment, customer_id: str, day: date, invoice_id: str | None, applied: Decimal) -> Body:
    """A payment, dated the day of the push."""
    return {
        "customer_id": customer_id,
        "payment_mode": "others",
        "amount": float(row.amount),
        "date": day.isoformat(),
        "reference_number": row.id[:8],
        "invoices": [{"invoice_id": invoice_id, "amount_applied": float(applied)}] if applied else [],
        "custom_fields": [_own_key("Payment", "cf_circletel_payment_id", row.id)],
    }


def handmade_customer(one: HandmadeCustomer) -> Body:
    """As a person types it in: no keys."""
    return {
        "display_name": f"{one.first_name} {one.last_name}",
        "first_name": one.first_name,
        "last_name": one.last_name,
        "email": one.email,
        "currency_code": "ZAR",
    }


def handmade_invoice(one: HandmadeInvoice, customer_id: str, tax_id: str) -> Body:
    """As a person types it in, under a number of CircleTel's."""
    return {
        "customer_id": customer_id,
        "invoice_number": one.number,
        "date": one.day.isoformat(),
        "due_date": one.day.isoformat(),
        "is_inclusive_tax": True,
        "invoice_items": [{"name": "Typed in by hand", "rate": float(one.total), "quantity": 1, "tax_id": tax_id}],
    }


def zoho_payment(one: ZohoPayment, customer_id: str, invoice_id: str) -> Body:
    """A payment made in Zoho's own portal."""
    return {
        "customer_id": customer_id,
        "payment_mode": "creditcard",
        "amount": float(one.amount),
        "date": one.day.isoformat(),
        "reference_number": f"portal-{invoice_id}",
        "invoices": [{"invoice_id": invoice_id, "amount_applied": float(one.amount)}],
    }


def _own_key(what: str, api_name: str, row_id: str) -> Body:
    return {"label": f"CircleTel {what} ID", "api_name": api_name, "value": row_id}


def _line(line: Body, tax_id: str) -> Body:
    price = next(line[name] for name in ("unit_price", "price", "rate") if name in line)
    text = line.get("name") or line.get("description") or "Item"
    return {"name": text, "rate": price, "quantity": line.get("quantity", 1), "tax_id": tax_id}
