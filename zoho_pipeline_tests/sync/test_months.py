"""Months: every eligible row falls into exactly one, and a run touches only its own (and the parents that it needs)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from zoho_pipeline.calendar import Month, NoSuchMonth, OpenMonths
from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.clock import local_date
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline.sync.backlog import pin_undated, read_backlog, read_backlogs
from zoho_pipeline_tests.practice.databases import Databases
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
MONTHS = OpenMonths(Month(2025, 1), Month(2025, 12))
ALL = MONTHS.between(MONTHS.first, MONTHS.last)

DAYS = st.dates(date(2024, 6, 1), date(2026, 6, 30))
MOMENTS = st.integers(0, 25 * 30 * 86_400).map(
    lambda seconds: datetime(2024, 6, 1, tzinfo=UTC) + timedelta(seconds=seconds)
) | st.sampled_from(
    [
        month.starts_at.astimezone(UTC) + timedelta(microseconds=step)
        for month in (Month(2025, 1), Month(2025, 3), Month(2025, 12), Month(2026, 1))
        for step in (-1, 0)
    ]
)
MAYBE = MOMENTS | st.none()


@pytest.fixture(scope="module")
def empty(databases: Databases) -> Iterator[Engine]:
    """CircleTel's tables; each example undoes what it put in."""
    with databases.fresh() as engine:
        yield engine


def put(connection: Connection, table: str, **values: object) -> str:
    """A row with what the test is about, and whatever else the table insists on."""
    customer = {"first_name": "A", "last_name": "B", "email": f"{uuid4()}@example.co.za", "phone": "1"}
    needed: dict[str, dict[str, object]] = {
        "customers": dict(customer),
        "customer_services": {"package_name": "P", "service_type": "fibre", "monthly_price": 1, "status": "active"},
        "customer_invoices": {
            "invoice_number": str(uuid4()), "due_date": date(2025, 1, 1), "subtotal": 1, "total_amount": 1,
            "amount_due": 1, "invoice_type": "installation",
        },
        "payment_transactions": {
            "transaction_id": str(uuid4()), "reference": "R", "provider": "netcash", "amount": 1,
            "status": "completed",
        },
    }  # fmt: skip
    row = {"id": str(uuid4()), **needed[table], **values}
    if table in ("customer_services", "customer_invoices"):
        row["customer_id"] = put(connection, "customers", account_type="internal_test")
        connection.execute(
            text("UPDATE customers SET account_type = 'personal' WHERE id = :id"), {"id": row["customer_id"]}
        )
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)
    return str(row["id"])


def months_of(connection: Connection, entity: Entity, row: str) -> list[Month]:
    """The months in whose backlog the row stands, read in one pass and month by month."""
    shape = read_shape(connection)
    pin_undated(connection)
    together = read_backlogs(connection, entity, shape, ALL, MONTHS)
    found = [month for month, backlog in together.items() if row in backlog.candidates]
    assert found == [m for m in ALL if row in read_backlog(connection, entity, shape, m, MONTHS).candidates]
    return found


def held(moment: datetime | date) -> list[Month]:
    """The one month that holds a moment (in Johannesburg) or a day."""
    return [MONTHS.holding(local_date(moment) if isinstance(moment, datetime) else moment)]


LAW = settings(max_examples=20, deadline=None)


@LAW
@given(created=MAYBE, updated=MAYBE)
def test_a_customer_falls_into_the_month_of_its_creation_or_else_of_its_last_change(
    empty: Engine, created: datetime | None, updated: datetime | None
) -> None:
    with empty.connect() as connection:
        row = put(connection, "customers", created_at=created, updated_at=updated)
        assert months_of(connection, CUSTOMERS, row) == held(created or updated or date.min)


@LAW
@given(created=MAYBE, activated=DAYS | st.none(), updated=MAYBE)
def test_a_service_falls_into_the_month_of_its_creation_or_else_of_its_activation(
    empty: Engine, created: datetime | None, activated: date | None, updated: datetime | None
) -> None:
    with empty.connect() as connection:
        row = put(connection, "customer_services", created_at=created, activation_date=activated, updated_at=updated)
        assert months_of(connection, SUBSCRIPTIONS, row) == held(created or activated or updated or date.min)


