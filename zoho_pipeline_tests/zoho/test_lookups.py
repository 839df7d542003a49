"""Looking up by our keys finds exactly what carries them, also where Zoho ignores the filter."""

from datetime import date

import pytest

from zoho_pipeline.zoho.lookups import (
    find_customers,
    find_invoices,
    find_payments,
    find_subscriptions,
    payments_of_invoice,
)
from zoho_pipeline_tests.zoho.practice import SOMEBODY, Practice
from zoho_pipeline_tests.zoho.test_billing import invoice_of, subscribe


@pytest.fixture(params=["filters work", "filters are ignored"], autouse=True)
def _filters(request: pytest.FixtureRequest, practice: Practice) -> None:
    practice.behave(ignored_filters=["*"] if request.param == "filters are ignored" else [])


def test_a_customer_is_found_by_circletels_id(practice: Practice) -> None:
    ours = practice.customer(custom_fields=[{"api_name": "cf_circletel_customer_id", "value": "c-1"}])
    practice.customer("Sipho Zulu", custom_fields=[{"api_name": "cf_circletel_customer_id", "value": "c-11"}])
    for email in ("thabo.nkosi@example.com", "", None):
        assert [customer.id for customer in find_customers(practice.zoho, "c-1", SOMEBODY, email=email)] == [ours]
    assert find_customers(practice.zoho, "c-2", SOMEBODY, email="thabo.nkosi@example.com") == ()


def test_a_customer_is_found_beyond_the_first_page(practice: Practice) -> None:
    ours = practice.customer(custom_fields=[{"api_name": "cf_circletel_customer_id", "value": "c-1"}])
    for number in range(200):
        practice.customer(f"Customer {number}")
    assert [customer.id for customer in find_customers(practice.zoho, "c-1", SOMEBODY, email=None)] == [ours]


def test_a_subscription_is_found_by_reference_or_by_the_apps_field(practice: Practice) -> None:
    customer = practice.customer()
    ours = subscribe(practice, customer, custom_fields=[])
    by_reference = find_subscriptions(practice.zoho, "s-1", SOMEBODY)
    by_customer = find_subscriptions(practice.zoho, "s-1", SOMEBODY, customer_id=customer)
    assert [each.id for each in by_reference] == [each.id for each in by_customer] == [ours.id]
    assert find_subscriptions(practice.zoho, "s-", SOMEBODY) == ()


def test_the_apps_subscription_is_found_among_its_customers(practice: Practice) -> None:
    customer = practice.customer()
    theirs = subscribe(practice, customer, reference_id="")
    found = find_subscriptions(practice.zoho, "s-1", SOMEBODY, customer_id=customer)
    assert [each.id for each in found] == [theirs.id]


def test_an_invoice_is_found_by_exactly_its_number(practice: Practice) -> None:
    customer = practice.customer()
    ours = practice.zoho.create_invoice(invoice_of(customer), SOMEBODY)
    practice.zoho.create_invoice(invoice_of(customer) | {"invoice_number": "INV-2025-000071"}, SOMEBODY)
    assert [each.id for each in find_invoices(practice.zoho, "INV-2025-00007", SOMEBODY)] == [ours.id]
    assert find_invoices(practice.zoho, "INV-2025-0000", SOMEBODY) == ()


def test_a_payment_is_found_by_the_rows_id(practice: Practice) -> None:
    customer = practice.customer()
    body = {"customer_id": customer, "payment_mode": "cash", "amount": 10, "date": date(2025, 3, 2)}
    ours = practice.zoho.create_payment(body | {"reference_number": "EFT 1 row-1"}, SOMEBODY)
    practice.zoho.create_payment(body | {"reference_number": "EFT 2"}, SOMEBODY)
    assert [each.id for each in find_payments(practice.zoho, "row-1", SOMEBODY)] == [ours.id]


def test_the_payments_of_an_invoice_cost_one_call(practice: Practice) -> None:
    invoice = practice.zoho.create_invoice(invoice_of(practice.customer()), SOMEBODY)
    before = len(practice.budget.calls)
    assert payments_of_invoice(practice.zoho, invoice.id, SOMEBODY) == ()
    assert len(practice.budget.calls) == before + 1
