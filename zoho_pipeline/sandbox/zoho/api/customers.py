"""/customers and /transactions."""

from __future__ import annotations

from functools import partial
from typing import Any

from zoho_pipeline.sandbox.zoho import customers, lists
from zoho_pipeline.sandbox.zoho.api.router import Answer, Call, Router, created, ok
from zoho_pipeline.sandbox.zoho.customers import KIND
from zoho_pipeline.sandbox.zoho.errors import invalid, missing
from zoho_pipeline.sandbox.zoho.lists import Listing, by_status, contains
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Customer
from zoho_pipeline.sandbox.zoho.values import text
from zoho_pipeline.sandbox.zoho.views import customers as views
from zoho_pipeline.sandbox.zoho.views import payments as transaction_views


def _searched(customer: Customer) -> str:
    names = (customer.texts.get(name, "") for name in ("company_name", "first_name", "last_name", "phone"))
    return " ".join((customer.display_name, customer.email, *names))


def _subscribes(org: Organisation, customer: Customer) -> bool:
    return bool(org.subscriptions.where("customer", customer.id))


LISTING = Listing(
    plural=KIND,
    collection=lambda org: org.customers,
    row=views.row,
    statuses={
        "active": by_status("active"),
        "inactive": by_status("inactive"),
        "gapps": lambda org, customer: False,
        "crm": lambda org, customer: bool(customer.texts.get("zcrm_account_id")),
        "nonsubscribers": lambda org, customer: not _subscribes(org, customer),
        "portalenabled": lambda org, customer: False,
        "portaldisabled": lambda org, customer: True,
    },
    active="Status.Active",
    undocumented={
        "email": lists.equals(lambda customer: customer.email),
        "email_contains": contains(lambda customer: customer.email),
        "search_text": contains(_searched),
    },
    quick={"email": "email"},
    sorts={
        "created_time": lambda org, customer: customer.created,
        "display_name": lambda org, customer: customer.display_name.lower(),
        "customer_name": lambda org, customer: customer.display_name.lower(),
        "email": lambda org, customer: customer.email.lower(),
        "outstanding": lambda org, customer: org.position(customer.id)[0],
    },
)

_TRANSACTIONS = {"invoice": "invoices", "payment": "payments", "credit": "creditnotes", "refund": "refunds"}


def register(router: Router) -> None:
    """The routes."""
    add = partial(router.add, module=KIND)
    add("GET", "/customers", listing)
    add("POST", "/customers", create)
    add("GET", "/customers/{id}", detail)
    add("PUT", "/customers/{id}", update)
    add("DELETE", "/customers/{id}", delete)
    add("GET", "/customers/reference/{id}", by_reference)
    add("POST", "/customers/{id}/markasactive", partial(mark, status="active", stop="."))
    add("POST", "/customers/{id}/markasinactive", partial(mark, status="inactive", stop=""))
    router.add("GET", "/transactions", transactions, "transactions")


def listing(call: Call) -> Answer:
    """A page of customers."""
    return ok("success", KIND, **lists.page_of(call.org, LISTING, call.query))


def create(call: Call) -> Answer:
    """A new customer."""
    made = customers.create(call.org, call.body)
    return created("The customer has been created", KIND, made.id, customer=views.detail(call.org, made))


def detail(call: Call) -> Answer:
    """One customer."""
    customer = call.org.find(call.org.customers, call.id)
    return ok("success", KIND, call.id, customer=views.detail(call.org, customer))


def update(call: Call) -> Answer:
    """Change a customer."""
    customer = customers.update(call.org, call.id, call.body)
    message = "The customer details have been updated."
    return ok(message, KIND, call.id, customer=views.detail(call.org, customer))


def delete(call: Call) -> Answer:
    """Delete a customer."""
    customers.delete(call.org, call.id)
    return ok("The customer has been deleted.", KIND, call.id)


def by_reference(call: Call) -> Answer:
    """The customer of a CRM id."""
    customer = customers.by_reference(call.org, call.id)
    return ok("success", KIND, customer.id, customer=views.detail(call.org, customer))


def mark(call: Call, *, status: str, stop: str) -> Answer:
    """Active or inactive."""
    customers.mark(call.org, call.id, status)
    return ok(f"The customer has been marked as {status}{stop}", KIND, call.id)


def transactions(call: Call) -> Answer:
    """A page of invoices, payments, credits and refunds: of one customer, or of all (assumed)."""
    org = call.org
    customer_id = text(call.query, "customer_id")
    if not customer_id and not org.behaviour.whole_organisation_transactions:
        raise missing("customer_id")
    wanted = text(call.query, "filter_by", "TransactionType.All").lower().removeprefix("transactiontype.")
    if wanted != "all" and wanted not in _TRANSACTIONS:
        raise invalid("filter_by")
    found: list[Any] = []
    for kind in _TRANSACTIONS.values() if wanted == "all" else [_TRANSACTIONS[wanted]]:
        collection = org.collections[kind]
        records = collection.where("customer", customer_id) if customer_id else collection
        found.extend(lists.settled(org, collection, records))
    # Ids rise with every object of the organisation.
    found.sort(key=lambda record: record.id, reverse=org.behaviour.default_sort_order == "D")
    shown = lists.paged(org, "transactions", found, call.query, partial(transaction_views.transaction, org))
    return ok("success", "transactions", customer_id, **shown)
