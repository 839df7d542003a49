"""A custom field is read alike from all three shapes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.zoho.custom_fields import api_name, custom_field

WORDS = st.lists(st.text("abcdefghij0123456789", min_size=1, max_size=6), min_size=1, max_size=4)
VALUES = st.text(min_size=1, max_size=40)


def shapes(name: str, label: str, value: str) -> list[dict[str, Any]]:
    return [
        {name: value},
        {"custom_field_hash": {name: value}},
        {"custom_fields": [{"label": label, "value": value, "data_type": "text"}]},
        {"custom_fields": [{"label": "Other", "value": "x"}, {"api_name": name, "value": value}]},
        {name: "", "custom_field_hash": {}, "custom_fields": [{"label": name, "value": value}]},
    ]


@given(WORDS, VALUES)
def test_all_shapes_say_the_same(words: list[str], value: str) -> None:
    name = "cf_" + "_".join(words)
    label = " ".join(word.capitalize() for word in words)
    assert {custom_field(shape, name) for shape in shapes(name, label, value)} == {value}


@given(WORDS)
def test_a_label_and_its_api_name_are_one_field(words: list[str]) -> None:
    assert api_name(" ".join(words).upper()) == api_name("cf_" + "_".join(words)) == "cf_" + "_".join(words)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"cf_x": None},
        {"cf_x": ""},
        {"custom_field_hash": None, "custom_fields": None},
        {"custom_field_hash": [], "custom_fields": {}},
        {"custom_fields": [None, {}, {"label": None, "value": "1"}, {"label": "X", "value": ""}]},
        {"custom_fields": [{"label": "Y", "value": "1"}]},
    ],
)
def test_a_field_that_holds_nothing_is_none(row: dict[str, Any]) -> None:
    assert custom_field(row, "cf_x") is None


def test_a_number_is_read_as_its_text() -> None:
    assert custom_field({"cf_x": 12}, "cf_x") == "12"
