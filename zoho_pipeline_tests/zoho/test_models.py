"""Objects are read strictly, from list rows and details alike."""

import dataclasses
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from zoho_pipeline.zoho.errors import UnexpectedAnswer
from zoho_pipeline.zoho.exchange import decoded
from zoho_pipeline.zoho.models import (
    ZohoCustomer,
    ZohoInvoice,
    ZohoPayment,
    ZohoPlan,
    ZohoSubscription,
    ZohoTax,
    ZohoTransaction,
)

CUSTOMER = {
    "customer_id": "903000000000099", "display_name": "Thabo Nkosi", "email": "thabo@example.com", "status": "active",
    "currency_code": "ZAR", "outstanding": Decimal("10.5"), "unused_credits": "3.50", "phone": "", "mobile": None,
    "cf_circletel_customer_id": "c-1", "custom_field_hash": {"cf_account_number": "CT-2025-00001"},
    "updated_time": "2016-06-05T02:30:08-0700", "created_time": "",
}  # fmt: skip
SUBSCRIPTION = {
    "subscription_id": "1", "customer_id": "2", "status": "LIVE", "amount": 575, "plan_code": "fibre", "interval": "1",
    "starts_at": "2025-03-01", "next_billing_at": "2025-04-01", "auto_collect": False, "reference_id": "s-1",
}  # fmt: skip
INVOICE = {
    "invoice_id": "7", "number": "INV-2025-00001", "customer_id": "2", "status": "sent", "invoice_date": "2025-03-01",
    "due_date": "2025-03-08", "total": Decimal("115.00"), "balance": Decimal("15.00"), "currency_code": "ZAR",
}  # fmt: skip
PAYMENT = {"payment_id": "9", "customer_id": "2", "amount": 100, "date": "2025-03-05", "payment_mode": "cash"}


def test_a_customer_is_read() -> None:
    customer = ZohoCustomer.read(CUSTOMER)
    assert (customer.id, customer.circletel_customer_id, customer.account_number) == (
        "903000000000099", "c-1", "CT-2025-00001",
    )  # fmt: skip
    assert (customer.outstanding, customer.unused_credits) == (Decimal("10.50"), Decimal("3.50"))
    assert (customer.phone, customer.mobile, customer.created_time) == (None, None, None)
    assert customer.updated_time == datetime(2016, 6, 5, 9, 30, 8, tzinfo=UTC)


def test_a_customer_shows_no_person_in_its_repr() -> None:
    shown = repr(ZohoCustomer.read(CUSTOMER | {"phone": "0821234567"}))
    assert not any(personal in shown for personal in ("Thabo", "example.com", "0821234567"))


def test_a_subscription_is_read_from_a_row_and_from_a_detail() -> None:
    detail = {key: value for key, value in SUBSCRIPTION.items() if key not in ("plan_code", "customer_id")}
    detail |= {
        "plan": {"plan_code": "fibre", "price": 500}, "customer": {"customer_id": "2"}, "sub_total": 500,
        "child_invoice_id": "77", "custom_fields": [{"label": "CircleTel Service ID", "value": "s-1"}],
    }  # fmt: skip
    row, full = ZohoSubscription.read(SUBSCRIPTION), ZohoSubscription.read(detail)
    assert (row.plan_code, row.customer_id, row.status) == (full.plan_code, full.customer_id, "live")
    assert (row.interval, row.starts_at, row.sub_total) == (1, date(2025, 3, 1), None)
    assert (full.sub_total, full.plan_price, full.child_invoice_id) == (Decimal("500.00"), Decimal("500.00"), "77")
    assert full.circletel_service_id == "s-1"


def test_a_subscription_without_its_customer_takes_the_one_that_is_known() -> None:
    row = {key: value for key, value in SUBSCRIPTION.items() if key != "customer_id"}
    assert ZohoSubscription.read(row, "5").customer_id == "5"
    with pytest.raises(UnexpectedAnswer, match="subscription 1"):
        ZohoSubscription.read(row)


def test_a_list_row_of_an_invoice_does_not_say_what_only_details_say() -> None:
    row = ZohoInvoice.read(INVOICE)
    assert (row.has_detail, row.tax_total, row.payments, row.subscription_ids) == (False, None, None, None)


