"""What can set a payment of CircleTel apart from Zoho's."""

from datetime import date

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.reading import Item
from zoho_pipeline_tests.reconciliation.both_sides import PRICE, BothSides, Pair, money

PAYMENTS, INVOICES = Entity.PAYMENTS, Entity.INVOICES
OCTOBER = date(2025, 10, 1)


@pytest.fixture
def customer(sides: BothSides) -> Pair:
    return sides.customer()


def effects(item: Item) -> tuple[int, object]:
    return item.count_effect, item.amount_effect


def by_kind(sides: BothSides) -> dict[Entity, Item]:
    items = sides.found()
    assert len(items) == len({item.entity for item in items})
    return {item.entity: item for item in items}


def test_missing_in_zoho(sides: BothSides, customer: Pair) -> None:
    row = sides.world.circletel.payment(customer.row, "75.50")
    item = sides.only()
    assert (item.what, item.row_id, item.circletel) == (Class.MISSING_IN_ZOHO, row, "75.50")
    assert (item.difference, *effects(item)) == (money("-75.50"), -1, money("-75.50"))
    assert item.month == "2025-09"


def test_missing_in_circletel(sides: BothSides, customer: Pair) -> None:
    made = sides.world.zoho.payment(customer.zoho, "75.50", reference_number="MOKOENA RENT")
    item = sides.only()
    assert (item.what, item.zoho_id, item.label) == (Class.MISSING_IN_CIRCLETEL, made, made)
    assert effects(item) == (1, money("75.50"))


def test_a_payment_missing_in_circletel_sets_its_invoices_balance_apart(sides: BothSides, customer: Pair) -> None:
    sides.world.zoho.payment(customer.zoho, invoice=sides.invoice(customer).zoho)
    items = by_kind(sides)
    assert items[PAYMENTS].what is Class.MISSING_IN_CIRCLETEL
    assert (items[INVOICES].what, items[INVOICES].difference) == (Class.BALANCE, money("-230.00"))


def test_deleted_in_zoho(sides: BothSides, customer: Pair) -> None:
    gone = sides.payment(customer)
    sides.world.zoho.people.delete(f"/payments/{gone.zoho}")
    item = sides.only()
    assert (item.what, item.row_id, item.circletel) == (Class.DELETED_IN_ZOHO, gone.row, gone.zoho)
    assert effects(item) == (-1, money("-230.00"))


def test_duplicate_in_zoho(sides: BothSides, customer: Pair) -> None:
    first = sides.payment(customer)
    second = sides.world.zoho.payment(customer.zoho, reference_number=f"{first.row} NC-1")
    item = sides.only()
    assert (item.what, item.zoho_id, effects(item)) == (Class.DUPLICATE_IN_ZOHO, second, (1, money("230.00")))


def test_two_objects_of_a_payment_that_is_not_linked(sides: BothSides, customer: Pair) -> None:
    first = sides.payment(customer)
    second = sides.world.zoho.payment(customer.zoho, reference_number=first.row)
    sides.unlink(PAYMENTS, first)
    found = {(item.what, item.zoho_id) for item in sides.found()}
    assert found == {(Class.NOT_LINKED, first.zoho), (Class.DUPLICATE_IN_ZOHO, second)}


def test_two_rows_on_one_object(sides: BothSides, customer: Pair) -> None:
    owner = sides.payment(customer)
    other = sides.world.circletel.payment(customer.row)
    sides.world.link(PAYMENTS, other, owner.zoho)
    item = sides.only()
    assert (item.what, item.row_id, effects(item)) == (Class.TWO_ROWS_ONE_OBJECT, other, (-1, money("-230.00")))


@pytest.mark.parametrize(
    ("reference", "how"), [("{}", "key"), ("{:.8}", "the app's reference"), ("EFT 17", "customer, amount and day")]
)
def test_not_linked(sides: BothSides, customer: Pair, reference: str, how: str) -> None:
    row = sides.world.circletel.payment(customer.row)
    made = sides.world.zoho.payment(customer.zoho, reference_number=reference.format(row))
    item = sides.only()
    assert (item.what, item.row_id, item.zoho_id, item.cause) == (Class.NOT_LINKED, row, made, how)


