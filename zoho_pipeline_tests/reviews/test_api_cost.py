"""The API cost review's figures against calls put in by hand."""

from datetime import date

from zoho_pipeline.actions.reviews import api_cost
from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.reviews.paper import Review, Value
from zoho_pipeline.reviews.span import Span
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.reviews.rows import at, attempt, call, insert

NOVEMBER = Span.month(Month(2025, 11))
LIMITS = {"ZOHO_CALLS_PER_MINUTE": "4", "ZOHO_CALLS_PER_DAY": "10"}


def review(world: PracticeWorld) -> Review:
    return api_cost(NOVEMBER, world.environ | LIMITS)


def rows(of: Review, title: str) -> list[tuple[Value, ...]]:
    return list(next(each for each in of.tables if each.title == title).rows)


def test_calls_stand_by_endpoint_and_purpose_with_what_was_in_vain(world: PracticeWorld) -> None:
    for number in range(3):
        call(world, number, "POST /invoices", at(4))
    call(world, 10, "POST /invoices", at(4), status=400, code=15)
    call(world, 11, "POST /invoices", at(4), purpose="urgent")
    call(world, 12, "GET /customers", at(4), status=None, code=None)
    call(world, 13, "GET /customers", at(1, 0).replace(month=10))
    assert rows(review(world), "Calls by endpoint and purpose") == [
        ("POST /invoices", "bulk", 4, 66.67, 1),
        ("GET /customers", "bulk", 1, 16.67, 1),
        ("POST /invoices", "urgent", 1, 16.67, 0),
    ]


def test_nearness_to_the_limits_is_told_of_the_busiest_day_and_minute(world: PracticeWorld) -> None:
    for number in range(8):
        call(world, number, "GET /customers", at(4, number))
    for number in range(3):
        call(world, 20 + number, "GET /customers", at(7, 15))
    found = review(world)
    day, minute = found.target("within_the_day"), found.target("within_the_minute")
    assert (day.met, day.sentence) == (True, "The busiest day, 2025-11-04, used 8 of 10 calls (80 %).")
    assert (minute.met, minute.sentence) == (True, "The busiest minute, between 15:00 and 15:59, had 3 of 4 calls.")
    call(world, 30, "GET /customers", at(4, 23))
    call(world, 31, "GET /customers", at(7, 15))
    found = review(world)
    assert [found.target(name).met for name in ("within_the_day", "within_the_minute")] == [False, False]


def test_calls_per_record_leave_lists_out(world: PracticeWorld) -> None:
    for number, record in enumerate(["a", "a", "b", None]):
        call(world, number, "POST /invoices", at(4), entity="invoices", record_id=record)
    attempt(world, Entity.INVOICES, "created", at(4), 1)
    assert rows(review(world), "Calls per record") == [("invoices", 3, 2, 1.5, 1)]


def test_what_would_save_calls_is_said_with_its_figure(world: PracticeWorld) -> None:
    for number in range(6):
        call(world, number, "GET /invoices/{id}", at(4, number), entity="invoices", record_id="a")
    for number in range(4):
        call(world, 10 + number, "POST /invoices", at(5, number), status=400)
    said = " ".join(review(world).notes)
    assert "4 of 10 calls brought nothing" in said
    assert "6 of 10 calls read objects one by one" in said
    assert "A invoice cost" not in said
    assert "An invoice cost 6.0 calls" in said


def test_where_nothing_stands_out_it_says_so(world: PracticeWorld) -> None:
    call(world, 1, "POST /invoices", at(4))
    assert "Nothing stands out that would save calls." in review(world).notes


def test_storage_is_counted_by_kind_with_what_the_month_added(world: PracticeWorld) -> None:
    for zoho_id, day, gone in (
        ("1", date(2025, 10, 31), None),
        ("2", date(2025, 11, 1), None),
        ("3", date(2025, 11, 2), at(9)),
    ):
        insert(world, "zoho_pipeline.mirror_payments", {
            "zoho_id": zoho_id, "customer_zoho_id": "1", "amount": 1, "date": day, "gone_at": gone,
        })  # fmt: skip
    stored = {row[0]: row[1:] for row in rows(review(world), "Storage in Zoho")}
    assert stored["payments"] == (2, 1)
    assert set(stored) == {"customers", "subscriptions", "invoices", "payments", "credit notes", "refunds"}
