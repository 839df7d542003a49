"""Subscriptions: making and changing them."""

from __future__ import annotations

import pytest

from zoho_pipeline_tests.sandbox.zoho.client import VAT, Client


@pytest.fixture
def customer_id(client: Client) -> str:
    """A customer, and the plan fibre-50 of R 799 including VAT."""
    client.plan()
    return str(client.customer()["customer_id"])


def test_starting_today_it_is_live_and_billed_at_once(client: Client, customer_id: str) -> None:
    made = client.subscription(customer_id, reference_id="svc-1")
    assert (made["status"], made["reference_id"]) == ("live", "svc-1")
    assert (made["activated_at"], made["last_billing_at"]) == ("2026-01-15", "2026-01-15")
    assert (made["current_term_starts_at"], made["current_term_ends_at"]) == ("2026-01-15", "2026-02-15")
    assert made["next_billing_at"] == "2026-02-15"
    invoice = client.one("invoices", made["child_invoice_id"])
    assert (invoice["total"], invoice["status"], invoice["transaction_type"]) == (799, "sent", "new")
    assert invoice["subscriptions"] == [{"subscription_id": made["subscription_id"]}]


def test_the_amount_includes_tax_and_the_sub_total_does_not(client: Client, customer_id: str) -> None:
    inclusive = client.subscription(customer_id)
    assert (inclusive["amount"], inclusive["sub_total"]) == (799, 694.78)
    client.plan("business", is_tax_inclusive=False)
    exclusive = client.subscription(customer_id, "business")
    assert (exclusive["amount"], exclusive["sub_total"]) == (918.85, 799)
    assert exclusive["taxes"] == [{"tax_id": VAT, "tax_name": "Standard Rate", "tax_amount": "119.85"}]


def test_a_plan_that_does_not_say_follows_the_organisation(client: Client, customer_id: str) -> None:
    product = client.rows("/products")[0]["product_id"]
    body = {"plan_code": "p", "name": "P", "recurring_price": 100, "product_id": product, "tax_id": VAT}
    client.done("POST", "/plans", body)
    assert client.subscription(customer_id, "p")["amount"] == 115
    client.configure(plan_prices_include_tax=True)
    assert client.subscription(customer_id, "p")["amount"] == 100


def test_a_plan_without_tax_bills_none(client: Client, customer_id: str) -> None:
    made = client.subscription(customer_id, plan={"tax_id": ""})
    assert (made["amount"], made["sub_total"], made["taxes"]) == (799, 799, [])


def test_the_price_and_quantity_of_the_plan_can_be_overridden(client: Client, customer_id: str) -> None:
    made = client.subscription(customer_id, plan={"price": "649.50", "quantity": 2})
    assert (made["amount"], made["plan"]["price"], made["plan"]["quantity"]) == (1299, 649.5, 2)


def test_starting_later_it_is_future_and_not_billed(client: Client, customer_id: str) -> None:
    made = client.subscription(customer_id, starts_at="2026-02-01")
    assert (made["status"], made["next_billing_at"], made["child_invoice_id"]) == ("future", "2026-02-01", "")
    assert (made["current_term_starts_at"], made["current_term_ends_at"]) == ("2026-02-01", "2026-03-01")
    assert client.rows("/invoices") == []


def test_back_dated_it_is_live_in_its_current_term_and_not_billed(client: Client, customer_id: str) -> None:
    made = client.subscription(customer_id, starts_at="2025-10-31")
    assert (made["status"], made["activated_at"]) == ("live", "2025-10-31")
    assert (made["current_term_starts_at"], made["next_billing_at"]) == ("2025-12-31", "2026-01-31")
    assert (made["last_billing_at"], client.rows("/invoices")) == ("", [])


def test_back_dated_with_the_flag_the_current_term_alone_is_billed(client: Client, customer_id: str) -> None:
    client.subscription(customer_id, starts_at="2025-10-31", create_backdated_invoice=True)
    assert [row["date"] for row in client.rows("/invoices")] == ["2025-12-31"]
    client.configure(backdated_invoice_date="today", backdated_without_flag="current_term")
    client.subscription(customer_id, starts_at="2025-10-31")
    assert [row["date"] for row in client.rows("/invoices")] == ["2026-01-15", "2025-12-31"]
    client.subscription(customer_id, starts_at="2025-10-31", create_backdated_invoice=False)
    assert len(client.rows("/invoices")) == 2


def test_back_dated_beyond_its_cycles_it_has_expired(client: Client, customer_id: str) -> None:
    made = client.subscription(customer_id, starts_at="2025-01-01", plan={"billing_cycles": 3})
    assert (made["status"], made["next_billing_at"]) == ("expired", "")


