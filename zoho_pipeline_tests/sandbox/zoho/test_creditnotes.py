"""Credit notes."""

from __future__ import annotations

from typing import Any

import pytest

from zoho_pipeline_tests.sandbox.zoho.client import VAT, Client, applied


@pytest.fixture
def customer_id(client: Client) -> str:
    """A customer."""
    return str(client.customer()["customer_id"])


def _note(client: Client, customer_id: str, **fields: Any) -> dict[str, Any]:
    body = {
        "customer_id": customer_id,
        "date": "2026-01-15",
        "creditnote_items": [{"code": "fibre-50", "quantity": 1, "price": 100, "tax_id": VAT}],
        **fields,
    }
    return dict(client.done("POST", "/creditnotes", body)["credit_note"])


def test_a_credit_note_is_the_customers_credit(client: Client, customer_id: str) -> None:
    note = _note(client, customer_id)
    assert (note["total"], note["balance"], note["status"]) == (115, 115, "open")
    assert note["creditnote_number"] == "CN-00001"
    assert client.one("customers", customer_id)["unused_credits"] == 115
    assert client.rows(f"/creditnotes?customer_id={customer_id}")[0]["creditnote_id"] == note["creditnote_id"]


def test_its_own_number_needs_the_flag_and_must_be_new(client: Client, customer_id: str) -> None:
    assert _note(client, customer_id, creditnote_number="X-1")["creditnote_number"] == "CN-00001"
    own = {"creditnote_number": "X-1", "ignore_auto_number_generation": True}
    assert _note(client, customer_id, **own)["creditnote_number"] == "X-1"
    lines = [{"name": "x", "price": 1}]
    body = {"customer_id": customer_id, "date": "2026-01-15", "creditnote_items": lines, **own}
    assert client.refused("POST", "/creditnotes", body) == (400, 1050)


def test_it_is_applied_to_invoices_up_to_both_balances(client: Client, customer_id: str) -> None:
    note, invoice = _note(client, customer_id), client.open_invoice(customer_id)
    path = f"/creditnotes/{note['creditnote_id']}"
    answer = client.done("POST", f"{path}/invoices", {"invoices": applied(invoice, 15)})
    assert answer["invoices"] == [{"invoice_id": invoice["invoice_id"], "amount_applied": 15}]
    shown = client.one("invoices", invoice["invoice_id"])
    assert (shown["balance"], shown["credits_applied"], shown["status"]) == (100, 15, "partially_paid")
    assert shown["credits"][0]["creditnotes_number"] == note["creditnote_number"]
    assert client.done("GET", path)["credit_note"]["balance"] == 100
    assert client.refused("POST", f"{path}/invoices", {"invoices": applied(invoice, 100.01)}) == (400, 24016)
    second = client.open_invoice(customer_id)
    both = {"invoices": applied(invoice, 100) + applied(second, 1)}
    assert client.refused("POST", f"{path}/invoices", both) == (400, 1050)
    client.done("POST", f"{path}/invoices", {"invoices": applied(invoice, 100)})
    assert client.done("GET", path)["credit_note"]["status"] == "closed"
    assert client.refused("POST", f"{path}/invoices", {}) == (400, 4)


def test_several_are_applied_to_one_invoice_all_or_none(client: Client, customer_id: str) -> None:
    first, second = _note(client, customer_id), _note(client, customer_id)
    invoice = client.open_invoice(customer_id)
    path = f"/invoices/{invoice['invoice_id']}/credits"
    wanted = [{"creditnote_id": note["creditnote_id"], "amount_applied": 57.5} for note in (first, second)]
    too_much = [wanted[0], {**wanted[1], "amount_applied": 58}]
    assert client.refused("POST", path, {"apply_creditnotes": too_much}) == (400, 24016)
    assert client.one("invoices", invoice["invoice_id"])["balance"] == 115
    answer = client.done("POST", path, {"apply_creditnotes": wanted})["apply_creditnotes"]
    assert [row["amount_applied"] for row in answer] == [57.5, 57.5]
    assert client.one("invoices", invoice["invoice_id"])["status"] == "paid"
    assert client.refused("POST", path, {}) == (400, 4)
    assert client.refused("POST", path, {"apply_creditnotes": "x"}) == (400, 2)


def test_more_than_one_notes_balance_is_refused_for_all(client: Client, customer_id: str) -> None:
    enough, small = _note(client, customer_id), _note(client, customer_id, creditnote_items=[{"name": "x", "price": 1}])
    invoice = client.open_invoice(customer_id)
    wanted = [{"creditnote_id": note["creditnote_id"], "amount_applied": 2} for note in (enough, small)]
    path = f"/invoices/{invoice['invoice_id']}/credits"
    assert client.refused("POST", path, {"apply_creditnotes": wanted}) == (400, 1050)
    assert client.one("invoices", invoice["invoice_id"])["balance"] == 115


def test_it_can_be_refunded_up_to_its_balance(client: Client, customer_id: str) -> None:
    path = f"/creditnotes/{_note(client, customer_id)['creditnote_id']}"
    refund = client.done("POST", f"{path}/refunds", {"amount": 15})["refund"]
    assert refund["creditnote"]["balance_amount"] == 100
    assert client.refused("POST", f"{path}/refunds", {"amount": 100.01}) == (400, 1050)
    assert client.refused("POST", f"{path}/refunds", {"amount": 0}) == (400, 2)
    assert client.refused("DELETE", path) == (400, 1050)
    assert client.refused("POST", f"{path}/void") == (400, 1050)


def test_it_can_be_voided_opened_again_and_deleted(client: Client, customer_id: str) -> None:
    path = f"/creditnotes/{_note(client, customer_id)['creditnote_id']}"
    client.done("POST", f"{path}/void")
    assert client.done("GET", path)["credit_note"]["status"] == "void"
    assert client.rows("/creditnotes?filter_by=Status.Void")[0]["status"] == "void"
    assert client.one("customers", customer_id)["unused_credits"] == 0
    client.done("POST", f"{path}/converttoopen")
    assert client.done("GET", path)["credit_note"]["balance"] == 115
    client.done("DELETE", path)
    assert client.rows("/creditnotes") == []


def test_its_answers_key_and_its_list_are_settings(client: Client, customer_id: str) -> None:
    client.configure(creditnote_answer_key="creditnote", creditnotes_list_available=False)
    lines = [{"name": "x", "price": 1}]
    body = {"customer_id": customer_id, "date": "2026-01-15", "creditnote_items": lines}
    assert client.done("POST", "/creditnotes", body)["creditnote"]["total"] == 1
    assert client.refused("GET", "/creditnotes")[0] == 404
