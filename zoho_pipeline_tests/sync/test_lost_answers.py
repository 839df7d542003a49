"""Once and only once: what Zoho did while its answer was lost is found and adopted, never done a second time."""

from collections.abc import Callable
from datetime import date

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import money

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
Rows = Callable[[PracticeWorld], str]

NEW: dict[Entity, Rows] = {
    CUSTOMERS: lambda world: world.circletel.customer(),
    SUBSCRIPTIONS: lambda world: world.circletel.service(synced_customer(world)),
    INVOICES: lambda world: world.circletel.invoice(synced_customer(world), due_date=date(2025, 12, 1)),
    PAYMENTS: lambda world: world.circletel.payment(synced_customer(world)),
}


def synced_customer(world: PracticeWorld) -> str:
    """A customer that is in Zoho already."""
    row = world.circletel.customer()
    world.run(CUSTOMERS)
    world.zoho.forget_calls()
    return row


def creates(world: PracticeWorld, entity: Entity) -> int:
    """How often an object of the kind was asked for."""
    return len(world.zoho.calls("POST", f"/{entity}$"))


@pytest.mark.parametrize("entity", list(Entity))
def test_what_arrived_although_its_answer_was_lost_is_adopted_and_never_doubled(
    world: PracticeWorld, entity: Entity
) -> None:
    row = NEW[entity](world)
    world.zoho.befall("reset_after_commit", method="POST", path=f"/{entity}$")
    first = world.run(entity)
    assert first.counts(entity)[Outcome.FAILED] == 1
    assert (world.status(entity, row), world.state(entity, row)) == ("syncing", "in_doubt")
    second = world.run(entity)
    assert second.counts(entity)[Outcome.ADOPTED] + second.counts(entity)[Outcome.UPDATED] == 1
    assert creates(world, entity) == 1
    standing = world.standing(entity, row)
    assert (standing.status, standing.error) == ("synced", None)
    assert standing.zoho_id in [one[f"{entity.singular}_id"] for one in world.zoho.objects(entity)]
    assert world.run(entity).counts(entity) == {Outcome.UNCHANGED: first.counts(entity).total()}


def test_an_invoice_that_arrived_although_its_answer_was_lost_is_still_opened(world: PracticeWorld) -> None:
    NEW[INVOICES](world)
    world.zoho.befall("reset_after_commit", method="POST", path="/invoices$")
    world.run(INVOICES)
    assert world.zoho.one("invoices")["status"] == "draft"
    world.run(INVOICES)
    assert world.zoho.one("invoices")["status"] == "sent"


def test_an_invoice_that_was_opened_although_the_answer_was_lost_is_found_open(world: PracticeWorld) -> None:
    row = NEW[INVOICES](world)
    world.zoho.befall("reset_after_commit", method="POST", path="converttoopen")
    world.run(INVOICES)
    assert world.standing(INVOICES, row).zoho_id is not None
    world.run(INVOICES)
    assert world.zoho.one("invoices")["status"] == "sent"
    assert world.status(INVOICES, row) == "synced"
    assert creates(world, INVOICES) == 1


@pytest.mark.parametrize("entity", list(Entity))
def test_what_never_arrived_is_sent_again_only_after_two_looks(world: PracticeWorld, entity: Entity) -> None:
    row = NEW[entity](world)
    world.zoho.befall("reset_before_commit", method="POST", path=f"/{entity}$")
    world.run(entity)
    assert world.run(entity).counts(entity)[Outcome.WAITING] == 1
    assert (world.status(entity, row), world.state(entity, row)) == ("syncing", "in_doubt")
    assert creates(world, entity) == 1
    assert world.run(entity).counts(entity)[Outcome.CREATED] == 1
    assert creates(world, entity) == 2
    assert world.status(entity, row) == "synced"


def test_a_look_counts_only_after_the_answer_has_had_time_to_settle(world: PracticeWorld) -> None:
    row = NEW[CUSTOMERS](world)
    settling = {"ZOHO_SETTLING_SECONDS": "600"}
    world.zoho.befall("reset_before_commit", method="POST", path="/customers$")
    for _ in range(5):
        world.run(CUSTOMERS, env=settling)
    assert creates(world, CUSTOMERS) == 1
    for expected in (1, 2):
        world.age_everything(601)
        world.run(CUSTOMERS, env=settling)
        assert creates(world, CUSTOMERS) == expected
    assert world.status(CUSTOMERS, row) == "synced"


