"""What the organisation holds, as plain records. Money is ZAR; moments carry the organisation's offset."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

Day = date  # a record may have a field called date
Texts = dict[str, str]
Amounts = dict[str, Decimal]


@dataclass(slots=True)
class Customer:
    """`texts` holds the plain fields that are only stored and given back."""

    id: str
    number: str
    display_name: str
    email: str
    created: datetime
    updated: datetime
    currency_code: str = "ZAR"
    payment_terms: int = 0
    payment_terms_label: str = "Due on receipt"
    status: str = "active"
    texts: Texts = field(default_factory=dict)
    billing_address: Texts = field(default_factory=dict)
    shipping_address: Texts = field(default_factory=dict)
    custom: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Product:
    """What plans belong to."""

    id: str
    name: str
    created: datetime
    updated: datetime
    status: str = "active"
    texts: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """`id` is the plan_code, since that is what paths name; nothing else uses the numeric `plan_id`."""

    id: str
    plan_id: str
    product_id: str
    name: str
    recurring_price: Decimal
    interval: int
    interval_unit: str
    created: datetime
    updated: datetime
    billing_cycles: int = -1
    trial_period: int = 0
    setup_fee: Decimal = Decimal(0)
    tax_id: str = ""
    tax_inclusive: bool | None = None
    status: str = "active"
    texts: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Item:
    """A thing sold once."""

    id: str
    name: str
    rate: Decimal
    created: datetime
    updated: datetime
    tax_id: str = ""
    status: str = "active"
    texts: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Offer:
    """What a subscription charges each term."""

    plan_code: str
    name: str
    price: Decimal
    quantity: int
    setup_fee: Decimal
    tax_id: str
    tax_inclusive: bool
    interval: int
    interval_unit: str
    billing_cycles: int
    description: str = ""
    trial_days: int = 0


@dataclass(slots=True)
class Subscription:
    """Terms are counted from `anchor`: `terms_begun` of them have begun, `cycles` in all since activation.

    `scheduled` is the offer that takes effect with the next term.
    """

    id: str
    number: str
    customer_id: str
    offer: Offer
    anchor: Day
    created: datetime
    updated: datetime
    status: str = "live"
    terms_begun: int = 0
    cycles: int = 0
    reference_id: str = ""
    auto_collect: bool = False
    payment_terms: int = 0
    payment_terms_label: str = "Due on receipt"
    activated_at: Day | None = None
    term_starts_at: Day | None = None
    last_billing_at: Day | None = None
    cancelled_at: Day | None = None
    child_invoice_id: str = ""
    scheduled: Offer | None = None
    texts: Texts = field(default_factory=dict)
    custom: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """One line of an invoice or credit note; `amount` is price times quantity less discount, in cents."""

    id: str
    name: str
    price: Decimal
    quantity: Decimal
    amount: Decimal
    description: str = ""
    product_id: str = ""
    code: str = ""
    discount: Decimal = Decimal(0)
    tax_id: str = ""


@dataclass(slots=True)
class Invoice:
    """`state` is draft, open or void; the status that is shown follows from balance and due date.

    payments: payment id → amount applied. credits: credit note id → amount applied.
    """

    id: str
    number: str
    customer_id: str
    date: Day
    due_date: Day
    lines: list[Line]
    created: datetime
    updated: datetime
    state: str = "draft"
    inclusive: bool = False
    sub_total: Decimal = Decimal(0)
    tax_total: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    taxes: Amounts = field(default_factory=dict)
    shipping_charge: Decimal = Decimal(0)
    adjustment: Decimal = Decimal(0)
    payments: Amounts = field(default_factory=dict)
    credits: Amounts = field(default_factory=dict)
    write_off: Decimal = Decimal(0)
    payment_terms: int = 0
    payment_terms_label: str = "Due on receipt"
    subscription_id: str = ""
    transaction_type: str = "invoice"
    emailed: bool = False
    reminders: int = 0
    texts: Texts = field(default_factory=dict)
    custom: Texts = field(default_factory=dict)

    @property
    def paid(self) -> Decimal:
        """What payments have covered."""
        return sum(self.payments.values(), Decimal("0.00"))

    @property
    def credited(self) -> Decimal:
        """What credit notes have covered."""
        return sum(self.credits.values(), Decimal("0.00"))

    @property
    def balance(self) -> Decimal:
        """What is still owed; a void invoice owes nothing."""
        if self.state == "void":
            return Decimal("0.00")
        return self.total - self.paid - self.credited - self.write_off


@dataclass(slots=True)
class Payment:
    """`applied`: invoice id → amount. `refunded` of it came out of the part that no invoice took."""

    id: str
    number: str
    customer_id: str
    mode: str
    amount: Decimal
    date: Day
    created: datetime
    updated: datetime
    reference_number: str = ""
    description: str = ""
    bank_charges: Decimal = Decimal(0)
    applied: Amounts = field(default_factory=dict)
    refunded: Decimal = Decimal(0)
    refunded_unused: Decimal = Decimal(0)
    custom: Texts = field(default_factory=dict)

    @property
    def unused(self) -> Decimal:
        """The excess, which is the customer's credit."""
        return self.amount - sum(self.applied.values(), Decimal("0.00")) - self.refunded_unused


@dataclass(slots=True)
class CreditNote:
    """`applied`: invoice id → amount. `state` is open or void."""

    id: str
    number: str
    customer_id: str
    date: Day
    lines: list[Line]
    created: datetime
    updated: datetime
    state: str = "open"
    sub_total: Decimal = Decimal(0)
    tax_total: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    taxes: Amounts = field(default_factory=dict)
    reference_number: str = ""
    applied: Amounts = field(default_factory=dict)
    refunded: Decimal = Decimal(0)
    texts: Texts = field(default_factory=dict)
    custom: Texts = field(default_factory=dict)

    @property
    def balance(self) -> Decimal:
        """The credit that is left; a void one leaves none."""
        if self.state == "void":
            return Decimal("0.00")
        return self.total - sum(self.applied.values(), Decimal("0.00")) - self.refunded


@dataclass(slots=True)
class Refund:
    """Money given back, always against a credit note."""

    id: str
    customer_id: str
    creditnote_id: str
    amount: Decimal
    date: Day
    created: datetime
    updated: datetime
    payment_id: str = ""
    description: str = ""
    mode: str = "others"
    reference_number: str = ""


@dataclass(slots=True)
class Event:
    """Something that happened to an object."""

    id: str
    type: str
    created: datetime
    kind: str
    object_id: str


@dataclass(slots=True)
class Mail:
    """A mail that Zoho would have sent."""

    seq: int
    time: datetime
    kind: str
    to: list[str]
    object_kind: str
    object_id: str
    why: str