def test_an_invoice_is_read_from_the_answer_to_a_create_and_from_a_detail() -> None:
    created = {key: value for key, value in INVOICE.items() if key not in ("number", "invoice_date")}
    created |= {"invoice_number": "INV-2025-00001", "date": "2025-03-01", "tax_total": 15, "invoice_items": []}
    detail = INVOICE | {
        "invoice_items": [], "taxes": [{"tax_name": "VAT", "tax_amount": "15.00"}],
        "subscriptions": [{"subscription_id": "1"}],
        "payments": [{"payment_id": "9", "amount": 100, "date": "2025-03-05", "reference_number": "r"}],
    }  # fmt: skip
    first, second = ZohoInvoice.read(created), ZohoInvoice.read(detail)
    assert (first.number, first.date, first.tax_total) == (second.number, second.date, second.tax_total)
    assert (first.has_detail, second.subscription_ids) == (True, ("1",))
    assert second.payments is not None
    assert (second.payments[0].amount, second.payments[0].reference_number) == (Decimal("100.00"), "r")


def test_what_is_not_applied_is_said_or_follows() -> None:
    applied = {"invoices": [{"invoice_id": "7", "amount_applied": Decimal("60.0")}]}
    assert ZohoPayment.read(PAYMENT).unapplied is None
    assert ZohoPayment.read(PAYMENT | applied).unapplied == Decimal("40.00")
    assert ZohoPayment.read(PAYMENT | applied).invoices == (("7", Decimal("60.00")),)
    assert ZohoPayment.read(PAYMENT | {"unused_amount": 5}).unapplied == Decimal("5.00")


def test_amounts_may_be_numbers_or_text() -> None:
    row = {"transaction_id": "1", "type": "Payment", "amount": "20.50", "date": "2016-09-30"}
    assert ZohoTransaction.read(row).amount == ZohoTransaction.read(row | {"amount": Decimal("20.5")}).amount
    assert ZohoTax.read({"tax_id": 1, "tax_name": "VAT", "tax_percentage": 15}).tax_id == "1"


@pytest.mark.parametrize(
    ("model", "row", "complaint"),
    [
        (ZohoCustomer, {**CUSTOMER, "customer_id": None}, "customer_id is missing"),
        (ZohoCustomer, {**CUSTOMER, "outstanding": "much"}, "outstanding is not an amount"),
        (ZohoCustomer, {**CUSTOMER, "email": {}}, "email is not text"),
        (ZohoCustomer, {**CUSTOMER, "updated_time": "2016-06-05T02:30:08"}, "timestamp with an offset"),
        (ZohoSubscription, {**SUBSCRIPTION, "starts_at": "05/06/2025"}, "starts_at is not a date"),
        (ZohoSubscription, {**SUBSCRIPTION, "auto_collect": "maybe"}, "true or false"),
        (ZohoSubscription, {**SUBSCRIPTION, "plan": "fibre"}, "not an object"),
        (ZohoInvoice, {**INVOICE, "total": None}, "total is missing"),
        (ZohoInvoice, {**INVOICE, "payments": {}}, "payments is not a list"),
        (ZohoInvoice, {**INVOICE, "invoice_date": None}, "invoice_date is missing"),
        (ZohoPayment, {**PAYMENT, "amount": Decimal("NaN")}, "amount of money"),
        (ZohoPayment, {**PAYMENT, "invoices": [{"invoice_id": "7"}]}, "amount_applied is missing"),
        (ZohoPlan, {"plan_code": "p", "name": "P", "status": "active"}, "recurring_price is missing"),
        (ZohoPlan, [], "not an object"),
    ],
)
def test_a_malformed_object_is_named(model: Any, row: Any, complaint: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=complaint) as caught:
        model.read(row)
    assert "Thabo" not in str(caught.value)


def test_numbers_are_read_as_decimals_and_nan_is_no_json() -> None:
    assert decoded(b'{"total": 0.1}') == {"total": Decimal("0.1")}
    assert decoded(b'{"total": NaN}') is None


def test_models_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ZohoInvoice.read(INVOICE).status = "paid"  # type: ignore[misc]


def test_ten_thousand_rows_are_read_in_a_second() -> None:
    begun = time.process_time()
    for _ in range(2_500):
        for model, row in ((ZohoCustomer, CUSTOMER), (ZohoInvoice, INVOICE), (ZohoPayment, PAYMENT)):
            model.read(row)
        ZohoSubscription.read(SUBSCRIPTION)
    assert time.process_time() - begun < 1
