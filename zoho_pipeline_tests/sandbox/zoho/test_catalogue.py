"""Products, plans and items."""

from __future__ import annotations

import pytest

from zoho_pipeline_tests.sandbox.zoho.client import VAT, Client


def test_the_path_of_a_plan_is_its_code(client: Client) -> None:
    plan = client.plan("fibre/50 up")
    assert client.done("GET", "/plans/fibre%2F50%20up")["plan"]["plan_id"] == plan["plan_id"]
    assert client.refused("GET", f"/plans/{plan['plan_id']}") == (404, 1002)


def test_a_plan_needs_a_product_that_exists_and_a_code_that_does_not(client: Client) -> None:
    plan = client.plan()
    body = {"plan_code": "b", "name": "B", "recurring_price": 1, "interval": 1, "product_id": "1"}
    assert client.refused("POST", "/plans", body) == (404, 1002)
    again = {**body, "plan_code": "fibre-50", "product_id": plan["product_id"]}
    assert client.refused("POST", "/plans", again) == (400, 1050)


@pytest.mark.parametrize(
    "change",
    [
        {"recurring_price": -1},
        {"recurring_price": "much"},
        {"recurring_price": True},
        {"recurring_price": "Infinity"},
        {"interval": 0},
        {"interval_unit": "moons"},
        {"tax_id": "1"},
    ],
)
def test_bad_values_of_a_plan_are_refused(client: Client, change: dict[str, object]) -> None:
    client.plan()
    assert client.refused("PUT", "/plans/fibre-50", change) == (400, 2)


def test_a_plans_new_price_does_not_touch_its_subscriptions(client: Client) -> None:
    client.plan()
    subscription = client.subscription(client.customer()["customer_id"])
    client.done("PUT", "/plans/fibre-50", {"recurring_price": 999})
    assert client.one("subscriptions", subscription["subscription_id"])["amount"] == 799


def test_plans_are_listed_by_status_and_product(client: Client) -> None:
    plan = client.plan()
    client.plan("fibre-100")
    client.done("POST", "/plans/fibre-100/markasinactive")
    assert [row["plan_code"] for row in client.rows("/plans?filter_by=PlanStatus.ACTIVE")] == ["fibre-50"]
    assert [row["plan_code"] for row in client.rows("/plans?filter_by=PlanStatus.INACTIVE")] == ["fibre-100"]
    assert len(client.rows(f"/plans?product_id={plan['product_id']}")) == 1
    client.done("POST", "/plans/fibre-100/markasactive")
    assert len(client.rows("/plans?filter_by=PlanStatus.ACTIVE")) == 2


def test_a_plan_in_use_and_a_product_with_plans_cannot_be_deleted(client: Client) -> None:
    plan = client.plan()
    subscription = client.subscription(client.customer()["customer_id"])
    assert client.refused("DELETE", "/plans/fibre-50") == (400, 1050)
    client.done("DELETE", f"/subscriptions/{subscription['subscription_id']}")
    assert client.refused("DELETE", f"/products/{plan['product_id']}") == (400, 1050)
    client.done("DELETE", "/plans/fibre-50")
    client.done("DELETE", f"/products/{plan['product_id']}")


def test_products_are_changed_and_marked(client: Client) -> None:
    product = client.done("POST", "/products", {"name": "Fibre"})["product"]
    path = f"/products/{product['product_id']}"
    assert client.done("PUT", path, {"description": "Fast"})["product"]["description"] == "Fast"
    client.done("POST", f"{path}/markasinactive")
    assert client.one("products", product["product_id"])["status"] == "inactive"
    client.done("POST", f"{path}/markasactive")
    assert client.rows("/products")[0]["status"] == "active"
    assert client.refused("POST", "/products", {}) == (400, 4)


def test_items_are_made_changed_marked_and_deleted(client: Client) -> None:
    item = client.done("POST", "/items", {"name": "Router", "rate": 990, "tax_id": VAT, "sku": "R1"})["item"]
    path = f"/items/{item['item_id']}"
    assert item["tax_percentage"] == "15%"
    assert client.done("PUT", path, {"rate": "1000.50"})["item"]["rate"] == 1000.5
    client.done("POST", f"{path}/inactive")
    assert client.rows("/items?filter_by=Status.Inactive")[0]["item_id"] == item["item_id"]
    client.done("POST", f"{path}/active")
    assert len(client.rows("/items?search_text=r1")) == 1
    assert client.rows("/items?name=rout") == []
    customer_id = client.customer()["customer_id"]
    line = {"product_id": item["item_id"], "price": 1}
    invoice = client.invoice(customer_id, invoice_items=[line])
    assert client.refused("DELETE", path) == (400, 1050)
    client.done("DELETE", f"/invoices/{invoice['invoice_id']}")
    client.done("DELETE", path)
    assert client.refused("POST", "/items", {"name": "Router"}) == (400, 4)