def test_one_listing_is_one_look_however_often_it_is_looked_at(world: PracticeWorld) -> None:
    NEW[CUSTOMERS](world)
    world.zoho.befall("reset_before_commit", method="POST", path="/customers$")
    for _ in range(2):
        world.run(CUSTOMERS, env={"ZOHO_MIRROR_MAX_AGE_SECONDS": "3600"})
    assert len(world.zoho.calls("GET", "/customers$")) == 2
    assert creates(world, CUSTOMERS) == 1


def test_what_arrives_between_the_two_looks_is_adopted(world: PracticeWorld) -> None:
    row = NEW[CUSTOMERS](world)
    world.zoho.befall("reset_before_commit", method="POST", path="/customers$")
    world.run(CUSTOMERS)
    world.run(CUSTOMERS)
    late = world.zoho.customer(row)
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.ADOPTED: 1}
    assert world.standing(CUSTOMERS, row).zoho_id == late
    assert creates(world, CUSTOMERS) == 1


@pytest.mark.parametrize("fault", ["truncate", "html_503", "code_under_200"])
def test_an_answer_that_cannot_be_read_leaves_the_row_in_doubt(world: PracticeWorld, fault: str) -> None:
    row = NEW[CUSTOMERS](world)
    world.zoho.befall(fault, method="POST", path="/customers$")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.FAILED: 1}
    assert world.state(CUSTOMERS, row) == "in_doubt"
    assert creates(world, CUSTOMERS) == 1


def test_two_objects_that_answer_to_a_row_in_doubt_are_left_to_a_person(world: PracticeWorld) -> None:
    row = NEW[CUSTOMERS](world)
    world.zoho.befall("reset_after_commit", method="POST", path="/customers$")
    world.run(CUSTOMERS)
    world.zoho.customer(row)
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.WAITING: 1}
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.PARKED: 1}
    assert world.status(CUSTOMERS, row) == "failed"
    assert creates(world, CUSTOMERS) == 1


def test_what_only_looks_alike_does_not_end_a_doubt(world: PracticeWorld) -> None:
    """A doubt that is forgotten would let the row be sent again without a look."""
    row = NEW[CUSTOMERS](world)
    world.zoho.befall("reset_before_commit", method="POST", path="/customers$")
    world.run(CUSTOMERS)
    world.zoho.customer(row)
    world.zoho.customer(row)
    world.run(CUSTOMERS)
    assert world.state(CUSTOMERS, row) == "in_doubt"


def test_the_children_of_a_row_in_doubt_wait_for_it(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer)
    world.zoho.befall("reset_after_commit", method="POST", path="/customers$")
    assert world.run().counts(INVOICES) == {Outcome.BLOCKED: 1}
    assert world.status(INVOICES, invoice) == "pending"
    assert world.run().counts(INVOICES) == {Outcome.CREATED: 1}
    assert len(world.zoho.objects("customers")) == 1


def test_a_payment_in_doubt_is_not_counted_against_the_invoices_balance_twice(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, "230.00")
    world.run()
    world.circletel.payment(customer, "100.00", invoice=invoice)
    world.zoho.befall("reset_after_commit", method="POST", path="/payments$")
    world.run()
    world.circletel.payment(customer, "130.00", invoice=invoice, on=date(2025, 9, 20))
    world.run()
    made = world.zoho.one("invoices")
    assert (made["status"], money(made["balance"])) == ("paid", money(0))
    assert len(world.zoho.objects("payments")) == 2


# A worker that dies


def dies(world: PracticeWorld, entity: Entity, row: str, *, sent: bool, lease: str = "- interval '1 second'") -> None:
    """As a worker leaves a row that ended between its claim and the recording of the outcome."""
    world.circletel.change(world.table(entity), row, zoho_sync_status="syncing")
    world.circletel.execute(
        f"""
        INSERT INTO zoho_pipeline.attempts (entity, row_id, action, run_id, worker, lease_until, sent_at)
        VALUES (:entity, :row, 'create', 'dead', 'dead', now() {lease}, CASE WHEN :sent THEN now() END)
        """,
        entity=entity.value,
        row=row,
        sent=sent,
    )
    world.circletel.execute(
        "INSERT INTO zoho_pipeline.sync_records (entity, row_id, state, attempts) VALUES (:entity, :row, 'sending', 1)",
        entity=entity.value,
        row=row,
    )


