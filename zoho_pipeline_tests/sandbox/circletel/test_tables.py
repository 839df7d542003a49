"""CircleTel's tables: they take what production takes, and refuse what it refuses."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from zoho_pipeline.sandbox.circletel import Variant, create_tables, is_marked, marker_token
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres


def run(engine: Engine, statement: str, **values: Any) -> Any:
    with engine.begin() as connection:
        result = connection.execute(text(statement), values)
        return result.first() if result.returns_rows else None


def add_customer(engine: Engine, **columns: Any) -> str:
    given = {
        "first_name": "Testo",
        "last_name": "Sampleton",
        "email": f"{uuid4()}@example.com",
        "phone": "000",
        **columns,
    }
    names = ", ".join(given)
    row = run(
        engine, f"INSERT INTO customers ({names}) VALUES ({', '.join(f':{n}' for n in given)}) RETURNING id", **given
    )
    return str(row.id)


def add_invoice(engine: Engine, status: str = "draft") -> str:
    row = run(
        engine,
        "INSERT INTO customer_invoices (customer_id, invoice_number, invoice_date, due_date, subtotal, tax_amount,"
        " total_amount, amount_due, status) VALUES (:customer, :number, '2026-01-01', '2026-01-08', 100, 15, 115, 115,"
        " :status) RETURNING id",
        customer=add_customer(engine),
        number=f"INV-2026-{uuid4().int % 100000:05d}",
        status=status,
    )
    return str(row.id)


def add_log(engine: Engine, **columns: Any) -> None:
    given = {"entity_type": "invoice", "zoho_entity_type": "Invoices", "status": "success", "attempt": 1, **columns}
    run(
        engine,
        "INSERT INTO zoho_sync_logs (entity_type, entity_id, zoho_entity_type, status, attempt_number)"
        " VALUES (:entity_type, gen_random_uuid(), :zoho_entity_type, :status, :attempt)",
        **given,
    )


def test_a_database_with_these_tables_is_marked_as_a_practice_one(
    postgres: EmbeddedPostgres, circletel: Engine
) -> None:
    empty = create_engine(postgres.create_database("empty"))
    assert not is_marked(empty)
    assert is_marked(circletel)
    assert re.fullmatch(r"[0-9a-f-]{36}", marker_token(circletel))
    empty.dispose()
    postgres.drop_database("empty")


def test_roles_are_made_once_for_however_many_databases(postgres: EmbeddedPostgres, circletel: Engine) -> None:
    second = create_engine(postgres.create_database("second"))
    create_tables(second)
    roles = run(second, "SELECT count(*) AS n FROM pg_roles WHERE rolname IN ('anon', 'authenticated', 'service_role')")
    assert roles.n == 3
    second.dispose()
    postgres.drop_database("second")


@pytest.mark.parametrize("entity_type", ["subscription", "payment", "customers"])
def test_the_log_refuses_services_and_payments(circletel: Engine, entity_type: str) -> None:
    with pytest.raises(IntegrityError, match="zoho_sync_logs_entity_type_check"):
        add_log(circletel, entity_type=entity_type)


@pytest.mark.parametrize(
    "columns", [{"zoho_entity_type": "Subscriptions"}, {"status": "resolved"}, {"attempt": 4}, {"attempt": 0}]
)
def test_the_log_is_as_narrow_as_in_production(circletel: Engine, columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        add_log(circletel, **columns)


def test_the_log_takes_customers_and_invoices(circletel: Engine) -> None:
    add_log(circletel)
    add_log(circletel, entity_type="customer", zoho_entity_type="Contacts")
    add_log(circletel, entity_type="quote", zoho_entity_type=None)


def test_a_customer_gets_an_account_number(circletel: Engine) -> None:
    numbers = [
        run(circletel, "SELECT account_number FROM customers WHERE id = :id", id=add_customer(circletel)).account_number
        for _ in range(2)
    ]
    assert all(re.fullmatch(r"CT-\d{4}-\d{5}", number) for number in numbers)
    assert len(set(numbers)) == 2


def test_one_blank_email_is_taken_and_a_second_is_not(circletel: Engine) -> None:
    add_customer(circletel, email="")
    with pytest.raises(IntegrityError, match="customers_email_key"):
        add_customer(circletel, email="")


def test_any_sync_status_is_taken_in_production(circletel: Engine) -> None:
    add_customer(circletel, zoho_sync_status="anything")
    add_customer(circletel, zoho_sync_status=None)


@pytest.mark.parametrize(("table", "moves"), [("customers", True), ("customer_services", False)])
def test_updated_at_moves_where_production_moves_it(circletel: Engine, table: str, moves: bool) -> None:
    customer = add_customer(circletel, updated_at="2020-01-01")
    run(
        circletel,
        "INSERT INTO customer_services (customer_id, package_name, service_type, monthly_price, updated_at)"
        " VALUES (:id, 'x', 'Fibre', 1, '2020-01-01')",
        id=customer,
    )
    run(circletel, f"UPDATE {table} SET zoho_sync_status = 'syncing'")
    moved = run(circletel, f"SELECT updated_at > '2021-01-01' AS moved FROM {table}").moved
    assert moved is moves


def test_updated_at_moves_on_payments_and_not_on_invoices(circletel: Engine) -> None:
    invoice = add_invoice(circletel)
    run(circletel, "UPDATE customer_invoices SET updated_at = '2020-01-01' WHERE id = :id", id=invoice)
    run(
        circletel,
        "INSERT INTO payment_transactions (transaction_id, reference, provider, amount, updated_at)"
        " VALUES ('t', 'r', 'netcash', 1, '2020-01-01')",
    )
    for table, moves in (("customer_invoices", False), ("payment_transactions", True)):
        run(circletel, f"UPDATE {table} SET zoho_sync_status = 'syncing'")
        assert run(circletel, f"SELECT updated_at > '2021-01-01' AS moved FROM {table}").moved is moves


def test_sending_an_invoice_locks_it(circletel: Engine) -> None:
    invoice = add_invoice(circletel)
    run(circletel, "UPDATE customer_invoices SET status = 'sent' WHERE id = :id", id=invoice)
    row = run(circletel, "SELECT is_locked, locked_at, locked_reason FROM customer_invoices WHERE id = :id", id=invoice)
    assert row.is_locked
    assert row.locked_at is not None
    assert row.locked_reason


@pytest.mark.parametrize(
    "change",
    [
        "total_amount = 1",
        "subtotal = 1",
        "tax_amount = 1",
        "line_items = '[]'",
        "invoice_number = 'INV-1999-00001'",
        "invoice_date = '2026-02-02'",
        "due_date = '2026-02-02'",
        "customer_id = gen_random_uuid()",
    ],
)
def test_a_locked_invoice_refuses_changes_of_what_was_sent(circletel: Engine, change: str) -> None:
    invoice = add_invoice(circletel)
    run(circletel, "UPDATE customer_invoices SET status = 'sent' WHERE id = :id", id=invoice)
    with pytest.raises(DBAPIError, match="is locked"):
        run(circletel, f"UPDATE customer_invoices SET {change} WHERE id = :id", id=invoice)


def test_the_sync_columns_of_a_locked_invoice_stay_writable(circletel: Engine) -> None:
    invoice = add_invoice(circletel)
    run(circletel, "UPDATE customer_invoices SET status = 'sent' WHERE id = :id", id=invoice)
    run(
        circletel,
        "UPDATE customer_invoices SET zoho_billing_invoice_id = '1', zoho_sync_status = 'synced',"
        " zoho_last_synced_at = now(), zoho_last_sync_error = NULL, amount_paid = 115, amount_due = 0, status = 'paid'"
        " WHERE id = :id",
        id=invoice,
    )


def test_every_change_of_an_invoice_is_audited(circletel: Engine) -> None:
    invoice = add_invoice(circletel)
    run(circletel, "UPDATE customer_invoices SET zoho_sync_status = 'syncing' WHERE id = :id", id=invoice)
    run(circletel, "DELETE FROM customer_invoices WHERE id = :id", id=invoice)
    with circletel.connect() as connection:
        actions = connection.scalars(text("SELECT action FROM invoice_audit_log ORDER BY created_at, action")).all()
    assert sorted(actions) == ["DELETE", "INSERT", "UPDATE"]


def test_a_payment_may_point_at_nothing_but_not_through_the_newer_column(circletel: Engine) -> None:
    insert = (
        "INSERT INTO payment_transactions (transaction_id, reference, provider, amount, customer_id, {column})"
        " VALUES ('{column}', 'r', 'netcash', 1, gen_random_uuid(), gen_random_uuid())"
    )
    run(circletel, insert.format(column="invoice_id"))
    with pytest.raises(IntegrityError, match="customer_invoice_id"):
        run(circletel, insert.format(column="customer_invoice_id"))


def test_a_deleted_customer_takes_services_and_invoices_along(circletel: Engine) -> None:
    add_invoice(circletel)
    run(circletel, "DELETE FROM customers")
    assert run(circletel, "SELECT count(*) AS n FROM customer_invoices").n == 0


@pytest.mark.parametrize(("role", "seen"), [("anon", 0), ("authenticated", 1), ("service_role", 2)])
def test_row_level_security_shows_each_role_its_own(circletel: Engine, role: str, seen: int) -> None:
    me = str(uuid4())
    add_customer(circletel, auth_user_id=me)
    add_customer(circletel)
    with circletel.begin() as connection:
        connection.execute(text("SELECT set_config('request.jwt.claim.sub', :me, true)"), {"me": me})
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        assert connection.scalar(text("SELECT count(*) FROM customers")) == seen


def test_row_level_security_is_on_where_production_has_it(circletel: Engine) -> None:
    with circletel.connect() as connection:
        tables = connection.scalars(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace")
        ).all()
    assert set(tables) == {
        "customers",
        "customer_services",
        "customer_invoices",
        "payment_transactions",
        "zoho_sync_logs",
    }


def test_older_databases_lack_what_was_added_later(older_circletel: Engine) -> None:
    seen = inspect(older_circletel)
    assert "invoice_type" not in {column["name"] for column in seen.get_columns("customer_invoices")}
    assert "customer_invoice_id" not in {column["name"] for column in seen.get_columns("payment_transactions")}
    assert "credit_notes" not in seen.get_table_names()
    with pytest.raises(IntegrityError, match="customers_zoho_sync_status_check"):
        add_customer(older_circletel, zoho_sync_status="anything")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("customers", "zoho_billing_customer_id"),
        ("customer_services", "zoho_subscription_id"),
        ("customer_invoices", "zoho_billing_invoice_id"),
        ("payment_transactions", "zoho_payment_id"),
    ],
)
def test_zoho_ids_are_indexed_where_not_null_and_not_unique(circletel: Engine, table: str, column: str) -> None:
    indexes = [index for index in inspect(circletel).get_indexes(table) if index["column_names"] == [column]]
    assert [index["unique"] for index in indexes] == [False]
    assert "IS NOT NULL" in str(indexes[0]["dialect_options"]["postgresql_where"])


def test_both_variants_exist_beside_each_other(templates: dict[Variant, str]) -> None:
    assert set(templates) == set(Variant)
