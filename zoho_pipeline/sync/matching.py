"""Is the row in Zoho already? Decided on the mirror, without a call.

By our key, by the keys that CircleTel's app gives its objects, and by content only where exactly one object fits that
carries no CircleTel key and that no other row holds. What is not clear is never sent: a person decides.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from zoho_pipeline.circletel.rows import Customer, Invoice, Payment, Service
from zoho_pipeline.clock import local_date
from zoho_pipeline.mapping.customers import display_name
from zoho_pipeline.mapping.mapped import Unmappable
from zoho_pipeline.mirror.objects import (
    MirrorCustomer,
    MirrorInvoice,
    MirrorObject,
    MirrorPayment,
    MirrorSubscription,
)

APP_REFERENCE_LENGTH = 8
"""The app gives a payment the first 8 characters of the row's id as its reference."""
UUID_LENGTH = 36
_ROW_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Found:
    """Exactly one object is this row's."""

    zoho_id: str
    by: str
    by_content: bool = False


@dataclass(frozen=True)
class Ambiguous:
    """Something in Zoho may be this row's, or contradicts it."""

    reason: str


@dataclass(frozen=True)
class Unclear:
    """Whether the object is this row's depends on its detail, which the lists do not show."""

    zoho_id: str


Match = Found | Ambiguous | Unclear | None

M = TypeVar("M", MirrorCustomer, MirrorSubscription, MirrorInvoice, MirrorPayment)


@dataclass(frozen=True)
class Holders:
    """Which row of CircleTel holds which object of Zoho, as far as the objects at hand go."""

    row_by_zoho_id: dict[str, str] = field(default_factory=dict)

    def other_than(self, row_id: str, found: MirrorObject) -> str | None:
        """The other row that holds the object, if there is one."""
        holder = self.row_by_zoho_id.get(found.zoho_id)
        return None if holder == row_id else holder

    def free(self, objects: Collection[M]) -> list[M]:
        """Those that no row holds."""
        return [found for found in objects if found.zoho_id not in self.row_by_zoho_id]


def match_customer(row: Customer, objects: Sequence[MirrorCustomer], holders: Holders) -> Match:
    """By CircleTel's id, by its account number, or by e-mail address and name together."""
    if keyed := [found for found in objects if found.circletel_id == row.id]:
        return _by_key(row.id, keyed, "CircleTel's customer id", holders)
    own = [found for found in objects if found.circletel_id is None]
    if numbered := [found for found in own if row.account_number and found.account_number == row.account_number]:
        return _by_key(row.id, numbered, f"account number {row.account_number}", holders)
    email = plain_email(row.email)
    same = [found for found in own if email and plain_email(found.email) == email]
    unkeyed = holders.free([found for found in same if not found.account_number])
    return _by_content(unkeyed, lambda found: _same_name(row, found), "e-mail address", "name")


def match_subscription(
    row: Service, objects: Sequence[MirrorSubscription], holders: Holders, charge: Decimal | None
) -> Match:
    """By reference_id, by the app's custom field, or by customer and plan with the same monthly charge."""
    keyed = [found for found in objects if row.id in (found.reference_id, found.circletel_id)]
    if keyed:
        live = [found for found in keyed if found.live]
        if not live:
            return Ambiguous(f"its subscription {keyed[0].zoho_id} is {keyed[0].status} in Zoho")
        return _by_key(row.id, live, "the service's id", holders)
    unkeyed = [
        found
        for found in holders.free(objects)
        if found.live
        and not found.reference_id
        and not found.circletel_id
        and found.plan_code == row.sku
        and found.customer_zoho_id == row.customer_zoho_id
    ]
    return _by_content(unkeyed, lambda found: found.amount == charge, "customer and plan", "monthly charge")


