"""Puts a world into CircleTel's tables, by COPY: a hundred thousand customers with services take seconds.

Only into a database that carries the sandbox's mark. Triggers, checks and foreign keys are left on, so that
what is loaded is what production would have taken. Columns that an older database lacks are left out.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from psycopg2 import sql
from sqlalchemy import Connection, Engine, text

from zoho_pipeline.sandbox.circletel import is_marked
from zoho_pipeline.sandbox.sample.rows import (
    CreditNote,
    Customer,
    Integration,
    Invoice,
    Package,
    Payment,
    Service,
    SyncLog,
    columns,
)
from zoho_pipeline.sandbox.sample.world import World

TABLES: dict[type[Any], str] = {
    Package: "service_packages",
    Integration: "product_integrations",
    Customer: "customers",
    Service: "customer_services",
    Invoice: "customer_invoices",
    Payment: "payment_transactions",
    CreditNote: "credit_notes",
    SyncLog: "zoho_sync_logs",
}
BATCH = 20_000
"""Rows that are written as text at a time."""

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class NotASandboxError(RuntimeError):
    """The database does not carry the sandbox's mark and must not be filled."""


def load(world: World, engine: Engine) -> dict[str, int]:
    """Write the whole world, in one transaction; gives the number of rows by table."""
    if not is_marked(engine):
        raise NotASandboxError("This database is not a practice database; sample data is not loaded into it.")
    parts: Sequence[Sequence[Any]] = (
        world.packages,
        world.integrations,
        world.customers,
        world.services,
        world.invoices,
        world.payments,
        world.credit_notes,
        world.sync_logs,
    )
    with engine.begin() as connection:
        counts = {TABLES[type(rows[0])]: _copy(connection, rows) for rows in parts if rows}
        connection.execute(text("SELECT setval('customer_account_number_seq', :last)"), {"last": _last_account(world)})
        return counts


def _last_account(world: World) -> int:
    """So that the next customer gets a number of his own."""
    return max((int(row.account_number.rpartition("-")[2]) for row in world.customers), default=1)


def _copy(connection: Connection, rows: Sequence[Any]) -> int:
    """Write the rows of one table; none where the database has no such table."""
    table = TABLES[type(rows[0])]
    wanted = _columns_present(connection, table, columns(type(rows[0])))
    if not wanted:
        return 0
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, wanted))
    )
    cursor: Any = connection.connection.cursor()  # psycopg2's own, for COPY
    for batch in _batches(rows):
        cursor.copy_expert(statement, io.StringIO(_as_text(batch, wanted)))
    return len(rows)


def _columns_present(connection: Connection, table: str, names: Sequence[str]) -> list[str]:
    query = text("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :t")
    present = set(connection.scalars(query, {"t": table}))
    return [name for name in names if name in present]


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _as_text(rows: Iterable[Any], names: Sequence[str]) -> str:
    """COPY's text format: columns between tabs, a row to a line."""
    values_of = attrgetter(*names)
    return "".join("\t".join(map(_field, values_of(row))) + "\n" for row in rows)


def _field(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value).translate(_ESCAPES)
    return str(value)
