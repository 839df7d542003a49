"""What an organisation offers and charges by: itself, its taxes, its plans."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from zoho_pipeline.zoho.reading import Fields, Row


@dataclass(frozen=True, slots=True)
class ZohoOrganisation:
    """An organisation that the token can see."""

    id: str
    name: str
    currency_code: str | None
    time_zone: str | None

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a row of `GET /organizations`."""
        of = Fields("organisation", row, "organization_id")
        return cls(of.required("organization_id"), of.required("name"), of.text("currency_code"), of.text("time_zone"))


@dataclass(frozen=True, slots=True)
class ZohoTax:
    """A tax of the organisation; `percentage` such as 15."""

    tax_id: str
    name: str
    percentage: Decimal

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a row of `GET /settings/taxes`."""
        of = Fields("tax", row, "tax_id")
        percentage = of.number("tax_percentage")
        if percentage is None:
            raise of.wrong("tax_percentage is missing")
        return cls(of.required("tax_id"), of.required("tax_name"), percentage)


@dataclass(frozen=True, slots=True)
class ZohoPlan:
    """A plan; its code is ours. `recurring_price` is per interval, in the organisation's currency."""

    plan_code: str
    name: str
    recurring_price: Decimal
    status: str
    interval: int
    interval_unit: str
    tax_id: str | None
    tax_percentage: Decimal | None
    is_inclusive_tax: bool | None
    """Not in Zoho's documents; read where it is there."""
    product_id: str | None

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a list row or a detail."""
        of = Fields("plan", row, "plan_code")
        return cls(
            plan_code=of.required("plan_code"),
            name=of.required("name"),
            recurring_price=of.required_amount("recurring_price"),
            status=of.required("status").lower(),
            interval=of.integer("interval") or 1,
            interval_unit=of.text("interval_unit") or "months",
            tax_id=of.text("tax_id"),
            tax_percentage=of.number("tax_percentage"),
            is_inclusive_tax=of.flag("is_inclusive_tax", "is_tax_inclusive"),
            product_id=of.text("product_id"),
        )
