"""/subscriptions."""

from __future__ import annotations

from functools import partial
from typing import Any

from zoho_pipeline.sandbox.zoho import customfields, lists, subscriptions
from zoho_pipeline.sandbox.zoho.api.router import Answer, Call, Router, created, ok
from zoho_pipeline.sandbox.zoho.lists import Listing, by_status, contains
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.records import Subscription
from zoho_pipeline.sandbox.zoho.subscriptions import KIND
from zoho_pipeline.sandbox.zoho.views import invoices as invoice_views
from zoho_pipeline.sandbox.zoho.views import subscriptions as views


def _cancelled(org: Organisation, subscription: Subscription, months_ago: int) -> bool:
    """Cancelled in this month of the organisation, or the one before."""
    day, today = subscription.cancelled_at, org.clock.today()
    return bool(day) and day.year * 12 + day.month == today.year * 12 + today.month - months_ago  # type: ignore[union-attr]


LISTING = Listing(
    plural=KIND,
    collection=lambda org: org.subscriptions,
    row=views.row,
    prefix="SubscriptionStatus.",
    statuses={
        "active": by_status("live", "trial", "dunning", "unpaid", "non_renewing"),
        "live": by_status("live"),
        "future": by_status("future"),
        "trial": by_status("trial"),
        "past_due": by_status("dunning"),
        "unpaid": by_status("unpaid"),
        "non_renewing": by_status("non_renewing"),
        "cancelled_from_dunning": by_status("cancelled_from_dunning"),
        "cancelled": by_status("cancelled"),
        "expired": by_status("expired"),
        "trial_expired": by_status("trial_expired"),
        "cancelled_last_month": partial(_cancelled, months_ago=1),
        "cancelled_this_month": partial(_cancelled, months_ago=0),
    },
    active="SubscriptionStatus.ACTIVE",
    narrowed={"customer_id": "customer"},
    documented={"reference_contains": contains(lambda subscription: subscription.reference_id)},
    undocumented={"plan_code": lists.equals(lambda subscription: subscription.offer.plan_code)},
    sorts={
        "created_time": lambda org, subscription: subscription.created,
        "amount": lambda org, subscription: subscription.offer.price,
    },
)


def register(router: Router) -> None:
    """The routes."""
    add = partial(router.add, module=KIND)
    add("GET", "/subscriptions", listing)
    add("POST", "/subscriptions", create)
    add("GET", "/subscriptions/{id}", detail)
    add("PUT", "/subscriptions/{id}", update)
    add("DELETE", "/subscriptions/{id}", delete)
    add("POST", "/subscriptions/{id}/cancel", cancel)
    add("POST", "/subscriptions/{id}/reactivate", reactivate)
    add("POST", "/subscriptions/{id}/reference", reference)
    add("POST", "/subscriptions/{id}/customfields", custom_fields)
    add("POST", "/subscriptions/{id}/autocollect", auto_collect)
    add("POST", "/subscriptions/{id}/postpone", postpone)
    add("POST", "/subscriptions/{id}/charge", charge)
    add("GET", "/subscriptions/{id}/scheduledchanges", scheduled_changes)


def _shown(call: Call, message: str, subscription: Subscription) -> Answer:
    return ok(message, KIND, subscription.id, subscription=views.detail(call.org, subscription))


def listing(call: Call) -> Answer:
    """A page of subscriptions."""
    return ok("success", KIND, **lists.page_of(call.org, LISTING, call.query))


def create(call: Call) -> Answer:
    """A new subscription."""
    made = subscriptions.create(call.org, call.body)
    shown = views.detail(call.org, made)
    return created("Subscription has been created successfully.", KIND, made.id, subscription=shown)


def detail(call: Call) -> Answer:
    """One subscription."""
    return _shown(call, "success", call.org.find(call.org.subscriptions, call.id))


def update(call: Call) -> Answer:
    """Change it now or at the end of the term."""
    changed = subscriptions.update(call.org, call.id, call.body)
    return _shown(call, "Subscription has been updated successfully.", changed)


def delete(call: Call) -> Answer:
    """Delete it."""
    subscriptions.delete(call.org, call.id)
    return ok("The subscription has been deleted.", KIND, call.id)


def cancel(call: Call) -> Answer:
    """Cancel it now or at the end of the term."""
    cancelled = subscriptions.cancel(call.org, call.id, call.asked("cancel_at_end"))
    at_end = cancelled.status == "non_renewing"
    ending = "Your subscription will be canceled at the end of this term."
    return _shown(call, ending if at_end else "The subscription has been canceled.", cancelled)


def reactivate(call: Call) -> Answer:
    """Let it renew again."""
    renewing = subscriptions.reactivate(call.org, call.id)
    return _shown(call, "Subscription has been reactivated successfully.", renewing)


def reference(call: Call) -> Answer:
    """Set reference_id."""
    changed = subscriptions.set_reference(call.org, call.id, call.body)
    return _shown(call, "Subscription has been updated successfully.", changed)


def custom_fields(call: Call) -> Answer:
    """Set custom fields. The OpenAPI shows one object under data; of several, the last is shown (assumed)."""
    changed = subscriptions.set_custom_fields(call.org, call.id, call.body)
    listed = customfields.listed(changed.custom, KIND, call.org.behaviour)
    shown: dict[str, Any] = listed[-1] if listed else {}
    return ok("Custom Fields Updated Successfully.", KIND, call.id, data=shown)


def auto_collect(call: Call) -> Answer:
    """Online or offline."""
    changed = subscriptions.set_auto_collect(call.org, call.id, call.body)
    return _shown(call, "Auto charge Status has been changed successfully.", changed)


def postpone(call: Call) -> Answer:
    """Renew later."""
    changed = subscriptions.postpone(call.org, call.id, call.body)
    return _shown(call, "Billing date of the subscription has been changed.", changed)


def charge(call: Call) -> Answer:
    """Bill once."""
    raised = subscriptions.charge(call.org, call.id, call.body)
    shown = invoice_views.detail(call.org, raised)
    return ok("One time charge has been added successfully.", "invoices", raised.id, invoice=shown)


def scheduled_changes(call: Call) -> Answer:
    """What it will be from the next term on."""
    subscription, offer = subscriptions.scheduled_change(call.org, call.id)
    return ok("success", KIND, call.id, subscription=views.detail(call.org, subscription, offer))
