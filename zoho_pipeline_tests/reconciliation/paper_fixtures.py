"""A month of mixed items in a database of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from zoho_pipeline.reconciliation.statement import Statement
from zoho_pipeline_tests.practice.databases import MIGRATED, Databases
from zoho_pipeline_tests.reconciliation.papers import statement


@pytest.fixture
def connection(databases: Databases) -> Iterator[Connection]:
    with databases.fresh(MIGRATED) as engine, engine.begin() as opened:
        yield opened


@pytest.fixture
def month(connection: Connection) -> Statement:
    return statement(connection)
