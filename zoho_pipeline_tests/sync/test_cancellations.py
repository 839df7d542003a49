"""A service that CircleTel has cancelled is listed, approved by a person, and only then cancelled in Zoho, once."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from faults.passing import let_pass
from zoho_pipeline.actions.cancellations import approve, listed
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline.sync.approvals import Approval
from zoho_pipeline_tests.practice.world import Done, PracticeWorld

SUBSCRIPTIONS = Entity.SUBSCRIPTIONS
NOVEMBER = date(2025, 11, 1)


def running(world: PracticeWorld, **values: Any) -> str:
    """A service that Zoho bills."""
    row = world.circletel.service(world.circletel.customer(), activation_date=NOVEMBER, **values)
    world.run(SUBSCRIPTIONS)
    world.zoho.forget_calls()
    return row


def end(world: PracticeWorld, row: str, status: str = "cancelled") -> None:
    """CircleTel ends the service."""
    moment = datetime(2025, 11, 10, 9, 0, tzinfo=UTC) if status == "cancelled" else None
    world.circletel.change("customer_services", row, status=status, cancelled_at=moment)


def ended(world: PracticeWorld) -> str:
    """A service that Zoho bills although CircleTel has cancelled it."""
    row = running(world)
    end(world, row)
    return row


def approved(world: PracticeWorld) -> list[Approval]:
    """All that is listed, approved."""
    return approve([entry.id for entry in listed(world.environ)], "Zanele", world.environ)


def outcomes(world: PracticeWorld) -> list[str | None]:
    return [row.outcome for row in world.circletel.query("SELECT outcome FROM zoho_pipeline.approvals ORDER BY id")]


def subscription_status(world: PracticeWorld, row: str) -> str:
    status: str = world.zoho.get("subscriptions", world.standing(SUBSCRIPTIONS, row).zoho_id)["status"]
    return status


def cancels(world: PracticeWorld) -> int:
    return len(world.zoho.calls("POST", "/cancel$"))


def send(world: PracticeWorld, **more: Any) -> Done:
    """A run of subscriptions."""
    return world.run(SUBSCRIPTIONS, **more)


# Listing and approving


def test_a_cancelled_service_that_zoho_bills_is_listed_with_what_a_person_needs_to_decide(world: PracticeWorld) -> None:
    row = ended(world)
    (entry,) = listed(world.environ)
    customer = world.circletel.value("customer_services", row, "customer_id")
    assert (entry.row_id, entry.zoho_id) == (row, world.standing(SUBSCRIPTIONS, row).zoho_id)
    assert entry.shown == {
        "account": world.circletel.value("customers", str(customer), "account_number"),
        "plan": "fibre-50",
        "rand a month": "799.00",
        "in Zoho": "live",
        "bills next": "2025-12-01",
        "cancelled on": "2025-11-10",
    }
    assert (entry.approved_by, entry.outcome) == (None, None)
    assert world.zoho.calls() == []


def test_it_is_listed_once_however_often_one_looks(world: PracticeWorld) -> None:
    ended(world)
    first = listed(world.environ)
    send(world)
    assert listed(world.environ) == first


def test_what_nobody_approved_is_not_cancelled(world: PracticeWorld) -> None:
    row = ended(world)
    done = send(world)
    assert world.zoho.calls() == []
    assert subscription_status(world, row) == "live"
    assert "1 cancelled service is still billed by Zoho, waiting for approval" in " ".join(done.log)


def test_services_that_run_or_are_suspended_are_not_listed(world: PracticeWorld) -> None:
    running(world)
    end(world, running(world), "suspended")
    end(world, running(world), "pending")
    assert listed(world.environ) == []


def test_a_service_whose_subscription_another_one_runs_on_is_not_listed(world: PracticeWorld) -> None:
    row = ended(world)
    other = world.circletel.service(world.circletel.customer())
    world.link(SUBSCRIPTIONS, other, world.standing(SUBSCRIPTIONS, row).zoho_id or "")
    assert listed(world.environ) == []


@pytest.mark.parametrize("at_end", ["true", "false"])
def test_a_subscription_that_ends_in_zoho_anyway_is_not_listed(world: PracticeWorld, at_end: str) -> None:
    row = ended(world)
    zoho_id = world.standing(SUBSCRIPTIONS, row).zoho_id
    world.zoho.people.post(f"/subscriptions/{zoho_id}/cancel", cancel_at_end=at_end)
    world.circletel.service(world.circletel.customer())
    send(world)
    assert listed(world.environ) == []


def test_a_subscription_that_no_list_has_shown_yet_is_listed_and_looked_at_before_anything_is_sent(
    world: PracticeWorld,
) -> None:
    customer = world.zoho.customer()
    zoho_id = world.zoho.subscription(customer, NOVEMBER)
    row = world.circletel.service(world.circletel.customer())
    world.link(SUBSCRIPTIONS, row, zoho_id)
    end(world, row)
    (entry,) = approved(world)
    assert entry.shown["in Zoho"] == "not listed yet"
    send(world)
    assert subscription_status(world, row) == "cancelled"


# Sending


def test_an_approved_cancellation_takes_a_look_and_one_call_and_ends_the_subscription_at_once(
    world: PracticeWorld,
) -> None:
    row = ended(world)
    approved(world)
    send(world)
    zoho_id = world.standing(SUBSCRIPTIONS, row).zoho_id
    assert (world.zoho.reads, world.zoho.writes) == (
        [f"/subscriptions/{zoho_id}"],
        [f"POST /subscriptions/{zoho_id}/cancel"],
    )
    assert subscription_status(world, row) == "cancelled"
    assert world.status(SUBSCRIPTIONS, row) == "synced"
    assert outcomes(world) == ["cancelled"]
    assert listed(world.environ) == []


def test_after_it_was_cancelled_nothing_is_billed_and_no_call_is_made(world: PracticeWorld) -> None:
    ended(world)
    approved(world)
    send(world)
    world.zoho.on(date(2026, 1, 15))
    assert [invoice["date"] for invoice in world.zoho.objects("invoices")] == ["2025-11-01"]
    world.zoho.forget_calls()
    send(world)
    assert world.zoho.calls() == []


def test_it_leaves_a_trace_in_attempts_and_who_approved_it_when(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    send(world)
    (attempt,) = world.circletel.query("SELECT * FROM zoho_pipeline.attempts WHERE action = 'cancel'")
    (approval,) = world.circletel.query("SELECT * FROM zoho_pipeline.approvals")
    assert (str(attempt.row_id), attempt.outcome, attempt.zoho_id) == (row, "updated", approval.zoho_id)
    assert attempt.request == {"cancel_at_end": False}
    assert approval.approved_by == "Zanele"
    assert approval.listed_at < approval.approved_at < attempt.sent_at < approval.done_at


def test_what_a_person_cancelled_in_zoho_meanwhile_is_done_without_a_write(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    zoho_id = world.standing(SUBSCRIPTIONS, row).zoho_id
    world.zoho.people.post(f"/subscriptions/{zoho_id}/cancel", cancel_at_end="false")
    send(world)
    assert world.zoho.writes == []
    assert world.zoho.reads == [f"/subscriptions/{zoho_id}"]
    assert outcomes(world) == ["cancelled"]


def test_a_dry_run_names_what_it_would_cancel_and_changes_nothing(world: PracticeWorld) -> None:
    row, _ = ended(world), ended(world)
    approve([listed(world.environ)[0].id], "Zanele", world.environ)
    tables = ("zoho_pipeline.approvals", "zoho_pipeline.attempts", "zoho_pipeline.sync_records", "customer_services")
    before = world.circletel.snapshot(*tables)
    done = send(world, dry_run=True)
    assert [line for line in done.log if f"Dry run: would cancel subscription {row}" in line]
    assert [line for line in done.log if "1 cancelled service is still billed by Zoho" in line]
    assert world.circletel.snapshot(*tables) == before
    assert cancels(world) == 0


def test_with_writes_off_nothing_is_cancelled(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    send(world, env={"ZOHO_WRITES": "off"})
    assert (cancels(world), subscription_status(world, row)) == (0, "live")


def test_cancellations_that_are_switched_off_are_left_undone_and_told(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    done = send(world, env={"ZOHO_CHANGES": "customers, drafts"})
    assert cancels(world) == 0
    assert "1 approved cancellation is left undone: ZOHO_CHANGES leaves cancellations out" in " ".join(done.log)
    send(world)
    assert subscription_status(world, row) == "cancelled"


def test_the_days_ceiling_holds_back_the_rest_and_nothing_else(world: PracticeWorld) -> None:
    for _ in range(3):
        ended(world)
    approved(world)
    new = world.circletel.service(world.circletel.customer(), activation_date=NOVEMBER)
    ceiling = {"ZOHO_MAX_CANCELLATIONS_PER_DAY": "2"}
    done = send(world, env=ceiling)
    assert cancels(world) == 2
    assert "1 approved cancellation is waiting: the ceiling of 2 a day" in " ".join(done.log)
    assert world.status(SUBSCRIPTIONS, new) == "synced"
    assert done.interrupted is None
    send(world, env=ceiling)
    assert cancels(world) == 2
    send(world, env=ceiling, confirmed=True)
    assert cancels(world) == 3


# What goes wrong


def test_an_approval_of_a_service_that_is_active_again_is_void(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    end(world, row, "active")
    send(world)
    assert cancels(world) == 0
    assert subscription_status(world, row) == "live"
    (outcome,) = outcomes(world)
    assert outcome is not None
    assert outcome.startswith("void")


def test_an_approval_of_an_earlier_cancellation_does_not_hold_for_a_later_one(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    world.circletel.change("customer_services", row, cancelled_at=datetime(2025, 11, 12, 9, 0, tzinfo=UTC))
    send(world)
    assert cancels(world) == 0
    (entry,) = listed(world.environ)
    assert (entry.approved_by, entry.shown["cancelled on"]) == (None, "2025-11-12")


def test_an_approval_of_a_service_that_was_linked_to_another_subscription_is_void(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    other = world.zoho.subscription(world.zoho.one("customers")["customer_id"], NOVEMBER)
    world.link(SUBSCRIPTIONS, row, other)
    send(world)
    assert cancels(world) == 0
    assert (outcomes(world)[0] or "").startswith("void")


def test_an_approval_of_a_service_that_was_deleted_is_void(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    world.circletel.execute("DELETE FROM customer_services WHERE id = :id", id=row)
    send(world)
    assert cancels(world) == 0
    assert (outcomes(world)[0] or "").startswith("void")


@pytest.mark.parametrize(
    ("fault", "calls", "outcome"),
    [("reset_after_commit", 1, "it has ended in Zoho"), ("reset_before_commit", 2, "cancelled")],
)
def test_a_cancellation_whose_answer_is_lost_settles_itself_by_a_look(
    world: PracticeWorld, fault: str, calls: int, outcome: str
) -> None:
    row = ended(world)
    approved(world)
    world.zoho.befall(fault, method="POST", path="/cancel$")
    send(world)
    assert outcomes(world) == [None]
    send(world)
    assert subscription_status(world, row) == "cancelled"
    assert cancels(world) == calls
    assert outcomes(world) == [outcome]
    assert world.status(SUBSCRIPTIONS, row) == "synced"


def test_what_could_not_go_because_zoho_was_away_goes_with_the_next_run(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    send(world, env={"ZOHO_API_URL": "http://127.0.0.1:9/billing/v1"})
    assert (world.status(SUBSCRIPTIONS, row), outcomes(world)) == ("synced", [None])
    let_pass(world.engine, 61)
    send(world)
    assert subscription_status(world, row) == "cancelled"


def test_what_could_not_go_because_the_days_calls_are_spent_goes_with_the_next_run(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    world.zoho.befall("rate_limit", method="POST", path="/cancel$", code=45)
    send(world)
    assert (subscription_status(world, row), outcomes(world)) == ("live", [None])
    world.change_budget("cool_down_until = NULL")
    send(world)
    assert subscription_status(world, row) == "cancelled"


def test_a_cancellation_that_zoho_refuses_is_closed_told_and_listed_again(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    refusal = {"code": 2, "message": "This subscription cannot be cancelled"}
    world.zoho.befall("answer", method="POST", path="/cancel$", status=400, body=refusal)
    done = send(world)
    assert outcomes(world) == ["refused: This subscription cannot be cancelled"]
    assert "This subscription cannot be cancelled" in " ".join(done.log)
    assert world.status(SUBSCRIPTIONS, row) == "failed"
    assert [entry.approved_by for entry in listed(world.environ)] == [None]
    approved(world)
    send(world)
    assert (subscription_status(world, row), world.status(SUBSCRIPTIONS, row)) == ("cancelled", "synced")


def test_a_worker_that_died_over_a_cancellation_does_not_hold_it_up(world: PracticeWorld) -> None:
    row = ended(world)
    approved(world)
    world.circletel.execute(
        """
        INSERT INTO zoho_pipeline.attempts (entity, row_id, action, run_id, worker, lease_until, sent_at)
        VALUES ('subscriptions', :row, 'cancel', 'dead', 'dead', now() - interval '1 second', now())
        """,
        row=row,
    )
    world.circletel.change("customer_services", row, zoho_sync_status="syncing")
    send(world)
    assert subscription_status(world, row) == "cancelled"
    assert world.status(SUBSCRIPTIONS, row) == "synced"


def test_two_runs_at_once_cancel_once(world: PracticeWorld) -> None:
    rows = [ended(world) for _ in range(3)]
    approved(world)
    assert world.run_twice_at_once() == []
    world.run()
    assert cancels(world) == len(rows)
    assert {subscription_status(world, row) for row in rows} == {"cancelled"}
    assert outcomes(world) == ["cancelled"] * len(rows)


def test_a_service_that_comes_back_after_its_subscription_was_cancelled_is_not_taken_for_synced(
    world: PracticeWorld,
) -> None:
    row = ended(world)
    approved(world)
    send(world)
    end(world, row, "active")
    done = send(world)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.PARKED: 1}
    assert "so nobody bills it" in done.reason
    anew = world.zoho.subscription(world.zoho.one("customers")["customer_id"], NOVEMBER)
    world.link(SUBSCRIPTIONS, row, anew)
    assert send(world).counts(SUBSCRIPTIONS) == {Outcome.UNCHANGED: 1}
    assert world.status(SUBSCRIPTIONS, row) == "synced"
