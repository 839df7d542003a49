"""One seeded practice world for this folder, and one in which a perfect sync has run; tests work on copies."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from zoho_pipeline.sandbox.circletel import Variant, create_tables
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.sample.generate import generate
from zoho_pipeline.sandbox.sample.seed import seed_both
from zoho_pipeline.sandbox.sample.truth import Truth
from zoho_pipeline.sandbox.sample.world import Size, World
from zoho_pipeline.sandbox.sample.zoho_http import Access, Control
from zoho_pipeline.sandbox.zoho.testing import RunningServer, running_server
from zoho_pipeline_tests.sandbox.sample.perfect_sync import sync_perfectly

SEED = 7
TODAY = date(2026, 3, 18)
SMALL = Size(customers=30)
"""Well-formed customers where both sides are seeded; every dirty case comes on top."""

_numbers = count(1)


@dataclass(frozen=True)
class Practice:
    """Both sides, as they stand for one test."""

    engine: Engine
    zoho: RunningServer
    access: Access
    world: World
    truth: Truth


@dataclass(frozen=True)
class Standing:
    """Both sides, to be copied from: a template database, and the server's state."""

    database: str
    state: dict[str, Any]
    world: World
    truth: Truth


@pytest.fixture(scope="session")
def world() -> World:
    """A world without Zoho's ids."""
    return generate(SEED, TODAY)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running server, gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="zp-test-"))
    server = EmbeddedPostgres.start(directory)
    yield server
    server.remove()
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def zoho() -> Iterator[RunningServer]:
    """A practice Zoho server; tests put it into the state they need."""
    with running_server(tokens_per_window=1000) as server:
        yield server


@pytest.fixture(scope="session")
def access(zoho: RunningServer) -> Access:
    """How the seeding signs in."""
    return Access(zoho.url, zoho.client_id, zoho.client_secret, zoho.refresh_token, zoho.org_id)


@pytest.fixture(params=list(Variant), ids=lambda variant: variant.value)
def empty(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """A database with empty tables, of either variant."""
    name = f"empty_{next(_numbers)}"
    engine = create_engine(postgres.create_database(name))
    create_tables(engine, request.param)
    yield engine
    engine.dispose()
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def seeded(postgres: EmbeddedPostgres, zoho: RunningServer, access: Access) -> Standing:
    """After the seeding, before any sync."""
    engine = create_engine(postgres.create_database("seeded"))
    create_tables(engine)
    made = seed_both(engine, access, seed=SEED, today=TODAY, size=SMALL)
    engine.dispose()
    return Standing("seeded", _state(zoho), made.world, made.truth)


@pytest.fixture(scope="session")
def synced(postgres: EmbeddedPostgres, zoho: RunningServer, access: Access, seeded: Standing) -> Standing:
    """After a sync that did exactly what it should."""
    engine = create_engine(postgres.create_database("synced", seeded.database))
    _restore(zoho, seeded.state)
    sync_perfectly(engine, access, seeded.world, seeded.truth)
    engine.dispose()
    return Standing("synced", _state(zoho), seeded.world, seeded.truth)


@pytest.fixture
def before_sync(
    postgres: EmbeddedPostgres, zoho: RunningServer, access: Access, seeded: Standing
) -> Iterator[Practice]:
    """A practice world of one's own, seeded."""
    yield from _copy(postgres, zoho, access, seeded)


@pytest.fixture
def after_sync(postgres: EmbeddedPostgres, zoho: RunningServer, access: Access, synced: Standing) -> Iterator[Practice]:
    """A practice world of one's own, rightly synced."""
    yield from _copy(postgres, zoho, access, synced)


def _copy(postgres: EmbeddedPostgres, zoho: RunningServer, access: Access, standing: Standing) -> Iterator[Practice]:
    name = f"copy_{next(_numbers)}"
    engine = create_engine(postgres.create_database(name, standing.database))
    _restore(zoho, standing.state)
    yield Practice(engine, zoho, access, standing.world, standing.truth)
    engine.dispose()
    postgres.drop_database(name)


def _state(zoho: RunningServer) -> dict[str, Any]:
    with Control(zoho.url) as control:
        state: dict[str, Any] = control.call("GET", "state")
    return state


def _restore(zoho: RunningServer, state: dict[str, Any]) -> None:
    with Control(zoho.url) as control:
        control.call("PUT", "state", state)
        control.call("DELETE", "ledger")
