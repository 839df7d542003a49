"""A real PostgreSQL with this room's tables, empty for each test."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from zoho_pipeline.budget.tables import access_tokens, api_budget, api_calls, outages
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.zoho.testing import RunningServer, running_server
from zoho_pipeline.store.schema import metadata
from zoho_pipeline_tests.budget.rig import STOP_THE_CLOCK
from zoho_pipeline_tests.zoho.practice import Practice


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="zp-") as directory:
        Path(directory).chmod(0o755)  # for the account that the server runs as
        postgres = EmbeddedPostgres.start(Path(directory))
        url = postgres.create_database("budget")
        with create_engine(url).begin() as connection:
            connection.execute(text("CREATE SCHEMA zoho_pipeline"))
            metadata.create_all(connection, tables=[outages, api_budget, api_calls, access_tokens])
        yield url
        postgres.stop()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url, pool_pre_ping=True)
    with engine.begin() as connection:
        tables = ", ".join(f"zoho_pipeline.{table.name}" for table in (api_budget, api_calls, access_tokens, outages))
        connection.execute(text(f"TRUNCATE {tables}"))
        connection.exec_driver_sql(STOP_THE_CLOCK.format(now=datetime.now(UTC).isoformat()))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def practice(server: RunningServer) -> Practice:
    practice = Practice(server)
    practice.start_anew()
    return practice
