"""CircleTel's app writes too: what it may have in its hands is left to it, and taken over when it is stuck."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from zoho_pipeline.clock import local_date
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.rows import CREATED
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
GRACE = {"CIRCLETEL_APP_GRACE_SECONDS": "300"}
Make = Callable[..., str]


@pytest.fixture
def customer(world: PracticeWorld) -> str:
    """A customer that is in Zoho already."""
    row = world.circletel.customer()
    world.run(CUSTOMERS)
    world.zoho.forget_calls()
    return row


def make(world: PracticeWorld, customer: str, entity: Entity, **values: object) -> str:
    """A row of the kind."""
    made: dict[Entity, Make] = {
        CUSTOMERS: lambda **more: world.circletel.customer(**more),
        SUBSCRIPTIONS: lambda **more: world.circletel.service(customer, **more),
        INVOICES: lambda **more: world.circletel.invoice(customer, **more),
        PAYMENTS: lambda **more: world.circletel.payment(customer, **more),
    }
    return made[entity](**values)


def old_and_new(entity: Entity) -> tuple[dict[str, object], dict[str, object]]:
    """When a row came about: an hour ago, and just now (the last thing that the app's columns say of it)."""
    moments = (datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC))
    old, new = ({"created_at": moment, "updated_at": moment} for moment in moments)
    return dict(old), dict(new)


@pytest.mark.parametrize("entity", list(Entity))
def test_a_row_that_has_just_come_about_is_left_to_the_app(world: PracticeWorld, customer: str, entity: Entity) -> None:
    _, new = old_and_new(entity)
    row = make(world, customer, entity, **new)
    before = world.circletel.snapshot()
    done = world.run(entity, env=GRACE)
    assert done.counts(entity)[Outcome.WAITING] == 1
    assert "may be pushing it at this moment" in done.reason
    assert world.zoho.writes == []
    assert world.circletel.snapshot() == before
    assert world.status(entity, row) == "pending"


@pytest.mark.parametrize("entity", list(Entity))
def test_a_row_of_some_age_is_sent_at_once(world: PracticeWorld, customer: str, entity: Entity) -> None:
    old, _ = old_and_new(entity)
    row = make(world, customer, entity, **old)
    assert world.run(entity, env=GRACE).counts(entity)[Outcome.CREATED] == 1
    assert world.status(entity, row) == "synced"


def test_a_service_activated_today_may_be_in_the_apps_hands_although_it_is_an_old_row(
    world: PracticeWorld, customer: str
) -> None:
    old, _ = old_and_new(SUBSCRIPTIONS)
    today = local_date(datetime.now(UTC))
    make(world, customer, SUBSCRIPTIONS, activation_date=today, **old)
    assert world.run(SUBSCRIPTIONS, env=GRACE).counts(SUBSCRIPTIONS) == {Outcome.WAITING: 1}
    world.age_everything(400)
    assert world.run(SUBSCRIPTIONS, env=GRACE).counts(SUBSCRIPTIONS) == {Outcome.CREATED: 1}


@pytest.mark.parametrize("entity", list(Entity))
def test_a_row_that_the_app_is_pushing_is_left_alone(world: PracticeWorld, customer: str, entity: Entity) -> None:
    _, new = old_and_new(entity)
    make(world, customer, entity, zoho_sync_status="syncing", **new)
    before = world.circletel.snapshot()
    assert world.run(entity, env=GRACE).counts(entity)[Outcome.WAITING] == 1
    assert world.zoho.writes == []
    assert world.circletel.snapshot() == before


@pytest.mark.parametrize("entity", list(Entity))
def test_a_row_that_the_app_left_stuck_is_taken_over(world: PracticeWorld, customer: str, entity: Entity) -> None:
    old, _ = old_and_new(entity)
    row = make(world, customer, entity, zoho_sync_status="syncing", **old)
    if entity in (SUBSCRIPTIONS, INVOICES):  # no column of theirs says since when
        assert world.run(entity, env=GRACE).counts(entity)[Outcome.WAITING] == 1
        world.age_everything(400)
    assert world.run(entity, env=GRACE).counts(entity)[Outcome.CREATED] == 1
    assert world.status(entity, row) == "synced"