def test_what_carries_another_rows_key_is_not_taken_for_ones_own(sides: BothSides, customer: Pair) -> None:
    failed = sides.world.circletel.payment(customer.row, status="failed")
    row = sides.world.circletel.payment(customer.row)
    made = sides.world.zoho.payment(customer.zoho, reference_number=failed)
    found = {(item.what, item.row_id, item.zoho_id) for item in sides.found()}
    assert found == {(Class.NOT_ELIGIBLE, "", made), (Class.MISSING_IN_ZOHO, row, "")}


def test_not_eligible(sides: BothSides, customer: Pair) -> None:
    failed = sides.payment(customer)
    sides.world.circletel.change("payment_transactions", failed.row, status="failed")
    item = sides.only()
    assert (item.what, item.zoho_id, effects(item)) == (Class.NOT_ELIGIBLE, failed.zoho, (1, money("230.00")))


def test_wrong_parent(sides: BothSides, customer: Pair) -> None:
    other = sides.customer()
    sides.payment(customer, customer_id=other.zoho)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.WRONG_PARENT, customer.zoho, other.zoho)


def test_amount(sides: BothSides, customer: Pair) -> None:
    row = sides.world.circletel.payment(customer.row, "230.00")
    sides.world.link(PAYMENTS, row, sides.world.zoho.payment(customer.zoho, "200.00", reference_number=row))
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.AMOUNT, "230.00", "200.00")
    assert (item.difference, *effects(item)) == (money("-30.00"), 0, money("-30.00"))


def test_currency(sides: BothSides, customer: Pair) -> None:
    foreign = sides.payment(customer)
    sides.world.circletel.change("payment_transactions", foreign.row, currency="USD")
    found = {(item.what, item.currency, effects(item)) for item in sides.found()}
    assert found == {(Class.CURRENCY, "USD", (-1, money("-230.00"))), (Class.CURRENCY, "ZAR", (1, money("230.00")))}


def test_timing(sides: BothSides, customer: Pair) -> None:
    sides.payment(customer, date="2025-10-01")
    assert {(item.what, item.month, effects(item)) for item in sides.found()} == {
        (Class.TIMING, "2025-09", (-1, money("-230.00"))),
        (Class.TIMING, "2025-10", (1, money("230.00"))),
    }


def test_a_payment_at_midnight_in_johannesburg_is_of_the_new_month(sides: BothSides, customer: Pair) -> None:
    night = sides.payment(customer, date="2025-10-01")
    sides.world.circletel.change("payment_transactions", night.row, completed_at="2025-09-30T22:00:00Z")
    assert sides.found() == []


def test_date(sides: BothSides, customer: Pair) -> None:
    sides.payment(customer, date="2025-09-11")
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.DATE, "2025-09-10", "2025-09-11")


def test_wrong_invoice(sides: BothSides, customer: Pair) -> None:
    right, wrong = sides.invoice(customer), sides.invoice(customer)
    payment = sides.payment(customer, right, invoices=[{"invoice_id": wrong.zoho, "amount_applied": 230.0}])
    items = sides.found()
    (item,) = [item for item in items if item.entity is PAYMENTS]
    assert (item.what, item.row_id) == (Class.WRONG_INVOICE, payment.row)
    assert (item.circletel, item.zoho, item.difference) == (right.row, wrong.zoho, money("230.00"))
    apart = {(item.what, item.row_id, item.difference) for item in items if item.entity is INVOICES}
    assert apart == {(Class.BALANCE, right.row, money("230.00")), (Class.BALANCE, wrong.row, money("-230.00"))}


def test_unapplied(sides: BothSides, customer: Pair) -> None:
    sides.payment(customer, sides.invoice(customer), invoices=[])
    items = by_kind(sides)
    item = items[PAYMENTS]
    assert (item.what, item.circletel, item.zoho) == (Class.UNAPPLIED, "230.00", "0")
    assert (item.difference, *effects(item)) == (money("-230.00"), 0, 0)
    assert items[INVOICES].what is Class.BALANCE


