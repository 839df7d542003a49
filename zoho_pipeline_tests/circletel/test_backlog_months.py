"""Every eligible row falls into exactly one open month, whatever dates it lacks, before and after it was synced."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.circletel.shape import TABLES, read_shape
from zoho_pipeline.circletel.sources import source
from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.sample.generate import generate
from zoho_pipeline.sandbox.sample.load import load
from zoho_pipeline.sandbox.sample.world import Size
from zoho_pipeline.sync.backlog import Backlog, pin_undated, read_backlogs
from zoho_pipeline_tests.practice.databases import MIGRATED, OLDER, Databases, Template
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
TODAY = date(2026, 3, 18)
MONTHS = OpenMonths.until(Month(2025, 6), TODAY)
"""Begins in the middle of the sample data, so that the first month has to hold what is older."""


@pytest.fixture(params=[MIGRATED, OLDER], ids=lambda template: template.variant.value)
def sample(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    """CircleTel's tables with sample data, some of whose rows have lost their dates."""
    template: Template = request.param
    with databases.fresh(template) as engine:
        load(generate(7, TODAY, Size(customers=25)), engine)
        with engine.begin() as connection:
            for table, column in [("customers", "created_at"), ("customer_services", "created_at")]:
                connection.execute(text(f"UPDATE {table} SET {column} = NULL WHERE left(id::text, 1) < '4'"))
            connection.execute(
                text("UPDATE customer_services SET activation_date = NULL WHERE left(id::text, 1) < '2'")
            )
            connection.execute(
                text("UPDATE payment_transactions SET completed_at = NULL WHERE left(id::text, 1) < '4'")
            )
        yield engine


def backlogs(engine: Engine, entity: Entity, months: OpenMonths = MONTHS) -> Mapping[Month, Backlog]:
    with engine.begin() as connection:
        pin_undated(connection)
        shape = read_shape(connection)
        return read_backlogs(connection, entity, shape, months.between(months.first, months.last), months)


def placed(engine: Engine, entity: Entity, months: OpenMonths = MONTHS) -> Counter[str]:
    """How often each row stands in some month."""
    found = backlogs(engine, entity, months).values()
    return Counter(row for month in found for row in (*month.candidates, *month.linked_by_app))


def eligible(engine: Engine, entity: Entity) -> set[str]:
    with engine.connect() as connection:
        of = source(entity, read_shape(connection))
        query = f"SELECT t.id::text FROM {of.table} t {of.joins} WHERE {of.eligible}"
        return set(connection.execute(text(query)).scalars())


@pytest.mark.parametrize("entity", Entity)
def test_every_eligible_row_of_the_sample_falls_into_exactly_one_month(sample: Engine, entity: Entity) -> None:
    rows = eligible(sample, entity)
    assert placed(sample, entity) == Counter(rows)
    with sample.connect() as connection:
        older_database = not read_shape(connection).invoice_type
    assert (len(rows) > 20) is not (entity is INVOICES and older_database)


@pytest.mark.parametrize("entity", Entity)
def test_every_choice_of_open_months_holds_the_same_rows(sample: Engine, entity: Entity) -> None:
    whole = placed(sample, entity)
    for months in (OpenMonths(Month(2099, 1), Month(2099, 1)), OpenMonths(Month(2020, 1), Month(2020, 2))):
        assert placed(sample, entity, months) == whole


def test_after_a_write_to_the_row_it_stays_in_its_month(sample: Engine) -> None:
    before = backlogs(sample, CUSTOMERS)
    with sample.begin() as connection:
        connection.execute(text("UPDATE customers SET zoho_sync_status = 'failed'"))
    assert {month: found.candidates for month, found in backlogs(sample, CUSTOMERS).items()} == {
        month: found.candidates for month, found in before.items()
    }


# Rows of one's own


AUGUST, SEPTEMBER = Month(2025, 8), Month(2025, 9)
SINCE_JULY = OpenMonths(Month(2025, 7), Month(2025, 12))


def month_of(world: PracticeWorld, entity: Entity, row_id: str) -> Month:
    found = backlogs(world.engine, entity, SINCE_JULY)
    (month,) = [month for month, backlog in found.items() if row_id in (*backlog.candidates, *backlog.linked_by_app)]
    return month


def moment(day: int, hour: int = 12, month: int = 8) -> datetime:
    return datetime(2025, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize("entity", [CUSTOMERS, SUBSCRIPTIONS])
def test_customers_and_services_belong_to_the_month_in_which_they_were_created(
    world: PracticeWorld, entity: Entity
) -> None:
    customer = world.circletel.customer(created_at=moment(31, 21))
    service = world.circletel.service(customer, created_at=moment(31, 22), activation_date=date(2025, 7, 1))
    row, expected = (customer, AUGUST) if entity is CUSTOMERS else (service, SEPTEMBER)
    assert month_of(world, entity, row) == expected


def test_invoices_belong_to_the_month_of_their_date_and_payments_to_that_of_their_completion(
    world: PracticeWorld,
) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, invoice_date=date(2025, 9, 1), created_at=moment(5))
    payment = world.circletel.payment(customer, completed_at=moment(31, 22), created_at=moment(5))
    assert (month_of(world, INVOICES, invoice), month_of(world, PAYMENTS, payment)) == (SEPTEMBER, SEPTEMBER)


