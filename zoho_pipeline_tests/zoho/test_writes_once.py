"""A write is sent again only where it is certain that it was not carried out."""

import socket
from typing import Any

import pytest

from zoho_pipeline.zoho.errors import (
    Conflict,
    CustomerNameTaken,
    DailyQuotaSpent,
    InvoiceNumberTaken,
    MoreThanBalance,
    NotInZoho,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    ZohoUnreachable,
)
from zoho_pipeline.zoho.ports import About
from zoho_pipeline_tests.zoho.practice import SOMEBODY, Practice, until

CUSTOMER = {"display_name": "Lerato Dube", "email": "lerato@example.com"}

LOST_AND_DONE: list[tuple[str, dict[str, Any]]] = [
    ("reset_after_commit", {}),
    ("truncate", {}),
]
GIVEN_UP = ["lose_answer", "hold_after_commit"]
LOST_AND_NOT_DONE: list[tuple[str, dict[str, Any]]] = [
    ("reset_before_commit", {}),
    ("html_503", {}),
    ("answer", {}),
    ("answer", {"status": 502, "body": "Bad gateway"}),
    ("answer", {"status": 200, "body": "<html>Welcome</html>"}),
    ("answer", {"status": 200, "body": []}),
    ("answer", {"status": 201, "body": {"message": "no code"}}),
    ("answer", {"status": 302, "body": None, "headers": {"Location": "https://example.com/"}}),
    ("answer", {"status": 400, "body": "<html>Blocked</html>"}),
    ("code_under_200", {"code": 1000}),
]


@pytest.mark.parametrize(("kind", "action"), LOST_AND_DONE + LOST_AND_NOT_DONE)
def test_a_create_whose_answer_is_lost_is_sent_once_and_its_outcome_is_unknown(
    practice: Practice, kind: str, action: dict[str, Any]
) -> None:
    practice.befall(kind, method="POST", path="/customers", **action)

    with pytest.raises(OutcomeUnknown) as caught:
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)

    assert not caught.value.outcome_known
    assert len(practice.arrived("POST", "/customers")) == 1
    assert len(practice.objects("customers")) == ((kind, action) in LOST_AND_DONE)
    assert "customer CT-2025-00001" in str(caught.value)
    assert "look the record up" in str(caught.value)


@pytest.mark.parametrize("kind", GIVEN_UP)
def test_a_create_that_we_gave_up_on_is_sent_once(practice: Practice, kind: str) -> None:
    practice.befall(kind, method="POST", path="/customers")
    with pytest.raises(OutcomeUnknown) as caught:
        practice.that_gives_up_once().create_customer(CUSTOMER, SOMEBODY)
    assert not caught.value.outcome_known
    until(lambda: practice.objects("customers"))
    assert len(practice.arrived("POST", "/customers")) == 1


def test_a_create_that_zoho_carries_out_after_we_gave_up_is_sent_once(practice: Practice) -> None:
    practice.befall("late_commit", method="POST", path="/customers", seconds=60)
    with pytest.raises(OutcomeUnknown):
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    assert not practice.objects("customers")
    practice.release()
    until(lambda: practice.objects("customers"))
    assert len(practice.arrived("POST", "/customers")) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_updates_and_deletes_are_not_sent_twice_either(practice: Practice, method: str) -> None:
    customer = practice.customer()
    invoice = practice.zoho.create_invoice(invoice_of(customer), SOMEBODY)
    practice.befall("reset_after_commit", method=method)
    if method == "PUT":
        with pytest.raises(OutcomeUnknown):
            practice.zoho.update_customer(customer, {"display_name": "Another"}, SOMEBODY)
        assert len(practice.arrived("PUT", f"/customers/{customer}")) == 1
    else:
        with pytest.raises(OutcomeUnknown):
            practice.zoho.delete_invoice(invoice.id, SOMEBODY)
        assert len(practice.arrived("DELETE", f"/invoices/{invoice.id}")) == 1


@pytest.mark.parametrize("code", [44, 1070])
def test_a_create_over_a_limit_is_sent_again_after_the_pause(practice: Practice, code: int) -> None:
    practice.befall("rate_limit", method="POST", path="/customers", code=code, retry_after=0)
    assert practice.zoho.create_customer(CUSTOMER, SOMEBODY).id
    assert [entry["status"] for entry in practice.arrived("POST", "/customers")] == [429, 201]
    assert len(practice.objects("customers")) == 1


def test_a_pause_that_is_too_long_is_handed_to_the_caller(practice: Practice) -> None:
    practice.befall("rate_limit", method="POST", path="/customers", code=43)
    with pytest.raises(RateLimited) as caught:
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    assert caught.value.outcome_known
    assert caught.value.retry_after_seconds == 3600
    assert practice.budget.calls[-1][1].retry_after_seconds == 3600
    assert len(practice.arrived("POST", "/customers")) == 1


