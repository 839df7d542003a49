"""The connection: it says where it went and what to do, and never with which password."""

import pytest
from sqlalchemy import text

from zoho_pipeline.settings import DatabaseSettings
from zoho_pipeline.store.database import DatabaseUnreachable, alone, open_engine, place, telling_of_outages
from zoho_pipeline_tests.practice.databases import Databases


def settings(url: str) -> DatabaseSettings:
    return DatabaseSettings.load({"CIRCLETEL_DATABASE_URL": url, "ZOHO_PIPELINE_SANDBOX": "x"})


def test_an_outage_is_told_with_place_and_reason_and_without_the_password() -> None:
    engine = open_engine(settings("postgresql://robot:hunter2@127.0.0.1:1/circletel"))
    with pytest.raises(DatabaseUnreachable) as told, telling_of_outages(engine, "count the customers"):
        engine.connect()
    sentence = str(told.value)
    assert sentence.startswith("The database at 127.0.0.1:1/circletel could not be used to count the customers: ")
    assert "Connection refused" in sentence
    assert "Check CIRCLETEL_DATABASE_URL" in sentence
    assert "hunter2" not in sentence
    assert "robot" not in sentence


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@db.example:6543/circletel", "db.example:6543/circletel"),
        ("postgresql://u:p@db.example/circletel?sslmode=require", "db.example/circletel"),
        ("postgresql://u:p@/circletel?host=/var/run/postgresql", "/var/run/postgresql/circletel"),
    ],
)
def test_a_place_is_host_port_and_database(url: str, shown: str) -> None:
    assert place(open_engine(settings(url))) == shown


def test_a_connection_that_the_server_has_ended_while_it_rested_is_replaced_before_it_is_used(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zoho_pipeline.store.database.TRUSTED_SECONDS", 0.0)
    with databases.fresh() as owner:
        engine = open_engine(settings(owner.url.render_as_string()), connections=1)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        with owner.begin() as other:
            other.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zoho_pipeline'")
            )
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT 2")) == 2
        engine.dispose()


def test_single_statements_need_no_transaction_and_leave_none_of_it_behind(databases: Databases) -> None:
    with databases.fresh() as owner:
        engine = open_engine(settings(owner.url.render_as_string()), connections=1)
        with alone(engine) as connection:
            connection.execute(text("CREATE TABLE kept (n int)"))
            connection.execute(text("INSERT INTO kept VALUES (1)"))
        with engine.connect() as connection:
            connection.execute(text("INSERT INTO kept VALUES (2)"))
            connection.rollback()
            assert connection.scalar(text("SELECT sum(n) FROM kept")) == 1
        engine.dispose()


def test_an_engine_opens_no_more_connections_than_it_may(databases: Databases) -> None:
    with databases.fresh() as owner:
        engine = open_engine(settings(owner.url.render_as_string()), connections=2)
        held = [engine.connect() for _ in range(2)]
        assert engine.pool.status().startswith("Pool size: 2")
        assert "Current Overflow: 0" in engine.pool.status()
        for connection in held:
            connection.close()
        engine.dispose()
