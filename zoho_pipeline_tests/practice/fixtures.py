"""The fixtures: one database server and one practice Zoho for a session, a world of its own for each test."""

from collections.abc import Iterator

import pytest

from zoho_pipeline.sandbox.zoho.testing import running_server
from zoho_pipeline_tests.practice.databases import MIGRATED, Databases, Template, running_databases
from zoho_pipeline_tests.practice.world import ONLY_MONTH, PracticeWorld
from zoho_pipeline_tests.practice.zoho import NOW, PracticeZoho


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Fresh databases, as many as one likes."""
    with running_databases() as made:
        yield made


@pytest.fixture(scope="session")
def running_zoho() -> Iterator[PracticeZoho]:
    """The practice Zoho that the tests of a session share."""
    with running_server(now=NOW) as server:
        zoho = PracticeZoho(server)
        yield zoho
        zoho.close()


@pytest.fixture
def zoho(running_zoho: PracticeZoho) -> PracticeZoho:
    """A practice Zoho as new, in the middle of November 2025, with one plan published."""
    running_zoho.start_anew()
    running_zoho.plan()
    running_zoho.forget_calls()
    return running_zoho


@pytest.fixture
def world(databases: Databases, zoho: PracticeZoho) -> Iterator[PracticeWorld]:
    """CircleTel's empty tables as in production, migrated, and a practice Zoho."""
    yield from world_on(databases, zoho, MIGRATED)


def world_on(databases: Databases, zoho: PracticeZoho, template: Template) -> Iterator[PracticeWorld]:
    """A world on a fresh copy of the template."""
    with databases.fresh(template) as engine:
        environ = variables(zoho, engine.url.render_as_string(), databases.token(template))
        yield PracticeWorld(engine, zoho, environ, template.lacks)


def variables(zoho: PracticeZoho, database_url: str, token: str) -> dict[str, str]:
    """The environment of a run: writes are on, and nobody waits for the app or for anything to settle."""
    server = zoho.server
    return {
        "ZOHO_PIPELINE_SANDBOX": token,
        "CIRCLETEL_DATABASE_URL": database_url,
        "CIRCLETEL_FIRST_MONTH": ONLY_MONTH.key,
        "CIRCLETEL_APP_GRACE_SECONDS": "0",
        "ZOHO_API_URL": server.api_url,
        "ZOHO_ACCOUNTS_URL": server.accounts_url,
        "ZOHO_CLIENT_ID": server.client_id,
        "ZOHO_CLIENT_SECRET": server.client_secret,
        "ZOHO_REFRESH_TOKEN": server.refresh_token,
        "ZOHO_ORG_ID": server.org_id,
        "ZOHO_WRITES": "on",
        "ZOHO_CALLS_PER_MINUTE": "10000",
        "ZOHO_CALLS_PER_DAY": "100000",
        "ZOHO_CALLS_IN_FLIGHT": "10",
        "ZOHO_SETTLING_SECONDS": "0",
        "ZOHO_RETRY_SECONDS": "0",
        "ZOHO_MIRROR_MAX_AGE_SECONDS": "0",
    }
