"""A recurring invoice that Zoho has missed goes only once a person has approved it, as it was shown, and once only."""

import uuid
from datetime import date

import pytest

from zoho_pipeline.actions.mirror import refresh_mirror
from zoho_pipeline.actions.missed import NotApproved, approve_missed, missed
from zoho_pipeline.actions.reconcile import ReconcileRequest, reconcile
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.reading import MonthBooks
from zoho_pipeline_tests.practice.world import ONLY_MONTH, PracticeWorld

SEPTEMBER = date(2025, 9, 1)


def compared(world: PracticeWorld) -> MonthBooks:
    list(refresh_mirror(world.environ, lambda line: None))
    (books,) = reconcile(ReconcileRequest([ONLY_MONTH], str(uuid.uuid4())), world.environ, lambda line: None)
    assert books.ties
    return books


@pytest.fixture
def invoice(world: PracticeWorld) -> str:
    """A service that Zoho has billed since August; somebody deleted the invoice of September, and it bills no more."""
    row = world.circletel.customer()
    service = world.circletel.service(row)
    customer = world.zoho.customer(row)
    subscription = world.zoho.subscription(customer, date(2025, 8, 1), service)
    world.link(Entity.CUSTOMERS, row, customer)
    world.link(Entity.SUBSCRIPTIONS, service, subscription)
    missing = world.circletel.recurring(row, service, SEPTEMBER)
    for each in world.zoho.objects("invoices"):
        world.zoho.people.post(f"/invoices/{each['id']}/void")
    return missing


def test_it_is_listed_as_missed_and_sent_once_it_was_approved(world: PracticeWorld, invoice: str) -> None:
    assert [item.what for item in compared(world).items if item.row_id == invoice] == [Class.MISSED]
    world.run(Entity.INVOICES)
    assert world.zoho.writes == []
    (entry,) = missed(None, world.environ)
    approve_missed([entry.id], "finance", world.environ)
    world.run(Entity.INVOICES)
    number = world.circletel.value("customer_invoices", invoice, "invoice_number")
    assert [each["number"] for each in world.zoho.objects("invoices") if each["status"] != "void"] == [number]
    assert [item for item in compared(world).items if item.row_id == invoice] == []
    assert missed(None, world.environ) == []
    world.zoho.forget_calls()
    world.run(Entity.INVOICES)
    assert world.zoho.writes == []


def test_its_payment_is_put_on_it(world: PracticeWorld, invoice: str) -> None:
    customer = str(world.circletel.value("customer_invoices", invoice, "customer_id"))
    payment = world.circletel.payment(customer, "799.00", invoice=invoice)
    compared(world)
    (entry,) = missed(None, world.environ)
    approve_missed([entry.id], "finance", world.environ)
    world.run(Entity.INVOICES, Entity.PAYMENTS)
    linked = world.standing(Entity.INVOICES, invoice).zoho_id
    (paid,) = world.zoho.objects("payments")
    assert [each["invoice_id"] for each in paid["invoices"]] == [linked]
    assert world.state(Entity.PAYMENTS, payment) == "synced"


def test_what_has_changed_since_it_was_approved_is_not_sent(world: PracticeWorld, invoice: str) -> None:
    compared(world)
    (entry,) = missed(None, world.environ)
    approve_missed([entry.id], "finance", world.environ)
    world.circletel.execute("ALTER TABLE customer_invoices DISABLE TRIGGER USER")
    world.circletel.change("customer_invoices", invoice, due_date=date(2025, 9, 20))
    world.run(Entity.INVOICES)
    assert world.zoho.writes == []


@pytest.mark.parametrize("again", [True, False])
def test_an_approval_is_for_an_invoice_that_waits_for_it(world: PracticeWorld, invoice: str, again: bool) -> None:
    compared(world)
    (entry,) = missed(None, world.environ)
    if again:
        approve_missed([entry.id], "finance", world.environ)
    with pytest.raises(NotApproved, match="approved already" if again else "no invoice that waits"):
        approve_missed([entry.id if again else entry.id + 7], "finance", world.environ)
