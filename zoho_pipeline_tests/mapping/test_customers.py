"""A customer is sent under its name and address, with CircleTel's two keys, or refused for lack of either."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.mapping.customers import map_customer
from zoho_pipeline.mapping.mapped import Unmappable, mapped
from zoho_pipeline_tests.mapping.rows import ID, customer

BUSINESS = {"account_type": "business", "business_name": " Ubuntu Networks (Pty) Ltd "}


def test_a_person_is_sent_with_name_address_phone_and_keys() -> None:
    assert map_customer(customer()).payload == {
        "display_name": "Thandi Mokoena",
        "first_name": "Thandi",
        "last_name": "Mokoena",
        "email": "thandi@example.co.za",
        "phone": "0825550100",
        "currency_code": "ZAR",
        "custom_fields": [
            {"api_name": "cf_circletel_customer_id", "value": ID},
            {"api_name": "cf_account_number", "value": "CT-2025-00017"},
        ],
    }


def test_a_business_goes_under_its_own_name() -> None:
    payload = map_customer(customer(**BUSINESS)).payload
    assert payload["display_name"] == payload["company_name"] == "Ubuntu Networks (Pty) Ltd"
    assert payload["first_name"] == "Thandi"


@pytest.mark.parametrize("name", [None, "", "   "])
def test_a_business_without_a_name_goes_under_its_persons(name: str | None) -> None:
    payload = map_customer(customer(account_type="business", business_name=name)).payload
    assert payload["display_name"] == "Thandi Mokoena"
    assert "company_name" not in payload


def test_a_person_with_a_business_name_stays_a_person() -> None:
    payload = map_customer(customer(business_name="Ubuntu Networks")).payload
    assert payload["display_name"] == "Thandi Mokoena"
    assert "company_name" not in payload


@pytest.mark.parametrize(
    ("first", "last", "name"), [("", "Mokoena", "Mokoena"), (" Thandi  Lerato ", "", "Thandi Lerato")]
)
def test_half_a_name_will_do(first: str, last: str, name: str) -> None:
    assert map_customer(customer(first_name=first, last_name=last)).payload["display_name"] == name


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_without_any_name_it_is_refused(name: str) -> None:
    with pytest.raises(Unmappable, match="the customer has no name") as refused:
        map_customer(customer(first_name=name, last_name=name))
    assert refused.value.advice == "Enter a first and last name, or a business name, in CircleTel."


@pytest.mark.parametrize("email", ["", "   "])
def test_a_blank_address_is_refused(email: str) -> None:
    with pytest.raises(Unmappable, match="the e-mail address is blank") as refused:
        map_customer(customer(email=email))
    assert refused.value.advice == "Enter the customer's e-mail address in CircleTel."


@pytest.mark.parametrize(
    "email", ["thandi", "thandi@", "@example.co.za", "a b@example.co.za", "a@b@c.za", "none", "a@localhost"]
)
def test_a_malformed_address_is_refused_and_not_repeated(email: str) -> None:
    with pytest.raises(Unmappable) as refused:
        map_customer(customer(email=email))
    assert refused.value.reason == "the e-mail address is not a valid one"
    assert refused.value.advice == "Correct the customer's e-mail address in CircleTel."


def test_an_address_between_blanks_is_taken_without_them() -> None:
    assert map_customer(customer(email=" thandi@example.co.za ")).payload["email"] == "thandi@example.co.za"


def test_nothing_empty_is_sent() -> None:
    payload = map_customer(customer(phone=" ", account_number=None, first_name="")).payload
    assert {"phone", "first_name", "company_name"}.isdisjoint(payload)
    assert payload["custom_fields"] == [{"api_name": "cf_circletel_customer_id", "value": ID}]


@pytest.mark.parametrize(
    "change",
    [{"first_name": "Zanele"}, {"email": "z@example.co.za"}, {"phone": "1"}, {"account_number": "X"}, BUSINESS],
    ids=str,
)
def test_the_fingerprint_changes_with_the_content(change: dict[str, Any]) -> None:
    assert map_customer(customer(**change)).fingerprint != map_customer(customer()).fingerprint


def test_blanks_around_a_value_are_no_change() -> None:
    assert map_customer(customer(phone=" 0825550100 ")).fingerprint == map_customer(customer()).fingerprint


PAYLOADS = st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8) | st.decimals(-100, 100, places=2))


@given(PAYLOADS, st.randoms())
def test_a_fingerprint_does_not_depend_on_the_order_of_keys(payload: dict[str, Any], chance: Any) -> None:
    names = list(payload)
    chance.shuffle(names)
    assert mapped({name: payload[name] for name in names}).fingerprint == mapped(payload).fingerprint


@given(PAYLOADS, PAYLOADS)
def test_two_contents_share_a_fingerprint_only_if_they_are_written_alike(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    alike = {name: str(value) for name, value in one.items()} == {name: str(value) for name, value in other.items()}
    assert (mapped(one).fingerprint == mapped(other).fingerprint) <= alike


def test_what_does_not_belong_in_a_payload_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="object does not belong in a payload"):
        mapped({"amount": object()})
