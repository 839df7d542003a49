"""Months that were compared before their items were added up: the upgrade does it."""

from importlib import import_module

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from zoho_pipeline.calendar import Month
from zoho_pipeline.reconciliation.sums import read_sums
from zoho_pipeline_tests.practice.databases import MIGRATED, Databases
from zoho_pipeline_tests.reconciliation.papers import MIXED, MONTH, fill

MIGRATION = import_module("zoho_pipeline.store.migrations.versions.0016_month_pages")


def test_the_upgrade_adds_up_what_is_open_and_calls_nothing_new(databases: Databases) -> None:
    with databases.fresh(MIGRATED) as engine:
        with engine.begin() as connection:
            fill(connection, MIXED)
        compared = _sums(engine, MONTH)
        with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
            MIGRATION.downgrade()
            MIGRATION.upgrade()
        upgraded = _sums(engine, MONTH)
    assert [each[:3] for each in upgraded] == [each[:3] for each in compared]
    assert {fresh for *_, fresh in upgraded} == {0}
    assert len(upgraded) == len({(item.entity, item.what, item.currency) for item in MIXED})


def _sums(engine: Engine, month: Month) -> list[tuple[object, object, object, int]]:
    with engine.connect() as connection:
        found = read_sums(connection, month)
    return [((each.entity, each.what, each.currency), each.items, each.at_stake, each.fresh) for each in found]
