"""What CircleTel withdraws after it was sent is told to a person, and nothing of it is done in Zoho."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from zoho_pipeline.actions.withdrawn import withdrawn
from zoho_pipeline.entities import Entity
from zoho_pipeline.sync.withdrawn import Withdrawn
from zoho_pipeline_tests.practice.databases import OLDER, Databases
from zoho_pipeline_tests.practice.fixtures import world_on
from zoho_pipeline_tests.practice.world import TABLE, PracticeWorld
from zoho_pipeline_tests.practice.zoho import PracticeZoho

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
NOVEMBER = date(2025, 11, 1)
CANCELLED_AT = datetime(2025, 11, 10, 9, 0, tzinfo=UTC)


def told(world: PracticeWorld) -> list[Withdrawn]:
    return withdrawn(world.environ)


def one(world: PracticeWorld) -> Withdrawn:
    (row,) = told(world)
    return row


def sent_invoice(world: PracticeWorld, **values: Any) -> tuple[str, str]:
    """A customer and an invoice of it, both in Zoho."""
    customer = world.circletel.customer()
    row = world.circletel.invoice(customer, **values)
    world.run()
    return customer, row


def test_while_nothing_is_withdrawn_nothing_is_told(world: PracticeWorld) -> None:
    customer, invoice = sent_invoice(world)
    world.circletel.service(customer, activation_date=NOVEMBER)
    world.circletel.payment(customer, invoice=invoice)
    world.run()
    assert told(world) == []


@pytest.mark.parametrize("status", ["voided", "cancelled"])
def test_an_issued_invoice_that_circletel_withdraws_is_told_and_left_as_it_is(
    world: PracticeWorld, status: str
) -> None:
    _, row = sent_invoice(world, invoice_number="INV-2025-00500", due_date=date(2025, 12, 1))
    world.circletel.change("customer_invoices", row, status=status)
    world.zoho.forget_calls()
    world.run()
    found = one(world)
    assert (found.entity, found.row_id, found.label) == (INVOICES, row, "INV-2025-00500")
    assert found.happened == f"it is {status} in CircleTel"
    assert found.in_zoho == "sent, R 230.00, R 230.00 open"
    assert "credit note" in found.advice
    assert world.zoho.calls() == []
    assert world.zoho.one("invoices")["status"] == "sent"


def test_of_a_paid_invoice_it_is_said_what_voiding_would_do(world: PracticeWorld) -> None:
    customer, row = sent_invoice(world)
    world.circletel.payment(customer, "100.00", invoice=row)
    world.run()
    world.circletel.change("customer_invoices", row, status="voided")
    found = one(world)
    assert found.in_zoho.endswith("R 230.00, R 130.00 open")
    assert "Voiding it would turn the payments into the customer's credit" in found.advice


def test_a_draft_that_circletel_voids_is_to_be_deleted_in_zoho(world: PracticeWorld) -> None:
    _, row = sent_invoice(world, status="draft")
    world.circletel.change("customer_invoices", row, status="voided")
    assert one(world).advice == "Delete the draft in Zoho."


def test_what_a_person_has_seen_to_in_zoho_is_told_no_more(world: PracticeWorld) -> None:
    rows = [sent_invoice(world)[1] for _ in range(2)]
    for row in rows:
        world.circletel.change("customer_invoices", row, status="voided")
    voided, removed = (world.standing(INVOICES, row).zoho_id for row in rows)
    world.zoho.behave(only_drafts_deletable=False)
    world.zoho.people.post(f"/invoices/{voided}/void")
    world.zoho.people.delete(f"/invoices/{removed}")
    assert len(told(world)) == 2
    world.circletel.invoice(world.circletel.customer())
    world.run()
    assert told(world) == []


def credit_note(world: PracticeWorld, invoice: str, total: str, status: str, number: str = "CN-2025-00001") -> None:
    world.circletel.insert(
        "credit_notes",
        {
            "credit_note_number": number, "original_invoice_id": invoice, "total_amount": Decimal(total),
            "status": status,
        },
    )  # fmt: skip


@pytest.mark.parametrize("status", ["issued", "applied"])
def test_a_credit_note_that_zoho_does_not_know_is_told_with_its_number(world: PracticeWorld, status: str) -> None:
    _, row = sent_invoice(world)
    credit_note(world, row, "115.00", status)
    if status == "applied":
        world.circletel.change("customer_invoices", row, amount_paid=Decimal("115.00"))
    found = one(world)
    assert (found.entity, found.row_id) == (INVOICES, row)
    assert found.happened == "CircleTel wrote credit note CN-2025-00001 over R 115.00"
    assert "Enter the credit note in Zoho" in found.advice


def test_a_credit_note_that_zoho_has_applied_too_is_told_no_more(world: PracticeWorld) -> None:
    customer, row = sent_invoice(world)
    credit_note(world, row, "115.00", "issued")
    credit_note(world, row, "15.00", "draft", "CN-2025-00002")
    zoho_customer = world.standing(CUSTOMERS, customer).zoho_id
    lines = [{"name": "Credit", "price": 115.0, "quantity": 1}]
    body = {"customer_id": zoho_customer, "date": "2025-11-10", "creditnote_items": lines, "is_inclusive_tax": True}
    note = world.zoho.people.post("/creditnotes", body)["credit_note"]["creditnote_id"]
    apply = {"apply_creditnotes": [{"creditnote_id": note, "amount_applied": 115.0}]}
    world.zoho.people.post(f"/invoices/{world.standing(INVOICES, row).zoho_id}/credits", apply)
    world.circletel.invoice(customer)
    world.run()
    assert told(world) == []


@pytest.mark.parametrize(
    ("status", "advice"), [("refunded", "enter the refund in Zoho"), ("failed", "delete the payment in Zoho")]
)
def test_a_payment_that_is_no_longer_completed_is_told(world: PracticeWorld, status: str, advice: str) -> None:
    customer, invoice = sent_invoice(world)
    row = world.circletel.payment(customer, invoice=invoice, transaction_id="NC-77")
    world.run()
    world.circletel.change("payment_transactions", row, status=status)
    world.zoho.forget_calls()
    world.run()
    found = one(world)
    assert (found.entity, found.label, found.happened) == (PAYMENTS, "NC-77", f"it is {status} in CircleTel")
    assert "R 230.00" in found.in_zoho
    assert advice in found.advice
    assert world.zoho.writes == []


def test_payments_that_were_made_in_zoho_are_no_business_of_ours(world: PracticeWorld) -> None:
    customer, _ = sent_invoice(world)
    made = world.zoho.payment(world.standing(CUSTOMERS, customer).zoho_id or "")
    row = world.circletel.payment(customer, provider="zoho_billing", transaction_id=made, status="refunded")
    world.link(PAYMENTS, row, made)
    world.circletel.payment(customer)
    world.run()
    assert told(world) == []


def service(world: PracticeWorld) -> str:
    """A service that Zoho bills."""
    row = world.circletel.service(world.circletel.customer(), activation_date=NOVEMBER)
    world.run()
    return row


def test_a_cancelled_service_that_zoho_bills_leads_to_the_list_for_approval(world: PracticeWorld) -> None:
    row = service(world)
    world.circletel.change("customer_services", row, status="cancelled", cancelled_at=CANCELLED_AT)
    found = one(world)
    assert (found.entity, found.happened, found.in_zoho) == (
        SUBSCRIPTIONS,
        "it is cancelled in CircleTel",
        "live, R 799.00",
    )
    assert "zoho-pipeline cancellations list" in found.advice


def test_a_suspended_service_is_left_alone(world: PracticeWorld) -> None:
    world.circletel.change("customer_services", service(world), status="suspended")
    assert told(world) == []


def test_a_cancelled_service_whose_subscription_another_one_runs_on_is_told_as_such(world: PracticeWorld) -> None:
    row = service(world)
    other = world.circletel.service(world.circletel.customer())
    world.link(SUBSCRIPTIONS, other, world.standing(SUBSCRIPTIONS, row).zoho_id or "")
    world.circletel.change("customer_services", row, status="cancelled", cancelled_at=CANCELLED_AT)
    assert one(world).advice.startswith("Another service runs on the same subscription")


def test_an_active_service_that_nobody_bills_is_told(world: PracticeWorld) -> None:
    row = service(world)
    zoho_id = world.standing(SUBSCRIPTIONS, row).zoho_id
    world.zoho.people.post(f"/subscriptions/{zoho_id}/cancel", cancel_at_end="false")
    world.circletel.service(world.circletel.customer())
    world.run()
    found = one(world)
    assert (found.row_id, found.happened, found.in_zoho) == (
        row,
        "the service is active in CircleTel",
        "cancelled, R 799.00",
    )
    assert "Nobody bills it" in found.advice


def test_what_hangs_on_a_customer_that_became_an_internal_test_is_told(world: PracticeWorld) -> None:
    customer, invoice = sent_invoice(world)
    world.circletel.service(customer, activation_date=NOVEMBER)
    world.circletel.payment(customer, invoice=invoice)
    world.run()
    world.circletel.change("customers", customer, account_type="internal_test")
    found = told(world)
    assert [row.entity for row in found] == list(Entity)
    assert {row.happened for row in found} == {"its customer is an internal test account now"}


@pytest.mark.parametrize("entity", list(Entity))
def test_a_row_that_was_deleted_in_circletel_is_told_by_what_zoho_calls_it(
    world: PracticeWorld, entity: Entity
) -> None:
    customer, invoice = sent_invoice(world, invoice_number="INV-2025-00900")
    rows = {
        CUSTOMERS: world.circletel.customer(account_number="CT-2025-00900"),
        SUBSCRIPTIONS: world.circletel.service(customer, activation_date=NOVEMBER),
        INVOICES: invoice,
        PAYMENTS: world.circletel.payment(customer),
    }
    world.run()
    zoho_id = world.standing(entity, rows[entity]).zoho_id
    world.circletel.execute(f"DELETE FROM {TABLE[entity]} WHERE id = :id", id=rows[entity])
    found = one(world)
    assert (found.entity, found.row_id, found.zoho_id) == (entity, rows[entity], zoho_id)
    assert found.happened == f"the {entity.singular} was deleted in CircleTel"
    assert found.label == {CUSTOMERS: "CT-2025-00900", INVOICES: "INV-2025-00900"}.get(entity, zoho_id)


def test_older_databases_have_no_credit_notes_and_can_be_asked_all_the_same(
    databases: Databases, zoho: PracticeZoho
) -> None:
    for world in world_on(databases, zoho, OLDER):
        world.circletel.execute("DROP TABLE IF EXISTS credit_notes")
        _, row = sent_invoice(world)
        world.link(INVOICES, row, world.zoho.invoice(world.zoho.one("customers")["customer_id"]))
        world.circletel.payment(world.circletel.customer())
        world.run()
        world.circletel.change("customer_invoices", row, status="voided")
        assert one(world).row_id == row
