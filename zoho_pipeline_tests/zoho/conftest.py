"""A practice Zoho Billing server for each test."""

from collections.abc import Iterator

import pytest

from zoho_pipeline.sandbox.zoho.testing import running_server
from zoho_pipeline_tests.zoho.practice import Practice


@pytest.fixture
def practice() -> Iterator[Practice]:
    with running_server() as server:
        yield Practice(server)
