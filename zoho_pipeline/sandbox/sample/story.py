"""A world in the making: rows are put in and changed, what the app did is noted, and at the end all is frozen.

What belongs here: the state and the bookkeeping that all makers share. What does not: what rows look like
(`make.py`), how many there are (`generate.py`), and which of them are dirty (`dirty_*.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from zoho_pipeline.sandbox.sample import days
from zoho_pipeline.sandbox.sample.rows import CreditNote, Customer, Integration, Invoice, Package, Payment, Row, Service
from zoho_pipeline.sandbox.sample.world import (
    Fate,
    Handling,
    HandmadeCustomer,
    HandmadeInvoice,
    PlanSpec,
    Size,
    ZohoPayment,
)

LIVE_AFTER_MONTHS = 11
"""Zoho went live at the start of the twelfth month."""

RowT = TypeVar("RowT", bound=Row)


class Story:
    """Everything said so far. Rows are frozen: `change` puts a new one in an old one's place."""

    def __init__(self, seed: int, today: date, size: Size) -> None:
        self.seed = seed
        self.today = today
        self.size = size
        self.rng = Random(seed)
        self.start = days.add_months(today.replace(day=1), 1 - size.months)
        self.live = days.add_months(self.start, min(LIVE_AFTER_MONTHS, size.months - 1))
        self.packages: dict[str, Package] = {}
        self.integrations: dict[str, Integration] = {}
        self.plans: list[PlanSpec] = []
        self.customers: dict[str, Customer] = {}
        self.services: dict[str, Service] = {}
        self.invoices: dict[str, Invoice] = {}
        self.payments: dict[str, Payment] = {}
        self.credit_notes: list[CreditNote] = []
        self.fees: dict[str, Decimal] = {}
        self.handlings: dict[str, Handling] = {}
        self.handmade_customers: list[HandmadeCustomer] = []
        self.handmade_invoices: list[HandmadeInvoice] = []
        self.zoho_payments: list[ZohoPayment] = []
        self.planted: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, int] = {}

    def new_id(self) -> str:
        """A uuid that the seed decides."""
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def next_number(self, series: str) -> int:
        """1, 2, 3 … in each series."""
        self._numbers[series] = self._numbers.get(series, 0) + 1
        return self._numbers[series]

    def days_ago(self, number: int) -> date:
        """A day before today (after it, if negative)."""
        return self.today - timedelta(days=number)

    def moment_on(self, day: date) -> datetime:
        """Some clock time on that day, as UTC."""
        return days.moment(day, self.rng.randrange(24), self.rng.randrange(60), self.rng.randrange(60))

    def put(self, row: RowT) -> RowT:
        """Add a row, or put it in the place of the one with its id."""
        self._table(row)[row.id] = row
        return row

    def change(self, row: RowT, **changes: Any) -> RowT:
        """The row as it is by now, with these columns changed."""
        current: RowT = self._table(row)[row.id]
        return self.put(replace(current, **changes))

    def _table(self, row: Row) -> dict[str, Any]:
        match row:
            case Customer():
                return self.customers
            case Service():
                return self.services
            case Invoice():
                return self.invoices
            case Payment():
                return self.payments

    def handle(
        self, row: RowT, fate: Fate, day: date, error: str | None = None, deleted_on: date | None = None
    ) -> RowT:
        """Note what the app did with a row, and leave on it what that leaves. (Its Zoho id is known later.)"""
        self.handlings[row.id] = Handling(fate, day, error, deleted_on)
        status = {Fate.PUSHED: "synced", Fate.FAILED: "failed"}.get(fate, "syncing")
        synced_at = days.moment(day, 12) if fate in (Fate.PUSHED, Fate.STUCK_WITH_ID) else None
        changes: dict[str, Any] = {
            "zoho_sync_status": status,
            "zoho_last_synced_at": synced_at,
            "zoho_last_sync_error": error,
        }
        if isinstance(row, Customer | Payment):  # the two tables with an updated_at trigger
            changes["updated_at"] = days.moment(day, 12)
        return self.change(row, **changes)

    def plant(self, case: str, rows: Iterable[Row]) -> None:
        """Note which rows a dirty case is about."""
        self.planted[case] = tuple(row.id for row in rows)
