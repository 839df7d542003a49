"""The pipeline runs on CircleTel's tables as they are: on older ones, and where its log may not be widened."""

from collections.abc import Iterator
from datetime import date

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.databases import OLDER, Databases
from zoho_pipeline_tests.practice.fixtures import world_on
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import PracticeZoho

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
ROLE = "pipeline_without_rights"


@pytest.fixture
def older(databases: Databases, zoho: PracticeZoho) -> Iterator[PracticeWorld]:
    """A world whose invoices have no type, and whose payments have only the older column for the invoice."""
    yield from world_on(databases, zoho, OLDER)


def test_customers_services_and_payments_of_an_older_database_are_synced(older: PracticeWorld) -> None:
    customer = older.circletel.customer()
    service = older.circletel.service(customer)
    payment = older.circletel.payment(customer, "50.00")
    done = older.run()
    assert done.total == {Outcome.CREATED: 3}
    assert older.status(SUBSCRIPTIONS, service) == older.status(PAYMENTS, payment) == "synced"


def test_an_older_databases_invoices_all_count_as_recurring_and_are_not_sent(older: PracticeWorld) -> None:
    customer = older.circletel.customer()
    service = older.circletel.service(customer)
    older.circletel.recurring(customer, service, date(2025, 11, 1))
    assert older.run().counts(INVOICES) == {}
    assert older.zoho.one("subscriptions")["current_term_starts_at"] == "2025-12-01"


def test_a_payment_of_an_older_database_is_matched_by_the_older_column(older: PracticeWorld) -> None:
    customer = older.circletel.customer()
    october = date(2025, 10, 1)
    zoho_customer = older.zoho.customer(customer)
    service = older.circletel.service(customer, activation_date=october)
    older.zoho.on(october)
    older.zoho.subscription(zoho_customer, october, service)
    older.zoho.on(date(2025, 11, 15))
    invoice = older.circletel.recurring(customer, service, october)
    payment = older.circletel.payment(customer, "799.00", invoice_id=invoice)
    older.run()
    made = older.zoho.get("payments", older.standing(PAYMENTS, payment).zoho_id)
    assert [part["amount_applied"] for part in made["invoices"]] == [799.0]
