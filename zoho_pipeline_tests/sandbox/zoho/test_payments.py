"""Payments and refunds."""

from __future__ import annotations

from typing import Any

import pytest

from zoho_pipeline_tests.sandbox.zoho.client import Client, applied


@pytest.fixture
def customer_id(client: Client) -> str:
    """A customer."""
    return str(client.customer()["customer_id"])


def test_a_payment_covers_invoices_and_the_rest_is_credit(client: Client, customer_id: str) -> None:
    invoice = client.open_invoice(customer_id)
    payment = client.payment(
        customer_id, 200, date="2026-01-10", reference_number="pay-1", invoices=applied(invoice, 115)
    )
    [covered] = payment["invoices"]
    assert covered["invoice_number"] == invoice["number"]
    assert (covered["invoice_amount"], covered["amount_applied"], covered["balance_amount"]) == (115, 115, 0)
    assert (payment["unused_amount"], payment["payment_number"], payment["date"]) == (85, "1", "2026-01-10")
    [shown] = client.one("invoices", invoice["invoice_id"])["payments"]
    assert (shown["payment_id"], shown["amount"]) == (payment["payment_id"], 115)
    assert shown["reference_number"] == "pay-1"
    assert client.one("customers", customer_id)["unused_credits"] == 85


def test_the_same_payment_twice_makes_two(client: Client, customer_id: str) -> None:
    first = client.payment(customer_id, 10, reference_number="r")
    second = client.payment(customer_id, 10, reference_number="r")
    assert first["payment_id"] != second["payment_id"]
    assert len(client.rows("/payments?reference_number=r")) == 2


def test_more_than_the_balance_is_code_24016(client: Client, customer_id: str) -> None:
    invoice = client.open_invoice(customer_id)
    body = {"customer_id": customer_id, "payment_mode": "cash", "amount": 200}
    assert client.refused("POST", "/payments", {**body, "invoices": applied(invoice, 115.01)}) == (400, 24016)
    twice = applied(invoice, 60) + applied(invoice, 60)
    assert client.refused("POST", "/payments", {**body, "invoices": twice}) == (400, 24016)
    assert client.rows("/payments") == []


def test_only_the_customers_own_open_invoices_can_be_paid(client: Client, customer_id: str) -> None:
    draft = client.invoice(customer_id)
    void = client.open_invoice(customer_id)
    client.done("POST", f"/invoices/{void['invoice_id']}/void")
    foreign = client.open_invoice(client.customer()["customer_id"])
    body = {"customer_id": customer_id, "payment_mode": "cash", "amount": 10}
    for invoice in (draft, void, foreign):
        assert client.refused("POST", "/payments", {**body, "invoices": applied(invoice, 1)}) == (400, 1050)
    unknown = [{"invoice_id": "1", "amount_applied": 1}]
    assert client.refused("POST", "/payments", {**body, "invoices": unknown}) == (404, 1002)
    assert client.rows("/payments") == []


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"customer_id": None}, (400, 4)),
        ({"customer_id": "1"}, (404, 1002)),
        ({"payment_mode": None}, (400, 4)),
        ({"payment_mode": "ozow"}, (400, 2)),
        ({"amount": None}, (400, 4)),
        ({"amount": 0}, (400, 2)),
        ({"amount": -5}, (400, 2)),
        ({"amount": "1,50"}, (400, 2)),
        ({"reference_number": "x" * 101}, (400, 2)),
        ({"invoices": "all"}, (400, 2)),
        ({"invoices": [{"amount_applied": 1}]}, (400, 4)),
        ({"invoices": [{"invoice_id": "1"}]}, (400, 4)),
        ({"invoices": [{"invoice_id": "1", "amount_applied": -1}]}, (400, 2)),
    ],
)
def test_bad_payments_are_refused_and_leave_nothing(
    client: Client, customer_id: str, change: dict[str, Any], answer: tuple[int, int]
) -> None:
    body = {"customer_id": customer_id, "payment_mode": "cash", "amount": 10, **change}
    assert client.refused("POST", "/payments", body) == answer
    assert client.rows("/payments") == []


