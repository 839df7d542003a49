"""What is stored or shown holds no person's data and no secret."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.redaction import HIDDEN, redacted, redacted_text

EMAIL = "thandi.mokoena+bills@example.co.za"
TOKEN = "1000.8cb99dxxxxxxxxxxxxx9be93.9b8xxxxxxxxxxxxxxxf"
PEOPLE = [
    "first_name", "last_name", "display_name", "company_name", "email", "phone", "mobile", "billing_address",
    "installation_address", "tax_number", "business_registration", "contact_persons", "Email", "PHONE",
]  # fmt: skip
SECRETS = ["access_token", "refresh_token", "client_secret", "client_id", "Authorization", "password"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("key", PEOPLE + SECRETS)
@pytest.mark.parametrize("value", ["Thandi", ["Thandi"], {"street": "12 Long Street"}, 27825550100], ids=repr)
def test_the_value_of_a_personal_or_secret_key_is_hidden_whatever_it_is(key: str, value: Any) -> None:
    assert redacted({"customer": [{key: value}]}) == {"customer": [{key: HIDDEN}]}


@pytest.mark.parametrize("value", [None, ""])
def test_what_is_empty_stays_visibly_empty(value: str | None) -> None:
    assert redacted({"email": value}) == {"email": value}


def test_names_of_products_and_taxes_stay_readable_and_those_of_people_do_not() -> None:
    payload = {
        "name": "Thandi Mokoena",
        "invoice_items": [{"name": "Installation", "price": 230, "email": EMAIL}],
        "plan": {"name": "Fibre 50", "plan_code": "fibre-50"},
        "customer": {"name": "Thandi Mokoena"},
    }
    assert redacted(payload) == {
        "name": HIDDEN,
        "invoice_items": [{"name": "Installation", "price": 230, "email": HIDDEN}],
        "plan": {"name": "Fibre 50", "plan_code": "fibre-50"},
        "customer": {"name": HIDDEN},
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"mail to {EMAIL} bounced", f"mail to {HIDDEN} bounced"),
        (f"Zoho-oauthtoken {TOKEN}", f"Zoho-oauthtoken {HIDDEN}"),
        ("postgresql://app:pa55w0rd@db/x", f"postgresql://app:{HIDDEN}@db/x"),
        ("postgresql+psycopg2://:pa55w0rd@db/x", f"postgresql+psycopg2://:{HIDDEN}@db/x"),
        ("https://www.zohoapis.com/billing/v1", "https://www.zohoapis.com/billing/v1"),
        ("invoice INV-2025-00012 of 1000.00", "invoice INV-2025-00012 of 1000.00"),
    ],
)
def test_text_loses_its_addresses_tokens_and_passwords_alone(text: str, shown: str) -> None:
    assert redacted_text(text) == shown
    assert redacted({"message": [text]}) == {"message": [shown]}


@given(VALUES)
def test_no_secret_is_left_at_any_depth(around: Any) -> None:
    hidden = json.dumps(
        redacted({"around": around, "in": [{"deep": [EMAIL, {"message": TOKEN, "phone": "0825550100"}]}]})
    )
    assert not [secret for secret in (EMAIL, TOKEN, "0825550100") if secret in hidden]


@given(VALUES)
def test_redacting_twice_is_redacting_once_and_leaves_the_payload_alone(payload: Any) -> None:
    before = json.dumps(payload)
    once = redacted(payload)
    assert redacted(once) == once
    assert json.dumps(payload) == before


def test_tuples_become_lists_and_numbers_stay() -> None:
    assert redacted({"amounts": (1, 2.5, None, True)}) == {"amounts": [1, 2.5, None, True]}
