"""Zoho's objects as the mirror keeps them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from zoho_pipeline.entities import Entity


class Extra(StrEnum):
    """What the mirror lists beside the four kinds, for the books alone: nothing of it is ever synced."""

    CREDIT_NOTES = "credit_notes"
    REFUNDS = "refunds"


Listed = Entity | Extra
"""A kind of object in Zoho that has a list."""


@dataclass(frozen=True)
class MirrorCustomer:
    """A customer in Zoho."""

    zoho_id: str
    display_name: str
    email: str | None
    circletel_id: str | None
    account_number: str | None
    status: str | None = None
    currency_code: str | None = None
    outstanding: Decimal | None = None
    unused_credits: Decimal | None = None
    created_on: date | None = None

    entity = Entity.CUSTOMERS


@dataclass(frozen=True)
class MirrorSubscription:
    """A subscription in Zoho; `amount` is what it charges a month, VAT included."""

    zoho_id: str
    customer_zoho_id: str
    status: str
    plan_code: str | None
    amount: Decimal | None
    reference_id: str | None
    circletel_id: str | None
    billed_from: date | None
    next_billing_on: date | None
    currency_code: str | None = None
    created_on: date | None = None

    entity = Entity.SUBSCRIPTIONS

    @property
    def live(self) -> bool:
        """Whether it bills, will bill, or could be made to bill again without a new one."""
        return self.status not in ENDED


ENDED = frozenset({"cancelled", "cancelled_from_dunning", "expired", "trial_expired", "creation_failed"})
"""Statuses of subscriptions that are over."""
ENDING = ENDED | {"non_renewing"}
"""Those too that end with their term: Zoho does not bill another."""


@dataclass(frozen=True)
class MirrorInvoice:
    """An invoice in Zoho. `subscription_zoho_id` is '' where no subscription raised it, None where nobody looked.

    `version` tells one content from another; `detailed_version` is the version that a detail was read of. Tax, credits
    and write-off stand in details only.
    """

    zoho_id: str
    number: str
    customer_zoho_id: str
    status: str
    date: date
    total: Decimal
    balance: Decimal
    reference_number: str | None
    circletel_id: str | None
    subscription_zoho_id: str | None
    currency_code: str | None = None
    version: str | None = None
    detailed_version: str | None = None
    tax_total: Decimal | None = None
    credits_applied: Decimal | None = None
    write_off: Decimal | None = None

    entity = Entity.INVOICES


@dataclass(frozen=True)
class MirrorPayment:
    """A payment in Zoho."""

    zoho_id: str
    customer_zoho_id: str
    amount: Decimal
    date: date
    reference_number: str | None
    circletel_id: str | None
    currency_code: str | None = None
    unapplied: Decimal | None = None
    refunded: Decimal | None = None

    entity = Entity.PAYMENTS


@dataclass(frozen=True)
class MirrorCreditNote:
    """A credit note in Zoho; `tax_total` stands in its detail only."""

    zoho_id: str
    number: str
    customer_zoho_id: str
    date: date
    status: str
    total: Decimal
    balance: Decimal
    currency_code: str | None
    version: str
    detailed_version: str | None
    tax_total: Decimal | None

    entity = Extra.CREDIT_NOTES


@dataclass(frozen=True)
class MirrorRefund:
    """Money that Zoho gave back; `customer_zoho_id` is not documented in its list, and may be missing."""

    zoho_id: str
    customer_zoho_id: str | None
    date: date
    amount: Decimal

    entity = Extra.REFUNDS


SyncedObject = MirrorCustomer | MirrorSubscription | MirrorInvoice | MirrorPayment
MirrorObject = SyncedObject | MirrorCreditNote | MirrorRefund
