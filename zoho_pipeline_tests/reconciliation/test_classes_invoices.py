"""What can set an invoice that CircleTel sends apart from Zoho's."""

from typing import Any

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.reading import Item
from zoho_pipeline_tests.reconciliation.both_sides import BothSides, Pair, money

INVOICES = Entity.INVOICES


@pytest.fixture
def customer(sides: BothSides) -> Pair:
    return sides.customer()


def effects(item: Item) -> tuple[int, object]:
    return item.count_effect, item.amount_effect


def test_missing_in_zoho(sides: BothSides, customer: Pair) -> None:
    row = sides.world.circletel.invoice(customer.row)
    item = sides.only()
    assert (item.what, item.row_id, item.circletel, item.zoho) == (Class.MISSING_IN_ZOHO, row, "230.00", None)
    assert (item.difference, *effects(item)) == (money("-230.00"), -1, money("-230.00"))
    assert (item.month, item.cause) == ("2025-09", "pending")


def test_an_invoice_of_a_type_that_is_never_sent_says_so(sides: BothSides, customer: Pair) -> None:
    sides.world.circletel.invoice(customer.row, invoice_type="deposit")
    assert sides.only().cause == "excluded"


def test_missing_in_circletel(sides: BothSides, customer: Pair) -> None:
    made = sides.world.zoho.invoice(customer.zoho, "INV-1", "115.00")
    item = sides.only()
    assert (item.what, item.zoho_id, item.label, item.zoho) == (Class.MISSING_IN_CIRCLETEL, made, "INV-1", "115.00")
    assert (item.difference, *effects(item)) == (money("115.00"), 1, money("115.00"))


def test_deleted_in_zoho(sides: BothSides, customer: Pair) -> None:
    draft = sides.invoice(customer, draft=True)
    sides.world.circletel.change("customer_invoices", draft.row, status="draft")
    sides.world.zoho.people.delete(f"/invoices/{draft.zoho}")
    item = sides.only()
    assert (item.what, item.row_id, item.circletel) == (Class.DELETED_IN_ZOHO, draft.row, draft.zoho)
    assert effects(item) == (-1, money("-230.00"))


@pytest.mark.parametrize("key", [True, False])
def test_duplicate_in_zoho(sides: BothSides, customer: Pair, key: bool) -> None:
    first = sides.invoice(customer)
    second = sides.world.zoho.invoice(customer.zoho, "COPY-1", circletel_id=first.row if key else None)
    item = sides.only()
    assert (item.what, item.zoho_id) == (Class.DUPLICATE_IN_ZOHO, second)
    assert effects(item) == (1, money("230.00"))


def test_two_rows_on_one_object(sides: BothSides, customer: Pair) -> None:
    owner = sides.invoice(customer)
    other = sides.world.circletel.invoice(sides.customer().row, "115.00")
    sides.world.link(INVOICES, other, owner.zoho)
    item = sides.only()
    assert (item.what, item.row_id, effects(item)) == (Class.TWO_ROWS_ONE_OBJECT, other, (-1, money("-115.00")))


@pytest.mark.parametrize(
    ("fields", "how"),
    [
        ({}, "key"),
        ({"circletel_id": None}, "number"),
        ({"circletel_id": None, "number": "BY-HAND-1"}, "customer, day and amount"),
    ],
)
def test_not_linked(sides: BothSides, customer: Pair, fields: dict[str, Any], how: str) -> None:
    apart = sides.invoice(customer, **fields)
    sides.unlink(INVOICES, apart)
    item = sides.only()
    assert (item.what, item.row_id, item.zoho_id) == (Class.NOT_LINKED, apart.row, apart.zoho)
    assert (item.cause, *effects(item)) == (how, 0, 0)


def test_an_invoice_under_its_number_at_another_customer_is_found(sides: BothSides, customer: Pair) -> None:
    apart = sides.invoice(customer, customer_id=sides.customer().zoho, circletel_id=None)
    sides.unlink(INVOICES, apart)
    assert {item.what for item in sides.found()} == {Class.NOT_LINKED, Class.WRONG_PARENT}


