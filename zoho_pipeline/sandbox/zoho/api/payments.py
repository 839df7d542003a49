"""/payments and /creditnotes, with their refunds."""

from __future__ import annotations

from functools import partial
from typing import Any

from zoho_pipeline.sandbox.zoho import creditnotes, lists, payments
from zoho_pipeline.sandbox.zoho.api.router import Answer, Call, Router, created, ok
from zoho_pipeline.sandbox.zoho.errors import ZohoError
from zoho_pipeline.sandbox.zoho.lists import Listing, contains, equals
from zoho_pipeline.sandbox.zoho.money import json_number
from zoho_pipeline.sandbox.zoho.records import CreditNote, Payment, Refund
from zoho_pipeline.sandbox.zoho.views import payments as views


def _status_is(status: str) -> Any:
    return lambda org, note: views.creditnote_status(note) == status


_SORTS = {
    "created_time": lambda org, record: record.created,
    "date": lambda org, record: record.date,
}
PAYMENTS = Listing(
    plural="payments",
    collection=lambda org: org.payments,
    row=views.payment_listed,
    narrowed={"customer_id": "customer"},
    undocumented={
        "reference_number": equals(lambda payment: payment.reference_number),
        "reference_number_contains": contains(lambda payment: payment.reference_number),
        "search_text": contains(lambda payment: f"{payment.number} {payment.reference_number}"),
    },
    quick={"reference_number": "reference"},
    sorts={**_SORTS, "amount": lambda org, payment: payment.amount},
)
CREDITNOTES = Listing(
    plural="creditnotes",
    collection=lambda org: org.creditnotes,
    row=views.creditnote_row,
    statuses={status: _status_is(status) for status in ("open", "closed", "void")},
    narrowed={"customer_id": "customer"},
    undocumented={
        "creditnote_number": equals(lambda note: note.number),
        "reference_number": equals(lambda note: note.reference_number),
    },
    quick={"creditnote_number": "number"},
    sorts={**_SORTS, "total": lambda org, note: note.total},
)
_REFUNDED = "The refund information has been saved."


def register(router: Router) -> None:
    """The routes."""
    add = partial(router.add, module="payments")
    add("GET", "/payments", payment_list)
    add("POST", "/payments", create_payment)
    add("GET", "/payments/{id}", payment)
    add("PUT", "/payments/{id}", update_payment)
    add("DELETE", "/payments/{id}", delete_payment)
    add("POST", "/payments/{id}/refunds", refund_payment)
    add = partial(router.add, module="creditnotes")
    add("GET", "/creditnotes", creditnote_list)
    add("POST", "/creditnotes", create_creditnote)
    add("GET", "/creditnotes/{id}", creditnote)
    add("DELETE", "/creditnotes/{id}", delete_creditnote)
    add("POST", "/creditnotes/{id}/invoices", apply_creditnote)
    add("POST", "/creditnotes/{id}/refunds", refund_creditnote)
    add("POST", "/creditnotes/{id}/email", email_creditnote)
    add("GET", "/creditnotes/refunds/{id}", refund)
    for path, rule, message in _ACTIONS:
        add("POST", f"/creditnotes/{{id}}/{path}", partial(act, rule=rule, message=message))


_ACTIONS: tuple[tuple[str, Any, str], ...] = (
    ("void", creditnotes.void, "The credit note has been marked as void."),
    ("converttoopen", creditnotes.convert_to_open, "Status of the credit note has been changed to open."),
)


def payment_list(call: Call) -> Answer:
    """A page of payments (assumed to exist)."""
    if not call.org.behaviour.payments_list_available:
        raise ZohoError("Invalid URL Passed", 5, 404)
    return ok("success", "payments", **lists.page_of(call.org, PAYMENTS, call.query))


def _payment(call: Call, message: str, shown: Payment, answer: Any = ok) -> Answer:
    made: Answer = answer(message, "payments", shown.id, payment=views.payment(call.org, shown))
    return made


def create_payment(call: Call) -> Answer:
    """A new payment."""
    return _payment(call, "The payment has been created.", payments.create(call.org, call.body), created)


def payment(call: Call) -> Answer:
    """One payment."""
    return _payment(call, "success", call.org.find(call.org.payments, call.id))


def update_payment(call: Call) -> Answer:
    """Change it."""
    changed = payments.update(call.org, call.id, call.body)
    return _payment(call, "The payment details have been updated.", changed)


def delete_payment(call: Call) -> Answer:
    """Delete it."""
    payments.delete(call.org, call.id)
    return ok("The payment has been deleted.", "payments", call.id)


def _refund(call: Call, message: str, shown: Refund, answer: Any) -> Answer:
    made: Answer = answer(message, "refunds", shown.id, refund=views.refund(call.org, shown))
    return made


def refund_payment(call: Call) -> Answer:
    """Give (part of) a payment back."""
    return _refund(call, _REFUNDED, payments.refund(call.org, call.id, call.body), created)


def refund_creditnote(call: Call) -> Answer:
    """Give (part of) a credit note's balance back."""
    return _refund(call, _REFUNDED, creditnotes.refund(call.org, call.id, call.body), created)


def refund(call: Call) -> Answer:
    """One refund."""
    return _refund(call, "success", call.org.find(call.org.refunds, call.id), ok)


def creditnote_list(call: Call) -> Answer:
    """A page of credit notes (seen live)."""
    if not call.org.behaviour.creditnotes_list_available:
        raise ZohoError("Invalid URL Passed", 5, 404)
    return ok("success", "creditnotes", **lists.page_of(call.org, CREDITNOTES, call.query))


def _creditnote(call: Call, message: str, note: CreditNote, answer: Any = ok) -> Answer:
    content = {call.org.behaviour.creditnote_answer_key: views.creditnote(call.org, note)}
    made: Answer = answer(message, "creditnotes", note.id, **content)
    return made


def create_creditnote(call: Call) -> Answer:
    """A new credit note."""
    return _creditnote(call, "Credit Note created successfully.", creditnotes.create(call.org, call.body), created)


def creditnote(call: Call) -> Answer:
    """One credit note."""
    return _creditnote(call, "success", call.org.find(call.org.creditnotes, call.id))


def delete_creditnote(call: Call) -> Answer:
    """Delete it."""
    creditnotes.delete(call.org, call.id)
    return ok("The credit note has been deleted.", "creditnotes", call.id)


def apply_creditnote(call: Call) -> Answer:
    """Apply it to invoices."""
    applied = creditnotes.apply(call.org, call.id, call.body)
    shown = [
        {"invoice_id": invoice_id, "amount_applied": json_number(amount)} for invoice_id, amount in applied.items()
    ]
    return ok("Credits have been applied to the invoice(s).", "creditnotes", call.id, invoices=shown)


def email_creditnote(call: Call) -> Answer:
    """Mail it."""
    creditnotes.email(call.org, call.id, call.body)
    return ok("Your creditnote has been sent.", "creditnotes", call.id)


def act(call: Call, *, rule: Any, message: str) -> Answer:
    """Void it or open it again."""
    rule(call.org, call.id)
    return ok(message, "creditnotes", call.id)
