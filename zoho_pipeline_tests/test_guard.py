"""The practice world refuses whatever is not its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from zoho_pipeline.guard import OutsideSandbox, guard_database, guard_zoho
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.settings import SyncSettings, ZohoSettings

PRACTICE = SyncSettings.load({"ZOHO_PIPELINE_SANDBOX": "our-token"})
PRODUCTION = SyncSettings.load({})
CREDENTIALS = {"ZOHO_CLIENT_ID": "c", "ZOHO_CLIENT_SECRET": "s", "ZOHO_REFRESH_TOKEN": "r", "ZOHO_ORG_ID": "1"}


def zoho(api: str | None = None, accounts: str | None = None) -> ZohoSettings:
    addresses = {"ZOHO_API_URL": api or "", "ZOHO_ACCOUNTS_URL": accounts or ""}
    return ZohoSettings.load(CREDENTIALS | addresses)


@pytest.mark.parametrize("host", ["127.0.0.1:8088", "localhost", "[::1]:8088"])
def test_a_zoho_on_this_machine_is_accepted(host: str) -> None:
    guard_zoho(PRACTICE, zoho(f"http://{host}/billing/v1", f"http://{host}"))


@pytest.mark.parametrize(
    ("api", "accounts"),
    [
        (None, None),
        ("http://127.0.0.1:8088/billing/v1", None),
        (None, "http://127.0.0.1:8088"),
        ("https://127.0.0.1.example.com/v1", "http://127.0.0.1"),
        ("https://127.0.0.1@example.com/v1", "http://127.0.0.1"),
    ],
)
def test_any_other_zoho_is_refused(api: str | None, accounts: str | None) -> None:
    with pytest.raises(OutsideSandbox, match="only an address of this machine is accepted"):
        guard_zoho(PRACTICE, zoho(api, accounts))


def test_outside_the_practice_world_any_zoho_is_accepted() -> None:
    guard_zoho(PRODUCTION, zoho())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    running = EmbeddedPostgres.start(tmp_path_factory.mktemp("guard"))
    yield running
    running.remove()


@pytest.fixture
def engine(server: EmbeddedPostgres) -> Iterator[Engine]:
    made = create_engine(server.create_database("guarded"))
    yield made
    made.dispose()
    server.drop_database("guarded")


def mark(engine: Engine, token: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA zoho_pipeline_sandbox"))
        connection.execute(text("CREATE TABLE zoho_pipeline_sandbox.marker (token text)"))
        connection.execute(text("INSERT INTO zoho_pipeline_sandbox.marker VALUES (:token)"), {"token": token})


def test_the_marked_database_is_accepted(engine: Engine) -> None:
    mark(engine, "our-token")
    with engine.connect() as connection:
        guard_database(PRACTICE, connection)


def test_a_database_without_the_mark_is_refused(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(OutsideSandbox, match="'guarded' does not carry its mark"):
        guard_database(PRACTICE, connection)


def test_another_practice_worlds_database_is_refused(engine: Engine) -> None:
    mark(engine, "their-token")
    with engine.connect() as connection, pytest.raises(OutsideSandbox):
        guard_database(PRACTICE, connection)


def test_outside_the_practice_world_any_database_is_accepted(engine: Engine) -> None:
    with engine.connect() as connection:
        guard_database(PRODUCTION, connection)