def test_where_a_date_is_missing_the_rows_other_date_counts(world: PracticeWorld) -> None:
    customer = world.circletel.customer(created_at=None, updated_at=moment(3))
    service = world.circletel.service(customer, created_at=None, activation_date=date(2025, 9, 2))
    bare = world.circletel.service(customer, created_at=None, activation_date=None, updated_at=moment(4))
    payment = world.circletel.payment(customer, completed_at=None, created_at=moment(5))
    found = {
        "customer": month_of(world, CUSTOMERS, customer),
        "service": month_of(world, SUBSCRIPTIONS, service),
        "bare service": month_of(world, SUBSCRIPTIONS, bare),
        "payment": month_of(world, PAYMENTS, payment),
    }
    assert found == {"customer": AUGUST, "service": SEPTEMBER, "bare service": AUGUST, "payment": AUGUST}


def test_a_row_without_any_date_falls_into_the_first_month(world: PracticeWorld) -> None:
    customer = world.circletel.customer(created_at=None, updated_at=None)
    service = world.circletel.service(customer, created_at=None, activation_date=None, updated_at=None)
    assert month_of(world, CUSTOMERS, customer) == month_of(world, SUBSCRIPTIONS, service) == SINCE_JULY.first


def test_an_undated_customer_stays_in_its_month_after_a_run_has_touched_it(world: PracticeWorld) -> None:
    customer = world.circletel.customer(created_at=None, updated_at=moment(3))
    world.run(CUSTOMERS)
    assert world.status(CUSTOMERS, customer) == "synced"
    in_august = backlogs(world.engine, CUSTOMERS, SINCE_JULY)
    assert {month: found.unchanged for month, found in in_august.items() if found.unchanged} == {AUGUST: 1}


@pytest.mark.parametrize(("day", "expected"), [(date(2020, 1, 1), Month(2025, 7)), (date(2030, 1, 1), Month(2025, 12))])
def test_what_is_earlier_or_later_than_all_months_falls_into_the_first_or_the_last(
    world: PracticeWorld, day: date, expected: Month
) -> None:
    invoice = world.circletel.invoice(world.circletel.customer(), invoice_date=day)
    assert month_of(world, INVOICES, invoice) == expected


# Who is eligible


def is_eligible(world: PracticeWorld, entity: Entity, row_id: str) -> bool:
    return row_id in placed(world.engine, entity)


@pytest.mark.parametrize(("kind", "goes"), [("personal", True), ("business", True), ("internal_test", False)])
def test_internal_test_customers_and_all_that_hangs_on_them_stay_out(
    world: PracticeWorld, kind: str, goes: bool
) -> None:
    circletel = world.circletel
    customer = circletel.customer(account_type=kind)
    invoice = circletel.invoice(customer)
    rows = {
        CUSTOMERS: [customer],
        SUBSCRIPTIONS: [circletel.service(customer)],
        INVOICES: [invoice],
        PAYMENTS: [
            circletel.payment(customer),
            circletel.payment(None, invoice=invoice),
            circletel.payment(circletel.customer(), invoice=invoice),
        ],
    }
    for entity, ids in rows.items():
        assert {is_eligible(world, entity, row) for row in ids} == {goes}


@pytest.mark.parametrize(
    ("entity", "values", "goes"),
    [
        (SUBSCRIPTIONS, {"status": "active"}, True),
        (SUBSCRIPTIONS, {"status": "pending"}, False),
        (SUBSCRIPTIONS, {"status": "suspended"}, False),
        (SUBSCRIPTIONS, {"status": "cancelled"}, False),
        (SUBSCRIPTIONS, {"package_id": None}, True),
        (INVOICES, {"invoice_type": "installation"}, True),
        (INVOICES, {"invoice_type": "pro_rata"}, True),
        (INVOICES, {"invoice_type": "equipment"}, True),
        (INVOICES, {"invoice_type": "adjustment"}, True),
        (INVOICES, {"invoice_type": "recurring"}, False),
        (INVOICES, {"invoice_type": None}, False),
        (INVOICES, {"invoice_type": "something new"}, False),
        (INVOICES, {"status": "draft"}, True),
        (INVOICES, {"status": None}, True),
        (INVOICES, {"status": "overdue"}, True),
        (INVOICES, {"status": "cancelled"}, False),
        (INVOICES, {"status": "voided"}, False),
        (PAYMENTS, {"status": "completed"}, True),
        (PAYMENTS, {"status": "pending"}, False),
        (PAYMENTS, {"status": "refunded"}, False),
        (PAYMENTS, {"provider": "payfast"}, True),
        (PAYMENTS, {"provider": "zoho_billing"}, False),
        (PAYMENTS, {"customer_id": None}, True),
        (PAYMENTS, {"customer_id": "0a0a0a0a-0000-4000-8000-000000000000"}, True),
    ],
    ids=str,
)
def test_a_row_is_eligible_by_the_rules_of_its_kind(
    world: PracticeWorld, entity: Entity, values: dict[str, Any], goes: bool
) -> None:
    circletel = world.circletel
    customer = circletel.customer()
    made = {SUBSCRIPTIONS: circletel.service, INVOICES: circletel.invoice, PAYMENTS: circletel.payment}[entity](
        customer
    )
    circletel.change(TABLES[entity], made, **values)
    assert is_eligible(world, entity, made) is goes