def match_invoice(row: Invoice, objects: Sequence[MirrorInvoice], holders: Holders) -> Match:
    """By the app's custom field, by number, or by customer, date and total where no subscription raised it."""
    existing = [found for found in objects if found.status != "void"]
    if keyed := [found for found in existing if found.circletel_id == row.id or found.number == row.number]:
        if wrong := [found for found in keyed if not _same_debt(row, found)]:
            return Ambiguous(f"invoice {wrong[0].number} in Zoho has its number or key, but another customer or total")
        return _by_key(row.id, keyed, "invoice number", holders)
    unkeyed = [
        found
        for found in holders.free(existing)
        if not found.circletel_id and _same_debt(row, found) and found.date == row.invoice_date
    ]
    if unknown := [found for found in unkeyed if found.subscription_zoho_id is None]:
        return Unclear(unknown[0].zoho_id)
    by_hand = [found for found in unkeyed if not found.subscription_zoho_id]
    return _by_content(by_hand, lambda found: True, "customer, date and total", "")


def match_payment(row: Payment, objects: Sequence[MirrorPayment], holders: Holders) -> Match:
    """By our reference, by the app's keys, or by customer, day and amount with the bank's reference."""
    keyed = [found for found in objects if found.circletel_id == row.id or _reference(found).startswith(row.id)]
    if wrong := [found for found in keyed if found.amount != row.amount]:
        return Ambiguous(f"payment {wrong[0].zoho_id} in Zoho carries its key, but another amount")
    if keyed:
        return _by_key(row.id, keyed, "the payment's id", holders)
    same = [
        found
        for found in holders.free(objects)
        if not found.circletel_id and found.amount == row.amount and found.customer_zoho_id == row.customer_zoho_id
    ]
    if short := [found for found in same if _reference(found) == row.id[:APP_REFERENCE_LENGTH]]:
        return _by_key(row.id, short, "the app's reference", holders)
    day = local_date(row.paid_at)
    bank = (row.reference, row.transaction_id)
    unkeyed = [found for found in same if found.date == day and row_id_in(found) is None]
    return _by_content(unkeyed, lambda found: _reference(found) in bank, "customer, day and amount", "reference")


def _by_key(row_id: str, keyed: Sequence[M], by: str, holders: Holders) -> Match:
    if len(keyed) > 1:
        ids = ", ".join(found.zoho_id for found in keyed)
        return Ambiguous(f"{len(keyed)} objects in Zoho carry {by}: {ids}")
    if others := sorted(_row_ids(keyed[0]) - {row_id}):
        return Ambiguous(f"object {keyed[0].zoho_id} in Zoho carries {by}, but the id of row {others[0]} too")
    if other := holders.other_than(row_id, keyed[0]):
        return Ambiguous(f"object {keyed[0].zoho_id} in Zoho carries {by}, but row {other} is linked to it")
    return Found(keyed[0].zoho_id, by)


def _by_content(unkeyed: Sequence[M], agrees: Callable[[M], bool], same: str, differing: str) -> Match:
    if not unkeyed:
        return None
    if len(unkeyed) > 1:
        ids = ", ".join(found.zoho_id for found in unkeyed)
        return Ambiguous(f"{len(unkeyed)} objects in Zoho have the same {same}: {ids}")
    if not agrees(unkeyed[0]):
        return Ambiguous(f"object {unkeyed[0].zoho_id} in Zoho has the same {same}, but another {differing}")
    return Found(unkeyed[0].zoho_id, same, by_content=True)


def plain_email(email: str | None) -> str:
    """The address as it is compared; empty where there is none, which matches nothing."""
    return (email or "").strip().lower()


def _same_name(row: Customer, found: MirrorCustomer) -> bool:
    try:
        return _plain(display_name(row)) == _plain(found.display_name)
    except Unmappable:
        return False


def _same_debt(row: Invoice, found: MirrorInvoice) -> bool:
    return found.total == row.total_amount and found.customer_zoho_id == row.customer_zoho_id


def _reference(found: MirrorPayment) -> str:
    return found.reference_number or ""


def row_id_in(found: MirrorPayment) -> str | None:
    """The id of a row with which the reference begins, as ours do."""
    keyed = _ROW_ID.match(_reference(found))
    return keyed[0] if keyed else None


def _row_ids(found: MirrorObject) -> set[str]:
    """The ids of CircleTel's rows that the object carries, in its custom field or at the start of its reference."""
    texts = [getattr(found, name, None) for name in ("circletel_id", "reference_id", "reference_number")]
    return {text[:UUID_LENGTH] for text in texts if text and _ROW_ID.match(text)}


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
