"""Resetting stuck rows by hand: all four tables, taken over or looked for, nothing sent blindly."""

from datetime import UTC, datetime, timedelta
from typing import Any

from zoho_pipeline.actions.retry import Retried
from zoho_pipeline.actions.stuck import reset_stuck
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.states import State
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = PARENTS_FIRST
GRACE = {"CIRCLETEL_APP_GRACE_SECONDS": "300", "ZOHO_SETTLING_SECONDS": "120"}


def reset(world: PracticeWorld, *, writes: str = "on") -> Retried:
    environ = world.environ | GRACE | {"ZOHO_WRITES": writes}
    return reset_stuck(PARENTS_FIRST, "Zanele", environ, lambda sentence: None)


def actions(world: PracticeWorld) -> list[Any]:
    return world.circletel.query('SELECT "by", action, row_id::text FROM zoho_pipeline.actions')


def dies_while_sending(world: PracticeWorld, entity: Entity, row: str, *, sent: bool) -> None:
    """As a worker leaves a row that was killed after, or right before, the request left."""
    world.circletel.execute(
        f"""
        INSERT INTO zoho_pipeline.attempts (entity, row_id, action, run_id, worker, started_at, lease_until, sent_at)
        VALUES (:entity, :row, 'create', 'run', 'worker', now() - interval '11 minutes', now() - interval '1 minute',
                {"now() - interval '11 minutes'" if sent else "NULL"});
        INSERT INTO zoho_pipeline.sync_records (entity, row_id, state, attempts) VALUES (:entity, :row, 'sending', 1);
        UPDATE {world.table(entity)} SET zoho_sync_status = 'syncing' WHERE id = :row
        """,
        entity=entity.value,
        row=row,
    )


def test_a_send_that_never_left_goes_at_once_though_its_table_does_not_say_since_when(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    world.run(CUSTOMERS)
    invoice = world.circletel.invoice(customer)
    dies_while_sending(world, INVOICES, invoice, sent=False)
    done = reset(world)
    assert [(row.row_id, row.state) for row in done.rows] == [(invoice, State.SENDING)]
    assert (world.status(INVOICES, invoice), len(world.zoho.objects("invoices"))) == ("synced", 1)
    assert [tuple(line) for line in actions(world)] == [("Zanele", "reset_stuck", invoice)]


def test_a_send_that_left_is_in_doubt_and_is_not_sent_blindly(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    world.run(CUSTOMERS)
    invoice = world.circletel.invoice(customer)
    dies_while_sending(world, INVOICES, invoice, sent=True)
    world.zoho.forget_calls()
    reset(world)
    assert (world.state(INVOICES, invoice), world.status(INVOICES, invoice)) == ("in_doubt", "syncing")
    assert world.zoho.writes == []


def test_what_had_arrived_is_adopted(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    arrived = world.zoho.customer(row)
    dies_while_sending(world, CUSTOMERS, row, sent=True)
    world.zoho.forget_calls()
    reset(world)
    assert (world.standing(CUSTOMERS, row).zoho_id, world.zoho.writes) == (arrived, [])


def test_rows_of_the_app_are_noted_where_nobody_knows_since_when_and_go_five_minutes_later(
    world: PracticeWorld,
) -> None:
    customer = world.circletel.customer()
    world.run(CUSTOMERS)
    old = datetime.now(UTC) - timedelta(minutes=6)
    told = [
        (CUSTOMERS, world.circletel.customer(zoho_sync_status="syncing", created_at=old, updated_at=old)),
        (PAYMENTS, world.circletel.payment(customer, zoho_sync_status="syncing", created_at=old, updated_at=old)),
    ]
    untold = [
        (SUBSCRIPTIONS, world.circletel.service(customer, zoho_sync_status="syncing")),
        (INVOICES, world.circletel.invoice(customer, zoho_sync_status="syncing")),
    ]
    reset(world)
    assert [world.status(entity, row) for entity, row in told] == ["synced", "synced"]
    assert [world.status(entity, row) for entity, row in untold] == ["syncing", "syncing"]
    world.age_everything(301)
    reset(world)
    assert [world.status(entity, row) for entity, row in untold] == ["synced", "synced"]


def test_a_row_that_the_app_has_had_for_a_moment_is_left_to_it(world: PracticeWorld) -> None:
    now = datetime.now(UTC)
    row = world.circletel.customer(zoho_sync_status="syncing", created_at=now, updated_at=now)
    assert reset(world).rows == []
    assert (world.status(CUSTOMERS, row), world.state(CUSTOMERS, row)) == ("syncing", None)


def test_with_writes_off_they_are_only_listed(world: PracticeWorld) -> None:
    row = world.circletel.customer(zoho_sync_status="syncing")
    before = world.circletel.snapshot()
    done = reset(world, writes="off")
    assert (done.dry_run, [found.row_id for found in done.rows]) == (True, [row])
    assert (world.circletel.snapshot(), actions(world), world.zoho.calls()) == (before, [], [])
