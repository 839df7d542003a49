"""Dagster's own queue, daemon and pools, with the instance's real settings: bulk runs do not hold up an urgent one."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from zoho_pipeline.sandbox.dagster import Dagster
from zoho_pipeline.sandbox.dagster_client import DagsterClient
from zoho_pipeline.sandbox.environment import inherited
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline.sandbox.processes import Processes
from zoho_pipeline_tests.defs.held import DIRECTORY
from zoho_pipeline_tests.defs.practice import MONTHS
from zoho_pipeline_tests.practice.databases import Databases

PATIENCE_SECONDS = 120.0
LAUNCH = """
mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}"""
STATUS = "query Status($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"


@dataclass
class RealDagster:
    """A running Dagster whose bulk runs last until they are let go."""

    client: DagsterClient
    directory: Path
    check: Callable[[], None]

    def launch(self, job: str, config: dict[str, Any], tags: dict[str, str]) -> str:
        """Put a run into the queue; its id."""
        params = {
            "selector": {
                "pipelineName": job,
                "repositoryName": "__repository__",
                "repositoryLocationName": "zoho_pipeline",
            },
            "runConfigData": config,
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
        }
        answer = self.client.ask(LAUNCH, params=params)["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return str(answer["run"]["runId"])

    def launch_bulk(self) -> str:
        """A backfill of some months, as a person launches it."""
        span = {"dagster/asset_partition_range_start": MONTHS[0], "dagster/asset_partition_range_end": MONTHS[-1]}
        return self.launch("backfill_all", {}, span)

    def launch_urgent(self) -> str:
        """A month of invoices, at once."""
        config = {"entities": ["invoices"], "months": ["2025-03"]}
        return self.launch("sync_urgently", {"ops": {"zoho_billing_urgently": {"config": config}}}, {})

    def status(self, run: str) -> str:
        return str(self.client.ask(STATUS, run=run)["runOrError"]["status"])

    def begun(self, kind: str) -> set[str]:
        """The runs of a kind that have begun their work."""
        return {file.name.removeprefix(f"{kind}-") for file in self.directory.glob(f"{kind}-*")}

    def wait(self, until: Callable[[], bool]) -> None:
        """Wait until it is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not until():
            self.check()
            assert time.monotonic() < deadline, "it did not come to that in time"
            time.sleep(0.2)

    def let_go(self) -> None:
        """Let bulk runs end."""
        (self.directory / "go").touch()


@pytest.fixture
def real_dagster(databases: Databases, tmp_path: Path) -> Iterator[RealDagster]:
    """Code server, web server and daemon, with the settings of dagster.yaml."""
    home = tmp_path / "dagster"
    processes = Processes(tmp_path)
    environ = inherited(os.environ) | {
        "DAGSTER_HOME": str(home),
        "DAGSTER_POSTGRES_URL": databases.server.create_database("dagster_run_queue"),
        DIRECTORY: str(tmp_path),
    }
    code_port, web_port = free_ports(2)
    dagster = Dagster(home, code_port, web_port, environ, processes, "zoho_pipeline_tests.defs.held")
    try:
        dagster.prepare()
        dagster.start_servers()
        real = RealDagster(DagsterClient(dagster.url), tmp_path, processes.check)
        real.wait(real.client.ready)
        dagster.start_daemon()
        yield real
    finally:
        processes.stop()
        databases.server.drop_database("dagster_run_queue")


def test_an_urgent_run_starts_and_ends_while_bulk_runs_occupy_the_pool(real_dagster: RealDagster) -> None:
    real_dagster.client.make_pool_known()
    bulk = [real_dagster.launch_bulk() for _ in range(3)]
    real_dagster.wait(lambda: len(real_dagster.begun("bulk")) == 2)

    urgent = real_dagster.launch_urgent()
    real_dagster.wait(lambda: real_dagster.status(urgent) not in ("QUEUED", "STARTING", "STARTED", "NOT_STARTED"))
    assert real_dagster.status(urgent) == "SUCCESS"
    assert real_dagster.begun("urgent") == {urgent}
    assert sorted(map(real_dagster.status, bulk)) == ["QUEUED", "STARTED", "STARTED"]

    real_dagster.let_go()
    real_dagster.wait(lambda: [real_dagster.status(run) for run in bulk] == ["SUCCESS"] * 3)
