"""Whatever shape line_items has, it becomes lines with a name and an amount, or a refusal that says which line."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.mapping.lines import Line, read_lines
from zoho_pipeline.mapping.mapped import Unmappable

TOTAL = Decimal("230.00")
FALLBACK = Line("Installation INV-1", TOTAL)


def read(*items: Any) -> list[Line]:
    return read_lines(list(items), FALLBACK.name, TOTAL)


@pytest.mark.parametrize("nothing", [None, []], ids=repr)
def test_without_lines_there_is_one_of_the_whole(nothing: Any) -> None:
    assert read_lines(nothing, FALLBACK.name, TOTAL) == [FALLBACK]


@pytest.mark.parametrize(
    ("item", "amount"),
    [
        ({"amount": "12.50"}, "12.50"),
        ({"amount": 0}, "0.00"),
        ({"amount": 10, "price": 99, "quantity": 9}, "10.00"),
        ({"price": 100, "quantity": 2}, "200.00"),
        ({"price": "100.00"}, "100.00"),
        ({"rate": 45.5, "quantity": "2"}, "91.00"),
        ({"unit_price": 45, "quantity": None}, "45.00"),
        ({"price": 0, "unit_price": 45}, "0.00"),
        ({"price": None, "rate": 7}, "7.00"),
        ({"price": "80.00", "quantity": 0.125}, "10.00"),
        ({"price": "0.335", "quantity": 3}, "1.01"),
        ({"price": 100, "quantity": 0}, "0.00"),
        ({"price": -50, "quantity": 1}, "-50.00"),
        ({"price": 30.1, "quantity": 3}, "90.30"),
    ],
    ids=str,
)
def test_the_amount_is_there_or_is_price_times_quantity(item: dict[str, Any], amount: str) -> None:
    assert read({"name": "Router", **item}) == [Line("Router", Decimal(amount))]


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"name": "Router"}, "Router"),
        ({"description": " Router "}, "Router"),
        ({"name": "", "description": "Router"}, "Router"),
        ({"name": "Router", "description": "of 2024"}, "Router"),
        ({}, FALLBACK.name),
        ({"name": "  "}, FALLBACK.name),
    ],
    ids=str,
)
def test_the_name_is_the_name_or_the_description_or_the_invoices(item: dict[str, Any], name: str) -> None:
    assert read({"amount": 1, **item})[0].name == name


@pytest.mark.parametrize("items", ["Router 230.00", {"name": "Router", "amount": 230}, 230, True], ids=repr)
def test_what_is_no_list_is_refused(items: Any) -> None:
    with pytest.raises(Unmappable, match="line_items is not a list"):
        read_lines(items, FALLBACK.name, TOTAL)


@pytest.mark.parametrize("item", ["Router", 230, None, ["Router", 230]], ids=repr)
def test_a_line_that_is_no_object_is_refused_by_its_number(item: Any) -> None:
    with pytest.raises(Unmappable, match="line 2 is not an object"):
        read({"amount": 1}, item)


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"name": "Router"},
        {"amount": "R 230"},
        {"amount": ""},
        {"amount": True},
        {"price": "free"},
        {"price": 1, "quantity": "two"},
        {"quantity": 2},
        {"price": "NaN"},
        {"amount": {"value": 1}},
    ],
    ids=str,
)
def test_a_line_without_a_readable_amount_is_refused_by_its_number(item: dict[str, Any]) -> None:
    with pytest.raises(Unmappable, match="line 3 has no amount that can be read") as refused:
        read({"amount": 1}, {"amount": 2}, item)
    assert refused.value.advice.startswith("Correct the invoice's lines in CircleTel")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "description", "amount", "price", "rate", "quantity"]), inner)
    ),
    max_leaves=8,
)


@given(ANYTHING)
def test_whatever_is_in_the_column_is_read_to_the_cent_or_refused(items: Any) -> None:
    refused: Unmappable | None
    try:
        lines = read_lines(items, FALLBACK.name, TOTAL)
    except Unmappable as caught:
        refused, lines = caught, []
    else:
        refused = None
    if refused is not None:
        assert refused.reason
        assert refused.advice
    else:
        assert lines
        assert all(line.name.strip() and line.amount == line.amount.quantize(Decimal("0.01")) for line in lines)
