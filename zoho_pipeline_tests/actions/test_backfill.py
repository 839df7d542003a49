"""The main job as a whole: off until it was armed, stopped by its ceilings, its pause and its hours, and told of it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from zoho_pipeline.actions.backfill import Paused, open_months
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import JOHANNESBURG
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.world import ONLY_MONTH, PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
OFF = {"ZOHO_WRITES": "off"}


def public_tables(world: PracticeWorld) -> dict[str, list[str]]:
    """Every row of every table that is CircleTel's."""
    names = world.circletel.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return world.circletel.snapshot(*(f"public.{name.tablename}" for name in names))


def in_zoho(world: PracticeWorld) -> Any:
    """Everything that Zoho holds."""
    return world.zoho.control.call("GET", "state")["organisation"]


def counted(world: PracticeWorld, **how: Any) -> dict[Entity, Counter[Outcome]]:
    """The counts of a run over everything, by kind."""
    done = world.run(**how)
    return {entity: done.counts(entity) for entity in PARENTS_FIRST}


def hours_that_are_not_now() -> dict[str, str]:
    """Bulk hours of an hour, half a day away."""
    begin = datetime.now(JOHANNESBURG) + timedelta(hours=12)
    return {"ZOHO_BULK_HOURS": f"{begin:%H:%M}-{begin + timedelta(hours=1):%H:%M}"}


@pytest.fixture
def family(world: PracticeWorld) -> PracticeWorld:
    """One row of each kind that goes, and one of each that does not."""
    circletel = world.circletel
    customer = circletel.customer()
    circletel.service(customer)
    circletel.payment(customer, invoice=circletel.invoice(customer))
    blank = circletel.customer(email="")
    circletel.service(blank)
    circletel.payment(blank, invoice=circletel.invoice(blank))
    circletel.invoice(customer, line_items=[{"name": "Half", "price": 115}])
    circletel.service(customer, activation_date=None)
    circletel.payment(customer, "10.00", currency="USD")
    test_account = circletel.customer(account_type="internal_test")
    circletel.payment(test_account, invoice=circletel.invoice(test_account))
    by_hand = circletel.customer(email="known@example.co.za", first_name="Known", last_name="Person")
    world.zoho.customer(display_name="Known Person", email="known@example.co.za")
    circletel.invoice(by_hand)
    world.zoho.forget_calls()
    return world


# Writes are off


def test_with_writes_off_every_run_says_that_it_is_a_dry_run(family: PracticeWorld) -> None:
    done = family.run(env=OFF)
    assert done.log[0] == "ZOHO_WRITES is off, so this is a dry run: nothing is sent to Zoho, and no row is changed."
    assert all(result.dry_run for result in done.results)


def test_with_writes_off_no_table_of_circletels_and_nothing_in_zoho_is_changed(family: PracticeWorld) -> None:
    rows, objects = public_tables(family), in_zoho(family)
    family.run(env=OFF)
    assert public_tables(family) == rows
    assert in_zoho(family) == objects
    assert family.zoho.calls()
    assert {call["method"] for call in family.zoho.calls()} == {"GET"}
    assert family.zoho.mails == []


def test_with_writes_off_no_row_is_remembered_as_seen(family: PracticeWorld) -> None:
    family.run(env=OFF)
    for table in ("sync_records", "attempts"):
        assert family.circletel.query(f"SELECT * FROM zoho_pipeline.{table}") == []


def test_a_dry_run_counts_what_the_run_after_it_does(family: PracticeWorld) -> None:
    foretold = counted(family, env=OFF)
    assert counted(family) == foretold
    assert {Outcome.CREATED, Outcome.ADOPTED, Outcome.REFUSED, Outcome.BLOCKED} <= set(
        sum(foretold.values(), Counter())
    )
    assert family.zoho.mails == []


def test_what_was_counted_is_kept_for_later_and_told_from_a_dry_run(family: PracticeWorld) -> None:
    foretold, done = family.run(env=OFF), family.run()
    kept = family.circletel.query("SELECT * FROM zoho_pipeline.sync_results ORDER BY finished_at")
    assert [row.dry_run for row in kept] == [True] * 4 + [False] * 4
    told = [*foretold.results, *done.results]
    assert [(row.entity, row.month) for row in kept] == [(result.entity, result.month.key) for result in told]
    assert [row.counts for row in kept] == [
        {outcome.value: count for outcome, count in result.counts.items()} for result in told
    ]
    assert [row.api_calls for row in kept] == [result.api_calls for result in told]


# Order


def test_parents_go_before_children_in_whatever_order_the_kinds_were_named(family: PracticeWorld) -> None:
    done = family.run(PAYMENTS, CUSTOMERS, INVOICES, SUBSCRIPTIONS)
    assert [result.entity for result in done.results] == list(PARENTS_FIRST)


