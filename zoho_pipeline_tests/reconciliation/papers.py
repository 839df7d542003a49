"""A month in a real database, for its workbook and report: items of several classes, kinds and currencies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import Connection, insert

from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.reconciliation import tables
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.closing.states import Stage
from zoho_pipeline.reconciliation.controls import write_controls
from zoho_pipeline.reconciliation.reading import read_month
from zoho_pipeline.reconciliation.receivables import Receivables, Side
from zoho_pipeline.reconciliation.statement import Cover, Statement
from zoho_pipeline.reconciliation.sums import write_sums
from zoho_pipeline.reconciliation.trend import read_trend

MONTH = Month(2025, 10)
AT = datetime(2025, 11, 5, 8, 0, tzinfo=UTC)
OPENED = datetime(2025, 10, 31, 22, 30, tzinfo=UTC)
"""Half past midnight of the first of November in Johannesburg."""
BEGUN = (1_000, Decimal("2500000.10"))
"""CircleTel's count and total of every kind and currency; Zoho's are what the items make of them."""
RECEIVABLES = (
    Receivables(Side.CIRCLETEL, *(Decimal(each) for each in ("10.10", "2500.30", "1", "2000.07", "5", "0", "326.13"))),
    Receivables(Side.ZOHO, *(Decimal(each) for each in ("0", "2400.30", "0", "1900.07", "0", "100.1", "313.08"))),
)


@dataclass(frozen=True)
class Apart:
    """An item to be."""

    what: Class
    effect: str = "0"
    count: int = 0
    entity: Entity = Entity.INVOICES
    currency: str = "ZAR"
    label: str = "INV-2025-00001"
    circletel: str | None = None
    zoho: str | None = None
    difference: str | None = None
    dated: date | None = date(2025, 10, 20)
    cause: str | None = None
    row_id: str = "5f1c2a34-0000-4000-8000-000000000001"
    zoho_id: str = "5214837000000001783"


MIXED = (
    Apart(
        Class.MISSING_IN_ZOHO, "-1150.10", -1, circletel="1150.10", difference="-1150.10", cause="refused", zoho_id=""
    ),
    Apart(Class.MISSING_IN_ZOHO, "-0.20", -1, circletel="0.20", difference="-0.20", cause="waiting", row_id="b"),
    Apart(Class.AMOUNT, "0.30", circletel="100.00", zoho="100.30", difference="0.30", dated=date(2025, 7, 1)),
    Apart(Class.TIMING, "-2183.85", -1, circletel="2025-10-31", zoho="2025-11-01"),
    Apart(Class.BEFORE_ZOHO, "-1200000.05", -1, circletel="1200000.05", difference="-1200000.05", row_id="d"),
    Apart(Class.STATUS, "50.00", 1, circletel="voided", zoho="overdue", difference="50.00", currency="USD"),
    Apart(Class.UNAPPLIED, entity=Entity.PAYMENTS, circletel="10.10", zoho="0", difference="-10.10", label="payfast-1"),
    Apart(Class.MISSING_IN_CIRCLETEL, "20.20", 1, Entity.PAYMENTS, zoho="20.20", difference="20.20", row_id=""),
    Apart(Class.STILL_BILLED, entity=Entity.SUBSCRIPTIONS, circletel="cancelled", zoho="live", dated=None),
)


def statement(connection: Connection, items: Sequence[Apart] = MIXED) -> Statement:
    """The month of these items, read from the database in which they stand."""
    fill(connection, items)
    books = replace(read_month(connection, MONTH), receivables=RECEIVABLES)
    cover = Cover(Stage.PREPARED, "a.naidoo", AT, trail_head="9f2c" * 16)
    return Statement(books, AT, cover, read_trend(connection, MONTH), {"ZOHO_REGION": "com"})


def fill(connection: Connection, items: Sequence[Apart], month: Month = MONTH) -> None:
    """Put a comparison of all four kinds there that found these, with totals that they explain."""
    for kind in PARENTS_FIRST:
        found = [item for item in items if item.entity is kind]
        comparison = _comparison(connection, kind, month)
        for currency in {"ZAR", *(item.currency for item in found)}:
            effects = [item for item in found if item.currency == currency]
            _totals(connection, comparison, currency, effects)
        for number, item in enumerate(found):
            _item(connection, comparison, item, month, number)
        write_sums(connection, kind, [month.key])
    write_controls(connection, month)


def _comparison(connection: Connection, kind: Entity, month: Month) -> int:
    of = tables.comparisons
    values = {"entity": kind.value, "month": month.key, "as_of": AT, "run_id": "r", "compared_at": AT}
    return int(connection.execute(insert(of).values(values).returning(of.c.id)).scalar_one())


def _totals(connection: Connection, comparison: int, currency: str, items: Sequence[Apart]) -> None:
    count, amount = BEGUN
    values = {
        "comparison_id": comparison, "currency": currency, "circletel_count": count, "circletel_amount": amount,
        "zoho_count": count + sum(item.count for item in items),
        "zoho_amount": amount + sum((Decimal(item.effect) for item in items), Decimal(0)),
    }  # fmt: skip
    connection.execute(insert(tables.totals).values(values))


def _item(connection: Connection, comparison: int, item: Apart, month: Month, number: int) -> None:
    values = {
        "entity": item.entity.value, "month": month.key, "class": item.what.value,
        "row_id": item.row_id and f"{item.row_id}{'' if number == 0 else number}", "zoho_id": item.zoho_id,
        "currency": item.currency, "label": item.label, "circletel": item.circletel, "zoho": item.zoho,
        "difference": item.difference and Decimal(item.difference), "count_effect": item.count,
        "amount_effect": Decimal(item.effect), "dated": item.dated, "cause": item.cause, "opened_at": OPENED,
        "comparison_id": comparison,
    }  # fmt: skip
    connection.execute(insert(tables.items).values(values))
