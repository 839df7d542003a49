"""Zoho's objects as the mirror keeps them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zoho_pipeline.entities import Entity


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
    """An invoice in Zoho. `subscription_zoho_id` is '' where no subscription raised it, None where nobody looked."""

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

    entity = Entity.PAYMENTS


MirrorObject = MirrorCustomer | MirrorSubscription | MirrorInvoice | MirrorPayment
