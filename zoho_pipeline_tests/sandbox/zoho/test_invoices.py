"""Invoices."""

from __future__ import annotations

from typing import Any

import pytest

from zoho_pipeline_tests.sandbox.zoho.client import VAT, Client, applied

OWN = "?ignore_auto_number_generation=true"


@pytest.fixture
def customer_id(client: Client) -> str:
    """A customer."""
    return str(client.customer()["customer_id"])


def test_a_new_invoice_is_a_draft_with_both_names_for_number_and_date(client: Client, customer_id: str) -> None:
    invoice = client.invoice(customer_id)
    assert invoice["status"] == "draft"
    assert invoice["invoice_number"] == invoice["number"] == "INV-000001"
    assert invoice["date"] == invoice["invoice_date"] == invoice["due_date"] == "2026-01-15"
    assert (invoice["sub_total"], invoice["tax_total"], invoice["total"]) == (100, 15, 115)
    row = client.rows("/invoices")[0]
    assert (row["invoice_number"], row["number"]) == ("INV-000001", "INV-000001")
    assert "invoice_items" not in row
    assert client.one("customers", customer_id)["outstanding"] == 0


def test_an_own_number_sticks_with_the_flag_and_a_second_one_is_code_1001(client: Client, customer_id: str) -> None:
    assert client.invoice(customer_id, OWN, invoice_number="INV-2026-00001")["number"] == "INV-2026-00001"
    body = {
        "customer_id": customer_id,
        "date": "2026-01-15",
        "invoice_number": "inv-2026-00001",
        "invoice_items": [{"name": "x", "rate": 1}],
    }
    assert client.refused("POST", f"/invoices{OWN}", body) == (400, 1001)
    assert len(client.rows("/invoices")) == 1


def test_an_own_number_without_the_flag_is_ignored_kept_or_refused(client: Client, customer_id: str) -> None:
    assert client.invoice(customer_id, invoice_number="X-1")["number"] == "INV-000001"
    client.configure(own_number_without_flag="kept")
    assert client.invoice(customer_id, invoice_number="X-1")["number"] == "X-1"
    client.configure(own_number_without_flag="refused")
    body = {"customer_id": customer_id, "date": "2026-01-15", "invoice_number": "X-2"}
    lines = [{"name": "x", "price": 1}]
    assert client.refused("POST", "/invoices", {**body, "invoice_items": lines}) == (400, 1050)


def test_zohos_numbering_steps_over_own_numbers(client: Client, customer_id: str) -> None:
    client.invoice(customer_id, OWN, invoice_number="INV-000001")
    assert client.invoice(customer_id)["number"] == "INV-000002"


def test_a_deleted_number_is_free_again(client: Client, customer_id: str) -> None:
    first = client.invoice(customer_id, OWN, invoice_number="A")
    client.done("DELETE", f"/invoices/{first['invoice_id']}")
    assert client.invoice(customer_id, OWN, invoice_number="A")["invoice_id"] != first["invoice_id"]


@pytest.mark.parametrize(
    ("line", "inclusive", "sums"),
    [
        ({"price": 100, "tax_id": VAT}, False, (100, 15, 115)),
        ({"rate": "100", "tax_id": VAT}, True, (86.96, 13.04, 100)),
        ({"price": 100}, False, (100, 0, 100)),
        ({"price": 0.1, "quantity": 0.5, "tax_id": VAT}, False, (0.05, 0.01, 0.06)),
        ({"price": 799, "quantity": "1.5", "tax_id": VAT}, True, (1042.17, 156.33, 1198.5)),
        ({"price": 100, "discount": "10%", "tax_id": VAT}, False, (90, 13.5, 103.5)),
        ({"price": 100, "discount": 40, "tax_id": VAT}, False, (60, 9, 69)),
    ],
)
def test_lines_are_summed_with_their_tax(
    client: Client, customer_id: str, line: dict[str, Any], inclusive: bool, sums: tuple[float, float, float]
) -> None:
    made = client.invoice(customer_id, invoice_items=[{"name": "x", **line}], is_inclusive_tax=inclusive)
    assert (made["sub_total"], made["tax_total"], made["total"]) == sums


def test_tax_is_rounded_half_up_per_line_or_once_per_document(client: Client, customer_id: str) -> None:
    lines = [{"name": "x", "price": 0.1, "tax_id": VAT}] * 2
    assert client.invoice(customer_id, invoice_items=lines)["tax_total"] == 0.04
    client.configure(tax_rounding="document", sub_total_excludes_tax=False)
    shown = client.invoice(customer_id, invoice_items=lines)
    assert (shown["tax_total"], shown["sub_total"]) == (0.03, 0.2)


