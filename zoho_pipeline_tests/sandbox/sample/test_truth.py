"""The truth: every row has an expectation, and each dirty case the one that it was planted for."""

from __future__ import annotations

import pytest

from zoho_pipeline.sandbox.sample import truth as truths
from zoho_pipeline.sandbox.sample.expect_documents import tell
from zoho_pipeline.sandbox.sample.older import as_older
from zoho_pipeline.sandbox.sample.rows import Row
from zoho_pipeline.sandbox.sample.truth import Kind, Outcome, Truth
from zoho_pipeline.sandbox.sample.world import World
from zoho_pipeline.sandbox.sample.zoho_side import imagined, linked
from zoho_pipeline_tests.sandbox.sample.conftest import Practice

SYNCED, ALREADY, REFUSED = {Outcome.SYNCED}, {Outcome.ALREADY}, {Outcome.REFUSED}
BLOCKED, EXCLUDED = {Outcome.BLOCKED}, {Outcome.EXCLUDED}
A_PERSON = {Outcome.REFUSED, Outcome.PARKED}

PLANTED_FOR: dict[str, list[set[Outcome]]] = {
    "internal_test": [EXCLUDED] * 5,
    "bad_email": [REFUSED] * 6,
    "child_of_bad_email": [BLOCKED] * 3,
    "padded_email": [SYNCED | REFUSED],
    "email_twins": [SYNCED | {Outcome.PARKED}],
    "null_dates": [SYNCED] * 2,
    "awkward_name": [SYNCED] * 3,
    "account_not_active": [SYNCED] * 3,
    "customer_left_behind": [SYNCED, SYNCED, ALREADY, ALREADY],
    "child_of_left_behind": [SYNCED] * 2,
    "handmade_same": [ALREADY],
    "child_of_handmade": [SYNCED],
    "handmade_twice": [A_PERSON],
    "handmade_other_name": [A_PERSON],
    "deleted_in_zoho": [A_PERSON | SYNCED | EXCLUDED],
    "unpublished_plan": [EXCLUDED | BLOCKED] * 3,
    "no_package": [EXCLUDED | BLOCKED],
    "no_start": [REFUSED],
    "no_activation_but_invoiced": [SYNCED],
    "not_invoiced_yet": [SYNCED],
    "invoiced_ahead": [SYNCED],
    "suspended": [EXCLUDED],
    "cancelled": [EXCLUDED] * 2,
    "ended_after_push": [ALREADY] * 2,
    "price_differs": [REFUSED],
    "unreachable_price": [REFUSED],
    "grandfathered_price": [SYNCED | REFUSED],
    "excluding_vat": [SYNCED],
    "catch_up_in_latest": [SYNCED],
    "same_package_twice": [SYNCED] * 2,
    "service_left_behind": [SYNCED, SYNCED, ALREADY, ALREADY],
    "void_or_cancelled": [EXCLUDED] * 2,
    "void_after_push": [ALREADY],
    "draft": [SYNCED],
    "locked": [SYNCED],
    "lines_do_not_add_up": [A_PERSON],
    "no_lines": [A_PERSON | SYNCED],
    "vat_differs_by_line": [A_PERSON | SYNCED],
    "dated_ahead": [SYNCED],
    "number_taken": [A_PERSON],
    "credited": [SYNCED],
    "invoice_left_behind": [SYNCED, SYNCED, ALREADY, ALREADY],
    "invoice_nowhere": [SYNCED] * 2,
    "customer_missing": [SYNCED] * 2,
    "points_nowhere": [A_PERSON] * 2,
    "matched_recurring": [SYNCED],
    "before_zoho": [EXCLUDED],
    "awaited_recurring": [BLOCKED],
    "overpaid": [SYNCED],
    "in_parts": [SYNCED] * 3,
    "not_completed": [EXCLUDED] * 6,
    "refunded_after_push": [ALREADY],
    "paid_in_zoho": [EXCLUDED],
    "no_completion_date": [SYNCED],
    "around_midnight": [SYNCED],
    "of_void_invoice": [SYNCED] * 2,
    "of_draft_invoice": [SYNCED | BLOCKED],
    "newer_column_wins": [SYNCED],
    "of_unsent_recurring": [EXCLUDED | BLOCKED],
    "payment_left_behind": [SYNCED, SYNCED | {Outcome.PARKED}, ALREADY | {Outcome.PARKED}, ALREADY],
}


@pytest.fixture(scope="module")
def truth(world: World) -> Truth:
    side = imagined(world)
    return tell(linked(world, side), side)


def test_every_row_has_an_expectation(world: World, truth: Truth) -> None:
    rows: list[Row] = [*world.customers, *world.services, *world.invoices, *world.payments]
    assert truth.expectations.keys() == {row.id for row in rows}
    assert all(expected.allowed and expected.reason for expected in truth.expectations.values())


@pytest.mark.parametrize("case", PLANTED_FOR)
def test_a_dirty_case_is_expected_to_end_as_it_was_planted_for(world: World, truth: Truth, case: str) -> None:
    assert [set(truth.expectations[row_id].allowed) for row_id in world.planted[case]] == PLANTED_FOR[case]


def test_no_dirty_case_is_left_out(world: World) -> None:
    assert world.planted.keys() == PLANTED_FOR.keys()


def test_most_rows_of_each_kind_have_one_allowed_outcome(truth: Truth) -> None:
    for kind in Kind:
        expected = truth.of(kind)
        assert sum(len(one.allowed) == 1 for one in expected) > 0.9 * len(expected)


def test_a_payment_of_a_matched_debt_goes_to_zoho_s_invoice(world: World, truth: Truth) -> None:
    expected = truth.expectations[world.planted["matched_recurring"][0]]
    assert expected.pays_object
    assert expected.pays_row is None


def test_the_newer_column_says_which_invoice_is_paid(world: World, truth: Truth) -> None:
    payment_id = world.planted["newer_column_wins"][0]
    payment = next(row for row in world.payments if row.id == payment_id)
    assert truth.expectations[payment_id].pays_row == payment.customer_invoice_id != payment.invoice_id


def test_a_subscription_starts_the_day_after_the_last_invoiced_one(world: World, truth: Truth) -> None:
    for case in ("no_activation_but_invoiced", "invoiced_ahead", "catch_up_in_latest"):
        service_id = world.planted[case][0]
        billed = [row.period_end for row in world.invoices if row.service_id == service_id and row.period_end]
        starts_at = truth.expectations[service_id].starts_at
        assert starts_at is not None
        assert (starts_at - max(billed)).days == 1
    assert truth.expectations[world.planted["not_invoiced_yet"][0]].starts_at == world.today


def test_the_truth_is_kept_with_the_practice_database(before_sync: Practice) -> None:
    assert truths.load(before_sync.engine) == before_sync.truth


def test_a_mended_row_gets_a_new_expectation(world: World, truth: Truth) -> None:
    row_id = world.planted["bad_email"][0]
    mended = truth.changed(row_id, allowed=frozenset(SYNCED))
    assert mended.expectations[row_id].allowed == SYNCED
    assert truth.expectations[row_id].allowed == REFUSED


def test_an_older_database_has_nothing_but_recurring_invoices_to_go_by(world: World) -> None:
    older = as_older(world)
    side = imagined(older)
    truth = tell(linked(older, side), side)
    assert {outcome for one in truth.of(Kind.INVOICE) for outcome in one.allowed} == EXCLUDED
    assert all(row.customer_invoice_id is None for row in older.payments)
    assert {one.row_id for one in truth.of(Kind.CUSTOMER)} == {row.id for row in world.customers}
