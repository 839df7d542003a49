"""CircleTel's recurring invoices and Zoho's are two papers for one debt; what can set them apart."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.reading import Item
from zoho_pipeline_tests.practice.rows import FEE
from zoho_pipeline_tests.reconciliation.both_sides import PRICE, BothSides, Pair, money

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2025, month, 1) for month in (9, 10, 11, 12))
FEE_AGAIN = str(2 * FEE)


@dataclass(frozen=True)
class Billed:
    """A customer with a service that Zoho has billed since 1 October; so it has raised two invoices."""

    customer: Pair
    service: Pair


@pytest.fixture
def billed(sides: BothSides) -> Billed:
    customer = sides.customer()
    return Billed(customer, sides.service(customer))


def recurring(sides: BothSides, billed: Billed, month: date, **values: Any) -> str:
    return sides.world.circletel.recurring(billed.customer.row, billed.service.row, month, **values)


def effects(item: Item) -> tuple[int, object]:
    return item.count_effect, item.amount_effect


def test_debts_of_the_same_service_and_period_are_alike(sides: BothSides, billed: Billed) -> None:
    for month in (OCTOBER, NOVEMBER):
        recurring(sides, billed, month)
    assert sides.found() == []


def test_before_zoho(sides: BothSides, billed: Billed) -> None:
    sides.billed(billed.customer, billed.service)
    row = recurring(sides, billed, SEPTEMBER)
    item = sides.only()
    assert (item.what, item.row_id, item.month) == (Class.BEFORE_ZOHO, row, "2025-09")
    assert (item.cause, *effects(item)) == ("Zoho bills the service from 2025-10-01", -1, money("-799.00"))


def test_awaited(sides: BothSides, billed: Billed) -> None:
    sides.billed(billed.customer, billed.service)
    recurring(sides, billed, DECEMBER)
    item = sides.only()
    assert (item.what, item.cause) == (Class.AWAITED, "Zoho raises it on 2025-12-01")
    assert effects(item) == (-1, money("-799.00"))


def test_missed(sides: BothSides, billed: Billed) -> None:
    sides.billed(billed.customer, billed.service)
    sides.world.zoho.people.post(f"/subscriptions/{billed.service.zoho}/cancel", cancel_at_end="false")
    sides.world.circletel.change("customer_services", billed.service.row, status="cancelled")
    row = recurring(sides, billed, DECEMBER)
    item = sides.only()
    assert (item.what, item.row_id, item.difference) == (Class.MISSED, row, money("-799.00"))
    assert effects(item) == (-1, money("-799.00"))


def test_raised_by_zoho_alone(sides: BothSides, billed: Billed) -> None:
    recurring(sides, billed, OCTOBER)
    item = sides.only()
    assert (item.what, item.zoho_id) == (Class.RAISED_BY_ZOHO_ALONE, sides.raised(billed.service)["2025-11-01"])
    assert (item.difference, *effects(item)) == (money("799.00"), 1, money("799.00"))


def test_a_period_that_circletel_bills_twice_is_never_called_missed(sides: BothSides, billed: Billed) -> None:
    sides.billed(billed.customer, billed.service)
    recurring(sides, billed, NOVEMBER)
    item = sides.only()
    assert (item.what, item.cause) == (
        Class.TWO_ROWS_ONE_OBJECT,
        "the service and period are billed twice in CircleTel",
    )
    assert effects(item) == (-1, money("-799.00"))


def test_what_zoho_has_raised_as_a_draft_is_not_missed(sides: BothSides, billed: Billed) -> None:
    for month in (OCTOBER, NOVEMBER):
        recurring(sides, billed, month)
    sides.refresh()
    sides.world.circletel.execute(
        "UPDATE zoho_pipeline.mirror_invoices SET status = 'draft' WHERE date = :day", day=NOVEMBER
    )
    (item,) = sides.found(stale=True)
    assert (item.what, item.circletel, item.zoho) == (Class.STATUS, "sent", "draft")


def test_what_zoho_has_made_void_is_no_debt(sides: BothSides, billed: Billed) -> None:
    recurring(sides, billed, OCTOBER)
    sides.world.zoho.people.post(f"/invoices/{sides.raised(billed.service)['2025-11-01']}/void")
    assert sides.found() == []


def test_split(sides: BothSides, billed: Billed) -> None:
    sides.service(billed.customer)
    for month in (OCTOBER, NOVEMBER):
        sides.world.circletel.recurring(billed.customer.row, None, month, total=FEE_AGAIN)
    items = sides.found()
    assert {item.what for item in items} == {Class.SPLIT}
    assert Class.SPLIT.meaning.expected
    october = [item for item in items if item.month == "2025-10"]
    assert sorted(effects(item) for item in october) == [
        (-1, money("-1598.00")), (1, money("799.00")), (1, money("799.00"))
    ]  # fmt: skip
    (circletels,) = [item for item in october if item.row_id]
    assert (circletels.circletel, circletels.zoho, circletels.difference) == (FEE_AGAIN, FEE_AGAIN, money("0"))


def test_several_papers_that_come_to_another_total(sides: BothSides, billed: Billed) -> None:
    sides.service(billed.customer)
    for month in (OCTOBER, NOVEMBER):
        sides.world.circletel.recurring(billed.customer.row, None, month, total="1500.00")
    items = sides.found()
    assert {item.what for item in items} == {Class.AMOUNT}
    assert [item.difference for item in items if item.row_id] == [money("98.00"), money("98.00")]


def test_of_two_invoices_without_a_service_one_is_zohos(sides: BothSides, billed: Billed) -> None:
    for _ in range(2):
        sides.world.circletel.recurring(billed.customer.row, None, NOVEMBER)
    recurring(sides, billed, OCTOBER)
    item = sides.only()
    assert (item.what, effects(item)) == (Class.BEFORE_ZOHO, (-1, money("-799.00")))


def test_by_amount_where_zoho_does_not_say_which_subscription(sides: BothSides, billed: Billed) -> None:
    for month in (OCTOBER, NOVEMBER):
        recurring(sides, billed, month)
    sides.refresh()
    sides.world.circletel.execute("UPDATE zoho_pipeline.mirror_invoices SET subscription_zoho_id = ''")
    assert sides.found(stale=True) == []


def test_other_lines(sides: BothSides, billed: Billed) -> None:
    recurring(sides, billed, OCTOBER)
    lines = [{"name": "Fibre 50", "price": PRICE, "quantity": 1}, {"name": "Router", "rate": "100.00"}]
    recurring(sides, billed, NOVEMBER, total="899.00", line_items=lines)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.OTHER_LINES, "899.00", PRICE)
    assert (item.difference, *effects(item)) == (money("-100.00"), 0, money("-100.00"))


def test_a_pro_rated_period_is_of_other_lines_too(sides: BothSides, billed: Billed) -> None:
    recurring(sides, billed, NOVEMBER)
    recurring(sides, billed, OCTOBER, total="400.00", period_end=date(2025, 10, 16))
    item = sides.only()
    assert (item.what, item.difference) == (Class.OTHER_LINES, money("399.00"))


@pytest.mark.parametrize(
    "lines",
    [
        None,
        [],
        {"price": PRICE},
        ["Fibre 50", "Router"],
        [{"price": "R 799,00"}, {"price": None}],
        [{"price": {"amount": 799}}, {"rate": [1]}],
        [{"name": "Fibre 50", "price": PRICE}],
    ],
)
def test_lines_that_do_not_explain_it_leave_it_an_amount(sides: BothSides, billed: Billed, lines: Any) -> None:
    recurring(sides, billed, OCTOBER)
    row = recurring(sides, billed, NOVEMBER, total="899.00", line_items=[])
    sides.world.circletel.change("customer_invoices", row, line_items=lines)
    item = sides.only()
    assert (item.what, item.difference) == (Class.AMOUNT, money("-100.00"))


def test_zohos_day_in_another_month_is_timing(sides: BothSides, billed: Billed) -> None:
    recurring(sides, billed, NOVEMBER)
    recurring(sides, billed, OCTOBER, invoice_date=date(2025, 9, 25))
    items = sides.found()
    assert {(item.what, item.month, effects(item)) for item in items} == {
        (Class.TIMING, "2025-09", (-1, money("-799.00"))),
        (Class.TIMING, "2025-10", (1, money("799.00"))),
    }


def test_a_debt_that_was_sent_as_a_one_off_is_linked_like_any_other(sides: BothSides, billed: Billed) -> None:
    sides.billed(billed.customer, billed.service)
    row = recurring(sides, billed, SEPTEMBER)
    number = sides.world.circletel.value("customer_invoices", row, "invoice_number")
    made = sides.world.zoho.invoice(billed.customer.zoho, number, PRICE, circletel_id=row)
    sides.world.link(Entity.INVOICES, row, made)
    assert sides.found() == []
