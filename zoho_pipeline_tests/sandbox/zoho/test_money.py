"""Money, whatever the amounts."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.money import Charge, cents, totals

AMOUNTS = st.decimals(Decimal("0.00"), Decimal("99999.99"), places=2)
CHARGES = st.lists(AMOUNTS.map(lambda amount: Charge(amount, "vat", Decimal(15))), min_size=1, max_size=8)


@given(charges=CHARGES, inclusive=st.booleans(), rounding=st.sampled_from(["line", "document"]))
def test_sub_total_and_tax_always_make_the_total(charges: list[Charge], inclusive: bool, rounding: str) -> None:
    sums = totals(charges, inclusive, Behaviour().updated({"tax_rounding": rounding}))
    assert sums.sub_total + sums.tax_total == sums.total
    assert sums.tax_total == sum(sums.taxes.values())


@given(charges=CHARGES)
def test_prices_that_include_tax_are_the_total(charges: list[Charge]) -> None:
    assert totals(charges, True, Behaviour()).total == sum(charge.amount for charge in charges)


@given(charges=CHARGES)
def test_rounding_per_line_is_off_by_at_most_half_a_cent_each(charges: list[Charge]) -> None:
    exact = sum(charge.amount * Decimal("0.15") for charge in charges)
    assert abs(totals(charges, False, Behaviour()).tax_total - exact) <= Decimal("0.005") * len(charges)


def test_half_a_cent_is_rounded_up() -> None:
    assert [cents(Decimal(text)) for text in ("0.005", "0.004", "1.115")] == [
        Decimal("0.01"),
        Decimal("0.00"),
        Decimal("1.12"),
    ]


def test_a_line_without_a_tax_adds_none() -> None:
    sums = totals([Charge(Decimal(100), "", Decimal(0))], False, Behaviour())
    assert sums.total == 100
    assert not sums.taxes
