"""A practice Zoho Billing server for each module, as new for each test."""

from collections.abc import Iterator

import pytest

from zoho_pipeline.sandbox.zoho.testing import RunningServer, running_server
from zoho_pipeline_tests.zoho.practice import Practice


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def practice(server: RunningServer) -> Practice:
    practice = Practice(server)
    practice.start_anew()
    return practice