def in_zoho(world: PracticeWorld, customer: str, entity: Entity, row: str) -> str:
    """The object that the app has made of the row."""
    payer = world.standing(CUSTOMERS, customer).zoho_id or ""
    if entity is CUSTOMERS:
        return world.zoho.customer(row, display_name="As the app calls him", email="other@example.co.za")
    if entity is SUBSCRIPTIONS:
        return world.zoho.subscription(payer, date(2025, 11, 1), row)
    if entity is INVOICES:
        return world.zoho.invoice(payer, circletel_id=row)
    return world.zoho.payment(payer, circletel_id=row)


@pytest.mark.parametrize("status", ["syncing", "failed"])
@pytest.mark.parametrize("entity", list(Entity))
def test_what_the_app_made_and_did_not_note_is_found_although_the_lists_are_young(
    world: PracticeWorld, customer: str, entity: Entity, status: str
) -> None:
    lists_live_an_hour = GRACE | {"ZOHO_MIRROR_MAX_AGE_SECONDS": "3600"}
    make(world, customer, entity, **old_and_new(entity)[0])
    world.run(env=lists_live_an_hour)
    world.age_everything(900)
    touched = {"created_at": datetime.now(UTC) - timedelta(seconds=400)} | {
        "updated_at": datetime.now(UTC) - timedelta(seconds=400)
    }
    row = make(world, customer, entity, zoho_sync_status=status, **touched)
    made = in_zoho(world, customer, entity, row)
    if world.run(entity, env=lists_live_an_hour).counts(entity)[Outcome.WAITING]:
        world.age_everything(400)
        world.run(entity, env=lists_live_an_hour)
    assert (world.standing(entity, row).zoho_id, world.status(entity, row)) == (made, "synced")
    world.zoho.forget_calls()
    world.run(entity, env=lists_live_an_hour)
    assert world.zoho.calls() == []


def test_a_stuck_customer_without_any_date_is_taken_over_in_the_end(world: PracticeWorld) -> None:
    row = world.circletel.customer(created_at=None, updated_at=None, zoho_sync_status="syncing")
    assert world.run(CUSTOMERS, env=GRACE).counts(CUSTOMERS) == {Outcome.WAITING: 1}
    world.age_everything(400)
    assert world.run(CUSTOMERS, env=GRACE).counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert world.status(CUSTOMERS, row) == "synced"


def test_our_own_verdict_on_a_row_does_not_count_as_the_apps_touch(world: PracticeWorld) -> None:
    old, _ = old_and_new(CUSTOMERS)
    row = world.circletel.customer(email="nobody", **old)
    assert world.run(CUSTOMERS, env=GRACE).counts(CUSTOMERS) == {Outcome.REFUSED: 1}
    assert world.run(CUSTOMERS, env=GRACE).counts(CUSTOMERS) == {Outcome.REFUSED: 1}
    assert world.status(CUSTOMERS, row) == "failed"


def test_a_row_that_the_app_links_while_we_send_it_keeps_the_apps_link_and_is_left_to_a_person(
    world: PracticeWorld,
) -> None:
    row = world.circletel.customer()
    theirs = world.zoho.customer(email="else@example.co.za")
    world.when("UPDATE OF sent_at", f"UPDATE public.customers SET zoho_billing_customer_id = '{theirs}'")
    done = world.run(CUSTOMERS)
    assert done.counts(CUSTOMERS) == {Outcome.PARKED: 1}
    assert "was linked to another one meanwhile" in done.reason
    assert world.standing(CUSTOMERS, row).zoho_id == theirs
    world.meddle_no_more()
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.PARKED: 1}
    assert len(world.zoho.objects("customers")) == 2


def test_a_row_that_changes_between_decision_and_claim_is_not_sent_with_its_old_content(world: PracticeWorld) -> None:
    rows = [world.circletel.customer(created_at=CREATED + timedelta(days=day)) for day in range(8)]
    world.when("INSERT", f"UPDATE public.customers SET first_name = 'Renamed' WHERE id = '{rows[-1]}'")
    world.run(CUSTOMERS, env={"ZOHO_CALLS_IN_FLIGHT": "1"})
    assert world.standing(CUSTOMERS, rows[-1]).zoho_id is None
    world.meddle_no_more()
    world.run(CUSTOMERS)
    made = world.zoho.get("customers", world.standing(CUSTOMERS, rows[-1]).zoho_id)
    assert made["first_name"] == "Renamed"
