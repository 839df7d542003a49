"""A real Dagster with its daemon, and nobody at the keyboard: a failed row is synced, and its invoice follows."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.dagster import Dagster
from zoho_pipeline.sandbox.dagster_client import DagsterClient
from zoho_pipeline.sandbox.environment import inherited
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline.sandbox.processes import Processes
from zoho_pipeline_tests.practice.databases import Databases
from zoho_pipeline_tests.practice.world import PracticeWorld

PATIENCE_SECONDS = 240.0
DATABASE = "dagster_recovers"
RUNS = """
query Runs { runsOrError(filter: {pipelineName: "sync_urgently"}) {
  ... on Runs { results { status tags { key value } } }
} }"""


@pytest.fixture
def processes(world: PracticeWorld, databases: Databases, tmp_path: Path) -> Iterator[Processes]:
    running = Processes(tmp_path)
    try:
        yield running
    finally:
        running.stop()
        databases.server.drop_database(DATABASE)


def test_a_failed_row_is_synced_without_a_hand_once_and_its_invoice_follows(
    world: PracticeWorld, databases: Databases, processes: Processes, tmp_path: Path
) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer)
    world.zoho.befall("answer", method="POST", path="/customers$", status=404, body={"code": 1002})
    world.run(Entity.CUSTOMERS)
    world.zoho.befall("answer", method="POST", path="/customers$", status=404, body={"code": 1002})
    world.run(Entity.INVOICES)  # tries its customer in vain
    assert [world.state(Entity.CUSTOMERS, customer), world.state(Entity.INVOICES, invoice)] == ["failed", "blocked"]

    code_port, web_port = free_ports(2)
    environ = (
        inherited(os.environ) | world.environ | {"DAGSTER_HOME": str(tmp_path / "dagster")}
        | {"DAGSTER_POSTGRES_URL": databases.server.create_database(DATABASE)}
    )  # fmt: skip
    dagster = Dagster(tmp_path / "dagster", code_port, web_port, environ, processes)
    dagster.prepare()
    dagster.start_servers()
    client = DagsterClient(dagster.url)
    deadline = time.monotonic() + PATIENCE_SECONDS

    def patiently() -> None:
        processes.check()
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.5)

    while not client.ready():
        patiently()
    dagster.start_daemon()
    while world.state(Entity.INVOICES, invoice) != "synced":
        patiently()
    while {run["status"] for run in client.ask(RUNS)["runsOrError"]["results"]} != {"SUCCESS"}:
        patiently()

    assert world.state(Entity.CUSTOMERS, customer) == "synced"
    assert (len(world.zoho.objects("customers")), len(world.zoho.objects("invoices"))) == (1, 1)
    launched = [
        tag["value"]
        for run in client.ask(RUNS)["runsOrError"]["results"]
        for tag in run["tags"]
        if tag["key"] == "dagster/sensor_name"
    ]
    assert sorted(launched) == ["follow_parents", "retry_failed_rows"]
