"""Customers."""

from __future__ import annotations

import pytest

from zoho_pipeline_tests.sandbox.zoho.client import Client


def test_a_new_customer_comes_back_with_id_times_and_status(client: Client) -> None:
    status, answer = client.call("POST", "/customers", {"display_name": "A", "email": "a@example.com"})
    assert (status, answer["message"]) == (201, "The customer has been created")
    customer = answer["customer"]
    assert len(customer["customer_id"]) == 19
    assert customer["customer_id"].isdigit()
    assert customer["status"] == "active"
    assert customer["created_time"] == customer["updated_time"] == "2026-01-15T08:00:00+0200"
    assert customer["currency_code"] == "ZAR"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "a@example.com"}, 4),
        ({"display_name": "A"}, 4),
        ({"display_name": " ", "email": "a@example.com"}, 4),
        ({"display_name": "A", "email": ""}, 4),
        ({"display_name": "A", "email": "nobody"}, 2),
        ({"display_name": "A", "email": "a@example.com", "billing_address": "here"}, 2),
        ({"display_name": "A", "email": "a@example.com", "payment_terms": "soon"}, 2),
        ({"display_name": {"a": 1}, "email": "a@example.com"}, 2),
    ],
)
def test_bad_fields_are_400_and_named(client: Client, body: dict[str, object], code: int) -> None:
    status, answer = client.call("POST", "/customers", body)
    assert (status, answer["code"]) == (400, code)
    assert answer["message"].startswith("Invalid value passed for ")


def test_unknown_fields_are_dropped_silently(client: Client) -> None:
    customer = client.customer(favourite_colour="blue", custom_fields=[{"label": "Unknown", "value": "x"}])
    assert "favourite_colour" not in customer
    assert customer["custom_fields"] == []
    assert client.rows("/customers")[0]["custom_field_hash"] == {}


def test_custom_fields_are_set_by_label_or_api_name(client: Client) -> None:
    fields = [
        {"label": "CircleTel Customer ID", "value": "c-1"},
        {"api_name": "cf_account_number", "value": "CT-1"},
    ]
    customer = client.customer(custom_fields=fields)
    shown = {field["api_name"]: field["value"] for field in customer["custom_fields"]}
    assert shown == {"cf_circletel_customer_id": "c-1", "cf_account_number": "CT-1"}
    row = client.rows("/customers")[0]
    assert row["cf_circletel_customer_id"] == "c-1"
    assert row["custom_field_hash"] == shown


def test_the_label_may_also_hold_the_api_name(client: Client) -> None:
    customer = client.customer(custom_fields=[{"label": "cf_account_number", "value": "CT-1"}])
    assert customer["custom_fields"][0]["label"] == "Account Number"


def test_an_update_leaves_alone_what_it_does_not_mention(client: Client) -> None:
    fields = [{"api_name": "cf_account_number", "value": "CT-1"}]
    customer = client.customer(phone="011", billing_address={"city": "Soweto"}, custom_fields=fields)
    path = f"/customers/{customer['customer_id']}"
    more = [{"api_name": "cf_circletel_customer_id", "value": "c-1"}]
    changed = client.done("PUT", path, {"mobile": "082", "custom_fields": more})["customer"]
    assert (changed["phone"], changed["mobile"], changed["billing_address"]["city"]) == ("011", "082", "Soweto")
    assert len(changed["custom_fields"]) == 2
    client.configure(custom_fields_kept_on_update=False, partial_updates=False)
    assert client.refused("PUT", path, {"phone": "1"}) == (400, 4)
    whole = {"display_name": "B", "email": "b@example.com", "custom_fields": more}
    assert len(client.done("PUT", path, whole)["customer"]["custom_fields"]) == 1


