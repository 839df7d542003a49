"""Approving and sending cancellations as a person does: all or none, with a name, and never something unseen."""

from datetime import UTC, date, datetime

import pytest

from zoho_pipeline.actions.backfill import Paused
from zoho_pipeline.actions.cancellations import NotApproved, approve, listed, send
from zoho_pipeline.entities import Entity
from zoho_pipeline.sync.approvals import Approval
from zoho_pipeline_tests.practice.world import PracticeWorld

SUBSCRIPTIONS = Entity.SUBSCRIPTIONS


@pytest.fixture
def two(world: PracticeWorld) -> list[Approval]:
    """Two cancelled services that Zoho bills."""
    rows = [world.circletel.service(world.circletel.customer(), activation_date=date(2025, 11, 1)) for _ in range(2)]
    world.run(SUBSCRIPTIONS)
    for day, row in enumerate(rows, start=10):
        moment = datetime(2025, 11, day, 9, 0, tzinfo=UTC)
        world.circletel.change("customer_services", row, status="cancelled", cancelled_at=moment)
    world.zoho.forget_calls()
    entries = listed(world.environ)
    assert [entry.row_id for entry in entries] == rows
    return entries


def cancelled(world: PracticeWorld) -> int:
    return len(world.zoho.calls("POST", "/cancel$"))


def by_hand(world: PracticeWorld, *, dry_run: bool = False, confirmed: bool = False, **env: str) -> list[Approval]:
    return send("a test", world.environ | env, lambda _: None, dry_run=dry_run, confirmed=confirmed)


def test_who_approved_it_and_when_is_kept(world: PracticeWorld, two: list[Approval]) -> None:
    (entry,) = approve([two[0].id], " Zanele ", world.environ)
    assert entry.approved_by == "Zanele"
    assert entry.approved_at is not None
    assert [found.approved_by for found in listed(world.environ)] == ["Zanele", None]
    assert world.zoho.calls() == []


@pytest.mark.parametrize("by", ["", "   "])
def test_an_approval_by_nobody_is_none(world: PracticeWorld, two: list[Approval], by: str) -> None:
    with pytest.raises(NotApproved, match="needs a name"):
        approve([two[0].id], by, world.environ)


def test_of_several_all_are_approved_or_none(world: PracticeWorld, two: list[Approval]) -> None:
    with pytest.raises(NotApproved, match="Nothing was approved: there is no cancellation 4711"):
        approve([two[0].id, 4711], "Zanele", world.environ)
    assert [found.approved_by for found in listed(world.environ)] == [None, None]


def test_what_is_approved_already_says_by_whom(world: PracticeWorld, two: list[Approval]) -> None:
    approve([two[0].id], "Zanele", world.environ)
    with pytest.raises(NotApproved, match="was approved by Zanele already"):
        approve([two[0].id], "Sipho", world.environ)


def test_what_changed_since_it_was_shown_cannot_be_approved(world: PracticeWorld, two: list[Approval]) -> None:
    world.circletel.change("customer_services", two[0].row_id, status="active", cancelled_at=None)
    with pytest.raises(NotApproved, match=r"is closed \(void: the service or its link has changed"):
        approve([two[0].id], "Zanele", world.environ)


def test_only_what_is_approved_is_sent(world: PracticeWorld, two: list[Approval]) -> None:
    approve([two[1].id], "Zanele", world.environ)
    (entry,) = by_hand(world)
    assert (entry.id, entry.outcome) == (two[1].id, "cancelled")
    assert world.zoho.get("subscriptions", two[0].zoho_id)["status"] == "live"
    assert world.zoho.get("subscriptions", two[1].zoho_id)["status"] == "cancelled"


def test_it_goes_at_any_hour_and_looks_at_nothing_else(world: PracticeWorld, two: list[Approval]) -> None:
    approve([two[0].id], "Zanele", world.environ)
    world.circletel.customer()
    now = datetime.now(UTC)
    hours = f"{(now.hour + 8) % 24:02d}:00-{(now.hour + 9) % 24:02d}:00"
    by_hand(world, ZOHO_BULK_HOURS=hours)
    assert world.zoho.writes == [f"POST /subscriptions/{two[0].zoho_id}/cancel"]


def test_a_dry_run_sends_nothing_and_what_was_approved_stays_so(world: PracticeWorld, two: list[Approval]) -> None:
    approve([entry.id for entry in two], "Zanele", world.environ)
    entries = by_hand(world, dry_run=True)
    assert [(entry.approved_by, entry.outcome) for entry in entries] == [("Zanele", None)] * 2
    assert cancelled(world) == 0


def test_while_the_pipeline_is_paused_nothing_is_sent(world: PracticeWorld, two: list[Approval]) -> None:
    approve([two[0].id], "Zanele", world.environ)
    with pytest.raises(Paused):
        by_hand(world, ZOHO_PAUSED="on")
    assert cancelled(world) == 0
