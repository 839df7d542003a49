"""What the practice Zoho server holds at one moment, as the seeding and the judge need it.

Read from the server's own view of everything, not through the API, so that no limit, lag or ignored filter of the
API can hide an object. Money is ZAR.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from zoho_pipeline.sandbox.sample.zoho_http import Control

Shown = Mapping[str, Any]
T = TypeVar("T")

SUBSCRIPTION_FIELD = "invoices.subscriptions"
"""The answer's field that says which subscription raised an invoice; the server can be told to leave it out."""


@dataclass(frozen=True, slots=True)
class HeldCustomer:
    """`key` is CircleTel's id in the custom field, if any."""

    id: str
    key: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class HeldSubscription:
    """`monthly` is what a term costs including VAT; `keys` are CircleTel's ids in whichever place."""

    id: str
    keys: frozenset[str]
    customer_id: str
    plan_code: str
    status: str
    monthly: Decimal
    starts_at: date
    auto_collect: bool


@dataclass(frozen=True, slots=True)
class HeldInvoice:
    """`applied` is what payments have covered; a subscription's id where one raised it."""

    id: str
    key: str
    number: str
    customer_id: str
    day: date
    total: Decimal
    tax: Decimal
    status: str
    applied: Decimal
    subscription_id: str


@dataclass(frozen=True, slots=True)
class HeldPayment:
    """`applied`: invoice id → amount."""

    id: str
    key: str
    reference: str
    customer_id: str
    amount: Decimal
    applied: Mapping[str, Decimal]


@dataclass(frozen=True)
class Held:
    """All of it, by id. `deleted`: kind → ids of what is gone."""

    customers: Mapping[str, HeldCustomer]
    subscriptions: Mapping[str, HeldSubscription]
    invoices: Mapping[str, HeldInvoice]
    payments: Mapping[str, HeldPayment]
    refunds: frozenset[str]
    deleted: Mapping[str, frozenset[str]]

    def ids(self) -> dict[str, frozenset[str]]:
        """Kind → ids of what is there."""
        return {
            "customers": frozenset(self.customers),
            "subscriptions": frozenset(self.subscriptions),
            "invoices": frozenset(self.invoices),
            "payments": frozenset(self.payments),
            "refunds": self.refunds,
        }


def take(control: Control) -> Held:
    """Everything, now."""
    shown = control.call("GET", "behaviour")["undocumented_fields"]
    if SUBSCRIPTION_FIELD in shown:
        return _read(control.call("GET", "objects"))
    with control.behaving(undocumented_fields=[*shown, SUBSCRIPTION_FIELD]):
        return _read(control.call("GET", "objects"))


def _read(objects: Mapping[str, list[Shown]]) -> Held:
    names = {"customers": "customer", "subscriptions": "subscription", "invoices": "invoice", "payments": "payment"}
    deleted = {
        kind: frozenset(str(shown[f"{name}_id"]) for shown in objects[kind] if shown["deleted"])
        for kind, name in names.items()
    }
    return Held(
        customers=_by_id(objects["customers"], "customer_id", _customer),
        subscriptions=_by_id(objects["subscriptions"], "subscription_id", _subscription),
        invoices=_by_id(objects["invoices"], "invoice_id", _invoice),
        payments=_by_id(objects["payments"], "payment_id", _payment),
        refunds=frozenset(str(shown["refund_id"]) for shown in objects["refunds"]),
        deleted=deleted,
    )


def _by_id(shown: list[Shown], name: str, read: Callable[[Shown], T]) -> dict[str, T]:
    return {str(one[name]): read(one) for one in shown if not one["deleted"]}


def _customer(shown: Shown) -> HeldCustomer:
    return HeldCustomer(
        str(shown["customer_id"]), _custom(shown, "cf_circletel_customer_id"), shown["email"], shown["display_name"]
    )


def _subscription(shown: Shown) -> HeldSubscription:
    keys = {shown["reference_id"], _custom(shown, "cf_circletel_service_id")} - {""}
    return HeldSubscription(
        id=str(shown["subscription_id"]),
        keys=frozenset(keys),
        customer_id=str(shown["customer"]["customer_id"]),
        plan_code=shown["plan"]["plan_code"],
        status=shown["status"],
        monthly=_money(shown["amount"]),
        starts_at=date.fromisoformat(shown["activated_at"] or shown["current_term_starts_at"]),
        auto_collect=shown["auto_collect"],
    )


def _invoice(shown: Shown) -> HeldInvoice:
    raised_by = shown.get("subscriptions") or [{"subscription_id": ""}]
    return HeldInvoice(
        id=str(shown["invoice_id"]),
        key=_custom(shown, "cf_circletel_invoice_id"),
        number=shown["invoice_number"],
        customer_id=str(shown["customer_id"]),
        day=date.fromisoformat(shown["date"]),
        total=_money(shown["total"]),
        tax=_money(shown["tax_total"]),
        status=shown["status"],
        applied=_money(shown["payment_made"]),
        subscription_id=str(raised_by[0]["subscription_id"]),
    )


def _payment(shown: Shown) -> HeldPayment:
    return HeldPayment(
        id=str(shown["payment_id"]),
        key=_custom(shown, "cf_circletel_payment_id"),
        reference=shown["reference_number"],
        customer_id=str(shown["customer_id"]),
        amount=_money(shown["amount"]),
        applied={str(one["invoice_id"]): _money(one["amount_applied"]) for one in shown["invoices"]},
    )


def _custom(shown: Shown, name: str) -> str:
    return next((str(one["value"]) for one in shown["custom_fields"] if one["api_name"] == name), "")


def _money(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