def test_money_beyond_what_the_invoice_demands_is_not_unapplied(sides: BothSides, customer: Pair) -> None:
    invoice = sides.invoice(customer)
    row = sides.world.circletel.payment(customer.row, "300.00", invoice=invoice.row)
    sides.paid(invoice, "230.00")
    applied = [{"invoice_id": invoice.zoho, "amount_applied": 230.0}]
    sides.world.link(
        PAYMENTS, row, sides.world.zoho.payment(customer.zoho, "300.00", invoices=applied, reference_number=row)
    )
    assert sides.found() == []


def test_a_payment_of_a_recurring_debt_is_right_on_zohos_invoice(sides: BothSides, customer: Pair) -> None:
    service = sides.service(customer)
    october = sides.billed(customer, service)["2025-10-01"]
    sides.payment(customer, october, PRICE)
    assert sides.found() == []
    sides.unlink(Entity.SUBSCRIPTIONS, service)
    assert sides.only().what is Class.NOT_LINKED


def test_a_payment_of_several_services_is_right_on_all_of_zohos_invoices(sides: BothSides, customer: Pair) -> None:
    services = [sides.service(customer) for _ in range(2)]
    row = sides.world.circletel.recurring(customer.row, None, OCTOBER, total="1598.00")
    for service in services:
        sides.world.circletel.recurring(customer.row, service.row, date(2025, 11, 1))
    october = Pair(row, "")
    payment = sides.world.circletel.payment(customer.row, "1598.00", invoice=row)
    sides.paid(october, "1598.00")
    parts = [{"invoice_id": sides.raised(each)["2025-10-01"], "amount_applied": 799.0} for each in services]
    made = sides.world.zoho.payment(customer.zoho, "1598.00", invoices=parts, reference_number=payment)
    sides.world.link(PAYMENTS, payment, made)
    assert {item.what for item in sides.found()} == {Class.SPLIT}


def test_before_zoho(sides: BothSides, customer: Pair) -> None:
    service = sides.service(customer)
    sides.billed(customer, service)
    debt = sides.world.circletel.recurring(customer.row, service.row, date(2025, 9, 1))
    row = sides.world.circletel.payment(customer.row, PRICE, invoice=debt)
    sides.paid(Pair(debt, ""), PRICE)
    sides.world.run(PAYMENTS)
    assert sides.world.state(PAYMENTS, row) == "before_zoho"
    items = by_kind(sides)
    assert {item.what for item in items.values()} == {Class.BEFORE_ZOHO}
    assert (items[PAYMENTS].row_id, effects(items[PAYMENTS])) == (row, (-1, money("-799.00")))


def test_refunded_in_circletel(sides: BothSides, customer: Pair) -> None:
    back = sides.payment(customer)
    sides.world.circletel.change("payment_transactions", back.row, status="refunded", completed_at=None)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.REFUNDED, "refunded", "0")
    assert (item.difference, *effects(item)) == (money("230.00"), 0, 0)


def refund(sides: BothSides, payment: Pair) -> None:
    sides.world.zoho.people.post(f"/payments/{payment.zoho}/refunds", {"amount": 230.0, "description": "Back"})


def test_refunded_in_zoho(sides: BothSides, customer: Pair) -> None:
    refund(sides, sides.payment(customer))
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.REFUNDED, "completed", "230.00")
    assert item.difference == money("-230.00")


def test_refunded_on_both_sides_is_alike(sides: BothSides, customer: Pair) -> None:
    back, kept = sides.payment(customer), sides.payment(customer, date="2025-09-10")
    refund(sides, back)
    sides.world.circletel.change("payment_transactions", back.row, status="refunded")
    assert kept.zoho != back.zoho
    assert sides.found() == []


def test_refunded_before_it_was_ever_sent(sides: BothSides, customer: Pair) -> None:
    sides.world.circletel.payment(customer.row, status="refunded")
    item = sides.only()
    assert (item.what, item.cause) == (Class.MISSING_IN_ZOHO, "excluded")


def test_a_payment_made_in_zoho_is_known_by_its_own_id(sides: BothSides, customer: Pair) -> None:
    made = sides.world.zoho.payment(customer.zoho)
    sides.world.circletel.payment(customer.row, provider="zoho_billing", transaction_id=made)
    assert sides.found() == []
