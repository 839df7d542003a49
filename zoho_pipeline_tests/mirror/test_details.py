"""What lists do not say is asked for once, and again only when the document has changed."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror import tables
from zoho_pipeline.mirror.details import DETAILED, count_wanted, read_details
from zoho_pipeline.mirror.objects import Extra
from zoho_pipeline.mirror.refresh import refresh
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.ports import About
from zoho_pipeline_tests.practice.world import PracticeWorld

ABOUT = About("invoices", name="the books")


@pytest.fixture
def client(world: PracticeWorld) -> ZohoBilling:
    return billing_client(ZohoSettings.load(world.environ), world.engine, SystemClock())


def listed(world: PracticeWorld, client: ZohoBilling) -> None:
    for kind in (Entity.INVOICES, Extra.CREDIT_NOTES, Extra.REFUNDS):
        refresh(world.engine, client, kind, ABOUT, lambda line: None)


def details(world: PracticeWorld, client: ZohoBilling) -> int:
    return sum(read_details(world.engine, client, kind, ABOUT, lambda line: None) for kind in DETAILED)


def test_an_invoices_detail_tells_its_tax_and_what_was_applied_to_it(world: PracticeWorld, client: ZohoBilling) -> None:
    customer = world.zoho.customer("1")
    invoice = world.zoho.invoice(customer, "INV-1", "230.00")
    payment = world.zoho.payment(customer, "100.00", invoices=[{"invoice_id": invoice, "amount_applied": 100.0}])
    listed(world, client)
    assert details(world, client) == 1
    with world.engine.connect() as connection:
        found = connection.execute(select(tables.invoices)).one()
        (applied,) = connection.execute(select(tables.applications)).all()
    assert (found.tax_total, found.write_off, found.balance) == (Decimal("30.00"), Decimal(0), Decimal("130.00"))
    assert tuple(applied) == (invoice, "payment", payment, Decimal("100.00"))


def test_what_has_not_changed_is_not_asked_for_again(world: PracticeWorld, client: ZohoBilling) -> None:
    customer = world.zoho.customer("1")
    invoices = [world.zoho.invoice(customer, f"INV-{number}", "230.00") for number in range(3)]
    listed(world, client)
    assert details(world, client) == 3
    listed(world, client)
    assert details(world, client) == 0
    world.zoho.payment(customer, "230.00", invoices=[{"invoice_id": invoices[0], "amount_applied": 230.0}])
    listed(world, client)
    assert details(world, client) == 1


def test_a_document_that_is_gone_by_now_is_forgotten(world: PracticeWorld, client: ZohoBilling) -> None:
    invoice = world.zoho.invoice(world.zoho.customer("1"), "INV-1", "230.00", draft=True)
    listed(world, client)
    world.zoho.people.delete(f"/invoices/{invoice}")
    assert details(world, client) == 1
    with world.engine.connect() as connection:
        assert count_wanted(connection) == 0
