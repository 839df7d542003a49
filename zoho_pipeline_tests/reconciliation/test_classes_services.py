"""What can set a service of CircleTel apart from its subscription in Zoho."""

from dataclasses import dataclass
from datetime import date

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline_tests.reconciliation.both_sides import FIRST, PRICE, BothSides, Pair, money

SUBSCRIPTIONS = Entity.SUBSCRIPTIONS
LATER = date(2026, 1, 1)
"""From here on Zoho raises nothing within the tests."""


@dataclass(frozen=True)
class Billed:
    """A customer with a service that both sides bill alike."""

    customer: Pair
    service: Pair


@pytest.fixture
def billed(sides: BothSides) -> Billed:
    customer = sides.customer()
    service = sides.service(customer)
    sides.billed(customer, service)
    return Billed(customer, service)


def test_missing_in_zoho(sides: BothSides) -> None:
    row = sides.world.circletel.service(sides.customer().row)
    item = sides.only()
    assert (item.entity, item.what, item.row_id) == (SUBSCRIPTIONS, Class.MISSING_IN_ZOHO, row)
    assert (item.circletel, item.difference) == (PRICE, money("-799.00"))
    assert (item.count_effect, item.amount_effect, item.cause) == (-1, money("-799.00"), "pending")


def test_missing_in_circletel(sides: BothSides, billed: Billed) -> None:
    made = sides.world.zoho.subscription(sides.customer().zoho, LATER)
    item = sides.only()
    assert (item.what, item.zoho_id, item.zoho) == (Class.MISSING_IN_CIRCLETEL, made, PRICE)
    assert (item.count_effect, item.amount_effect) == (1, money("799.00"))


def test_a_subscription_that_is_like_the_linked_one_is_a_duplicate(sides: BothSides, billed: Billed) -> None:
    made = sides.world.zoho.subscription(billed.customer.zoho, LATER)
    item = sides.only()
    assert (item.what, item.zoho_id) == (Class.DUPLICATE_IN_ZOHO, made)
    assert item.cause == "it is like another one that a row is linked to, and carries no key"


def test_duplicate_in_zoho_by_key(sides: BothSides, billed: Billed) -> None:
    made = sides.world.zoho.subscription(billed.customer.zoho, LATER, reference_id=billed.service.row)
    item = sides.only()
    assert (item.what, item.zoho_id, item.difference) == (Class.DUPLICATE_IN_ZOHO, made, money("799.00"))
    assert item.cause == "it carries the key of a row that has another object"


def test_deleted_in_zoho(sides: BothSides, billed: Billed) -> None:
    sides.world.zoho.people.delete(f"/subscriptions/{billed.service.zoho}")
    item = sides.only()
    assert (item.what, item.row_id) == (Class.DELETED_IN_ZOHO, billed.service.row)
    assert (item.count_effect, item.amount_effect) == (-1, money("-799.00"))


def test_two_rows_on_one_object(sides: BothSides, billed: Billed) -> None:
    other = sides.world.circletel.service(sides.customer().row)
    sides.world.link(SUBSCRIPTIONS, other, billed.service.zoho)
    item = sides.only()
    assert (item.what, item.row_id) == (Class.TWO_ROWS_ONE_OBJECT, other)
    assert (item.count_effect, item.amount_effect) == (-1, money("-799.00"))


def test_of_two_rows_the_one_that_counts_keeps_the_object(sides: BothSides, billed: Billed) -> None:
    sides.world.circletel.change("customer_services", billed.service.row, status="cancelled")
    successor = sides.world.circletel.service(billed.customer.row)
    sides.world.link(SUBSCRIPTIONS, successor, billed.service.zoho)
    item = sides.only()
    assert (item.what, item.row_id, item.count_effect) == (Class.TWO_ROWS_ONE_OBJECT, billed.service.row, 0)


def test_not_linked_and_its_recurring_invoices_are_found_all_the_same(sides: BothSides, billed: Billed) -> None:
    sides.unlink(SUBSCRIPTIONS, billed.service)
    item = sides.only()
    assert (item.entity, item.what, item.zoho_id) == (SUBSCRIPTIONS, Class.NOT_LINKED, billed.service.zoho)
    assert (item.cause, item.count_effect) == ("the app's key", 0)


def test_not_linked_though_it_carries_no_key(sides: BothSides) -> None:
    customer = sides.customer()
    sides.world.circletel.service(customer.row)
    sides.world.zoho.subscription(customer.zoho, LATER)
    item = sides.only()
    assert (item.what, item.cause) == (Class.NOT_LINKED, "customer, plan and amount")


def test_not_eligible(sides: BothSides) -> None:
    customer = sides.customer()
    row = sides.world.circletel.service(customer.row, status="pending")
    sides.world.link(SUBSCRIPTIONS, row, sides.world.zoho.subscription(customer.zoho, LATER, row))
    item = sides.only()
    assert (item.what, item.row_id, item.circletel, item.zoho) == (Class.NOT_ELIGIBLE, row, "pending", "future")
    assert (item.count_effect, item.amount_effect) == (1, money("799.00"))


