"""The sample world: CircleTel's rows, what the app did with each of them, and what people typed into Zoho by hand.

What belongs here: shapes. What does not: how they come about (`generate.py`), how they are stored (`load.py`),
how Zoho comes to hold its part (`replay.py`), or what a right sync makes of them (`truth.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from zoho_pipeline.sandbox.sample.rows import (
    CreditNote,
    Customer,
    Integration,
    Invoice,
    Package,
    Payment,
    Service,
    SyncLog,
)


class Fate(Enum):
    """What became of a row that the app handled."""

    PUSHED = "pushed"
    FAILED = "failed"
    STUCK_UNSENT = "stuck, not sent"
    """The app died before Zoho had it: 'syncing', no id, nothing in Zoho."""
    STUCK_SENT = "stuck, sent"
    """The app died after Zoho had it: 'syncing', no id, and an object in Zoho with the app's keys."""
    STUCK_WITH_ID = "stuck with its id"
    """The app returned early: 'syncing' left behind on a row that has its Zoho id."""


REACHED_ZOHO = frozenset({Fate.PUSHED, Fate.STUCK_SENT, Fate.STUCK_WITH_ID})
ID_KNOWN = frozenset({Fate.PUSHED, Fate.STUCK_WITH_ID})


@dataclass(frozen=True, slots=True)
class Handling:
    """The app's one attempt at a row, and the day of it. A row without one was never handled."""

    fate: Fate
    day: date
    error: str | None = None
    deleted_on: date | None = None
    """The day on which somebody deleted the object in Zoho again."""


@dataclass(frozen=True, slots=True)
class PlanSpec:
    """A published package's plan in Zoho: its code and price, excluding or including VAT."""

    sku: str
    name: str
    price: Decimal
    tax_inclusive: bool


@dataclass(frozen=True, slots=True)
class HandmadeCustomer:
    """A customer that somebody typed into Zoho, without CircleTel's keys. `key` names it in this world."""

    key: str
    first_name: str
    last_name: str
    email: str
    day: date


@dataclass(frozen=True, slots=True)
class HandmadeInvoice:
    """An invoice that somebody typed into Zoho for a pushed customer, under a number that CircleTel uses too."""

    key: str
    customer_id: str
    number: str
    total: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class ZohoPayment:
    """A payment made in Zoho itself, for the service's invoice dated `billed_on`; CircleTel has `payment_id` for it."""

    payment_id: str
    service_id: str
    billed_on: date
    amount: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class Size:
    """How big the world is and what it holds.

    customers: well-formed ones; the dirty cases add theirs (about one each). months: up to and including today's.
    documents: invoices and payments, beside customers and services. app: what the app pushed since Zoho went live.
    """

    customers: int = 115
    months: int = 18
    dirty: bool = True
    documents: bool = True
    app: bool = True


DEFAULT_SIZE = Size()
CUSTOMERS_ONLY = Size(customers=100_000, dirty=False, documents=False, app=False)
"""For benchmarks: customers with a service each, and nothing else."""


@dataclass(frozen=True)
class World:
    """Everything that exists before the pipeline's first run, on both sides."""

    seed: int
    today: date
    live: date
    """The day Zoho went live."""
    packages: tuple[Package, ...]
    integrations: tuple[Integration, ...]
    customers: tuple[Customer, ...]
    services: tuple[Service, ...]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
    credit_notes: tuple[CreditNote, ...]
    sync_logs: tuple[SyncLog, ...] = ()
    plans: tuple[PlanSpec, ...] = ()
    exclusive_skus: frozenset[str] = frozenset()
    """Packages whose monthly_price excludes VAT: the exceptions that the sync must be told."""
    fees: Mapping[str, Decimal] = field(default_factory=dict)
    """service id → what CircleTel bills for a full month today, including VAT."""
    handlings: Mapping[str, Handling] = field(default_factory=dict)
    """row id → what the app did with it."""
    handmade_customers: tuple[HandmadeCustomer, ...] = ()
    handmade_invoices: tuple[HandmadeInvoice, ...] = ()
    zoho_payments: tuple[ZohoPayment, ...] = ()
    planted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """dirty case → the ids of the rows that it is about."""