def test_the_setup_fee_is_billed_with_the_first_term_unless_excluded(client: Client, customer_id: str) -> None:
    client.plan("with-fee", setup_fee=100)
    body = {"customer_id": customer_id, "plan": {"plan_code": "with-fee"}}
    made = client.done("POST", "/subscriptions", body)["subscription"]
    assert client.one("invoices", made["child_invoice_id"])["total"] == 899
    own_fee = {"customer_id": customer_id, "plan": {"plan_code": "with-fee", "setup_fee": 1}}
    made = client.done("POST", "/subscriptions", own_fee)["subscription"]
    assert client.one("invoices", made["child_invoice_id"])["total"] == 800
    excluded = client.subscription(customer_id, "with-fee")
    assert client.one("invoices", excluded["child_invoice_id"])["total"] == 799


def test_a_trial_is_billed_when_it_ends_unless_excluded(client: Client, customer_id: str) -> None:
    client.plan("tried", trial_period=14)
    body = {"customer_id": customer_id, "plan": {"plan_code": "tried"}}
    made = client.done("POST", "/subscriptions", body)["subscription"]
    assert (made["status"], made["next_billing_at"]) == ("trial", "2026-01-29")
    client.days_pass(14)
    shown = client.one("subscriptions", made["subscription_id"])
    assert (shown["status"], shown["current_term_starts_at"]) == ("live", "2026-01-29")
    assert client.subscription(customer_id, "tried")["status"] == "live"


def test_a_future_trial_begins_on_its_day(client: Client, customer_id: str) -> None:
    client.plan("tried", trial_period=14)
    body = {"customer_id": customer_id, "plan": {"plan_code": "tried"}, "starts_at": "2026-01-20"}
    made = client.done("POST", "/subscriptions", body)["subscription"]
    assert made["status"] == "future"
    client.days_pass(5)
    shown = client.one("subscriptions", made["subscription_id"])
    assert (shown["status"], shown["next_billing_at"]) == ("trial", "2026-02-03")
    client.days_pass(14)
    assert client.one("subscriptions", made["subscription_id"])["status"] == "live"


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"plan": {}}, (400, 4)),
        ({"plan": {"price": 5}}, (400, 4)),
        ({"plan": {"plan_code": "nowhere"}}, (404, 1002)),
        ({"customer_id": "1"}, (404, 1002)),
        ({"customer_id": None}, (400, 4)),
        ({"starts_at": "01/02/2026"}, (400, 2)),
        ({"starts_at": "2026-02-30"}, (400, 2)),
        ({"auto_collect": True}, (400, 1050)),
        ({"auto_collect": "perhaps"}, (400, 2)),
        ({"plan": {"plan_code": "fibre-50", "quantity": 0}}, (400, 2)),
        ({"plan": {"plan_code": "fibre-50", "price": -1}}, (400, 2)),
    ],
)
def test_bad_subscriptions_are_refused_and_leave_nothing(
    client: Client, customer_id: str, change: dict[str, object], answer: tuple[int, int]
) -> None:
    body = {"customer_id": customer_id, "plan": {"plan_code": "fibre-50"}, **change}
    assert client.refused("POST", "/subscriptions", body) == answer
    assert client.rows("/subscriptions") == []


def test_an_inactive_plan_takes_no_new_subscriptions(client: Client, customer_id: str) -> None:
    client.done("POST", "/plans/fibre-50/markasinactive")
    body = {"customer_id": customer_id, "plan": {"plan_code": "fibre-50"}}
    assert client.refused("POST", "/subscriptions", body) == (400, 1050)


def test_a_customer_object_makes_a_customer_too(client: Client, customer_id: str) -> None:
    plan = {"plan_code": "fibre-50"}
    body = {"customer": {"display_name": "New", "email": "new@example.com"}, "plan": plan}
    made = client.done("POST", "/subscriptions", body)["subscription"]
    assert made["customer"]["display_name"] == "New"
    body = {"customer": {"customer_id": customer_id}, "plan": plan}
    made = client.done("POST", "/subscriptions", body)["subscription"]
    assert made["customer"]["customer_id"] == customer_id


def test_list_rows_are_flat_and_found_by_reference(client: Client, customer_id: str) -> None:
    fields = [{"api_name": "cf_circletel_service_id", "value": "svc-1"}]
    client.subscription(customer_id, reference_id="svc-1", custom_fields=fields)
    client.subscription(customer_id, reference_id="svc-10")
    rows = client.rows("/subscriptions?reference_contains=svc-1")
    assert [row["reference_id"] for row in rows] == ["svc-10", "svc-1"]
    assert (rows[1]["plan_code"], rows[1]["plan_name"]) == ("fibre-50", "Fibre 50")
    assert rows[1]["subscription_number"] == "SUB-00001"
    assert rows[1]["cf_circletel_service_id"] == "svc-1"
    assert "plan" not in rows[1]


def test_reference_and_custom_fields_can_be_set_afterwards(client: Client, customer_id: str) -> None:
    path = f"/subscriptions/{client.subscription(customer_id)['subscription_id']}"
    assert client.done("POST", f"{path}/reference", {"reference_id": "r"})["subscription"]["reference_id"] == "r"
    fields = {"custom_fields": [{"label": "CircleTel Service ID", "value": "svc-1"}]}
    assert client.done("POST", f"{path}/customfields", fields)["data"]["value"] == "svc-1"
    assert client.refused("POST", f"{path}/reference", {}) == (400, 4)
    assert client.refused("POST", f"{path}/customfields", {}) == (400, 4)