def test_wrong_parent(sides: BothSides, billed: Billed) -> None:
    other = sides.customer()
    row = sides.world.circletel.service(other.row)
    sides.world.link(SUBSCRIPTIONS, row, sides.world.zoho.subscription(billed.customer.zoho, LATER, row))
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.WRONG_PARENT, other.zoho, billed.customer.zoho)


def test_a_customer_that_is_not_linked_makes_no_wrong_parent(sides: BothSides, billed: Billed) -> None:
    sides.unlink(Entity.CUSTOMERS, billed.customer)
    item = sides.only()
    assert (item.entity, item.what) == (Entity.CUSTOMERS, Class.NOT_LINKED)


def test_price(sides: BothSides, billed: Billed) -> None:
    sides.world.circletel.change("customer_services", billed.service.row, monthly_price=899)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.PRICE, "899.00", PRICE)
    assert (item.difference, item.count_effect, item.amount_effect) == (money("-100.00"), 0, money("-100.00"))


def test_prices_without_vat_are_compared_with_it(sides: BothSides, billed: Billed) -> None:
    sides.world.circletel.change("customer_services", billed.service.row, monthly_price="694.78")
    sides.environ["CIRCLETEL_VAT_EXCEPTION_SKUS"] = "fibre-50"
    assert sides.found() == []


def test_plan(sides: BothSides, billed: Billed) -> None:
    package = sides.world.circletel.package("fibre-100")
    sides.world.circletel.change("customer_services", billed.service.row, package_id=package)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.PLAN, "fibre-100", "fibre-50")
    assert (item.count_effect, item.amount_effect) == (0, money("0"))


def test_still_billed(sides: BothSides, billed: Billed) -> None:
    sides.world.circletel.change("customer_services", billed.service.row, status="cancelled")
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.STILL_BILLED, "cancelled", "live")
    assert (item.difference, item.count_effect, item.amount_effect) == (money("799.00"), 1, money("799.00"))


def test_a_cancelled_service_whose_subscription_ends_with_its_term_is_alike(sides: BothSides, billed: Billed) -> None:
    sides.world.circletel.change("customer_services", billed.service.row, status="cancelled")
    sides.world.zoho.people.post(f"/subscriptions/{billed.service.zoho}/cancel", cancel_at_end="true")
    assert sides.found() == []


@pytest.mark.parametrize(("at_end", "status"), [("true", "non_renewing"), ("false", "cancelled")])
def test_not_billed(sides: BothSides, billed: Billed, at_end: str, status: str) -> None:
    sides.world.zoho.people.post(f"/subscriptions/{billed.service.zoho}/cancel", cancel_at_end=at_end)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.NOT_BILLED, "active", status)
    assert (item.difference, item.count_effect, item.amount_effect) == (money("-799.00"), -1, money("-799.00"))


def test_a_paused_subscription_bills_nothing(sides: BothSides, billed: Billed) -> None:
    sides.refresh()
    sides.world.circletel.execute("UPDATE zoho_pipeline.mirror_subscriptions SET status = 'paused'")
    (item,) = sides.found(stale=True)
    assert (item.what, item.zoho, item.difference) == (Class.NOT_BILLED, "paused", money("-799.00"))
    assert (item.count_effect, item.amount_effect) == (0, money("0"))


def test_suspended(sides: BothSides, billed: Billed) -> None:
    sides.world.circletel.change("customer_services", billed.service.row, status="suspended")
    item = sides.only()
    assert (item.what, item.what.meaning.expected) == (Class.SUSPENDED, True)
    assert (item.count_effect, item.amount_effect) == (1, money("799.00"))


def test_undated(sides: BothSides, billed: Billed) -> None:
    sides.world.circletel.change("customer_services", billed.service.row, created_at=None)
    item = sides.only()
    assert (item.what, item.row_id, item.month) == (Class.UNDATED, billed.service.row, "2025-10")


def test_a_service_without_any_date_stands_in_the_first_month_on_both_sides(sides: BothSides, billed: Billed) -> None:
    nothing = {"created_at": None, "updated_at": None, "activation_date": None}
    sides.world.circletel.change("customer_services", billed.service.row, **nothing)
    item = sides.only()
    assert (item.what, item.month) == (Class.UNDATED, FIRST.key)


def test_currency(sides: BothSides, billed: Billed) -> None:
    sides.refresh()
    sides.world.circletel.execute("UPDATE zoho_pipeline.mirror_subscriptions SET currency_code = 'USD'")
    found = {(item.what, item.currency, item.amount_effect) for item in sides.found(stale=True)}
    assert found == {(Class.CURRENCY, "ZAR", money("-799.00")), (Class.CURRENCY, "USD", money("799.00"))}