def test_shipping_and_adjustment_are_added(client: Client, customer_id: str) -> None:
    made = client.invoice(customer_id, shipping_charge="10", adjustment=-5)
    assert (made["total"], made["shipping_charge"], made["adjustment"]) == (120, "10.00", -5)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"customer_id": "1"}, (404, 1002)),
        ({"customer_id": ""}, (400, 4)),
        ({"date": None}, (400, 4)),
        ({"date": "15 January"}, (400, 2)),
        ({"invoice_items": []}, (400, 4)),
        ({"invoice_items": {}}, (400, 2)),
        ({"invoice_items": [{"name": "x"}]}, (400, 4)),
        ({"invoice_items": [{"price": 1}]}, (400, 4)),
        ({"invoice_items": [{"name": "x", "price": "one"}]}, (400, 2)),
        ({"invoice_items": [{"name": "x", "price": 1, "quantity": 0}]}, (400, 2)),
        ({"invoice_items": [{"name": "x", "price": 1, "tax_id": "9"}]}, (400, 2)),
        ({"invoice_items": [{"product_id": "9", "price": 1}]}, (404, 1002)),
        ({"invoice_items": [{"name": "x", "price": -1}]}, (400, 1050)),
    ],
)
def test_bad_invoices_are_refused_and_leave_nothing(
    client: Client, customer_id: str, change: dict[str, Any], answer: tuple[int, int]
) -> None:
    body = {"customer_id": customer_id, "date": "2026-01-15", "invoice_items": [{"name": "x", "price": 1}], **change}
    assert client.refused("POST", "/invoices", body) == answer
    assert client.rows("/invoices") == []


def test_a_line_may_have_to_name_a_product(client: Client, customer_id: str) -> None:
    client.configure(line_needs_product=True, unknown_reference_status=400)
    body = {"customer_id": customer_id, "date": "2026-01-15", "invoice_items": [{"name": "x", "price": 1}]}
    assert client.refused("POST", "/invoices", body) == (400, 4)
    assert client.refused("POST", "/invoices", {**body, "customer_id": "1"}) == (400, 1002)


def test_opening_makes_it_owed_and_overdue_after_its_due_date(client: Client, customer_id: str) -> None:
    invoice = client.open_invoice(customer_id, payment_terms=2)
    assert (invoice["status"], invoice["due_date"], invoice["is_emailed"]) == ("sent", "2026-01-17", False)
    assert client.one("customers", customer_id)["outstanding"] == 115
    client.days_pass(2)
    assert client.one("invoices", invoice["invoice_id"])["status"] == "sent"
    client.days_pass(1)
    assert client.one("invoices", invoice["invoice_id"])["status"] == "overdue"


def test_partly_paid_beats_overdue_and_paid_ends_it(client: Client, customer_id: str) -> None:
    invoice = client.open_invoice(customer_id)
    client.payment(customer_id, 15, invoices=applied(invoice, 15))
    client.days_pass(5)
    shown = client.one("invoices", invoice["invoice_id"])
    assert (shown["status"], shown["balance"], shown["payment_made"]) == ("partially_paid", 100, 15)
    client.payment(customer_id, 100, invoices=applied(invoice, 100))
    shown = client.one("invoices", invoice["invoice_id"])
    assert (shown["status"], shown["balance"], len(shown["payments"])) == ("paid", 0, 2)


def test_repeated_actions_succeed_unless_switched_off(client: Client, customer_id: str) -> None:
    path = f"/invoices/{client.open_invoice(customer_id)['invoice_id']}"
    client.done("POST", f"{path}/converttoopen")
    client.configure(repeated_actions_succeed=False)
    assert client.refused("POST", f"{path}/converttoopen") == (400, 1050)
    client.done("POST", f"{path}/void")
    assert client.refused("POST", f"{path}/void") == (400, 1050)
    assert client.refused("POST", f"{path}/converttoopen") == (400, 1050)


def test_voiding_turns_payments_and_credits_into_the_customers_credit(client: Client, customer_id: str) -> None:
    invoice = client.open_invoice(customer_id)
    payment = client.payment(customer_id, 60, invoices=applied(invoice, 60))
    note = client.done(
        "POST",
        "/creditnotes",
        {"customer_id": customer_id, "date": "2026-01-15", "creditnote_items": [{"name": "x", "price": 20}]},
    )["credit_note"]
    credit = {"apply_creditnotes": [{"creditnote_id": note["creditnote_id"], "amount_applied": 20}]}
    client.done("POST", f"/invoices/{invoice['invoice_id']}/credits", credit)
    client.done("POST", f"/invoices/{invoice['invoice_id']}/void")
    shown = client.one("invoices", invoice["invoice_id"])
    assert (shown["status"], shown["balance"], shown["payments"], shown["credits"]) == ("void", 0, [], [])
    assert client.one("payments", payment["payment_id"])["invoices"] == []
    assert client.one("customers", customer_id)["unused_credits"] == 80
    assert client.one("customers", customer_id)["outstanding"] == 0


