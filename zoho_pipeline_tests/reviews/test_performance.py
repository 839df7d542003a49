"""The performance review's figures against rows put in by hand."""

from datetime import timedelta

from zoho_pipeline.actions.reviews import performance
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.reviews.paper import Review, Value
from zoho_pipeline.reviews.span import Span
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.reviews.rows import at, attempt, call, log

NOVEMBER = Span.month(Month(2025, 11))


def review(world: PracticeWorld) -> Review:
    return performance(NOVEMBER, world.environ)


def rows(of: Review, title: str) -> list[tuple[Value, ...]]:
    return list(next(each for each in of.tables if each.title == title).rows)


def test_durations_are_the_measured_ones_with_their_percentiles(world: PracticeWorld) -> None:
    for seconds in (1, 2, 3, 4, 10):
        attempt(world, Entity.INVOICES, "created", at(4), seconds)
    attempt(world, Entity.CUSTOMERS, "failed", at(5), 0.25)
    assert rows(review(world), "By kind") == [
        ("all", "customers", 1, 0, 1, 0.0, 0.25, 0.25, 0.25, 0.25),
        ("all", "invoices", 5, 5, 0, 100.0, 4.0, 3.0, 8.8, 10.0),
    ]


def test_they_stand_by_day_and_kind_the_latest_day_first(world: PracticeWorld) -> None:
    attempt(world, Entity.INVOICES, "created", at(4), 1)
    attempt(world, Entity.CUSTOMERS, "created", at(4), 2)
    attempt(world, Entity.PAYMENTS, "failed", at(4) + timedelta(hours=14), 3)
    found = [(row[0], row[1], row[2], row[6]) for row in rows(review(world), "By day and kind")]
    assert found == [
        ("2025-11-05", "payments", 1, 3.0),
        ("2025-11-04", "customers", 1, 2.0),
        ("2025-11-04", "invoices", 1, 1.0),
    ]


def test_a_push_of_the_app_counts_and_has_no_duration(world: PracticeWorld) -> None:
    log(world, Entity.CUSTOMERS, "success", at(4))
    attempt(world, Entity.CUSTOMERS, "created", at(4), 2)
    ((_, _, syncs, *_, average, _, _, _),) = rows(review(world), "By kind")
    assert (syncs, average) == (2, 2.0)


def test_the_month_ends_at_midnight_in_johannesburg(world: PracticeWorld) -> None:
    for moment in (at(1, 0), at(1, 0) - timedelta(seconds=1), at(30, 23, 59), at(30, 23, 59) + timedelta(minutes=1)):
        attempt(world, Entity.CUSTOMERS, "created", moment, 1)
    assert "Total: 2 syncs." in review(world).notes


def test_the_peak_hours_are_named_busiest_first(world: PracticeWorld) -> None:
    for hour, syncs in ((9, 2), (14, 3), (22, 1), (3, 1)):
        for _ in range(syncs):
            attempt(world, Entity.CUSTOMERS, "created", at(4, hour), 1)
    assert "Peak hours: 14:00 (3), 09:00 (2), 03:00 (1)." in review(world).notes


def test_every_limit_of_zohos_that_was_met_is_counted(world: PracticeWorld) -> None:
    assert review(world).target("no_rate_limit_met").met is True
    for number, (status, code) in enumerate([(429, 44), (429, 45), (400, 1070), (429, None), (200, 0), (400, 15)]):
        call(world, number, "POST /invoices", at(4), status=status, code=code)
    call(world, 99, "POST /invoices", at(4) + timedelta(days=40), status=429, code=44)
    found = review(world)
    assert found.target("no_rate_limit_met").sentence == "Zoho's limits were met 4 times."
    assert found.target("no_rate_limit_met").met is False
    limits = sorted((row[1], row[2]) for row in rows(found, "Limits of Zoho's that were met"))
    assert limits == [("day", 1), ("in_flight", 1), ("minute", 1), ("minute", 1)]
