"""Loading: complete, into both ages of the database, and only into a practice one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.sample.load import TABLES, NotASandboxError, load
from zoho_pipeline.sandbox.sample.rows import Customer, Invoice, Payment, Service, columns
from zoho_pipeline.sandbox.sample.world import World


def rows_of(engine: Engine, table: str) -> dict[str, dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table}")).mappings().all()
    return {str(row["id"]): dict(row) for row in found}


def test_every_row_and_column_arrives(empty: Engine, world: World) -> None:
    counts = load(world, empty)
    for kind, rows in (
        (Customer, world.customers),
        (Service, world.services),
        (Invoice, world.invoices),
        (Payment, world.payments),
    ):
        stored = rows_of(empty, TABLES[kind])
        assert counts[TABLES[kind]] == len(stored) == len(rows)
        present = set(next(iter(stored.values())))
        for row in rows:
            for name in present & set(columns(kind)):
                assert plain(stored[row.id][name]) == plain(getattr(row, name)), (TABLES[kind], name)


def plain(value: object) -> object:
    """Ids as text, lines as lists: the two ways in which a stored value looks different."""
    if isinstance(value, tuple):
        return [dict(line) for line in value]
    return str(value) if type(value).__name__ == "UUID" else value


def test_a_new_customer_gets_the_next_account_number(empty: Engine, world: World) -> None:
    load(world, empty)
    with empty.begin() as connection:
        number = connection.scalar(
            text(
                "INSERT INTO customers (first_name, last_name, email, phone) VALUES ('a', 'b', 'new@example.com', '0')"
                " RETURNING account_number"
            )
        )
    assert int(number.rpartition("-")[2]) == len(world.customers) + 1


def test_a_database_without_the_mark_is_left_alone(postgres: EmbeddedPostgres, world: World) -> None:
    engine = create_engine(postgres.create_database("unmarked"))
    with pytest.raises(NotASandboxError):
        load(world, engine)
    engine.dispose()