@LAW
@given(dated=DAYS, created=MAYBE)
def test_an_invoice_falls_into_the_month_of_its_date_also_if_that_lies_ahead(
    empty: Engine, dated: date, created: datetime | None
) -> None:
    with empty.connect() as connection:
        row = put(connection, "customer_invoices", invoice_date=dated, created_at=created)
        assert months_of(connection, INVOICES, row) == held(dated)


@LAW
@given(completed=MAYBE, created=MOMENTS)
def test_a_payment_falls_into_the_month_of_its_completion_or_else_of_its_creation(
    empty: Engine, completed: datetime | None, created: datetime
) -> None:
    with empty.connect() as connection:
        row = put(connection, "payment_transactions", completed_at=completed, created_at=created)
        assert months_of(connection, PAYMENTS, row) == held(completed or created)


def test_a_customer_without_a_date_keeps_its_month_whatever_is_written_to_it(empty: Engine) -> None:
    with empty.connect() as connection:
        row = put(connection, "customers", created_at=None, updated_at=datetime(2025, 3, 5, tzinfo=UTC))
        assert months_of(connection, CUSTOMERS, row) == [Month(2025, 3)]
        connection.execute(text("UPDATE customers SET zoho_sync_status = 'failed' WHERE id = :id"), {"id": row})
        assert months_of(connection, CUSTOMERS, row) == [Month(2025, 3)]


def test_a_month_that_is_not_open_has_no_backlog(empty: Engine) -> None:
    with empty.connect() as connection, pytest.raises(NoSuchMonth, match="There is no month 2026-01"):
        read_backlog(connection, CUSTOMERS, read_shape(connection), Month(2026, 1), MONTHS)


def test_the_oldest_rows_of_a_month_come_first(empty: Engine) -> None:
    with empty.connect() as connection:
        days = (9, 1, 20, 5)
        rows = {put(connection, "customers", created_at=datetime(2025, 3, day, tzinfo=UTC)): day for day in days}
        backlog = read_backlog(connection, CUSTOMERS, read_shape(connection), Month(2025, 3), MONTHS)
        assert [rows[row] for row in backlog.candidates] == sorted(days)


def test_a_run_over_one_month_leaves_the_other_months_alone_but_for_the_parents_that_it_needs(
    world: PracticeWorld,
) -> None:
    january = {"created_at": datetime(2025, 1, 5, tzinfo=UTC), "updated_at": datetime(2025, 1, 5, tzinfo=UTC)}
    parent, other = (world.circletel.customer(**january) for _ in range(2))
    ours = world.circletel.invoice(parent, invoice_date=date(2025, 3, 31))
    theirs = world.circletel.invoice(parent, invoice_date=date(2025, 4, 1))
    done = world.run(months=[Month(2025, 3)], env={"CIRCLETEL_FIRST_MONTH": "2025-01"})
    assert [result.month for result in done.results] == [Month(2025, 3)] * 4
    assert done.counts(INVOICES) == {Outcome.CREATED: 1}
    assert done.results[2].brought_along == 1
    assert [world.status(CUSTOMERS, row) for row in (parent, other)] == ["synced", "pending"]
    assert [world.status(INVOICES, row) for row in (ours, theirs)] == ["synced", "pending"]


def test_the_results_of_every_month_are_kept(world: PracticeWorld) -> None:
    world.circletel.customer(created_at=datetime(2025, 1, 5, tzinfo=UTC))
    months = [Month(2025, 1), Month(2025, 2)]
    world.run(CUSTOMERS, months=months, env={"CIRCLETEL_FIRST_MONTH": "2025-01"})
    kept = world.circletel.query("SELECT month, counts, dry_run FROM zoho_pipeline.sync_results ORDER BY month")
    assert [tuple(row) for row in kept] == [("2025-01", {"created": 1}, False), ("2025-02", {}, False)]
