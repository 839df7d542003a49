"""Unless it was armed nothing is written to Zoho: a dry run decides as the run would, and changes nothing at all."""

from datetime import date

import pytest

from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.rows import FEE
from zoho_pipeline_tests.practice.world import PracticeWorld

OFF = {"ZOHO_WRITES": "off"}
OURS = ("zoho_pipeline.sync_records", "zoho_pipeline.attempts")
OCTOBER = date(2025, 10, 1)


@pytest.fixture
def mixed(world: PracticeWorld) -> PracticeWorld:
    """Rows to create, adopt, refuse, park, block and exclude, of every kind, some of them waiting for others."""
    circletel, zoho = world.circletel, world.zoho
    customer = circletel.customer()
    circletel.service(customer)
    circletel.payment(customer, invoice=circletel.invoice(customer))
    circletel.payment(customer, invoice=circletel.invoice(customer, status="draft"))
    circletel.payment(customer, "50.00")
    refused = circletel.customer(email="")
    circletel.service(refused)
    circletel.payment(refused, invoice=circletel.invoice(refused))
    by_hand = circletel.customer(first_name="Thandi", last_name="Mokoena", email="thandi@example.co.za")
    zoho_customer = zoho.customer()
    service = circletel.service(by_hand, activation_date=OCTOBER)
    zoho.on(OCTOBER)
    zoho.subscription(zoho_customer, OCTOBER, service)
    zoho.on(date(2025, 11, 15))
    circletel.payment(by_hand, FEE, invoice=circletel.recurring(by_hand, service, OCTOBER))
    circletel.payment(by_hand, FEE, invoice=circletel.recurring(by_hand, service, date(2025, 9, 1)))
    circletel.invoice(by_hand, line_items=[{"name": "A", "price": 1}])
    circletel.customer(first_name="Other", email="THANDI@example.co.za")
    test_account = circletel.customer(account_type="internal_test")
    circletel.invoice(test_account)
    circletel.customer(created_at=None)
    zoho.forget_calls()
    return world


def counted(world: PracticeWorld, *, dry_run: bool = False) -> dict[Entity, dict[Outcome, int]]:
    """The counts of a run, by kind."""
    done = world.run(dry_run=dry_run)
    return {entity: dict(done.counts(entity)) for entity in PARENTS_FIRST}


def test_with_writes_off_nothing_at_all_is_changed_and_only_lists_are_read(mixed: PracticeWorld) -> None:
    before = (mixed.circletel.snapshot(), mixed.circletel.snapshot(*OURS), mixed.zoho.control.call("GET", "state"))
    done = mixed.run(env=OFF)
    assert (mixed.circletel.snapshot(), mixed.circletel.snapshot(*OURS)) == before[:2]
    assert mixed.zoho.control.call("GET", "state")["organisation"] == before[2]["organisation"]
    lists = {"/customers", "/subscriptions", "/invoices", "/payments", "/plans", "/settings/taxes"}
    assert mixed.zoho.writes == []
    assert set(mixed.zoho.reads) <= lists
    assert all(result.dry_run for result in done.results)
    assert "ZOHO_WRITES is off, so this is a dry run" in done.log[0]


def test_a_dry_run_foretells_what_the_run_does(mixed: PracticeWorld) -> None:
    foretold = counted(mixed, dry_run=True)
    assert counted(mixed) == foretold
    assert sum(foretold[entity].get(Outcome.CREATED, 0) for entity in PARENTS_FIRST) > 5


def test_a_dry_run_names_what_would_be_sent_by_its_number_only(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    world.circletel.invoice(customer, invoice_number="INV-2025-00042")
    done = world.run(env=OFF)
    number = world.circletel.value("customers", customer, "account_number")
    assert f"Dry run: would create customer {number}." in done.log
    assert "Dry run: would create invoice INV-2025-00042." in done.log


def test_a_dry_run_costs_no_more_than_the_lists(mixed: PracticeWorld) -> None:
    done = mixed.run(env=OFF | {"ZOHO_MIRROR_MAX_AGE_SECONDS": "3600"})
    assert done.calls == len(mixed.zoho.calls()) <= 7
