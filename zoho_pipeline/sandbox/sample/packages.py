"""What CircleTel sells: packages, whether they are published as plans, and the plans' prices in Zoho.

A plan's code is the package's sku. Some plans exclude VAT and some include it. A price including VAT cannot
always be had from a plan that excludes it (no price in cents times 1.15 gives R 599.03): one package is such.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from zoho_pipeline.sandbox.sample import money


class Publication(Enum):
    """Whether, and if not why, a package has no usable plan in Zoho."""

    PUBLISHED = "published"
    NO_ROW = "no row in product_integrations"
    NO_PLAN_ID = "a row without a plan id"
    FAILED = "publishing failed"


@dataclass(frozen=True, slots=True)
class Offer:
    """A package as the catalogue has it. `price` is monthly_price: including VAT unless `exclusive`."""

    sku: str
    name: str
    service_type: str
    price: Decimal
    plan_inclusive: bool = False
    exclusive: bool = False
    publication: Publication = Publication.PUBLISHED

    @property
    def fee(self) -> Decimal:
        """What a full month costs including VAT."""
        return money.including(self.price) if self.exclusive else self.price

    @property
    def plan_price(self) -> Decimal:
        """The plan's price in Zoho, in the plan's own basis."""
        if self.plan_inclusive:
            return self.fee
        return self.price if self.exclusive else money.subtotal(self.price)


def _rand(text: str) -> Decimal:
    return Decimal(text)


ORDINARY = (
    Offer("HF-25", "HomeFibre 25/25", "Fibre", _rand("499.00")),
    Offer("HF-50", "HomeFibre 50/50", "Fibre", _rand("599.00")),
    Offer("HF-100", "HomeFibre 100/100", "Fibre", _rand("799.00")),
    Offer("HF-200", "HomeFibre 200/200", "Fibre", _rand("999.00"), plan_inclusive=True),
    Offer("LTE-20", "LTE Home 20", "LTE", _rand("349.00"), plan_inclusive=True),
    Offer("FW-30", "FixedWireless 30", "Fixed Wireless", _rand("529.00")),
)
BUSINESS = (
    Offer("BF-100", "BusinessFibre 100", "Fibre", _rand("1299.00"), exclusive=True),
    Offer("BF-200", "BusinessFibre 200", "Fibre", _rand("1899.00"), exclusive=True),
)
UNREACHABLE = Offer("FW-ODD", "FixedWireless Odd", "Fixed Wireless", _rand("599.03"))
"""No price excluding VAT gives R 599.03 to the cent: Zoho cannot charge what CircleTel does."""
UNPUBLISHED = (
    Offer("HF-NEW", "HomeFibre New", "Fibre", _rand("699.00"), publication=Publication.NO_ROW),
    Offer("HF-PEND", "HomeFibre Pending", "Fibre", _rand("649.00"), publication=Publication.NO_PLAN_ID),
    Offer("HF-FAIL", "HomeFibre Failed", "Fibre", _rand("749.00"), publication=Publication.FAILED),
)
CATALOGUE = (*ORDINARY, *BUSINESS, UNREACHABLE, *UNPUBLISHED)
EXCLUSIVE_SKUS = frozenset(offer.sku for offer in CATALOGUE if offer.exclusive)
BY_SKU = {offer.sku: offer for offer in CATALOGUE}