def test_duplicates_are_created_silently_unless_names_must_differ(client: Client) -> None:
    first, second = client.customer(), client.customer()
    assert first["customer_id"] != second["customer_id"]
    client.configure(forbids_duplicate_names=True)
    body = {"display_name": "thandi mokoena", "email": "other@example.com"}
    assert client.refused("POST", "/customers", body) == (400, 3062)
    own = f"/customers/{first['customer_id']}"
    assert client.refused("PUT", own, {"display_name": "Thandi Mokoena"}) == (400, 3062)


def test_list_rows_lack_addresses_and_notes(client: Client) -> None:
    client.customer(billing_address={"city": "Soweto"}, notes="n")
    row = client.rows("/customers")[0]
    assert "billing_address" not in row
    assert "notes" not in row
    assert (row["outstanding"], row["unused_credits"]) == (0, 0)


def test_outstanding_and_unused_credits_follow_invoices_and_payments(client: Client) -> None:
    customer_id = client.customer()["customer_id"]
    client.open_invoice(customer_id)
    client.payment(customer_id, 40)
    shown = client.one("customers", customer_id)
    assert (shown["outstanding"], shown["unused_credits"]) == (115, 40)


def test_a_deleted_customer_is_gone_from_lists_and_marked_in_the_control_view(client: Client) -> None:
    customer_id = client.customer()["customer_id"]
    client.done("DELETE", f"/customers/{customer_id}")
    assert client.refused("GET", f"/customers/{customer_id}") == (404, 1002)
    assert client.rows("/customers") == []
    [shown] = client.control("GET", "objects?kind=customers")["customers"]
    assert (shown["customer_id"], shown["deleted"]) == (customer_id, True)


def test_a_customer_with_documents_cannot_be_deleted(client: Client) -> None:
    customer_id = client.customer()["customer_id"]
    client.invoice(customer_id)
    assert client.refused("DELETE", f"/customers/{customer_id}") == (400, 1050)


def test_only_a_customer_without_active_subscription_becomes_inactive(client: Client) -> None:
    customer_id = client.customer()["customer_id"]
    client.plan()
    subscription = client.subscription(customer_id)
    path = f"/customers/{customer_id}"
    assert client.refused("POST", f"{path}/markasinactive") == (400, 1050)
    client.done("POST", f"/subscriptions/{subscription['subscription_id']}/cancel")
    client.done("POST", f"{path}/markasinactive")
    assert [row["status"] for row in client.rows("/customers?filter_by=Status.Inactive")] == ["inactive"]
    client.done("POST", f"{path}/markasactive")
    assert client.rows("/customers?filter_by=Status.Inactive") == []


def test_a_customer_is_found_by_its_crm_reference(client: Client) -> None:
    customer = client.customer(zcrm_account_id="crm-1")
    found = client.done("GET", "/customers/reference/crm-1?reference_id_type=zcrm_account_id")["customer"]
    assert found["customer_id"] == customer["customer_id"]
    assert client.refused("GET", "/customers/reference/crm-2") == (404, 1002)


def test_merging_moves_all_documents_and_the_first_customer_vanishes(client: Client) -> None:
    old, kept = client.customer(), client.customer(display_name="Kept")
    client.plan()
    client.subscription(old["customer_id"])
    client.payment(old["customer_id"], 10)
    client.control("POST", "merge-customers", {"from": old["customer_id"], "into": kept["customer_id"]})
    assert [row["display_name"] for row in client.rows("/customers")] == ["Kept"]
    assert client.rows(f"/subscriptions?customer_id={old['customer_id']}") == []
    assert len(client.rows(f"/subscriptions?customer_id={kept['customer_id']}")) == 1
    shown = client.one("customers", kept["customer_id"])
    assert (shown["outstanding"], shown["unused_credits"]) == (799, 10)
    assert client.rows("/invoices")[0]["customer_name"] == "Kept"


def test_undocumented_fields_can_be_left_out(client: Client) -> None:
    customer = client.customer()
    assert customer["customer_number"] == "CUS-00001"
    client.configure(undocumented_fields=[])
    assert "customer_number" not in client.one("customers", customer["customer_id"])
    assert "status" not in client.rows("/customers")[0]
