"""The weekly review's figures against rows put in by hand."""

from datetime import date, datetime, timedelta

import pytest

from zoho_pipeline.actions.reviews import weekly_sync
from zoho_pipeline.clock import JOHANNESBURG, SimulatedClock
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.objects import Extra
from zoho_pipeline.reviews.paper import Review, Table
from zoho_pipeline.reviews.span import Span
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.reviews.rows import at, attempt, insert, log

WEEK = Span.week(date(2025, 11, 3))
CLOCK = SimulatedClock(datetime(2025, 11, 10, 7, 15, tzinfo=JOHANNESBURG))


def review(world: PracticeWorld, **environ: str) -> Review:
    return weekly_sync(WEEK, world.environ | environ, CLOCK)


def table(of: Review, title: str) -> Table:
    return next(each for each in of.tables if each.title == title)


def counts(of: Review) -> list[tuple[object, ...]]:
    return list(table(of, "Syncs by kind and status").rows)


def listed(world: PracticeWorld) -> None:
    """Zoho's lists were read whole."""
    for kind in (*Entity, *Extra):
        values = {"entity": kind.value, "started_at": at(10, 6), "completed_at": at(10, 6), "rows": 0}
        insert(world, "zoho_pipeline.mirror_listings", values)


def test_syncs_are_counted_by_kind_and_status_with_percentages_of_the_kind(world: PracticeWorld) -> None:
    for outcome in ("created", "updated", "adopted", "failed"):
        attempt(world, Entity.CUSTOMERS, outcome, at(4), 2)
    attempt(world, Entity.PAYMENTS, "in_doubt", at(9, 23, 59), 1)
    assert counts(review(world)) == [
        ("customers", "success", 3, 75.0),
        ("customers", "failed", 1, 25.0),
        ("payments", "in_doubt", 1, 100.0),
    ]


def test_the_week_runs_from_monday_to_sunday_in_johannesburg(world: PracticeWorld) -> None:
    for moment in (at(2, 23, 59), at(3, 0), at(9, 23, 59), at(10, 0)):
        attempt(world, Entity.INVOICES, "created", moment, 1)
    assert counts(review(world)) == [("invoices", "success", 2, 100.0)]


def test_what_was_never_sent_is_no_sync(world: PracticeWorld) -> None:
    attempt(world, Entity.INVOICES, "released", at(4), 1, sent_at=None)
    assert counts(review(world)) == []


def test_pushes_of_circletels_app_count_and_ours_count_once(world: PracticeWorld) -> None:
    row = attempt(world, Entity.CUSTOMERS, "created", at(4), 1)
    log(world, Entity.CUSTOMERS, "success", at(4), entity_id=row, run_id="run-1")
    log(world, Entity.CUSTOMERS, "failed", at(5))
    log(world, Entity.CUSTOMERS, "success", at(5), entity_id=row)
    log(world, Entity.INVOICES, "failed", at(10, 0))
    insert(world, "public.zoho_sync_logs", {"entity_type": "quote", "entity_id": row, "status": "failed"})
    assert counts(review(world)) == [
        ("customers", "success", 2, 66.67),
        ("customers", "failed", 1, 33.33),
    ]


@pytest.mark.parametrize(("failed", "met"), [(4, True), (5, False)])
def test_fewer_than_five_failures_are_well(world: PracticeWorld, failed: int, met: bool) -> None:
    for _ in range(failed):
        attempt(world, Entity.CUSTOMERS, "refused", at(4), 1)
    found = review(world).target("failed_syncs")
    assert (found.met, found.sentence) == (met, f"{failed} syncs failed (fewer than 5).")


@pytest.mark.parametrize(("won", "met"), [(49, False), (50, True)])
def test_more_than_98_percent_must_succeed(world: PracticeWorld, won: int, met: bool) -> None:
    attempt(world, Entity.CUSTOMERS, "failed", at(4), 1)
    for _ in range(won):
        attempt(world, Entity.CUSTOMERS, "created", at(4), 1)
    assert review(world).target("success_rate").met is met


@pytest.mark.parametrize(("longer", "met"), [(7.9, True), (8, False)])
def test_a_sync_takes_less_than_five_seconds_on_average(world: PracticeWorld, longer: float, met: bool) -> None:
    attempt(world, Entity.CUSTOMERS, "created", at(4), 2)
    attempt(world, Entity.PAYMENTS, "failed", at(4), longer)
    assert review(world).target("average_time").met is met


def test_the_thresholds_are_settings(world: PracticeWorld) -> None:
    attempt(world, Entity.CUSTOMERS, "failed", at(4), 3)
    attempt(world, Entity.CUSTOMERS, "created", at(4), 3)
    given = {"SUCCESS_PERCENT": "49", "FAILURES_PER_WEEK": "1", "AVERAGE_SECONDS": "3"}
    found = review(world, **{f"ZOHO_HEALTH_{name}": value for name, value in given.items()})
    assert [found.target(name).met for name in ("success_rate", "failed_syncs", "average_time")] == [True, False, False]