def test_exactly_the_months_that_were_asked_for_run(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    august = world.circletel.invoice(customer, invoice_date=date(2025, 8, 1))
    world.circletel.invoice(customer, invoice_date=date(2025, 9, 1))
    since = {"CIRCLETEL_FIRST_MONTH": "2025-01"}
    done = world.run(INVOICES, months=[Month(2025, 8)], env=since)
    assert [(result.month.key, result.counts) for result in done.results] == [("2025-08", {Outcome.CREATED: 1})]
    assert done.results[0].brought_along == 1
    assert world.zoho.one("invoices")["invoice_id"] == world.standing(INVOICES, august).zoho_id


def test_the_open_months_begin_with_the_setting_and_reach_into_the_next_month() -> None:
    months = open_months(SyncSettings.load({"CIRCLETEL_FIRST_MONTH": "2025-02"}))
    assert months.first == Month(2025, 2)
    assert months.last == Month.of(datetime.now(JOHANNESBURG).date()).plus(1)


# Ceilings


def test_the_ceiling_on_creates_stops_the_run_with_a_sentence_until_somebody_confirms(world: PracticeWorld) -> None:
    for _ in range(4):
        world.circletel.customer()
    ceiling = {"ZOHO_MAX_CREATES_PER_DAY": "3"}
    done = world.run(env=ceiling)
    assert done.interrupted == (
        "the ceiling of 3 creates a day (ZOHO_MAX_CREATES_PER_DAY) is reached: "
        "look at what was sent, then run again with confirmation."
    )
    assert done.results[0].resumes_at is None
    assert len(world.zoho.objects("customers")) == 3
    assert world.run(env=ceiling, confirmed=True).counts(CUSTOMERS) == {Outcome.UNCHANGED: 3, Outcome.CREATED: 1}


def test_the_ceiling_on_rand_stops_the_run_with_a_sentence_until_somebody_confirms(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for _ in range(2):
        world.circletel.invoice(customer, "1000.00")
    ceiling = {"ZOHO_MAX_RAND_PER_DAY": "1999.99"}
    done = world.run(env=ceiling)
    assert "the ceiling of R 1 999.99 a day (ZOHO_MAX_RAND_PER_DAY) is reached" in (done.interrupted or "")
    assert len(world.zoho.objects("invoices")) == 1
    assert world.run(env=ceiling, confirmed=True).counts(INVOICES) == {Outcome.UNCHANGED: 1, Outcome.CREATED: 1}


def test_a_ceiling_that_one_kind_reached_stops_the_kinds_after_it_too(world: PracticeWorld) -> None:
    world.circletel.invoice(world.circletel.customer())
    done = world.run(env={"ZOHO_MAX_CREATES_PER_DAY": "1"})
    assert len(world.zoho.objects("customers")) == 1
    assert world.zoho.objects("invoices") == []
    assert [result.green for result in done.results] == [True, True, False, True]


def test_a_confirmed_run_still_counts_against_the_next_ones_ceiling(world: PracticeWorld) -> None:
    world.circletel.customer()
    world.run(env={"ZOHO_MAX_CREATES_PER_DAY": "0"}, confirmed=True)
    world.circletel.customer()
    assert world.run(env={"ZOHO_MAX_CREATES_PER_DAY": "1"}).interrupted


# The pause


@pytest.mark.parametrize("how", [{}, {"dry_run": True}, {"urgent": True}, {"confirmed": True}], ids=str)
def test_a_pause_holds_for_every_run(world: PracticeWorld, how: dict[str, Any]) -> None:
    world.circletel.customer()
    before = public_tables(world)
    with pytest.raises(Paused, match=r"ZOHO_PAUSED is on.*nothing was read or sent. Switch it off to go on"):
        world.run(env={"ZOHO_PAUSED": "on"}, **how)
    assert world.zoho.calls() == []
    assert public_tables(world) == before


# A few rows at a time


def test_at_most_so_many_rows_of_each_kind_are_looked_at_and_the_next_run_goes_on(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for _ in range(3):
        world.circletel.invoice(customer)
    first = world.run(max_rows=2)
    assert (first.counts(CUSTOMERS), first.counts(INVOICES)) == ({Outcome.CREATED: 1}, {Outcome.CREATED: 2})
    assert world.run(max_rows=2).counts(INVOICES) == {Outcome.UNCHANGED: 2, Outcome.CREATED: 1}


# The hours of heavy work


def test_outside_the_hours_of_heavy_work_nothing_is_sent_and_the_run_says_when_it_goes_on(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    hours = hours_that_are_not_now()
    (result,) = world.run(CUSTOMERS, env=hours).results
    assert "heavy work is confined to" in (result.interrupted or "")
    assert result.resumes_at is not None
    assert f"{result.resumes_at.astimezone(JOHANNESBURG):%H:%M}" == hours["ZOHO_BULK_HOURS"][:5]
    assert result.resumes_at > datetime.now(UTC)
    assert result.goes_on_by_itself
    assert world.zoho.writes == []
    assert world.status(CUSTOMERS, row) == "pending"
    (kept,) = world.circletel.query("SELECT resumes_at FROM zoho_pipeline.sync_results")
    assert kept.resumes_at == result.resumes_at


def test_urgent_work_goes_at_any_hour(world: PracticeWorld) -> None:
    world.circletel.customer()
    done = world.run(CUSTOMERS, env=hours_that_are_not_now(), urgent=True)
    assert done.counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert done.interrupted is None
    purposes = world.circletel.query("SELECT DISTINCT purpose FROM zoho_pipeline.api_calls WHERE method = 'POST'")
    assert [row.purpose for row in purposes] == ["urgent"]


def test_a_dry_run_goes_at_any_hour(world: PracticeWorld) -> None:
    world.circletel.customer()
    done = world.run(CUSTOMERS, months=[ONLY_MONTH], env=hours_that_are_not_now() | OFF)
    assert done.counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert done.interrupted is None
