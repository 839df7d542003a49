"""Credit notes in Zoho Billing."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from zoho_pipeline.money import ZERO
from zoho_pipeline.zoho.reading import Fields, Row


@dataclass(frozen=True, slots=True)
class ZohoCreditNote:
    """A credit note; `balance` is what is neither applied nor refunded. A list row knows no tax.

    The list is not documented; it was seen in live systems. The document writes creditnote_number.
    """

    id: str
    number: str
    customer_id: str
    date: dt.date
    status: str
    total: Decimal
    balance: Decimal
    currency_code: str | None
    tax_total: Decimal | None
    updated_time: dt.datetime | None
    has_detail: bool

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a list row or a detail."""
        of = Fields("credit note", row, "creditnote_id")
        lines, taxes = of.rows("creditnote_items"), of.rows("taxes")
        return cls(
            id=of.required("creditnote_id"),
            number=of.required("creditnote_number"),
            customer_id=of.required("customer_id"),
            date=of.required_day("date"),
            status=of.required("status").lower(),
            total=of.required_amount("total"),
            balance=of.required_amount("balance"),
            currency_code=of.text("currency_code"),
            tax_total=None if taxes is None else sum((_tax(each) for each in taxes), ZERO),
            updated_time=of.moment("updated_time"),
            has_detail=lines is not None,
        )


def _tax(row: Row) -> Decimal:
    return Fields("tax of a credit note", row, "tax_id").required_amount("tax_amount")
