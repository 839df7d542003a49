"""What keeps large tables quick, told by PostgreSQL's plan and not by a clock."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, event, text

from zoho_pipeline.circletel.reading import load as read_rows
from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.sample.generate import generate
from zoho_pipeline.sandbox.sample.load import load
from zoho_pipeline.sandbox.sample.world import Size
from zoho_pipeline_tests.practice.databases import Databases

SIZE = Size(customers=40, dirty=False, app=False)


def test_a_batch_of_services_goes_through_the_invoices_once_and_not_for_each_of_them(databases: Databases) -> None:
    with databases.fresh() as engine:
        load(generate(7, date(2026, 3, 18), SIZE), engine)
        with engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            ids = list(connection.scalars(text("SELECT id::text FROM customer_services")))
            plan = plan_of_reading(connection, ids)
    assert len(ids) > 40
    assert sum(node["Actual Loops"] for node in nodes(plan) if node.get("Relation Name") == "customer_invoices") == 1


def plan_of_reading(connection: Connection, ids: list[str]) -> dict[str, Any]:
    """How PostgreSQL reads these services, the statement carried out once more."""
    statements: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    shape = read_shape(connection)
    event.listen(connection, "before_cursor_execute", keep)
    rows = read_rows(connection, Entity.SUBSCRIPTIONS, shape, ids)
    event.remove(connection, "before_cursor_execute", keep)
    assert set(rows) == set(ids)
    ((statement, parameters),) = statements
    answer = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
    plan: dict[str, Any] = answer[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
