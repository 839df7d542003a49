"""What is due by itself: each reason for itself, no row before its time, and none twice at one attempt."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from zoho_pipeline.actions.backfill import Paused, backfill
from zoho_pipeline.actions.due import NothingIsSent, read_due
from zoho_pipeline.actions.retry import Choice, retry
from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.clock import local_date
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.recovery.due import AGAIN_SECONDS, PROBE_SECONDS, Due, DueRow, Patience, Why, find_due
from zoho_pipeline.recovery.keeping import EVER
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = PARENTS_FIRST
HOURLY = {"ZOHO_RETRY_SECONDS": "3600"}
GRACE = {"CIRCLETEL_APP_GRACE_SECONDS": "300"}
SETTLING = {"ZOHO_SETTLING_SECONDS": "120"}


def due(world: PracticeWorld, why: Why, env: Mapping[str, str] | None = None) -> dict[Entity, list[str]]:
    return read_due(why, world.environ | dict(env or {})).only


def nothing_is_due(world: PracticeWorld, env: Mapping[str, str] | None = None) -> bool:
    return not any(due(world, why, env) for why in Why)


def go(world: PracticeWorld, why: Why, env: Mapping[str, str] | None = None) -> None:
    """What the sensor of that reason launches."""
    only = {entity: frozenset(ids) for entity, ids in due(world, why, env).items()}
    request = world.request(*only, months=(), urgent=True, only=only)
    list(backfill(request, world.environ | dict(env or {}), lambda sentence: None))


def fails(world: PracticeWorld) -> None:
    world.zoho.befall("answer", method="POST", path="/customers$", status=404, body={"code": 1002})


# Failed


def test_a_failed_row_is_due_when_its_retry_is(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    fails(world)
    world.run(CUSTOMERS, env=HOURLY)
    found = read_due(Why.FAILED, world.environ)
    assert (found.only, found.failed_later) == ({}, 1)
    assert found.next_at is not None
    assert found.next_at > found.at
    world.age_everything(2 * 3600)
    assert due(world, Why.FAILED) == {CUSTOMERS: [row]}
    go(world, Why.FAILED)
    assert world.state(CUSTOMERS, row) == "synced"
    assert nothing_is_due(world)


def test_a_failed_row_that_no_longer_belongs_into_zoho_is_not_due(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    fails(world)
    world.run(CUSTOMERS)
    world.circletel.change("customers", row, account_type="internal_test")
    assert nothing_is_due(world)


# New


def test_new_rows_are_due_once_a_backfill_has_reached_the_present(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    assert due(world, Why.NEW) == {}
    world.run(CUSTOMERS, dry_run=True)
    assert due(world, Why.NEW) == {}
    world.run(CUSTOMERS)
    assert due(world, Why.NEW) == {}
    later = world.circletel.customer()
    invoice = world.circletel.invoice(row)
    assert due(world, Why.NEW) == {CUSTOMERS: [later]}  # invoices were never backfilled
    world.run(INVOICES)
    assert world.status(INVOICES, invoice) == "synced"


def test_an_interrupted_backfill_has_not_reached_the_present(world: PracticeWorld) -> None:
    for _ in range(3):
        world.circletel.customer()
    world.run(CUSTOMERS, env={"ZOHO_CALLS_PER_DAY": "3"})
    assert due(world, Why.NEW) == {}


def test_a_new_row_is_left_to_circletels_app_for_a_while(world: PracticeWorld) -> None:
    world.run()
    now = datetime.now(UTC)
    row = world.circletel.customer(created_at=now, updated_at=now)
    assert due(world, Why.NEW, GRACE) == {}
    assert due(world, Why.NEW) == {CUSTOMERS: [row]}
    old = now - timedelta(minutes=6)
    before = world.circletel.customer(created_at=old, updated_at=old)
    assert due(world, Why.NEW, GRACE) == {CUSTOMERS: [before]}
    go(world, Why.NEW, GRACE)
    assert (world.status(CUSTOMERS, before), world.status(CUSTOMERS, row)) == ("synced", "pending")


def test_a_service_activated_today_is_noted_left_alone_and_then_sent(world: PracticeWorld) -> None:
    world.run()
    service = world.circletel.service(world.circletel.customer(), activation_date=local_date(datetime.now(UTC)))
    assert due(world, Why.NEW, GRACE)[SUBSCRIPTIONS] == [service]  # nobody knows since when it is active
    go(world, Why.NEW, GRACE)
    assert world.state(SUBSCRIPTIONS, service) == "waiting"
    assert nothing_is_due(world, GRACE)
    world.age_everything(301)
    go(world, Why.NEW, GRACE)
    assert world.state(SUBSCRIPTIONS, service) == "synced"


def test_what_a_person_reset_and_no_run_reached_is_due(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    fails(world)
    world.run(CUSTOMERS, env=HOURLY)
    retry(Choice((CUSTOMERS,)), "Zanele", world.environ | {"ZOHO_MAX_CREATES_PER_DAY": "0"}, lambda sentence: None)
    assert world.state(CUSTOMERS, row) == "waiting"
    assert due(world, Why.NEW) == {CUSTOMERS: [row]}


def test_a_change_that_a_person_reset_and_no_run_reached_is_due(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.run(CUSTOMERS)
    world.circletel.change("customers", row, phone="0821234567")
    world.zoho.befall("answer", method="PUT", path="/customers/", status=404, body={"code": 1002})
    world.run(CUSTOMERS, env=HOURLY)
    assert world.state(CUSTOMERS, row) == "failed"
    retry(Choice((CUSTOMERS,)), "Zanele", world.environ | {"ZOHO_CALLS_PER_DAY": "1"}, lambda sentence: None)
    assert world.state(CUSTOMERS, row) == "waiting"
    assert due(world, Why.NEW) == {CUSTOMERS: [row]}
    go(world, Why.NEW)
    assert (world.state(CUSTOMERS, row), world.zoho.one("customers")["phone"]) == ("synced", "0821234567")


# Stuck


@pytest.mark.parametrize("entity", PARENTS_FIRST)
def test_what_the_app_left_in_syncing_is_taken_over_after_five_minutes(world: PracticeWorld, entity: Entity) -> None:
    customer = world.circletel.customer()
    world.run()
    make: dict[Entity, Callable[..., str]] = {
        CUSTOMERS: world.circletel.customer,
        SUBSCRIPTIONS: partial(world.circletel.service, customer),
        INVOICES: partial(world.circletel.invoice, customer),
        PAYMENTS: partial(world.circletel.payment, customer),
    }
    now = datetime.now(UTC)
    row = make[entity](zoho_sync_status="syncing", created_at=now, updated_at=now)
    go(world, Why.STUCK, GRACE)  # services and invoices do not say since when: that is noted
    assert (nothing_is_due(world, GRACE), world.status(entity, row)) == (True, "syncing")
    world.circletel.execute(f"ALTER TABLE {world.table(entity)} DISABLE TRIGGER USER")
    old = now - timedelta(minutes=6)
    world.circletel.change(world.table(entity), row, created_at=old, updated_at=old)
    world.age_everything(360)
    go(world, Why.STUCK, GRACE)
    assert world.status(entity, row) == "synced"
    assert nothing_is_due(world, GRACE)


def test_a_status_that_the_app_left_behind_on_a_linked_row_is_mended(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.run()
    world.circletel.change("customers", row, zoho_sync_status="syncing")
    world.zoho.forget_calls()
    go(world, Why.STUCK)
    assert (world.status(CUSTOMERS, row), world.zoho.writes) == ("synced", [])


def test_a_row_in_doubt_is_due_when_a_look_counts_and_is_adopted(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.zoho.befall("reset_after_commit", method="POST", path="/customers$")
    world.run(CUSTOMERS, env=SETTLING)
    assert nothing_is_due(world, SETTLING)
    world.age_everything(121)
    assert due(world, Why.STUCK, SETTLING) == {CUSTOMERS: [row]}
    world.zoho.forget_calls()
    go(world, Why.STUCK, SETTLING)
    assert (world.state(CUSTOMERS, row), world.zoho.writes) == ("synced", [])


def test_a_row_in_doubt_that_never_arrived_is_sent_after_two_looks(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.zoho.befall("reset_before_commit", method="POST", path="/customers$")
    world.run(CUSTOMERS)
    keys = []
    for _ in range(2):
        world.age_everything(121)
        keys.append(read_due(Why.STUCK, world.environ).key.split()[1])
        go(world, Why.STUCK, SETTLING)
    assert world.state(CUSTOMERS, row) == "synced"
    assert len(set(keys)) == 2  # each look is an attempt of its own
    assert len(world.zoho.objects("customers")) == 1


def test_a_send_whose_worker_died_is_due_when_its_lease_is_over(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.run()
    world.circletel.execute(
        "UPDATE zoho_pipeline.sync_records SET state = 'sending';"
        "UPDATE customers SET zoho_sync_status = 'syncing', zoho_billing_customer_id = NULL;"
        "UPDATE zoho_pipeline.attempts SET ended_at = NULL, outcome = NULL, lease_until = now() + interval '9 minutes'"
    )
    assert nothing_is_due(world)
    world.age_everything(600)
    assert due(world, Why.STUCK) == {CUSTOMERS: [row]}
    go(world, Why.STUCK)
    assert world.state(CUSTOMERS, row) == "synced"
    assert len(world.zoho.objects("customers")) == 1


# Unblocked, awaited and corrected


def test_a_parent_that_came_while_its_child_was_being_looked_at_is_not_missed(world: PracticeWorld) -> None:
    customer = world.circletel.customer(email="")
    invoice = world.circletel.invoice(customer)
    world.run()
    assert world.state(INVOICES, invoice) == "blocked"
    world.circletel.change("customers", customer, email="thandi@example.co.za")
    go(world, Why.CORRECTED)
    world.circletel.execute("UPDATE zoho_pipeline.sync_records SET changed_at = now() WHERE state = 'blocked'")
    assert due(world, Why.UNBLOCKED) == {INVOICES: [invoice]}


def test_what_is_blocked_for_another_reason_is_looked_at_once_a_day(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    draft = world.circletel.invoice(customer, status="draft")
    payment = world.circletel.payment(customer, invoice=draft)
    world.run()
    world.circletel.execute("UPDATE customers SET zoho_last_synced_at = now() - interval '1 hour'")
    world.circletel.execute("UPDATE customer_invoices SET zoho_last_synced_at = now() - interval '1 hour'")
    assert world.state(PAYMENTS, payment) == "blocked"
    assert nothing_is_due(world)
    world.age_everything(21 * 3600)
    assert due(world, Why.UNBLOCKED) == {PAYMENTS: [payment]}
    go(world, Why.UNBLOCKED)
    world.circletel.execute("UPDATE customer_invoices SET zoho_last_synced_at = now() - interval '1 hour'")
    assert nothing_is_due(world)


def test_a_payment_goes_once_the_payment_in_doubt_before_it_is_settled(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer)
    world.run()
    first = world.circletel.payment(customer, "100.00", invoice=invoice)
    world.zoho.befall("reset_before_commit", method="POST", path="/payments$")
    world.run(PAYMENTS, env=SETTLING)
    second = world.circletel.payment(customer, "130.00", invoice=invoice)
    world.run(PAYMENTS, env=SETTLING)
    assert [world.state(PAYMENTS, first), world.state(PAYMENTS, second)] == ["in_doubt", "blocked"]
    for _ in range(2):
        world.age_everything(121)
        go(world, Why.STUCK, SETTLING)
    assert due(world, Why.UNBLOCKED) == {PAYMENTS: [second]}
    go(world, Why.UNBLOCKED)
    assert (world.state(PAYMENTS, first), world.state(PAYMENTS, second)) == ("synced", "synced")
    assert len(world.zoho.objects("payments")) == 2


def test_a_service_goes_once_its_package_is_published(world: PracticeWorld) -> None:
    package = world.circletel.package("lte-20", plan="failed")
    service = world.circletel.service(world.circletel.customer(), package_id=package)
    world.run()
    assert world.state(SUBSCRIPTIONS, service) == "not_eligible"
    assert nothing_is_due(world)
    world.zoho.plan("lte-20")
    world.circletel.execute(
        "UPDATE product_integrations SET zoho_billing_plan_id = '5214837000000008888', zoho_billing_sync_status = 'ok' "
        "WHERE service_package_id = :package",
        package=package,
    )
    assert due(world, Why.AWAITED) == {SUBSCRIPTIONS: [service]}
    go(world, Why.AWAITED)
    assert (world.state(SUBSCRIPTIONS, service), nothing_is_due(world)) == ("synced", True)


def test_an_awaited_payment_goes_once_zoho_has_raised_its_invoice(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    service = world.circletel.service(customer, activation_date=date(2025, 11, 1))
    world.circletel.recurring(customer, service, date(2025, 11, 1))
    december = world.circletel.recurring(customer, service, date(2025, 12, 1))
    world.circletel.execute("UPDATE customer_invoices SET invoice_type = 'recurring'")
    world.circletel.execute("DELETE FROM customer_invoices WHERE id = :id", id=december)
    world.run()
    december = world.circletel.recurring(customer, service, date(2025, 12, 1))
    payment = world.circletel.payment(customer, "799.00", invoice=december)
    world.run(PAYMENTS)
    assert world.state(PAYMENTS, payment) == "awaited"
    assert nothing_is_due(world)  # it was looked at less than an hour ago
    world.age_everything(3601)
    world.zoho.on(date(2025, 12, 1))
    assert due(world, Why.AWAITED) == {PAYMENTS: [payment]}
    go(world, Why.AWAITED)
    assert (world.state(PAYMENTS, payment), nothing_is_due(world)) == ("synced", True)


def test_an_awaited_payment_is_not_due_before_zohos_day(world: PracticeWorld) -> None:
    row = world.circletel.payment(world.circletel.customer())
    world.run()
    world.circletel.execute("UPDATE zoho_pipeline.sync_records SET state = 'awaited' WHERE row_id = :row", row=row)
    world.age_everything(3601)
    assert due(world, Why.AWAITED) == {PAYMENTS: [row]}
    world.circletel.execute("UPDATE zoho_pipeline.sync_records SET changed_at = now()")
    assert due(world, Why.AWAITED) == {}


def test_a_blocked_row_is_due_when_its_parent_has_arrived(world: PracticeWorld) -> None:
    customer = world.circletel.customer(email="")
    invoice = world.circletel.invoice(customer)
    payment = world.circletel.payment(customer, invoice=invoice)
    world.run()
    assert [world.state(INVOICES, invoice), world.state(PAYMENTS, payment)] == ["blocked", "blocked"]
    assert due(world, Why.UNBLOCKED) == {}
    world.circletel.change("customers", customer, email="thandi@example.co.za")
    assert due(world, Why.CORRECTED) == {CUSTOMERS: [customer]}
    go(world, Why.CORRECTED)
    assert due(world, Why.UNBLOCKED) == {INVOICES: [invoice], PAYMENTS: [payment]}
    go(world, Why.UNBLOCKED)
    assert [world.state(INVOICES, invoice), world.state(PAYMENTS, payment)] == ["synced", "synced"]
    assert nothing_is_due(world)


def test_a_correction_that_helps_nothing_is_due_once(world: PracticeWorld) -> None:
    row = world.circletel.customer(email="")
    world.run()
    assert nothing_is_due(world)
    world.circletel.change("customers", row, email="still wrong")
    go(world, Why.CORRECTED)
    assert (world.state(CUSTOMERS, row), nothing_is_due(world)) == ("refused", True)


# Limits


def test_one_run_takes_so_many_rows_parents_first(world: PracticeWorld) -> None:
    customers = [world.circletel.customer() for _ in range(3)]
    for customer in customers:
        world.circletel.invoice(customer)
    with world.engine.connect() as connection:
        shape, kept = read_shape(connection), dict.fromkeys(PARENTS_FIRST, EVER)
        found = find_due(connection, shape, Why.NEW, kept, Patience(0, 0), most=4)
    assert {entity: len(ids) for entity, ids in found.only.items()} == {CUSTOMERS: 3, INVOICES: 1}


@pytest.mark.parametrize(
    ("variable", "value", "error"), [("ZOHO_PAUSED", "on", Paused), ("ZOHO_WRITES", "off", NothingIsSent)]
)
def test_nothing_is_looked_for_while_nothing_may_be_sent(
    world: PracticeWorld, variable: str, value: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_due(Why.NEW, world.environ | {variable: value})


def test_rows_that_were_left_as_they_were_go_at_once_when_a_pause_or_an_outage_is_over(world: PracticeWorld) -> None:
    world.circletel.customer()
    world.run(CUSTOMERS)
    world.circletel.customer()
    keys = [read_due(Why.NEW, world.environ).key]
    assert read_due(Why.NEW, world.environ).key == keys[0]
    for happens in ("cool_down_until = now()", "outage_since = now(), trial_since = now()"):
        world.change_budget(happens)
        keys.append(read_due(Why.NEW, world.environ).key)
    assert len(set(keys)) == 3


def test_while_zoho_is_down_there_is_a_run_a_minute_to_see_whether_it_is_back(world: PracticeWorld) -> None:
    world.circletel.customer()
    world.run(CUSTOMERS)
    world.circletel.customer()
    down = "outage_since = now(), probed_at = now() - make_interval(secs => :ago)"
    world.change_budget(down, ago=30)
    with pytest.raises(NothingIsSent, match="it is asked again at"):
        read_due(Why.NEW, world.environ)
    world.change_budget(down, ago=61)
    found = read_due(Why.NEW, world.environ)
    assert len(found.rows) == 1
    assert found.epoch == f"probe {int(found.at.timestamp()) // PROBE_SECONDS}"


NOON = datetime(2025, 11, 15, 12, 0, tzinfo=UTC)
ROW = DueRow(CUSTOMERS, "id-1", "failed 1 0")


def test_the_same_rows_at_the_same_attempt_have_the_same_key_for_a_quarter_of_an_hour() -> None:
    first = Due(Why.FAILED, [ROW], NOON)
    assert Due(Why.FAILED, [ROW], NOON + timedelta(seconds=AGAIN_SECONDS - 1)).key == first.key
    others = [
        Due(Why.FAILED, [ROW], NOON + timedelta(seconds=AGAIN_SECONDS)),
        Due(Why.FAILED, [DueRow(CUSTOMERS, "id-1", "failed 2 0")], NOON),
        Due(Why.FAILED, [ROW, DueRow(CUSTOMERS, "id-2", "failed 1 0")], NOON),
        Due(Why.NEW, [ROW], NOON),
    ]
    assert first.key not in {each.key for each in others}
