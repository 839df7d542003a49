"""One server for all tests of this folder, as new before each, and what the contract test has to say at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from zoho_pipeline.sandbox.zoho.testing import RunningServer, running_server
from zoho_pipeline_tests.sandbox.zoho.client import Client

NOW = "2026-01-15T08:00:00+02:00"
CONTRACT = "contract"


@pytest.fixture(scope="session")
def running() -> Iterator[RunningServer]:
    """The server that all tests share."""
    with running_server(now=NOW) as server:
        yield server


@pytest.fixture
def client(running: RunningServer) -> Iterator[Client]:
    """A signed-in client of a server as new, on 15 January 2026 at 08:00 in Johannesburg."""
    running.world.reset()
    signed_in = Client(running)
    with signed_in.session:
        yield signed_in


@pytest.fixture
def server(client: Client) -> RunningServer:
    """The server behind the client."""
    return client.server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly whether the contract test was run, and how much of the contract it saw."""
    reports = [report for outcome in ("passed", "failed", "skipped") for report in terminalreporter.getreports(outcome)]
    told = [value for report in reports for name, value in report.user_properties if name == CONTRACT]
    for line in dict.fromkeys(told):
        terminalreporter.write_line(str(line))