def test_not_eligible(sides: BothSides) -> None:
    tester = sides.customer()
    made = sides.invoice(tester)
    sides.world.circletel.change("customers", tester.row, account_type="internal_test")
    found = {(item.entity, item.what, item.zoho_id) for item in sides.found()}
    assert found == {
        (Entity.CUSTOMERS, Class.NOT_ELIGIBLE, tester.zoho),
        (INVOICES, Class.NOT_ELIGIBLE, made.zoho),
    }


def test_wrong_parent(sides: BothSides, customer: Pair) -> None:
    other = sides.customer()
    sides.invoice(customer, customer_id=other.zoho)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.WRONG_PARENT, customer.zoho, other.zoho)
    assert effects(item) == (0, 0)


def test_amount(sides: BothSides, customer: Pair) -> None:
    made = sides.world.circletel.invoice(customer.row, "230.00")
    number = sides.world.circletel.value("customer_invoices", made, "invoice_number")
    sides.world.link(INVOICES, made, sides.world.zoho.invoice(customer.zoho, number, "230.01", circletel_id=made))
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.AMOUNT, "230.00", "230.01")
    assert (item.difference, *effects(item)) == (money("0.01"), 0, money("0.01"))


def test_tax(sides: BothSides, customer: Pair) -> None:
    wrong = sides.invoice(customer)
    sides.world.circletel.execute("UPDATE customer_invoices SET tax_amount = NULL WHERE id = :id", id=wrong.row)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.TAX, "0", "30.00")
    assert (item.difference, *effects(item)) == (money("30.00"), 0, 0)


def test_timing(sides: BothSides, customer: Pair) -> None:
    later = sides.invoice(customer, date="2025-10-02")
    items = {item.month: item for item in sides.found()}
    assert {item.what for item in items.values()} == {Class.TIMING}
    assert {month: effects(item) for month, item in items.items()} == {
        "2025-09": (-1, money("-230.00")),
        "2025-10": (1, money("230.00")),
    }
    assert {item.row_id for item in items.values()} == {later.row}
    assert (items["2025-09"].circletel, items["2025-09"].zoho) == ("2025-09-01", "2025-10-02")


def test_another_month_does_not_hide_another_amount(sides: BothSides, customer: Pair) -> None:
    row = sides.world.circletel.invoice(customer.row, "230.00")
    number = sides.world.circletel.value("customer_invoices", row, "invoice_number")
    made = sides.world.zoho.invoice(customer.zoho, number, "240.00", date="2025-10-02", circletel_id=row)
    sides.world.link(INVOICES, row, made)
    found = sorted((item.what, item.month, item.difference) for item in sides.found() if item.what is Class.AMOUNT)
    assert found == [(Class.AMOUNT, "2025-09", money("10.00"))]


def test_date(sides: BothSides, customer: Pair) -> None:
    sides.invoice(customer, date="2025-09-02")
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.DATE, "2025-09-01", "2025-09-02")
    assert effects(item) == (0, 0)


def test_status_void_in_zoho(sides: BothSides, customer: Pair) -> None:
    voided = sides.invoice(customer)
    sides.world.zoho.people.post(f"/invoices/{voided.zoho}/void")
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.STATUS, "sent", "void")
    assert (item.difference, *effects(item)) == (money("-230.00"), -1, money("-230.00"))


@pytest.mark.parametrize("day", ["2025-09-01", "2025-10-02"])
def test_status_void_in_circletel(sides: BothSides, customer: Pair, day: str) -> None:
    voided = sides.invoice(customer, date=day)
    sides.world.circletel.change("customer_invoices", voided.row, status="voided")
    (item,) = [item for item in sides.found() if item.what is not Class.DATE]
    assert (item.what, item.month, item.circletel) == (Class.STATUS, day[:7], "voided")
    assert effects(item) == (1, money("230.00"))


def test_status_draft_on_one_side(sides: BothSides, customer: Pair) -> None:
    sides.invoice(customer, draft=True)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.STATUS, "sent", "draft")
    assert effects(item) == (0, 0)


def test_what_is_void_on_both_sides_is_alike(sides: BothSides, customer: Pair) -> None:
    voided = sides.invoice(customer)
    sides.world.zoho.people.post(f"/invoices/{voided.zoho}/void")
    sides.world.circletel.change("customer_invoices", voided.row, status="voided")
    assert sides.found() == []