def test_no_more_can_be_applied_than_was_paid(client: Client, customer_id: str) -> None:
    invoice = client.open_invoice(customer_id)
    body = {"customer_id": customer_id, "payment_mode": "cash", "amount": 10, "invoices": applied(invoice, 11)}
    assert client.refused("POST", "/payments", body) == (400, 1050)


def test_a_reference_of_100_characters_is_the_longest(client: Client, customer_id: str) -> None:
    assert client.payment(customer_id, 1, reference_number="x" * 100)["reference_number"] == "x" * 100


def test_an_update_replaces_what_the_payment_covers(client: Client, customer_id: str) -> None:
    first, second = client.open_invoice(customer_id), client.open_invoice(customer_id)
    payment = client.payment(customer_id, 115, invoices=applied(first, 115))
    path = f"/payments/{payment['payment_id']}"
    assert client.done("PUT", path, {"description": "d"})["payment"]["invoices"] != []
    client.done("PUT", path, {"invoices": applied(first, 100) + applied(second, 15), "reference_number": "r"})
    assert client.one("invoices", first["invoice_id"])["balance"] == 15
    assert client.one("invoices", second["invoice_id"])["balance"] == 100
    changed = client.done("PUT", path, {"invoices": [], "amount": 50, "payment_mode": "cash"})["payment"]
    assert (changed["unused_amount"], changed["payment_mode"], changed["invoices"]) == (50, "cash", [])
    assert client.refused("PUT", path, {"amount": 10, "invoices": applied(first, 11)}) == (400, 1050)
    client.configure(partial_updates=False)
    assert client.refused("PUT", path, {"description": "d"}) == (400, 4)


def test_deleting_a_payment_makes_its_invoice_owed_again(client: Client, customer_id: str) -> None:
    invoice = client.open_invoice(customer_id)
    payment = client.payment(customer_id, 115, invoices=applied(invoice, 115))
    client.done("DELETE", f"/payments/{payment['payment_id']}")
    assert client.one("invoices", invoice["invoice_id"])["balance"] == 115
    assert client.one("customers", customer_id)["outstanding"] == 115
    assert client.refused("GET", f"/payments/{payment['payment_id']}") == (404, 1002)


def test_a_refund_makes_a_credit_note_and_lowers_the_excess_first(client: Client, customer_id: str) -> None:
    invoice = client.open_invoice(customer_id)
    payment = client.payment(customer_id, 150, invoices=applied(invoice, 115))
    path = f"/payments/{payment['payment_id']}"
    refund = client.done("POST", f"{path}/refunds", {"amount": 50, "description": "Sorry"})["refund"]
    assert (refund["amount"], refund["creditnote"]["balance_amount"]) == (50, 0)
    shown = client.done("GET", path)["payment"]
    assert (shown["amount_refunded"], shown["unused_amount"]) == (50, 0)
    assert client.one("invoices", invoice["invoice_id"])["balance"] == 0
    assert client.one("customers", customer_id)["unused_credits"] == 0
    again = client.done("GET", f"/creditnotes/refunds/{refund['refund_id']}")["refund"]
    assert again == refund
    assert client.refused("POST", f"{path}/refunds", {"amount": 101}) == (400, 1050)
    assert client.refused("POST", f"{path}/refunds", {}) == (400, 4)


def test_a_refunded_payment_stays_unless_the_setting_says_otherwise(client: Client, customer_id: str) -> None:
    path = f"/payments/{client.payment(customer_id, 10)['payment_id']}"
    client.done("POST", f"{path}/refunds", {"amount": 10})
    assert client.refused("DELETE", path) == (400, 1050)
    client.configure(refunded_payment_deletable=True)
    client.done("DELETE", path)


def test_the_list_of_payments_can_be_missing(client: Client, customer_id: str) -> None:
    fields = [{"label": "CircleTel Payment ID", "value": "p-1"}]
    client.payment(customer_id, 10, reference_number="abc", custom_fields=fields)
    [row] = client.rows(f"/payments?customer_id={customer_id}&reference_number_contains=b")
    assert row["cf_circletel_payment_id"] == "p-1"
    assert "invoices" not in row
    client.configure(payments_list_available=False)
    assert client.refused("GET", "/payments")[0] == 404
    assert client.payment(customer_id, 1)["amount"] == 1
