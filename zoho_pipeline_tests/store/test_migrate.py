"""The pipeline's own schema: made once, by whoever may, and told of where it does not fit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import IntegrityError

import zoho_pipeline
from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline.store.database import DatabaseUnreachable
from zoho_pipeline.store.migrate import MigrationMissing, MigrationRefused, Upgraded, require_current, upgrade
from zoho_pipeline.store.schema import metadata
from zoho_pipeline_tests.practice.databases import BARE, Databases, Template
from zoho_pipeline_tests.store.roles import stranger, tenant

OURS = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'zoho_pipeline' ORDER BY 1"
LOG_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'zoho_sync_logs'"
)
NEW_KINDS = {"subscription": "Subscriptions", "payment": "Payments"}


@pytest.fixture
def bare(databases: Databases) -> Iterator[Engine]:
    """CircleTel's tables alone."""
    with databases.fresh(BARE) as engine:
        yield engine


def names(engine: Engine, query: str) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text(query)).scalars())


def log(engine: Engine, kind: str) -> None:
    """A row of that kind in zoho_sync_logs."""
    row = {"kind": kind, "zoho_kind": NEW_KINDS[kind]}
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO zoho_sync_logs (entity_type, entity_id, zoho_entity_type, status) "
                "VALUES (:kind, gen_random_uuid(), :zoho_kind, 'success')"
            ),
            row,
        )


# Upgrading


def test_what_is_missing_is_made_and_a_second_time_changes_nothing(bare: Engine) -> None:
    first = upgrade(bare)
    tables = names(bare, OURS)
    assert first == Upgraded(before=None, after=first.after, sync_logs_refusal=None)
    assert {"sync_records", "attempts", "sync_results", "mirror_customers", "api_calls"} <= tables
    assert upgrade(bare) == Upgraded(before=first.after, after=first.after, sync_logs_refusal=None)
    assert names(bare, OURS) == tables


def test_rows_of_ours_survive_a_second_upgrade(bare: Engine) -> None:
    upgrade(bare)
    with bare.begin() as connection:
        connection.execute(text("INSERT INTO zoho_pipeline.mirror_listings (entity) VALUES ('customers')"))
    upgrade(bare)
    assert names(bare, "SELECT entity FROM zoho_pipeline.mirror_listings") == {"customers"}


def test_circletels_tables_but_the_log_are_left_as_they_are(bare: Engine) -> None:
    columns = (
        "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name <> 'zoho_sync_logs'"
    )
    before = names(bare, columns)
    upgrade(bare)
    assert names(bare, columns) == before


def test_two_upgrades_at_once_make_it_once(bare: Engine) -> None:
    together = Barrier(2)

    def one() -> Upgraded:
        engine = create_engine(bare.url)
        try:
            together.wait(120)
            return upgrade(engine)
        finally:
            engine.dispose()

    with ThreadPoolExecutor(2) as pool:
        done = [running.result() for running in [pool.submit(one), pool.submit(one)]]
    assert sorted(result.before is None for result in done) == [False, True]
    with bare.connect() as connection:
        require_current(connection)


def test_the_tables_of_the_code_are_those_of_the_migrations(bare: Engine) -> None:
    house = Path(zoho_pipeline.__file__).parent
    for module in house.rglob("tables.py"):
        import_module(".".join(["zoho_pipeline", *module.relative_to(house).with_suffix("").parts]))
    upgrade(bare)
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, parents: kind != "schema" or name == metadata.schema,
        "version_table_schema": metadata.schema,
        "compare_server_default": True,
    }
    with bare.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


# Who may not


def test_without_the_right_to_make_a_schema_it_is_refused_in_a_sentence_and_nothing_is_changed(bare: Engine) -> None:
    before = names(bare, LOG_COLUMNS)
    with stranger(bare) as engine, pytest.raises(MigrationRefused) as caught:
        upgrade(engine)
    sentence = str(caught.value)
    assert sentence.startswith("The schema zoho_pipeline in ")
    assert f"/{bare.url.database} could not be upgraded: permission denied for database" in sentence
    assert "Nothing was changed; connect with a role that may create a schema in this database." in sentence
    assert names(bare, OURS) == set()
    assert names(bare, LOG_COLUMNS) == before


