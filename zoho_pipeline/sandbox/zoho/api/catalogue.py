"""/organizations, /settings/taxes, /products, /plans, /items and /events."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

from zoho_pipeline.sandbox.zoho import catalogue, lists
from zoho_pipeline.sandbox.zoho.api.router import Answer, Call, Router, created, ok
from zoho_pipeline.sandbox.zoho.clock import timestamp
from zoho_pipeline.sandbox.zoho.codec import encode
from zoho_pipeline.sandbox.zoho.lists import Listing, by_status
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Event
from zoho_pipeline.sandbox.zoho.views import catalogue as views

_STATUSES = {"active": by_status("active"), "inactive": by_status("inactive")}
_SORTS = {
    "created_time": lambda org, record: record.created,
    "name": lambda org, record: record.name.lower(),
}
EVENTS_KEPT = timedelta(days=180)  # documented

PRODUCTS = Listing("products", lambda org: org.products, views.product, statuses=_STATUSES, sorts=_SORTS)
PLANS = Listing(
    "plans",
    lambda org: org.plans,
    views.plan_row,
    prefix="PlanStatus.",
    statuses=_STATUSES,
    active="PlanStatus.ACTIVE",
    narrowed={"product_id": "product"},
    sorts=_SORTS,
)
ITEMS = Listing(
    "items",
    lambda org: org.items,
    views.item,
    statuses=_STATUSES,
    active="Status.Active",
    documented={
        "name": lists.equals(lambda item: item.name),
        "search_text": lists.contains(lambda item: f"{item.name} {item.texts.get('sku', '')}"),
    },
    sorts={**_SORTS, "rate": lambda org, item: item.rate},
)


def register(router: Router) -> None:
    """The routes."""
    router.add("GET", "/organizations", organisations, "settings")
    router.add("GET", "/settings/taxes", taxes, "settings")
    for name, plural in (("product", "products"), ("plan", "plans"), ("item", "items")):
        router.add("GET", f"/{plural}", partial(listing, plural=plural), plural)
        router.add("POST", f"/{plural}", partial(create, name=name), plural)
        router.add("GET", f"/{plural}/{{id}}", partial(detail, name=name), plural)
        router.add("PUT", f"/{plural}/{{id}}", partial(update, name=name), plural)
        router.add("DELETE", f"/{plural}/{{id}}", partial(delete, name=name), plural)
    for name in ("product", "plan"):
        for status in ("active", "inactive"):
            marking = partial(mark, name=name, status=status, message=f"The {name} has been marked as {status}.")
            router.add("POST", f"/{name}s/{{id}}/markas{status}", marking, f"{name}s")
    for status in ("active", "inactive"):
        message = f"The item has been marked {status.capitalize()}."
        router.add(
            "POST",
            f"/items/{{id}}/{status}",
            partial(mark, name="item", status=status, message=message),
            "items",
        )
    router.add("GET", "/events", events, "events")
    router.add("GET", "/events/{id}", event, "events")


def organisations(call: Call) -> Answer:
    """The organisations of the token's owner: this one."""
    return ok("success", organizations=[views.organisation(call.org)])


def taxes(call: Call) -> Answer:
    """The organisation's taxes (assumed to be as in Zoho Books)."""
    found = list(call.org.taxes.values())
    return ok("success", "taxes", **lists.paged(call.org, "taxes", found, call.query, views.tax))


def listing(call: Call, *, plural: str) -> Answer:
    """A page of products, plans or items."""
    how = {"products": PRODUCTS, "plans": PLANS, "items": ITEMS}[plural]
    return ok("success", plural, **lists.page_of(call.org, how, call.query))


_RULES: dict[str, tuple[Any, Any, Any, Any]] = {
    "product": (catalogue.create_product, catalogue.update_product, catalogue.delete_product, views.product),
    "plan": (catalogue.create_plan, catalogue.update_plan, catalogue.delete_plan, views.plan),
    "item": (catalogue.create_item, catalogue.update_item, catalogue.delete_item, views.item),
}
_CREATED = {
    "product": "The product has been created",
    "plan": "The plan has been created.",
    "item": "The item has been added.",
}
_UPDATED = {
    "product": "The product details have been updated.",
    "plan": "The plan details has been updated.",
    "item": "Item details have been saved.",
}


def create(call: Call, *, name: str) -> Answer:
    """A new product, plan or item."""
    make, _, _, view = _RULES[name]
    made = make(call.org, call.body)
    return created(_CREATED[name], f"{name}s", made.id, **{name: view(call.org, made)})


def detail(call: Call, *, name: str) -> Answer:
    """One of them."""
    record = call.org.find(call.org.collections[f"{name}s"], call.id)
    return ok("success", f"{name}s", call.id, **{name: _RULES[name][3](call.org, record)})


def update(call: Call, *, name: str) -> Answer:
    """Change one of them."""
    _, change, _, view = _RULES[name]
    record = change(call.org, call.id, call.body)
    return ok(_UPDATED[name], f"{name}s", call.id, **{name: view(call.org, record)})


def delete(call: Call, *, name: str) -> Answer:
    """Delete one of them."""
    _RULES[name][2](call.org, call.id)
    return ok(f"The {name} has been deleted.", f"{name}s", call.id)


def mark(call: Call, *, name: str, status: str, message: str) -> Answer:
    """Active or inactive."""
    record = call.org.find(call.org.collections[f"{name}s"], call.id)
    catalogue.mark(call.org, record, status)
    return ok(message, f"{name}s", call.id)


def events(call: Call) -> Answer:
    """A page of what happened in the last 180 days, newest first."""
    since = call.org.clock.now() - EVENTS_KEPT
    found = [shown for shown in call.org.events.newest_first() if shown.created >= since]
    return ok("success", "events", **lists.paged(call.org, "events", found, call.query, _event_row))


def event(call: Call) -> Answer:
    """One event; its payload shows the object as it is now (assumed)."""
    shown: Event = call.org.find(call.org.events, call.id)
    detail_ = {**_event_row(shown), "payload": json.dumps(_payload(call.org, shown)), "webhooks": []}
    return ok("success", "events", call.id, event=detail_)


def _event_row(shown: Event) -> dict[str, Any]:
    return {"event_id": shown.id, "event_type": shown.type, "event_time": timestamp(shown.created)}


def _payload(org: Organisation, shown: Event) -> dict[str, Any]:
    collection = org.collections[shown.kind]
    record = collection.get(shown.object_id) or collection.deleted.get(shown.object_id)
    return {"event_type": shown.type, "data": {shown.kind: encode(record) if record else {}}}
