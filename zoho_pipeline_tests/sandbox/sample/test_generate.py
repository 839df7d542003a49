"""The generator: deterministic, of any size, and like an ISP."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoho_pipeline.sandbox.sample import days, dirty, money
from zoho_pipeline.sandbox.sample.generate import generate
from zoho_pipeline.sandbox.sample.packages import CATALOGUE, UNREACHABLE
from zoho_pipeline.sandbox.sample.rows import Invoice
from zoho_pipeline.sandbox.sample.world import ID_KNOWN, Fate, Size, World
from zoho_pipeline_tests.sandbox.sample.conftest import SEED, TODAY


def test_the_same_seed_makes_the_same_world(world: World) -> None:
    assert generate(SEED, TODAY) == world


def test_another_seed_makes_another_world(world: World) -> None:
    assert generate(SEED + 1, TODAY).customers != world.customers


def test_the_default_world_has_the_size_of_a_small_isp(world: World) -> None:
    with_services = {service.customer_id for service in world.services}
    types = Counter(invoice.invoice_type for invoice in world.invoices)
    others = sum(types.values()) - types["recurring"]
    assert 130 <= len(with_services) <= 170
    assert 1700 <= types["recurring"] <= 2300
    assert 170 <= others <= 270
    assert set(types) == {"recurring", "installation", "pro_rata", "equipment", "adjustment"}
    assert {"netcash", "payfast", "paygate", "zoho_billing"} == {payment.provider for payment in world.payments}


def test_about_two_thirds_of_what_came_since_zoho_went_live_was_pushed(world: World) -> None:
    since = [row for row in world.customers if row.created_at and days.day_of(row.created_at) >= world.live]
    ordinary = since[: -len(dirty.CASES)]
    pushed = [row for row in ordinary if row.id in world.handlings and world.handlings[row.id].fate in ID_KNOWN]
    assert 0.5 <= len(pushed) / len(ordinary) <= 0.9


def test_every_dirty_case_is_there(world: World) -> None:
    assert set(world.planted) == {dirty.name_of(case) for case in dirty.CASES}
    assert all(world.planted.values())


def test_every_dirty_case_says_what_it_is() -> None:
    assert all(case.__doc__ for case in dirty.CASES)


def test_the_app_left_rows_behind_in_every_way_and_kind(world: World) -> None:
    for rows in (world.customers, world.services, world.invoices, world.payments):
        assert {world.handlings[row.id].fate for row in rows if row.id in world.handlings} == set(Fate)


def test_totals_are_subtotal_and_vat_to_the_cent(world: World) -> None:
    for invoice in world.invoices:
        assert invoice.total_amount == invoice.subtotal + invoice.tax_amount
        assert invoice.subtotal == money.subtotal(invoice.total_amount)


def test_well_formed_lines_add_up_to_the_total(world: World) -> None:
    odd = {*world.planted["lines_do_not_add_up"], *world.planted["no_lines"]}
    for invoice in world.invoices:
        if invoice.id not in odd and invoice.line_items is not None:
            assert sum(amounts(invoice)) == invoice.total_amount


def amounts(invoice: Invoice) -> list[Decimal]:
    return [
        Decimal(str(line["amount"] if "amount" in line else line.get("price", line.get("rate"))))
        for line in invoice.line_items or ()
    ]


def test_lines_come_in_every_shape(world: World) -> None:
    lines = [line for invoice in world.invoices for line in invoice.line_items or ()]
    for name in ("price", "rate", "unit_price", "name", "description"):
        assert any(name in line for line in lines)
    assert any(line.get("quantity") == 2 for line in lines)
    assert any(invoice.line_items is None and invoice.invoice_type == "recurring" for invoice in world.invoices)


def test_the_first_period_is_pro_rated_and_the_rest_are_whole_months(world: World) -> None:
    odd = {id_ for ids in world.planted.values() for id_ in ids}
    for service in world.services:
        if service.id in odd:
            continue
        spans = [
            (row.period_start, row.period_end)
            for row in world.invoices
            if row.service_id == service.id and row.invoice_type == "recurring"
        ]
        assert spans[0][0] == service.activation_date
        for (_, ended), (began, end) in pairwise(spans):
            assert ended is not None
            assert began is not None
            assert end is not None
            assert began == ended + timedelta(days=1)
            assert days.is_full(began, end)


def test_numbers_and_addresses_are_unique_and_reachable_by_nobody(world: World) -> None:
    assert len({row.email for row in world.customers}) == len(world.customers)
    assert len({row.account_number for row in world.customers}) == len(world.customers)
    assert len({row.invoice_number for row in world.invoices}) == len(world.invoices)
    assert all(re.fullmatch(r"INV-\d{4}-\d{5}", row.invoice_number) for row in world.invoices)
    assert all(re.fullmatch(r"CT-\d{4}-\d{5}", row.account_number) for row in world.customers)
    domains = {row.email.strip().lower().rpartition("@")[2] for row in world.customers if "@" in row.email}
    assert domains <= {"example.co.za", "example.com", ""}
    assert all(row.phone.startswith("000") for row in world.customers)


def test_references_come_in_the_formats_of_production(world: World) -> None:
    formats = (r"INV-\d{4}-\d{5}", r"CT-INV\d{4}-\d{5}-\d+", r"CT-\d{8}-[0-9a-f]{8}")
    for wanted in formats:
        assert any(re.fullmatch(wanted, payment.reference) for payment in world.payments)


def test_plans_charge_what_circletel_bills_except_the_one_that_cannot() -> None:
    for offer in CATALOGUE:
        charged = offer.plan_price if offer.plan_inclusive else money.including(offer.plan_price)
        assert (charged == offer.fee) is (offer is not UNREACHABLE)


def test_a_customers_only_world_has_nothing_else() -> None:
    small = generate(1, TODAY, Size(customers=50, dirty=False, documents=False, app=False))
    assert (len(small.customers), len(small.services)) == (50, 50)
    assert not small.invoices
    assert not small.payments
    assert not small.handlings


def test_dirt_without_documents_is_refused() -> None:
    with pytest.raises(ValueError, match="dirty=False"):
        generate(1, TODAY, Size(documents=False))


@settings(max_examples=12, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2031, 12, 31)), st.integers(0, 10_000))
def test_any_day_can_be_today(today: date, seed: int) -> None:
    made = generate(seed, today, Size(customers=6))
    ahead = [row for row in made.invoices if row.invoice_date > today]
    assert ahead
    assert all(row.completed_at is None or days.day_of(row.completed_at) <= today for row in made.payments)
    assert all(handling.day <= today for handling in made.handlings.values())
    assert all(handling.day >= made.live for handling in made.handlings.values())


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(1, 28), st.integers(0, 500))
def test_every_period_holds_exactly_one_of_zoho_s_invoice_days(activation: date, billing_day: int, later: int) -> None:
    spans = list(days.periods(activation, billing_day, activation + timedelta(days=later)))
    raised = list(days.anniversaries(activation, spans[-1][1]))
    for start, end in spans:
        assert sum(start <= day <= end for day in raised) == 1
