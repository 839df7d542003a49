"""/invoices."""

from __future__ import annotations

from functools import partial
from typing import Any

from zoho_pipeline.sandbox.zoho import creditnotes, customfields, invoices, lists
from zoho_pipeline.sandbox.zoho.api.router import Answer, Call, Router, created, ok
from zoho_pipeline.sandbox.zoho.errors import invalid
from zoho_pipeline.sandbox.zoho.invoices import KIND
from zoho_pipeline.sandbox.zoho.lists import Listing, Test, contains, equals
from zoho_pipeline.sandbox.zoho.money import json_number
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Invoice
from zoho_pipeline.sandbox.zoho.values import day
from zoho_pipeline.sandbox.zoho.views import invoices as views


def _is(*wanted: str) -> Any:
    return lambda org, invoice: invoices.status(org, invoice) in wanted


def _from(org: Organisation, wanted: str) -> Test:
    since = day({"date_start": wanted}, "date_start")
    return lambda invoice: since is None or invoice.date >= since


def _until(org: Organisation, wanted: str) -> Test:
    until = day({"date_end": wanted}, "date_end")
    return lambda invoice: until is None or invoice.date <= until


def _customer_name(org: Organisation, invoice: Invoice) -> str:
    name: str = org.find(org.customers, invoice.customer_id).display_name
    return name.lower()


LISTING = Listing(
    plural=KIND,
    collection=lambda org: org.invoices,
    row=views.row,
    statuses={
        "sent": _is("sent"),
        "draft": _is("draft"),
        "overdue": _is("overdue"),
        "paid": _is("paid"),
        "partiallypaid": _is("partially_paid"),
        "void": _is("void"),
        "unpaid": _is("sent", "overdue", "partially_paid"),
        "viewed": _is(),
    },
    active="Status.All",
    narrowed={"subscription_id": "subscription", "customer_id": "customer"},
    documented={"customer_id": equals(lambda invoice: invoice.customer_id)},
    undocumented={
        "invoice_number": equals(lambda invoice: invoice.number),
        "reference_number": equals(lambda invoice: invoice.texts.get("reference_number", "")),
        "search_text": contains(lambda invoice: f"{invoice.number} {invoice.texts.get('reference_number', '')}"),
        "date_start": _from,
        "date_end": _until,
    },
    quick={"invoice_number": "number"},
    sorts={
        "customer_name": _customer_name,
        "invoice_number": lambda org, invoice: invoice.number,
        "date": lambda org, invoice: invoice.date,
        "due_date": lambda org, invoice: invoice.due_date,
        "total": lambda org, invoice: invoice.total,
        "balance": lambda org, invoice: invoice.balance,
        "created_time": lambda org, invoice: invoice.created,
    },
)


def register(router: Router) -> None:
    """The routes. One of the documented ones has the singular in its path."""
    add = partial(router.add, module=KIND)
    add("GET", "/invoices", listing)
    add("POST", "/invoices", create)
    add("GET", "/invoices/{id}", detail)
    add("PUT", "/invoices/{id}", update)
    add("DELETE", "/invoices/{id}", delete)
    add("POST", "/invoices/{id}/email", email)
    add("POST", "/invoices/{id}/customfields", custom_fields)
    add("PUT", "/invoice/{id}/customfields", custom_fields)
    add("POST", "/invoices/{id}/credits", credits_)
    for path, rule, message in _ACTIONS:
        add("POST", f"/invoices/{{id}}/{path}", partial(act, rule=rule, message=message))


_ACTIONS: tuple[tuple[str, Any, str], ...] = (
    ("converttoopen", invoices.convert_to_open, "Status of the invoice has been changed to open."),
    ("void", invoices.void, "Invoice status has been changed to Void."),
    ("writeoff", invoices.write_off, "Invoice has been written off.."),
    ("cancelwriteoff", invoices.cancel_write_off, "The write off done for this invoice has been cancelled."),
)


def listing(call: Call) -> Answer:
    """A page of invoices."""
    return ok("success", KIND, **lists.page_of(call.org, LISTING, call.query))


def create(call: Call) -> Answer:
    """A new invoice."""
    own_number = call.asked("ignore_auto_number_generation")
    made = invoices.create(call.org, call.body, send=call.asked("send"), own_number=own_number)
    return created("The invoice has been created.", KIND, made.id, invoice=views.detail(call.org, made))


def detail(call: Call) -> Answer:
    """One invoice."""
    invoice = call.org.find(call.org.invoices, call.id)
    return ok("success", KIND, call.id, invoice=views.detail(call.org, invoice))


def update(call: Call) -> Answer:
    """Change a draft."""
    own_number = call.asked("ignore_auto_number_generation")
    changed = invoices.update(call.org, call.id, call.body, own_number=own_number)
    message = "Invoice information has been updated."
    return ok(message, KIND, call.id, invoice=views.detail(call.org, changed))


def delete(call: Call) -> Answer:
    """Delete it."""
    invoices.delete(call.org, call.id)
    return ok("The invoice has been deleted.", KIND, call.id)


def act(call: Call, *, rule: Any, message: str) -> Answer:
    """Open, void, write off or undo that."""
    rule(call.org, call.id)
    return ok(message, KIND, call.id)


def email(call: Call) -> Answer:
    """Mail it."""
    invoices.email(call.org, call.id, call.body)
    return ok("Your invoice has been sent.", KIND, call.id)


def custom_fields(call: Call) -> Answer:
    """Set custom fields."""
    changed = invoices.set_custom_fields(call.org, call.id, call.body)
    listed = customfields.listed(changed.custom, KIND, call.org.behaviour)
    return ok("Custom Fields Updated Successfully", KIND, call.id, custom_fields=listed)


def credits_(call: Call) -> Answer:
    """Apply credit notes to it."""
    if not isinstance(call.body.get("apply_creditnotes", []), list):
        raise invalid("apply_creditnotes")
    applied = creditnotes.apply_to_invoice(call.org, call.id, call.body)
    today = call.org.clock.today()
    shown = [
        {
            "creditnotes_invoice_id": f"{int(note.id) + 700_000_000_000}",
            "creditnote_id": note.id,
            "invoice_id": call.id,
            "amount_applied": json_number(amount),
            "date": today.isoformat(),
            "date_formatted": f"{today:%d %b %Y}",
        }
        for note, amount in applied
    ]
    return ok("Credits have been applied to the invoice(s).", KIND, call.id, apply_creditnotes=shown)
