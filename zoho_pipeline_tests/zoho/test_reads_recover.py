"""A read is sent again whatever went wrong, a few times; then the caller is told."""

from typing import Any

import pytest

from zoho_pipeline.zoho.errors import NotInZoho, UnexpectedAnswer, WrongOrganisation, ZohoFailed
from zoho_pipeline_tests.zoho.practice import SOMEBODY, Practice

TRANSIENT: list[tuple[str, dict[str, Any]]] = [
    ("reset_before_commit", {}),
    ("reset_after_commit", {}),
    ("truncate", {}),
    ("html_503", {}),
    ("answer", {}),
    ("code_under_200", {"code": 1000}),
    ("rate_limit", {"code": 44, "retry_after": 0}),
    ("rate_limit", {"code": 1070, "retry_after": 0}),
    ("answer", {"status": 503, "body": "<html></html>", "headers": {"Retry-After": "0"}}),
    ("answer", {"status": 200, "body": "null"}),
    ("unauthorised", {}),
]


@pytest.mark.parametrize(("kind", "action"), TRANSIENT)
def test_a_read_recovers_from(practice: Practice, kind: str, action: dict[str, Any]) -> None:
    customer = practice.customer()
    practice.befall(kind, method="GET", path="/customers/", **action)
    assert practice.zoho.get_customer(customer, SOMEBODY).id == customer
    assert len(practice.arrived("GET", f"/customers/{customer}")) == 2


@pytest.mark.parametrize("kind", ["lose_answer", "hold_before_commit"])
def test_a_read_recovers_from_an_answer_that_does_not_come(practice: Practice, kind: str) -> None:
    customer = practice.customer()
    practice.befall(kind, method="GET", path="/customers/")
    assert practice.that_gives_up_once().get_customer(customer, SOMEBODY).id == customer
    assert len(practice.arrived("GET", f"/customers/{customer}")) == 2


def test_a_read_gives_up_after_three_tries(practice: Practice) -> None:
    customer = practice.customer()
    practice.befall("html_503", method="GET", path="/customers/", times=None)
    with pytest.raises(ZohoFailed, match=r"GET /customers/\{id\} for customer CT-2025-00001"):
        practice.zoho.get_customer(customer, SOMEBODY)
    assert len(practice.arrived("GET", f"/customers/{customer}")) == 3


def test_an_answer_that_stays_unreadable_is_told(practice: Practice) -> None:
    customer = practice.customer()
    practice.befall("truncate", method="GET", path="/customers/", times=None)
    with pytest.raises(ZohoFailed, match="broke before the answer was whole"):
        practice.zoho.get_customer(customer, SOMEBODY)
    practice.befall("answer", method="GET", path="/settings/taxes", status=200, body="<html>Sign in</html>", times=None)
    with pytest.raises(UnexpectedAnswer, match="not the JSON"):
        practice.zoho.taxes(SOMEBODY)


def test_what_is_not_in_zoho_is_told_without_a_second_try(practice: Practice) -> None:
    with pytest.raises(NotInZoho):
        practice.zoho.get_customer("12345", SOMEBODY)
    assert len(practice.arrived("GET", "/customers/12345")) == 1


def test_the_wrong_organisation_is_told_without_another_token(practice: Practice) -> None:
    stranger = practice.client(organisation_id="111")
    with pytest.raises(WrongOrganisation, match="ZOHO_ORG_ID"):
        stranger.taxes(SOMEBODY)
    assert practice.tokens.refusals == 0
    assert [each.id for each in stranger.organisations(SOMEBODY)] == [practice.server.org_id]


def test_tokens_that_were_revoked_in_mid_run_are_replaced(practice: Practice) -> None:
    customer = practice.customer()
    practice.server.world.accounts.revoke_access_tokens()
    assert practice.zoho.get_customer(customer, SOMEBODY).id == customer
    assert practice.tokens.refusals == 1


def test_an_answer_that_never_comes_is_given_up(practice: Practice) -> None:
    practice.customer()
    practice.befall("hold_after_commit", method="GET", path="/customers", times=None)
    with pytest.raises(ZohoFailed, match="no answer came in time"):
        list(practice.that_gives_up_soon().customers(SOMEBODY))
    assert all(record.may_still_run for _, record in practice.budget.calls[-3:])


def test_every_call_is_labelled_and_its_end_is_told_to_the_budget(practice: Practice) -> None:
    customer = practice.customer()
    practice.zoho.get_customer(customer, SOMEBODY)
    call, record = practice.budget.calls[-1]
    assert (call.method, call.endpoint) == ("GET", "GET /customers/{id}")
    assert (call.entity, call.record_id, call.run_id) == ("customers", "c-1", "run-1")
    assert (record.status, record.code) == (200, 0)
