"""The organisation: its collections, numbers, agenda, events and mails; the rules are elsewhere."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.clock import BusinessClock
from zoho_pipeline.sandbox.zoho.codec import decode, encode
from zoho_pipeline.sandbox.zoho.collection import Collection
from zoho_pipeline.sandbox.zoho.errors import does_not_exist, invalid, unknown_reference
from zoho_pipeline.sandbox.zoho.records import (
    CreditNote,
    Customer,
    Event,
    Invoice,
    Item,
    Mail,
    Payment,
    Plan,
    Product,
    Refund,
    Subscription,
)

CURRENCY_ID = "5214837000000000099"
CURRENCY_SYMBOL = "R"


@dataclass(slots=True, frozen=True)
class Tax:
    """A tax of the organisation; `percentage` as 15 for 15 %."""

    id: str
    name: str
    percentage: Decimal


TAXES = (
    Tax("5214837000000000065", "Standard Rate", Decimal(15)),
    Tax("5214837000000000067", "Zero Rate", Decimal(0)),
)

AnyRecord = Customer | Product | Plan | Item | Subscription | Invoice | Payment | CreditNote | Refund
MONEY_RECORDS = (Invoice, Payment, CreditNote)


class Organisation:
    """One Zoho Billing organisation, wholly in memory."""

    def __init__(self, behaviour: Behaviour, clock: BusinessClock, organisation_id: str, name: str) -> None:
        self.behaviour = behaviour
        self.clock = clock
        self.id = organisation_id
        self.name = name
        self.taxes = {tax.id: tax for tax in TAXES}
        self.customers = Collection("Customer", Customer, email=_email, name=_name)
        self.products = Collection("Product", Product)
        self.plans = Collection("Plan", Plan, product=lambda plan: plan.product_id)
        self.items = Collection("Item", Item)
        self.subscriptions = Collection(
            "Subscription", Subscription, customer=_customer, plan=lambda record: record.offer.plan_code
        )
        self.invoices = Collection(
            "Invoice",
            Invoice,
            customer=_customer,
            number=_number,
            subscription=lambda i: i.subscription_id or None,
        )
        self.payments = Collection("Payment", Payment, customer=_customer, reference=_reference)
        self.creditnotes = Collection("Credit Note", CreditNote, customer=_customer, number=_number)
        self.refunds = Collection("Refund", Refund, customer=_customer)
        self.events = Collection("Event", Event)
        self.collections: dict[str, Collection[Any]] = {
            "customers": self.customers,
            "products": self.products,
            "plans": self.plans,
            "items": self.items,
            "subscriptions": self.subscriptions,
            "invoices": self.invoices,
            "payments": self.payments,
            "creditnotes": self.creditnotes,
            "refunds": self.refunds,
            "events": self.events,
        }
        self.mails: list[Mail] = []
        self._counters: dict[str, int] = {}
        self._agenda: list[tuple[date, int, str, str]] = []
        self._positions: dict[str, tuple[Decimal, Decimal]] = {}
        # What lists found last, for as long as nothing changes.
        self.listed: dict[tuple[Any, ...], tuple[Any, list[Any]]] = {}

    @property
    def version(self) -> int:
        """Rises with every change of any object."""
        return sum(collection.version for collection in self.collections.values())

    # Finding

    def find(self, collection: Collection[Any], record_id: str) -> Any:
        """The object that a path names."""
        record = collection.get(record_id)
        if record is None:
            raise does_not_exist(collection.what)
        return record

    def referenced(self, collection: Collection[Any], record_id: str) -> Any:
        """The object that a body names."""
        record = collection.get(record_id)
        if record is None:
            raise unknown_reference(collection.what)
        return record

    def even_deleted(self, collection: Collection[Any], record_id: str) -> Any:
        """An object to be shown beside another, though it may be deleted by now."""
        return collection.get(record_id) or collection.deleted[record_id]

    def tax(self, tax_id: str) -> Tax | None:
        """The tax of this id; no id is no tax."""
        if not tax_id:
            return None
        if tax_id not in self.taxes:
            raise invalid("tax_id")
        return self.taxes[tax_id]

    # Keeping

    def add(self, record: AnyRecord) -> None:
        """Keep a new record."""
        self._collection(record).add(record)
        self._forget_position(record)

    def changed(self, record: AnyRecord) -> None:
        """Note that a record was changed."""
        record.updated = self.clock.now()
        self._collection(record).changed(record)
        self._forget_position(record)

    def remove(self, record: AnyRecord) -> None:
        """Delete a record."""
        self._collection(record).remove(record)
        self._forget_position(record)

    def position(self, customer_id: str) -> tuple[Decimal, Decimal]:
        """A customer's outstanding and unused credits in ZAR."""
        known = self._positions.get(customer_id)
        if known is None:
            known = self._positions[customer_id] = self._worked_out(customer_id)
        return known

    def _worked_out(self, customer_id: str) -> tuple[Decimal, Decimal]:
        zero = Decimal("0.00")
        invoices = self.invoices.where("customer", customer_id)
        outstanding = sum((invoice.balance for invoice in invoices if invoice.state == "open"), zero)
        excess = sum((payment.unused for payment in self.payments.where("customer", customer_id)), zero)
        credit = sum((note.balance for note in self.creditnotes.where("customer", customer_id)), zero)
        return outstanding, excess + credit

    def _forget_position(self, record: AnyRecord) -> None:
        if isinstance(record, MONEY_RECORDS):
            self._positions.pop(record.customer_id, None)

    def _collection(self, record: AnyRecord) -> Collection[Any]:
        return self.collections[_KINDS[type(record)]]

    # Numbering

    def new_id(self) -> str:
        """The next id: 19 digits, the same in every run that does the same."""
        return f"5214837{self._next('id', 1000):012d}"

    def new_number(self, prefix: str, width: int) -> str:
        """The next number of a kind, such as INV-000001."""
        return f"{prefix}{self._next(prefix, 0):0{width}d}"

    def _next(self, name: str, before_first: int) -> int:
        self._counters[name] = self._counters.get(name, before_first) + 1
        return self._counters[name]

    # Agenda: what will be due on which day

    def plan_for(self, day: date, kind: str, record_id: str) -> None:
        """Look at this object again on that day."""
        heapq.heappush(self._agenda, (day, self._next("agenda", 0), kind, record_id))

    def next_due(self) -> tuple[date, str, str] | None:
        """Take what is due by today, earliest first: its day, kind and object."""
        if not self._agenda or self._agenda[0][0] > self.clock.today():
            return None
        day, _, kind, record_id = heapq.heappop(self._agenda)
        return day, kind, record_id

    # Telling

    def happened(self, event_type: str, kind: str, record_id: str) -> None:
        """Record an event."""
        self.events.add(Event(self.new_id(), event_type, self.clock.now(), kind, record_id))

    def mail(self, kind: str, to: list[str], object_kind: str, object_id: str, why: str) -> None:
        """Record a mail that Zoho would have sent."""
        self.mails.append(Mail(len(self.mails) + 1, self.clock.now(), kind, to, object_kind, object_id, why))

    # Snapshots

    def snapshot(self) -> dict[str, Any]:
        """Everything as plain JSON."""
        return {
            "collections": {kind: collection.snapshot() for kind, collection in self.collections.items()},
            "mails": [encode(mail) for mail in self.mails],
            "counters": dict(self._counters),
            "agenda": [[day.isoformat(), order, kind, record_id] for day, order, kind, record_id in self._agenda],
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Become what a snapshot says."""
        for kind, collection in self.collections.items():
            collection.restore(data["collections"][kind])
        self.mails = [decode(Mail, mail) for mail in data["mails"]]
        self._counters = dict(data["counters"])
        self._agenda = [
            (date.fromisoformat(day), order, kind, record_id) for day, order, kind, record_id in data["agenda"]
        ]
        heapq.heapify(self._agenda)
        self._positions.clear()
        self.listed.clear()

    def clear(self) -> None:
        """Hold nothing, and number from the start."""
        for collection in self.collections.values():
            collection.clear()
        self.mails, self._counters, self._agenda = [], {}, []
        self._positions.clear()
        self.listed.clear()


_KINDS: dict[type, str] = {
    Customer: "customers",
    Product: "products",
    Plan: "plans",
    Item: "items",
    Subscription: "subscriptions",
    Invoice: "invoices",
    Payment: "payments",
    CreditNote: "creditnotes",
    Refund: "refunds",
}


def _email(customer: Customer) -> str:
    return customer.email.lower()


def _name(customer: Customer) -> str:
    return customer.display_name.lower()


def _customer(record: Subscription | Invoice | Payment | CreditNote | Refund) -> str:
    return record.customer_id


def _number(record: Invoice | CreditNote) -> str:
    return record.number.lower()


def _reference(payment: Payment) -> str:
    return payment.reference_number.lower()
