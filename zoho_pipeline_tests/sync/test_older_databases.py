"""The pipeline runs on CircleTel's tables as they are: on older ones, and where its log may not be widened."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, create_engine, text

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline.store.migrate import upgrade
from zoho_pipeline_tests.practice.databases import BARE, OLDER, Databases
from zoho_pipeline_tests.practice.fixtures import variables, world_on
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


# A role that may not alter zoho_sync_logs


@pytest.fixture
def narrow(databases: Databases, zoho: PracticeZoho) -> Iterator[PracticeWorld]:
    """A world in which the pipeline may make its own schema and use CircleTel's tables, but not alter them."""
    with databases.fresh(BARE) as owner:
        with owner.begin() as connection:
            connection.execute(
                text(f"""
                DO $$ BEGIN
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
                        CREATE ROLE {ROLE} LOGIN BYPASSRLS;
                    END IF;
                END $$;
                GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE};
                GRANT USAGE ON SCHEMA zoho_pipeline_sandbox TO {ROLE};
                GRANT SELECT ON zoho_pipeline_sandbox.marker TO {ROLE};
            """)
            )
            connection.execute(text(f"GRANT CREATE ON DATABASE {owner.url.database} TO {ROLE}"))
        url = owner.url.set(username=ROLE).render_as_string(hide_password=False)
        yield PracticeWorld(owner, zoho, variables(zoho, url, databases.token(BARE)))


@pytest.fixture
def role(narrow: PracticeWorld) -> Iterator[Engine]:
    """That role's own connection."""
    engine = create_engine(narrow.environ["CIRCLETEL_DATABASE_URL"])
    yield engine
    engine.dispose()


def test_where_the_log_may_not_be_widened_the_upgrade_says_so_and_the_rest_is_there(
    narrow: PracticeWorld, role: Engine
) -> None:
    done = upgrade(role)
    assert done.sync_logs_refusal == "must be owner of table zoho_sync_logs"
    assert upgrade(role).before == done.after


def test_where_the_log_may_not_be_widened_all_four_kinds_are_synced_and_the_pipeline_keeps_its_own_record(
    narrow: PracticeWorld, role: Engine
) -> None:
    upgrade(role)
    customer = narrow.circletel.customer()
    narrow.circletel.service(customer, activation_date=date(2025, 12, 1))
    narrow.circletel.payment(customer, invoice=narrow.circletel.invoice(customer))
    done = narrow.run()
    assert done.total == {Outcome.CREATED: 4}
    assert any("refuses rows of payments, subscriptions" in line for line in done.log)
    logged = narrow.circletel.query("SELECT entity_type FROM zoho_sync_logs ORDER BY 1")
    assert [row.entity_type for row in logged] == ["customer", "invoice"]
    kept = narrow.circletel.query("SELECT entity, outcome FROM zoho_pipeline.attempts ORDER BY 1")
    assert [tuple(row) for row in kept] == [(entity, "created") for entity in sorted(Entity)]


def test_once_the_log_is_widened_it_takes_all_four_kinds(narrow: PracticeWorld, role: Engine) -> None:
    upgrade(role)
    assert upgrade(narrow.engine).sync_logs_refusal is None
    customer = narrow.circletel.customer()
    narrow.circletel.service(customer, activation_date=date(2025, 12, 1))
    narrow.circletel.payment(customer)
    done = narrow.run()
    assert not any("refuses rows" in line for line in done.log)
    logged = narrow.circletel.query(
        "SELECT entity_type, zoho_entity_type, cause, run_id FROM zoho_sync_logs ORDER BY 1"
    )
    assert [row.entity_type for row in logged] == ["customer", "payment", "subscription"]
    assert [row.zoho_entity_type for row in logged] == ["Contacts", "Payments", "Subscriptions"]
    assert all(row.run_id for row in logged)