@pytest.mark.parametrize("entity", list(Entity))
def test_a_row_that_a_worker_claimed_and_never_sent_goes_with_the_next_run(
    world: PracticeWorld, entity: Entity
) -> None:
    row = NEW[entity](world)
    dies(world, entity, row, sent=False)
    assert world.run(entity).counts(entity)[Outcome.CREATED] == 1
    assert world.status(entity, row) == "synced"
    ended = world.circletel.query("SELECT outcome FROM zoho_pipeline.attempts WHERE worker = 'dead'")
    assert [attempt.outcome for attempt in ended] == ["released"]


def test_a_row_that_a_worker_may_have_sent_is_looked_for_before_it_is_sent_again(world: PracticeWorld) -> None:
    row = NEW[CUSTOMERS](world)
    dies(world, CUSTOMERS, row, sent=True)
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.WAITING: 1}
    assert (world.status(CUSTOMERS, row), world.state(CUSTOMERS, row)) == ("syncing", "in_doubt")
    assert creates(world, CUSTOMERS) == 0
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: 1}


def test_a_row_that_a_worker_has_sent_before_it_died_is_adopted(world: PracticeWorld) -> None:
    row = NEW[CUSTOMERS](world)
    dies(world, CUSTOMERS, row, sent=True)
    made = world.zoho.customer(row)
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.ADOPTED: 1}
    assert world.standing(CUSTOMERS, row).zoho_id == made


def test_a_row_that_another_worker_holds_is_left_to_it(world: PracticeWorld) -> None:
    row = NEW[CUSTOMERS](world)
    dies(world, CUSTOMERS, row, sent=False, lease="+ interval '10 minutes'")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.WAITING: 1}
    assert creates(world, CUSTOMERS) == 0
    assert world.status(CUSTOMERS, row) == "syncing"


def test_two_runs_at_once_send_every_row_once(world: PracticeWorld) -> None:
    for _ in range(6):
        customer = world.circletel.customer()
        world.circletel.service(customer, activation_date=date(2025, 12, 1))
        world.circletel.payment(customer, invoice=world.circletel.invoice(customer))
    assert world.run_twice_at_once() == []
    world.run()
    for entity in Entity:
        assert creates(world, entity) == len(world.zoho.objects(entity.value)) == 6
        statuses = world.circletel.query(f"SELECT DISTINCT zoho_sync_status FROM {world.table(entity)}")
        assert [row[0] for row in statuses] == ["synced"]
    assert {invoice["status"] for invoice in world.zoho.objects("invoices")} == {"paid"}


# What every send leaves behind


def test_every_send_leaves_a_trace_with_its_outcome_and_duration(world: PracticeWorld) -> None:
    row = NEW[CUSTOMERS](world)
    world.run(CUSTOMERS)
    (attempt,) = world.circletel.query("SELECT * FROM zoho_pipeline.attempts")
    made = world.zoho.one("customers")["customer_id"]
    assert (str(attempt.row_id), attempt.action, attempt.outcome, attempt.zoho_id) == (row, "create", "created", made)
    assert attempt.started_at <= attempt.sent_at <= attempt.ended_at
    assert attempt.duration_ms >= 0


def test_circletels_own_log_tells_successes_and_failures(world: PracticeWorld) -> None:
    good = world.circletel.customer()
    bad = world.circletel.invoice(good)
    refusal = {"code": 2, "message": "Invalid value passed for due_date"}
    world.zoho.befall("answer", method="POST", path="/invoices$", status=400, body=refusal)
    world.run(CUSTOMERS, INVOICES)
    logs = {str(row.entity_id): row for row in world.circletel.query("SELECT * FROM zoho_sync_logs")}
    assert (logs[good].entity_type, logs[good].zoho_entity_type, logs[good].status) == (
        "customer", "Contacts", "success",
    )  # fmt: skip
    assert logs[good].zoho_entity_id == world.zoho.one("customers")["customer_id"]
    assert (logs[bad].entity_type, logs[bad].status, logs[bad].cause) == ("invoice", "failed", "validation")
    assert "Invalid value passed for due_date" in logs[bad].error_message
    assert logs[bad].duration_ms >= 0
    assert logs[bad].run_id