def test_a_draft_can_be_changed_and_lines_left_out_are_deleted(client: Client, customer_id: str) -> None:
    other = client.customer()["customer_id"]
    path = f"/invoices/{client.invoice(customer_id)['invoice_id']}"
    body = {"customer_id": other, "date": "2026-01-20", "invoice_items": [{"name": "Only", "price": 5}]}
    changed = client.done("PUT", path, body)["invoice"]
    assert (changed["total"], changed["customer_id"], changed["date"]) == (5, other, "2026-01-20")
    assert client.done("PUT", path + OWN, {"invoice_number": "OWN-1"})["invoice"]["number"] == "OWN-1"
    assert client.done("PUT", path, {"invoice_number": "OWN-2"})["invoice"]["number"] == "OWN-1"


def test_an_issued_invoice_can_be_neither_changed_nor_deleted(client: Client, customer_id: str) -> None:
    path = f"/invoices/{client.open_invoice(customer_id)['invoice_id']}"
    assert client.refused("PUT", path, {"notes": "n"}) == (400, 1050)
    assert client.refused("DELETE", path) == (400, 1050)
    client.configure(only_drafts_editable=False, only_drafts_deletable=False)
    client.done("PUT", path, {"notes": "n"})
    client.done("DELETE", path)


def test_an_invoice_with_payments_cannot_be_deleted(client: Client, customer_id: str) -> None:
    client.configure(only_drafts_deletable=False)
    invoice = client.open_invoice(customer_id)
    client.payment(customer_id, 1, invoices=applied(invoice, 1))
    assert client.refused("DELETE", f"/invoices/{invoice['invoice_id']}") == (400, 1050)


def test_a_write_off_can_be_made_and_undone(client: Client, customer_id: str) -> None:
    path = f"/invoices/{client.open_invoice(customer_id)['invoice_id']}"
    assert client.refused("POST", f"{path}/cancelwriteoff") == (400, 1050)
    client.done("POST", f"{path}/writeoff", {"reason": "gone"})
    shown = client.done("GET", path)["invoice"]
    assert (shown["balance"], shown["write_off_amount"], shown["status"]) == (0, 115, "paid")
    assert client.refused("POST", f"{path}/writeoff") == (400, 1050)
    client.done("POST", f"{path}/cancelwriteoff")
    assert client.done("GET", path)["invoice"]["balance"] == 115


def test_custom_fields_are_listed_in_the_detail_and_flat_in_rows(client: Client, customer_id: str) -> None:
    field = {"label": "CircleTel Invoice ID", "value": "i-1"}
    invoice = client.open_invoice(customer_id, custom_fields=[field])
    assert invoice["custom_fields"][0]["value"] == "i-1"
    row = client.rows("/invoices")[0]
    assert (row["cf_circletel_invoice_id"], row["custom_field_hash"]) == ("i-1", {"cf_circletel_invoice_id": "i-1"})
    path = f"/invoices/{invoice['invoice_id']}/customfields"
    changed = client.done("POST", path, {"custom_fields": [{**field, "value": "i-2"}]})
    assert changed["custom_fields"][0]["value"] == "i-2"
    singular = f"/invoice/{invoice['invoice_id']}/customfields"
    client.done("PUT", singular, {"custom_fields": [{**field, "value": "i-3"}]})
    assert client.rows("/invoices")[0]["cf_circletel_invoice_id"] == "i-3"
    assert client.refused("POST", path, {}) == (400, 4)


def test_the_price_of_a_line_is_text_unless_switched(client: Client, customer_id: str) -> None:
    invoice = client.invoice(customer_id)
    assert invoice["invoice_items"][0]["price"] == "100"
    client.configure(line_price_is_string=False)
    assert client.one("invoices", invoice["invoice_id"])["invoice_items"][0]["price"] == 100


def test_the_subscription_of_an_invoice_can_be_hidden(client: Client, customer_id: str) -> None:
    client.plan()
    invoice_id = client.subscription(customer_id)["child_invoice_id"]
    client.configure(undocumented_fields=[])
    assert "subscriptions" not in client.one("invoices", invoice_id)