def test_a_spent_day_is_handed_to_the_caller_at_once(practice: Practice) -> None:
    practice.befall("rate_limit", method="POST", path="/customers", code=45)
    with pytest.raises(DailyQuotaSpent) as caught:
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    assert caught.value.outcome_known
    assert len(practice.arrived("POST", "/customers")) == 1


def test_a_limit_that_stays_is_tried_a_few_times_only(practice: Practice) -> None:
    practice.befall("rate_limit", method="POST", path="/customers", code=1070, retry_after=0, times=None)
    with pytest.raises(RateLimited):
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    assert len(practice.arrived("POST", "/customers")) == 3


def test_a_create_that_cannot_connect_is_certain_not_to_have_arrived(practice: Practice) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        nobody = practice.client(api_url_override=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ZohoUnreachable) as caught:
            nobody.create_customer(CUSTOMER, SOMEBODY)
    assert caught.value.outcome_known
    assert len(practice.budget.calls) == 3


def test_a_create_with_a_dead_token_is_sent_again_with_a_new_one(practice: Practice) -> None:
    practice.befall("unauthorised", method="POST", path="/customers")
    assert practice.zoho.create_customer(CUSTOMER, SOMEBODY).id
    assert [entry["status"] for entry in practice.arrived("POST", "/customers")] == [401, 201]
    assert practice.tokens.refusals == 1


def test_a_refused_scope_refreshes_the_token_once_and_then_gives_up(practice: Practice) -> None:
    practice.befall("unauthorised", method="POST", path="/customers", times=None)
    with pytest.raises(PermissionDenied, match="scope"):
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    assert practice.tokens.refusals == 1
    assert len(practice.arrived("POST", "/customers")) == 2


def test_a_token_that_a_refresh_would_not_mend_is_not_tried_again(practice: Practice) -> None:
    practice.tokens.helps = False
    practice.befall("unauthorised", method="POST", path="/customers", times=None)
    with pytest.raises(PermissionDenied):
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    assert len(practice.arrived("POST", "/customers")) == 1


def test_an_error_code_under_200_is_an_error(practice: Practice) -> None:
    practice.befall(
        "code_under_200", method="POST", path="/customers", code=4, message="Invalid value passed for email"
    )
    with pytest.raises(Rejected, match="Invalid value passed for email") as caught:
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    assert (caught.value.status, caught.value.code, caught.value.outcome_known) == (200, 4, True)


def test_a_create_that_is_done_and_answered_without_its_object_is_in_doubt(practice: Practice) -> None:
    practice.befall(
        "answer", method="POST", path="/customers", status=201, body={"code": 0, "message": "done"}, commit="now"
    )
    with pytest.raises(OutcomeUnknown, match="holds no customer"):
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    practice.befall(
        "answer", method="POST", path="/customers", status=201, commit="now", body={"code": 0, "customer": {}}
    )
    with pytest.raises(OutcomeUnknown, match="customer_id is missing"):
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)


def test_a_customers_name_that_is_taken_is_told_without_the_name(practice: Practice) -> None:
    practice.behave(forbids_duplicate_names=True)
    practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    with pytest.raises(CustomerNameTaken) as caught:
        practice.zoho.create_customer(CUSTOMER, SOMEBODY)
    assert "Lerato" not in str(caught.value)


def test_a_number_that_is_taken_is_told(practice: Practice) -> None:
    customer = practice.customer()
    practice.zoho.create_invoice(invoice_of(customer), SOMEBODY)
    with pytest.raises(InvoiceNumberTaken) as caught:
        practice.zoho.create_invoice(invoice_of(customer), About("invoices", "i-1", "invoice INV-2025-00001"))
    assert isinstance(caught.value, Conflict)
    assert str(caught.value).startswith("POST /invoices for invoice INV-2025-00001: ")


def test_more_than_the_balance_is_told(practice: Practice) -> None:
    customer = practice.customer()
    invoice = practice.zoho.create_invoice(invoice_of(customer), SOMEBODY)
    practice.zoho.open_invoice(invoice.id, SOMEBODY)
    payment = {
        "customer_id": customer,
        "payment_mode": "cash",
        "amount": 500,
        "date": "2025-03-02",
        "invoices": [{"invoice_id": invoice.id, "amount_applied": 500}],
    }
    with pytest.raises(MoreThanBalance):
        practice.zoho.create_payment(payment, SOMEBODY)


def test_a_write_to_something_that_is_gone_is_told(practice: Practice) -> None:
    with pytest.raises(NotInZoho) as caught:
        practice.zoho.update_customer("999", {"display_name": "X"}, SOMEBODY)
    assert caught.value.outcome_known


def invoice_of(customer: str) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "invoice_number": "INV-2025-00001",
        "date": "2025-03-01",
        "invoice_items": [{"name": "Router", "price": 100, "quantity": 1}],
    }
