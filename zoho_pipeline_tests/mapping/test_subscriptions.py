"""A subscription begins where CircleTel stopped invoicing and charges what CircleTel charged, or is not made."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.mapping.mapped import Mapped, Unmappable
from zoho_pipeline.mapping.subscriptions import PlanTerms, billing_start, map_subscription
from zoho_pipeline_tests.mapping.rows import ID, invoiced, service

INCLUSIVE = PlanTerms("fibre-50", Decimal(0))
EXCLUSIVE = PlanTerms("fibre-50", Decimal(15))
PRICES = st.integers(1, 2_000_000).map(lambda cents: Decimal(cents) / 100)


def sent(plan: PlanTerms = INCLUSIVE, *, includes_vat: bool = True, **values: Any) -> Mapped:
    return map_subscription(service(**values), "77", plan, includes_vat)


def reason(plan: PlanTerms = INCLUSIVE, **values: Any) -> str:
    with pytest.raises(Unmappable) as refused:
        sent(plan, **values)
    assert refused.value.advice
    return refused.value.reason


def test_it_is_offline_without_trial_and_set_up_fee_and_carries_its_key() -> None:
    assert sent().payload == {
        "customer_id": "77",
        "plan": {
            "plan_code": "fibre-50",
            "price": Decimal("799.00"),
            "quantity": 1,
            "exclude_trial": True,
            "exclude_setup_fee": True,
        },
        "starts_at": "2025-08-01",
        "auto_collect": False,
        "create_backdated_invoice": True,
        "reference_id": ID,
        "custom_fields": [{"api_name": "cf_circletel_service_id", "value": ID}],
    }


# From when


def test_it_starts_the_day_after_the_last_period_that_circletel_invoiced() -> None:
    assert billing_start(service(invoiced_until=date(2025, 10, 31))) == date(2025, 11, 1)


def test_it_starts_on_the_day_of_activation_where_nothing_was_invoiced() -> None:
    assert billing_start(service()) == date(2025, 8, 1)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.dates())
def test_no_day_that_was_invoiced_is_billed_again(until: date, activated: date) -> None:
    assert billing_start(service(invoiced_until=until, activation_date=activated)) == until + timedelta(days=1)


def test_without_either_it_is_refused() -> None:
    assert reason(activation_date=None) == (
        "the service has neither an activation date nor an invoice, so nobody knows from when to bill it"
    )


# How much


def test_a_plan_that_puts_vat_on_top_is_given_the_price_without_it() -> None:
    assert sent(EXCLUSIVE, monthly_price=Decimal("230.00")).payload["plan"]["price"] == Decimal("200.00")


def test_a_price_without_vat_is_charged_with_it() -> None:
    assert sent(monthly_price=Decimal("200.00"), includes_vat=False).payload["plan"]["price"] == Decimal("230.00")
    exclusive = sent(EXCLUSIVE, monthly_price=Decimal("200.00"), includes_vat=False)
    assert exclusive.payload["plan"]["price"] == Decimal("200.00")


@pytest.mark.parametrize("price", ["0.00", "-1.00"])
def test_a_price_of_nothing_is_refused(price: str) -> None:
    assert reason(monthly_price=Decimal(price)) == f"its monthly price is R {price}"


def test_a_charge_that_no_price_in_cents_gives_is_refused() -> None:
    assert reason(EXCLUSIVE, monthly_price=Decimal("0.04")) == (
        "no price in whole cents makes Zoho charge R 0.04 with 15 % VAT on top"
    )


def test_a_price_that_is_what_the_latest_invoice_charged_is_taken() -> None:
    assert sent(latest_invoice=invoiced("799.00")).payload["plan"]["price"] == Decimal("799.00")


def test_a_price_that_the_latest_invoice_contradicts_is_refused() -> None:
    assert reason(latest_invoice=invoiced("699.00", "699.00")) == (
        "its monthly price comes to R 799.00, but invoice INV-2025-00900, the latest for a full month, charged R 699.00"
    )


@pytest.mark.parametrize("lines", [("799.00", "120.00"), ("694.78", "104.35")], ids=["with VAT", "without VAT"])
def test_a_price_that_is_one_of_several_lines_of_the_latest_invoice_is_taken(lines: tuple[str, ...]) -> None:
    total = "919.00"
    assert sent(latest_invoice=invoiced(total, *lines)).payload["plan"]["price"] == Decimal("799.00")


def test_lines_none_of_which_is_the_price_do_not_help() -> None:
    assert "charged R 919.00" in reason(latest_invoice=invoiced("919.00", "400.00", "519.00"))


@given(PRICES)
def test_the_price_for_a_charge_gives_just_that_charge_or_there_is_none(charge: Decimal) -> None:
    for plan in (INCLUSIVE, EXCLUSIVE):
        price = plan.price_for(charge)
        if price is None:
            assert plan is EXCLUSIVE
            near = [charge * 100 / 115 + Decimal(cents) / 100 for cents in range(-3, 4)]
            rounded = {one.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) for one in near}
            assert charge not in {plan.charge(one) for one in rounded}
        else:
            assert plan.charge(price) == charge


@given(PRICES)
def test_the_charge_of_a_price_leads_back_to_the_price(price: Decimal) -> None:
    for plan in (INCLUSIVE, EXCLUSIVE):
        assert plan.price_for(plan.charge(price)) == price


@given(PRICES, st.booleans(), st.sampled_from([INCLUSIVE, EXCLUSIVE]))
def test_zoho_charges_what_the_customer_pays_or_the_service_is_refused(
    price: Decimal, includes_vat: bool, plan: PlanTerms
) -> None:
    due = price if includes_vat else price + (price * 15 / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    try:
        mapped = sent(plan, includes_vat=includes_vat, monthly_price=price)
    except Unmappable:
        assert plan is EXCLUSIVE
        return
    assert plan.charge(mapped.payload["plan"]["price"]) == due


# What has changed


def test_only_plan_and_price_are_content_that_can_change() -> None:
    later = sent(invoiced_until=date(2025, 10, 31), latest_invoice=invoiced("799.00"))
    assert later.fingerprint == sent().fingerprint
    assert map_subscription(service(), "78", INCLUSIVE, True).fingerprint == sent().fingerprint


def test_another_price_or_plan_is_a_change() -> None:
    fingerprints = {
        sent().fingerprint,
        sent(monthly_price=Decimal("899.00")).fingerprint,
        sent(PlanTerms("fibre-100", Decimal(0))).fingerprint,
    }
    assert len(fingerprints) == 3
