"""Everything that a judgement rests on, and which object in Zoho belongs to which row.

An object belongs to a row if it carries the row's key, wherever sync or app put it, or if the row is linked to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zoho_pipeline.sandbox.sample.snapshot import Held
from zoho_pipeline.sandbox.sample.table_state import Standing
from zoho_pipeline.sandbox.sample.truth import Kind, Truth

FIRST_OF_ID = 8
"""How many characters of the row's id the app puts into a payment's reference_number."""


@dataclass(frozen=True)
class Evidence:
    """The truth, CircleTel's tables, Zoho's objects, its mails and its ledger since the seeding."""

    truth: Truth
    rows: Standing
    held: Held
    mails: list[Mapping[str, Any]]
    calls: list[Mapping[str, Any]]

    @cached_property
    def objects_of(self) -> Mapping[str, frozenset[str]]:
        """Row id → ids of the objects that belong to it."""
        found: dict[str, set[str]] = defaultdict(set)
        for kind in Kind:
            for row_id, object_id in self._claims(kind):
                found[row_id].add(object_id)
        return {row_id: frozenset(ids) for row_id, ids in found.items()}

    @cached_property
    def rows_of(self) -> Mapping[str, frozenset[str]]:
        """Object id → ids of the rows that it belongs to."""
        found: dict[str, set[str]] = defaultdict(set)
        for row_id, object_ids in self.objects_of.items():
            for object_id in object_ids:
                found[object_id].add(row_id)
        return {object_id: frozenset(ids) for object_id, ids in found.items()}

    def objects(self, kind: Kind) -> Mapping[str, Any]:
        """Zoho's objects of a kind, by id."""
        found: Mapping[str, Any] = getattr(self.held, kind.value)
        return found

    def seeded(self, kind: Kind) -> frozenset[str]:
        """Ids of the objects that were there before the sync."""
        return self.truth.seeded.get(kind.value, frozenset())

    def _claims(self, kind: Kind) -> Iterable[tuple[str, str]]:
        """Pairs of row and object that belong together."""
        rows, held = self.rows[kind], self.objects(kind)
        for row in rows.values():
            if row.link in held:
                yield row.id, str(row.link)
        yield from self._claims_by_key(kind)

    def _claims_by_key(self, kind: Kind) -> Iterable[tuple[str, str]]:
        match kind:
            case Kind.CUSTOMER:
                for customer in self.held.customers.values():
                    if customer.key:
                        yield customer.key, customer.id
            case Kind.SUBSCRIPTION:
                for subscription in self.held.subscriptions.values():
                    for key in subscription.keys:
                        yield key, subscription.id
            case Kind.INVOICE:
                yield from self._invoice_claims()
            case Kind.PAYMENT:
                yield from self._payment_claims()

    def _invoice_claims(self) -> Iterable[tuple[str, str]]:
        """By key or number; an invoice that was typed in by hand under the same number is not the row's."""
        numbers = {row.text("invoice_number"): row.id for row in self.rows[Kind.INVOICE].values()}
        seeded = self.seeded(Kind.INVOICE)
        for invoice in self.held.invoices.values():
            if invoice.key:
                yield invoice.key, invoice.id
            elif invoice.number in numbers and not invoice.subscription_id and invoice.id not in seeded:
                yield numbers[invoice.number], invoice.id

    def _payment_claims(self) -> Iterable[tuple[str, str]]:
        """By key, by a reference that contains the row's id, or by one that is its first characters."""
        rows = self.rows[Kind.PAYMENT]
        firsts = {row_id[:FIRST_OF_ID]: row_id for row_id in rows}
        for payment in self.held.payments.values():
            if payment.key:
                yield payment.key, payment.id
            elif payment.reference in firsts:
                yield firsts[payment.reference], payment.id
            else:
                parts = (payment.reference[at : at + 36] for at in range(max(len(payment.reference) - 35, 0)))
                yield from ((part, payment.id) for part in parts if part in rows)
