"""An embedded PostgreSQL for this folder, and fresh databases with CircleTel's tables."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from zoho_pipeline.sandbox.circletel import Variant, create_tables
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running server, gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="zp-test-"))
    server = EmbeddedPostgres.start(directory)
    yield server
    server.remove()
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def templates(postgres: EmbeddedPostgres) -> dict[Variant, str]:
    """A database with empty tables of each variant, to be copied."""
    names = {variant: f"template_{variant.value}" for variant in Variant}
    for variant, name in names.items():
        engine = create_engine(postgres.create_database(name))
        create_tables(engine, variant)
        engine.dispose()
    return names


@pytest.fixture
def circletel(postgres: EmbeddedPostgres, templates: dict[Variant, str]) -> Iterator[Engine]:
    """A database with empty tables as in production."""
    yield from _copy(postgres, templates[Variant.CURRENT])


@pytest.fixture
def older_circletel(postgres: EmbeddedPostgres, templates: dict[Variant, str]) -> Iterator[Engine]:
    """A database with empty tables as they used to be."""
    yield from _copy(postgres, templates[Variant.OLDER])


def _copy(postgres: EmbeddedPostgres, template: str) -> Iterator[Engine]:
    name = f"copy_{next(_numbers)}"
    engine = create_engine(postgres.create_database(name, template))
    yield engine
    engine.dispose()
    postgres.drop_database(name)
