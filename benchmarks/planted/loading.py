"""Putting a world into PostgreSQL: CircleTel's tables and the mirror's, by COPY, with its listings complete."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.planted.rows import PLANS, Pair, Party, Row, World

LISTED = ("customers", "subscriptions", "invoices", "payments", "credit_notes", "refunds")
MIRROR = "zoho_pipeline.mirror_"
PAIRED = (
    ("customers", "customers"),
    ("customer_services", "subscriptions"),
    ("customer_invoices", "invoices"),
    ("payment_transactions", "payments"),
)


def load(engine: Engine, world: World) -> None:
    """All of it, and statistics as a database has them that has been up for a while."""
    _settle(world)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        packages = _packages(connection)
        for table, rows in _tables(world, packages):
            for names, alike in groupby(sorted(rows, key=lambda row: list(row)), key=list):
                _copy(connection, table, names, alike)
        now = datetime.now(UTC)
        for entity in LISTED:
            connection.execute(
                text(
                    "INSERT INTO zoho_pipeline.mirror_listings (entity, started_at, completed_at) "
                    "VALUES (:entity, :started, :completed)"
                ),
                {"entity": entity, "started": now - timedelta(minutes=5), "completed": now},
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _settle(world: World) -> None:
    """What customers owe and have in hand, as Zoho states it."""
    owed: dict[str, Decimal] = {}
    in_hand: dict[str, Decimal] = {}
    for row in _rows(world, "invoices"):
        if row["status"] not in ("void", "draft") and not row.get("gone_at"):
            owed[row["customer_zoho_id"]] = owed.get(row["customer_zoho_id"], Decimal(0)) + row["balance"]
    for row in _rows(world, "payments"):
        if not row.get("gone_at"):
            in_hand[row["customer_zoho_id"]] = in_hand.get(row["customer_zoho_id"], Decimal(0)) + row["unapplied"]
    for row in _rows(world, "customers"):
        row["outstanding"] = owed.get(row["zoho_id"], Decimal(0))
        row["unused_credits"] = in_hand.get(row["zoho_id"], Decimal(0))


def _rows(world: World, mirrored: str) -> Iterator[Row]:
    yield from (pair.z for party in world.parties for pair in pairs(party)[mirrored] if pair.z_there)
    yield from world.extra.get(f"{MIRROR}{mirrored}", [])


def pairs(party: Party) -> dict[str, list[Pair]]:
    """By the mirror's name of their kind."""
    return {
        "customers": [party.customer],
        "subscriptions": [party.service],
        "invoices": [*party.recurring, *party.others],
        "payments": party.payments,
    }


def _packages(connection: Any) -> dict[str, str]:
    made = {}
    for sku, price in PLANS.items():
        query = text("INSERT INTO service_packages (name, sku, price) VALUES (:sku, :sku, :price) RETURNING id::text")
        made[sku] = connection.execute(query, {"sku": sku, "price": price}).scalar_one()
    return made


def _tables(world: World, packages: dict[str, str]) -> Iterator[tuple[str, list[Row]]]:
    for table, mirrored in PAIRED:
        rows = [pair.c for party in world.parties for pair in pairs(party)[mirrored] if pair.c_there]
        rows += world.extra.get(table, [])
        if table == "customer_services":
            rows = [row | {"package_id": packages[row["package_id"]]} for row in rows]
        yield table, rows
        yield f"{MIRROR}{mirrored}", list(_rows(world, mirrored))
    yield f"{MIRROR}applications", [row for party in world.parties for row in party.applications]
    beside = {name for pair in PAIRED for name in (pair[0], f"{MIRROR}{pair[1]}")}
    yield from ((table, rows) for table, rows in world.extra.items() if table not in beside)


def _copy(connection: Any, table: str, names: list[str], rows: Iterable[Row]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([_value(row[name]) for name in names] for row in rows)
    written.seek(0)
    cursor = connection.connection.cursor()
    cursor.copy_expert(f"COPY {table} ({', '.join(names)}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", written)


def _value(value: object) -> object:
    if value is None:
        return "\\N"
    return json.dumps(value) if isinstance(value, list | dict) else value