def test_the_twenty_oldest_failures_have_their_age_and_the_command_to_run(world: PracticeWorld) -> None:
    ids = {}
    for age in range(1, 23):
        row = world.circletel.customer(account_number=f"CT-2025-{age:05d}")
        ids[age] = row
        insert(world, "zoho_pipeline.sync_records", {
            "entity": "customers", "row_id": row, "state": "refused", "cause": "validation",
            "reason": "the e-mail address is blank", "changed_at": CLOCK.now() - timedelta(days=age, minutes=5),
        })  # fmt: skip
    found = review(world)
    rows = table(found, "The 20 oldest failures").rows
    assert [row[1] for row in rows] == [f"CT-2025-{age:05d}" for age in range(22, 2, -1)]
    assert [row[3] for row in rows] == list(range(22, 2, -1))
    assert rows[0][4:6] == ("validation", "the e-mail address is blank")
    assert rows[0][-1] == f"zoho-pipeline retry customers {ids[22]}"
    stale = found.target("nothing_stale")
    assert (stale.met, stale.sentence) == (False, "22 rows are failing, 16 of them for over 7 days.")


def test_a_failure_is_as_old_as_the_first_attempt_since_it_last_went(world: PracticeWorld) -> None:
    row = world.circletel.customer(account_number="CT-2025-00001")
    for outcome, day in (("failed", 1), ("created", 2), ("failed", 6), ("failed", 9)):
        attempt(world, Entity.CUSTOMERS, outcome, at(day, 7), 1, row_id=row)
    record = {"entity": "customers", "row_id": row, "state": "failed", "cause": "zoho_error", "changed_at": at(9)}
    insert(world, "zoho_pipeline.sync_records", record)
    ((*_, state, days, _cause, _reason, _advice, _command),) = table(review(world), "The 20 oldest failures").rows
    assert (state, days) == ("failed", 4)


def test_what_the_app_failed_to_push_is_among_them_and_what_is_not_eligible_is_not(world: PracticeWorld) -> None:
    world.circletel.customer(zoho_sync_status="failed", account_number="CT-2025-00001")
    world.circletel.customer(zoho_sync_status="failed", account_type="internal_test")
    ((_, label, *_),) = table(review(world), "The 20 oldest failures").rows
    assert label == "CT-2025-00001"


def test_zohos_side_is_compared_by_record(world: PracticeWorld) -> None:
    for zoho_id in ("1", "2", "3"):
        world.circletel.customer(zoho_billing_customer_id=zoho_id)
    for zoho_id, created, gone in (("1", 1, None), ("2", 5, None), ("3", 1, at(6)), ("9", 5, None)):
        insert(world, "zoho_pipeline.mirror_customers", {
            "zoho_id": zoho_id, "display_name": "x", "email": f"{zoho_id}@example.co.za",
            "created_on": date(2025, 11, created), "gone_at": gone,
        })  # fmt: skip
    for zoho_id, subscription in (("i1", "s1"), ("i2", "")):
        insert(world, "zoho_pipeline.mirror_invoices", {
            "zoho_id": zoho_id, "number": zoho_id, "customer_zoho_id": "1", "status": "sent", "total": 1, "balance": 1,
            "date": date(2025, 11, 9), "subscription_zoho_id": subscription,
        })  # fmt: skip
    listed(world)
    found = review(world)
    customers, _, invoices, _ = table(found, "CircleTel and Zoho").rows
    assert customers == ("customers", 3, 1, 3, 0, 1, 2, 0, 0, "2025-11-10 06:00")
    assert invoices == ("invoices", 0, 0, 2, 1, 1, 2, 0, 0, "2025-11-10 06:00")
    matches = found.target("zoho_matches")
    assert matches.met is False
    assert "customers: 1 not in Zoho, 1 only in Zoho; invoices: 0 not in Zoho, 1 only in Zoho" in matches.sentence


def test_a_customer_that_stands_twice_is_found(world: PracticeWorld) -> None:
    row = world.circletel.customer(zoho_billing_customer_id="1")
    for zoho_id in ("1", "2"):
        insert(world, "zoho_pipeline.mirror_customers", {"zoho_id": zoho_id, "display_name": "x", "circletel_id": row})
    listed(world)
    twice = review(world).target("no_duplicates")
    assert (twice.met, twice.sentence) == (False, "1 stand twice, 1 of them customers.")


def test_without_zohos_lists_nobody_can_tell_and_nothing_passes(world: PracticeWorld) -> None:
    found = review(world)
    assert [found.target(name).met for name in ("zoho_matches", "no_duplicates")] == [None, None]
    assert "mirror/" in found.todo[0]


def test_a_quiet_week_is_well(world: PracticeWorld) -> None:
    listed(world)
    assert {each.met for each in review(world).targets} == {True}
