"""A run over a month touches that month's rows only, and the parents that they need."""

from datetime import UTC, date, datetime

from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
FROM_JANUARY = {"CIRCLETEL_FIRST_MONTH": "2025-01"}


def test_a_run_over_one_month_leaves_the_other_months_alone_but_for_the_parents_that_it_needs(
    world: PracticeWorld,
) -> None:
    january = {"created_at": datetime(2025, 1, 5, tzinfo=UTC), "updated_at": datetime(2025, 1, 5, tzinfo=UTC)}
    parent, other = (world.circletel.customer(**january) for _ in range(2))
    ours = world.circletel.invoice(parent, invoice_date=date(2025, 3, 31))
    theirs = world.circletel.invoice(parent, invoice_date=date(2025, 4, 1))
    done = world.run(months=[Month(2025, 3)], env=FROM_JANUARY)
    assert [result.month for result in done.results] == [Month(2025, 3)] * 4
    assert done.counts(INVOICES) == {Outcome.CREATED: 1}
    assert done.results[2].brought_along == 1
    assert [world.status(CUSTOMERS, row) for row in (parent, other)] == ["synced", "pending"]
    assert [world.status(INVOICES, row) for row in (ours, theirs)] == ["synced", "pending"]


def test_a_parent_of_a_later_month_is_brought_along_too(world: PracticeWorld) -> None:
    late = world.circletel.customer(created_at=datetime(2025, 9, 5, tzinfo=UTC))
    world.circletel.invoice(late, invoice_date=date(2025, 3, 31))
    done = world.run(INVOICES, months=[Month(2025, 3)], env=FROM_JANUARY)
    assert done.counts(INVOICES) == {Outcome.CREATED: 1}
    assert world.status(CUSTOMERS, late) == "synced"


def test_a_parent_is_tried_once_in_a_run_however_many_children_ask_for_it(world: PracticeWorld) -> None:
    parent = world.circletel.customer()
    for month in (1, 2, 3):
        world.circletel.invoice(parent, invoice_date=date(2025, month, 1))
    refusal = {"code": 2, "message": "Invalid value passed for phone"}
    world.zoho.befall("answer", method="POST", path="/customers$", times=None, status=400, body=refusal)
    done = world.run(INVOICES, months=[Month(2025, month) for month in (1, 2, 3)], env=FROM_JANUARY)
    assert done.counts(INVOICES) == {Outcome.BLOCKED: 3}
    assert world.zoho.writes == ["POST /customers"]


def test_the_results_of_every_month_are_kept(world: PracticeWorld) -> None:
    world.circletel.customer(created_at=datetime(2025, 1, 5, tzinfo=UTC))
    world.run(CUSTOMERS, months=[Month(2025, 1), Month(2025, 2)], env=FROM_JANUARY)
    kept = world.circletel.query("SELECT month, counts, dry_run FROM zoho_pipeline.sync_results ORDER BY month")
    assert [tuple(row) for row in kept] == [("2025-01", {"created": 1}, False), ("2025-02", {}, False)]
