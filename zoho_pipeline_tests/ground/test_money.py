"""Money: Decimal, half up to the cent, and read as people read it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.money import CENT, NotMoney, money, rand, vat_inside, vat_on_top

CENTS = st.integers(-(10**10), 10**10).map(lambda cents: Decimal(cents) / 100)
RATES = st.sampled_from([Decimal(0), Decimal(14), Decimal(15), Decimal("15.50")])


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (0.1, "0.10"),
        (799, "799.00"),
        (" 12.5 ", "12.50"),
        ("1e2", "100.00"),
        (Decimal("0.005"), "0.01"),
        (Decimal("-0.005"), "-0.01"),
        (1.005, "1.01"),
        (Decimal("104.3478"), "104.35"),
    ],
)
def test_an_amount_is_read_and_rounded_half_up(value: object, amount: str) -> None:
    assert str(money(value)) == amount


@pytest.mark.parametrize("value", [None, True, False, "", "R 5", "1,5", "1 000", float("nan"), float("inf"), [], {}])
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(NotMoney, match="is not an amount of money"):
        money(value)


@given(CENTS)
def test_whole_cents_stay_what_they_are(amount: Decimal) -> None:
    assert money(amount) == money(str(amount)) == amount


@given(st.decimals(-(10**8), 10**8, places=5))
def test_rounding_moves_an_amount_by_half_a_cent_at_most(amount: Decimal) -> None:
    assert abs(money(amount) - amount) <= CENT / 2
    assert money(-amount) == -money(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234.56", "ZAR", "R 1 234.56"),
        ("0", "ZAR", "R 0.00"),
        ("-1234567.8", "ZAR", "R -1 234 567.80"),
        ("999.99", "USD", "USD 999.99"),
        ("1000", "EUR", "EUR 1 000.00"),
    ],
)
def test_an_amount_is_shown_with_its_currency_and_thousands_apart(amount: str, currency: str, text: str) -> None:
    assert rand(Decimal(amount), currency) == text


@given(CENTS)
def test_what_is_shown_can_be_read_back(amount: Decimal) -> None:
    assert money(rand(amount).removeprefix("R ").replace(" ", "")) == amount


def test_vat_at_fifteen_percent_is_what_an_invoice_of_circletel_says() -> None:
    assert vat_inside(Decimal("230.00"), Decimal(15)) == Decimal("30.00")
    assert vat_on_top(Decimal("200.00"), Decimal(15)) == Decimal("30.00")
    assert vat_inside(Decimal("799.00"), Decimal(15)) == Decimal("104.22")


@given(CENTS, RATES)
def test_what_is_inside_the_sum_was_put_on_top_to_half_a_cent(net: Decimal, rate: Decimal) -> None:
    gross = net + vat_on_top(net, rate)
    assert abs(vat_inside(gross, rate) - vat_on_top(net, rate)) <= CENT


@given(CENTS)
def test_without_a_rate_there_is_no_vat(amount: Decimal) -> None:
    assert vat_inside(amount, Decimal(0)) == vat_on_top(amount, Decimal(0)) == 0