def test_a_database_that_does_not_answer_is_told_in_a_sentence() -> None:
    nobody = create_engine(f"postgresql+psycopg2://circletel:s3cr3t@127.0.0.1:{free_ports(1)[0]}/circletel")
    with pytest.raises(DatabaseUnreachable) as caught:
        upgrade(nobody)
    assert "/circletel could not be used to upgrade the schema zoho_pipeline" in str(caught.value)
    assert "Check CIRCLETEL_DATABASE_URL" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


# Whether it fits


def required(connection: Connection) -> str:
    with pytest.raises(MigrationMissing) as caught:
        require_current(connection)
    return str(caught.value)


def test_a_missing_schema_is_told_with_the_command_that_makes_it(bare: Engine) -> None:
    with bare.connect() as connection:
        assert required(connection).endswith(f"/{bare.url.database} is missing: run `zoho-pipeline db upgrade`.")


def test_a_schema_of_another_version_is_told_with_both_revisions(bare: Engine) -> None:
    head = upgrade(bare).after
    with bare.begin() as connection:
        connection.execute(text("UPDATE zoho_pipeline.alembic_version SET version_num = '9999_later'"))
    with bare.connect() as connection:
        assert f"is at revision 9999_later, and this version needs {head}: run" in required(connection)


def test_a_schema_that_fits_is_passed_over_in_silence(bare: Engine) -> None:
    upgrade(bare)
    with bare.connect() as connection:
        require_current(connection)


# CircleTel's own log


@pytest.mark.parametrize("kind", NEW_KINDS)
def test_the_log_takes_all_four_kinds_only_after_the_upgrade(bare: Engine, kind: str) -> None:
    with pytest.raises(IntegrityError):
        log(bare, kind)
    upgrade(bare)
    log(bare, kind)
    assert {"duration_ms", "cause", "run_id"} <= names(bare, LOG_COLUMNS)


def test_the_widened_log_still_refuses_what_is_no_kind(bare: Engine) -> None:
    upgrade(bare)
    with bare.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(
            text("INSERT INTO zoho_sync_logs (entity_type, entity_id) VALUES ('pet', gen_random_uuid())")
        )


@pytest.mark.parametrize("template", [Template(variant, migrated=False) for variant in type(BARE.variant)], ids=str)
def test_after_the_upgrade_the_log_takes_every_kind_in_any_variant(databases: Databases, template: Template) -> None:
    with databases.fresh(template) as engine:
        with engine.connect() as connection:
            assert read_shape(connection).logged == {Entity.CUSTOMERS, Entity.INVOICES}
        upgrade(engine)
        with engine.connect() as connection:
            shape = read_shape(connection)
        assert (set(shape.logged), shape.log_details) == (set(Entity), True)


def test_without_ownership_of_the_log_our_schema_is_made_and_the_refusal_told(bare: Engine) -> None:
    before = names(bare, LOG_COLUMNS)
    with tenant(bare) as engine:
        done = upgrade(engine)
        assert done.sync_logs_refusal == "must be owner of table zoho_sync_logs"
        with engine.connect() as connection:
            require_current(connection)
            shape = read_shape(connection)
    assert (set(shape.logged), shape.log_details) == ({Entity.CUSTOMERS, Entity.INVOICES}, False)
    assert names(bare, LOG_COLUMNS) == before


def test_the_owner_of_the_log_can_widen_it_later(bare: Engine) -> None:
    with tenant(bare) as engine:
        upgrade(engine)
    assert upgrade(bare).sync_logs_refusal is None
    log(bare, "payment")


def test_a_database_without_the_log_is_told_of(bare: Engine) -> None:
    with bare.begin() as connection:
        connection.execute(text("DROP TABLE zoho_sync_logs"))
    assert upgrade(bare).sync_logs_refusal == "the table zoho_sync_logs does not exist"
