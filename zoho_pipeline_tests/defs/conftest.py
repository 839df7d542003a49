"""A Dagster without processes, for each test its own."""

from collections.abc import Iterator

import dagster as dg
import pytest

from zoho_pipeline_tests.defs.practice import PracticeDagster


@pytest.fixture
def dagster() -> Iterator[PracticeDagster]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield PracticeDagster(instance)