def test_an_update_can_leave_the_plan_alone(client: Client, customer_id: str) -> None:
    path = f"/subscriptions/{client.subscription(customer_id)['subscription_id']}"
    changed = client.done("PUT", path, {"reference_id": "r", "salesperson_name": "S"})["subscription"]
    assert (changed["reference_id"], changed["salesperson_name"], changed["amount"]) == ("r", "S", 799)
    assert len(client.rows("/invoices")) == 1


def test_a_change_at_the_end_of_the_term_is_scheduled(client: Client, customer_id: str) -> None:
    subscription_id = client.subscription(customer_id)["subscription_id"]
    path = f"/subscriptions/{subscription_id}"
    assert client.refused("GET", f"{path}/scheduledchanges") == (404, 1002)
    body = {"plan": {"plan_code": "fibre-50", "price": 899}, "end_of_term": True}
    changed = client.done("PUT", path, body)["subscription"]
    assert (changed["amount"], changed["end_of_term"]) == (799, True)
    assert client.done("GET", f"{path}/scheduledchanges")["subscription"]["amount"] == 899
    client.days_pass(31)
    shown = client.one("subscriptions", subscription_id)
    assert (shown["amount"], shown["end_of_term"]) == (899, False)
    assert [row["total"] for row in client.rows("/invoices")] == [899, 799]


def test_a_change_at_once_bills_the_rest_of_the_term(client: Client, customer_id: str) -> None:
    subscription_id = client.subscription(customer_id)["subscription_id"]
    client.days_pass(15.5)
    body = {"plan": {"plan_code": "fibre-50", "price": 1109}}
    client.done("PUT", f"/subscriptions/{subscription_id}", body)
    # R 310 more for 16 of 31 days.
    assert client.rows("/invoices")[0]["total"] == 160


def test_a_cheaper_change_at_once_credits_the_rest_of_the_term(client: Client, customer_id: str) -> None:
    subscription_id = client.subscription(customer_id)["subscription_id"]
    body = {"plan": {"plan_code": "fibre-50", "price": 699}}
    client.done("PUT", f"/subscriptions/{subscription_id}", body)
    assert client.one("customers", customer_id)["unused_credits"] == 100
    client.configure(immediate_change_prorates=False)
    body = {"plan": {"plan_code": "fibre-50", "price": 100}}
    client.done("PUT", f"/subscriptions/{subscription_id}", body)
    assert client.one("customers", customer_id)["unused_credits"] == 100


def test_another_plan_brings_its_own_price(client: Client, customer_id: str) -> None:
    client.plan("fibre-100", recurring_price=999)
    path = f"/subscriptions/{client.subscription(customer_id, starts_at='2026-03-01')['subscription_id']}"
    changed = client.done("PUT", path, {"plan": {"plan_code": "fibre-100"}, "end_of_term": True})
    assert changed["subscription"]["amount"] == 999
    assert client.rows("/invoices") == []


def test_it_goes_offline_and_not_online_without_a_card(client: Client, customer_id: str) -> None:
    path = f"/subscriptions/{client.subscription(customer_id)['subscription_id']}"
    assert client.refused("POST", f"{path}/autocollect", {"auto_collect": True}) == (400, 1050)
    assert client.refused("POST", f"{path}/autocollect", {}) == (400, 4)
    client.configure(online_needs_card=False)
    online = client.done("POST", f"{path}/autocollect", {"auto_collect": True})["subscription"]
    assert online["auto_collect"] is True
    assert client.done("PUT", path, {"auto_collect": False})["subscription"]["auto_collect"] is False


def test_a_one_time_charge_is_billed_at_once(client: Client, customer_id: str) -> None:
    path = f"/subscriptions/{client.subscription(customer_id)['subscription_id']}"
    invoice = client.done("POST", f"{path}/charge", {"amount": 50, "description": "Visit"})["invoice"]
    assert (invoice["total"], invoice["invoice_items"][0]["description"]) == (50, "Visit")
    assert client.refused("POST", f"{path}/charge", {"amount": 0}) == (400, 2)


def test_deleting_leaves_its_invoices_unless_forbidden(client: Client, customer_id: str) -> None:
    path = f"/subscriptions/{client.subscription(customer_id)['subscription_id']}"
    client.configure(billed_subscription_deletable=False)
    assert client.refused("DELETE", path) == (400, 1050)
    client.configure(billed_subscription_deletable=True)
    client.done("DELETE", path)
    assert client.refused("GET", path) == (404, 1002)
    assert len(client.rows("/invoices")) == 1
    client.days_pass(40)
    assert len(client.rows("/invoices")) == 1


def test_the_interval_is_a_number_or_a_string(client: Client, customer_id: str) -> None:
    subscription_id = client.subscription(customer_id)["subscription_id"]
    assert client.one("subscriptions", subscription_id)["interval"] == 1
    client.configure(subscription_interval_is_string=True)
    assert client.one("subscriptions", subscription_id)["interval"] == "1"