def test_currency(sides: BothSides, customer: Pair) -> None:
    sides.payment(customer, sides.invoice(customer))
    sides.refresh()
    sides.world.circletel.execute("UPDATE zoho_pipeline.mirror_invoices SET currency_code = 'USD', balance = 12")
    found = {(item.what, item.currency, effects(item)) for item in sides.found(stale=True)}
    assert found == {(Class.CURRENCY, "ZAR", (-1, money("-230.00"))), (Class.CURRENCY, "USD", (1, money("230.00")))}


def test_balance(sides: BothSides, customer: Pair) -> None:
    invoice = sides.invoice(customer)
    sides.world.circletel.payment(customer.row, "230.00", invoice=invoice.row)
    sides.paid(invoice, "230.00")
    items = {item.entity: item for item in sides.found()}
    assert items[Entity.PAYMENTS].what is Class.MISSING_IN_ZOHO
    item = items[INVOICES]
    assert (item.what, item.circletel, item.zoho) == (Class.BALANCE, "0.00", "230.00")
    assert (item.difference, item.cause, *effects(item)) == (money("230.00"), "completed payments of 230.00", 0, 0)


def test_paid_without_a_payment(sides: BothSides, customer: Pair) -> None:
    sides.paid(sides.invoice(customer), "100.00")
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.PAID_WITHOUT_PAYMENT, "130.00", "230.00")
    assert item.difference == money("100.00")


def test_written_off_in_zoho(sides: BothSides, customer: Pair) -> None:
    sides.world.zoho.people.post(f"/invoices/{sides.invoice(customer).zoho}/writeoff")
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.WRITE_OFF, "230.00", "0.00")
    assert item.difference == money("-230.00")


def credit_in_zoho(sides: BothSides, customer: Pair, invoice: Pair, total: float) -> None:
    lines = [{"name": "Credit", "price": total, "quantity": 1}]
    note = sides.world.zoho.people.post(
        "/creditnotes", {"customer_id": customer.zoho, "date": "2025-09-05", "creditnote_items": lines}
    )["credit_note"]
    applied = {"invoices": [{"invoice_id": invoice.zoho, "amount_applied": total}]}
    sides.world.zoho.people.post(f"/creditnotes/{note['creditnote_id']}/invoices", applied)


def credit_in_circletel(sides: BothSides, customer: Pair, invoice: Pair, total: str) -> None:
    sides.world.circletel.insert(
        "credit_notes",
        {
            "credit_note_number": "CN-1",
            "original_invoice_id": invoice.row,
            "customer_id": customer.row,
            "credit_note_date": "2025-09-05",
            "total_amount": money(total),
            "vat_amount": 0,
            "status": "applied",
        },
    )
    sides.paid(invoice, total)


def test_a_credit_note_in_zoho_only(sides: BothSides, customer: Pair) -> None:
    credit_in_zoho(sides, customer, sides.invoice(customer), 50.0)
    item = sides.only()
    assert (item.what, item.cause, item.difference) == (Class.CREDIT_NOTE, "in Zoho only", money("-50.00"))


def test_a_credit_note_in_circletel_only(sides: BothSides, customer: Pair) -> None:
    credit_in_circletel(sides, customer, sides.invoice(customer), "50.00")
    item = sides.only()
    assert (item.what, item.cause, item.difference) == (Class.CREDIT_NOTE, "in CircleTel only", money("50.00"))


def test_a_credit_note_on_both_sides_is_alike_or_its_amounts_differ(sides: BothSides, customer: Pair) -> None:
    for zohos in (50.0, 60.0):
        invoice = sides.invoice(customer)
        credit_in_zoho(sides, customer, invoice, zohos)
        credit_in_circletel(sides, customer, invoice, "50.00")
    item = sides.only()
    assert (item.what, item.cause, item.difference) == (Class.CREDIT_NOTE, "of different amounts", money("-10.00"))


def test_a_note_that_is_issued_and_not_applied_moves_no_balance(sides: BothSides, customer: Pair) -> None:
    invoice = sides.invoice(customer)
    sides.world.circletel.insert(
        "credit_notes",
        {"original_invoice_id": invoice.row, "customer_id": customer.row, "total_amount": 50, "status": "issued"},
    )
    credit_in_zoho(sides, customer, invoice, 50.0)
    assert sides.only().what is Class.CREDIT_NOTE
