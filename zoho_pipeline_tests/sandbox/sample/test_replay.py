"""The replay: Zoho ends up with exactly what the story says the app pushed and people typed in, and nothing mailed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from zoho_pipeline.sandbox.sample import snapshot
from zoho_pipeline.sandbox.sample.rows import Row
from zoho_pipeline.sandbox.sample.truth import Kind
from zoho_pipeline.sandbox.sample.world import ID_KNOWN, REACHED_ZOHO
from zoho_pipeline.sandbox.sample.zoho_http import Control
from zoho_pipeline.sandbox.sample.zoho_side import imagined
from zoho_pipeline_tests.sandbox.sample.conftest import Practice


def held(practice: Practice) -> snapshot.Held:
    with Control(practice.zoho.url) as control:
        return snapshot.take(control)


def reached(practice: Practice, rows: Sequence[Row]) -> set[str]:
    handlings = practice.world.handlings
    ids = {str(getattr(row, "id", "")) for row in rows}
    return {
        id_ for id_ in ids & handlings.keys() if handlings[id_].fate in REACHED_ZOHO and not handlings[id_].deleted_on
    }


def test_customers_are_those_the_app_pushed_and_people_typed_in(before_sync: Practice) -> None:
    found = held(before_sync).customers.values()
    assert {one.key for one in found} - {""} == reached(before_sync, before_sync.world.customers)
    assert sum(not one.key for one in found) == len(before_sync.world.handmade_customers)


def test_subscriptions_carry_the_app_s_key_and_no_reference(before_sync: Practice) -> None:
    found = held(before_sync).subscriptions.values()
    assert {key for one in found for key in one.keys} == reached(before_sync, before_sync.world.services)
    assert all(len(one.keys) == 1 for one in found)


def test_subscriptions_have_raised_their_invoices_month_by_month(before_sync: Practice) -> None:
    world = before_sync.world
    wanted = {day for dates in imagined(world).raised.values() for day in dates}
    raised = [one for one in held(before_sync).invoices.values() if one.subscription_id]
    assert {one.day for one in raised} == wanted
    assert len(raised) == sum(len(dates) for dates in imagined(world).raised.values())


def test_zoho_charges_what_circletel_bills_for_a_whole_month(before_sync: Practice) -> None:
    expectations = before_sync.truth.expectations
    for one in held(before_sync).subscriptions.values():
        assert one.monthly == expectations[next(iter(one.keys))].monthly


def test_pushed_invoices_carry_circletel_s_numbers_and_cents(before_sync: Practice) -> None:
    rows = {row.id: row for row in before_sync.world.invoices}
    found = [one for one in held(before_sync).invoices.values() if one.key]
    assert {one.key for one in found} == reached(before_sync, before_sync.world.invoices)
    for one in found:
        row = rows[one.key]
        assert (one.number, one.total, one.tax) == (row.invoice_number, row.total_amount, row.tax_amount)


def test_pushed_payments_carry_the_first_characters_of_their_id(before_sync: Practice) -> None:
    found = held(before_sync).payments.values()
    keyed = [one for one in found if one.key]
    assert {one.key for one in keyed} == reached(before_sync, before_sync.world.payments)
    assert all(one.reference == one.key[:8] for one in keyed)
    in_zoho = {row.transaction_id for row in before_sync.world.payments if row.provider == "zoho_billing"}
    assert {one.id for one in found if not one.key} == in_zoho


def test_nothing_is_covered_beyond_its_total(before_sync: Practice) -> None:
    for one in held(before_sync).invoices.values():
        assert Decimal(0) <= one.applied <= one.total


def test_rows_know_the_ids_that_the_app_came_to_write_down(before_sync: Practice) -> None:
    world, found = before_sync.world, held(before_sync)
    links = {
        Kind.CUSTOMER: {row.id: row.zoho_billing_customer_id for row in world.customers},
        Kind.SUBSCRIPTION: {row.id: row.zoho_subscription_id for row in world.services},
        Kind.INVOICE: {row.id: row.zoho_billing_invoice_id for row in world.invoices},
        Kind.PAYMENT: {row.id: row.zoho_payment_id for row in world.payments},
    }
    dangling = set(world.planted["deleted_in_zoho"])
    for kind, by_row in links.items():
        for row_id, link in by_row.items():
            known = row_id in world.handlings and world.handlings[row_id].fate in ID_KNOWN
            assert (link is not None) is known
            assert not known or row_id in dangling or link in getattr(found, kind.value)


def test_published_packages_know_their_plan_s_numeric_id(before_sync: Practice) -> None:
    known = [row for row in before_sync.world.integrations if row.zoho_billing_plan_id]
    assert len(known) == len(before_sync.world.plans)
    assert all(row.zoho_billing_plan_id and row.zoho_billing_plan_id.isdigit() for row in known)


def test_no_mail_no_ledger_and_the_clock_shows_today(before_sync: Practice) -> None:
    with Control(before_sync.zoho.url) as control:
        assert control.call("GET", "mails")["mails"] == []
        assert control.call("GET", "clock")["now"].startswith(before_sync.world.today.isoformat())
        assert control.call("GET", "behaviour")["calls_per_day"] < 10**9


def test_the_truth_names_what_was_there(before_sync: Practice) -> None:
    assert dict(before_sync.truth.seeded) == held(before_sync).ids()
