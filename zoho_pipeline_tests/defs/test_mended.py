"""A month whose rows have gone since the run that left it red turns green, by whatever way they went; no other does."""

import dagster as dg
import pytest

from zoho_pipeline.actions.mended import mended_months
from zoho_pipeline.actions.resolve import resolve
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs.mended import show_mended_months
from zoho_pipeline.defs.zoho import STEP, key_of
from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.defs.practice import PracticeDagster
from zoho_pipeline_tests.practice.world import PracticeWorld

MONTH = "2025-09"
CUSTOMERS, INVOICES = Entity.CUSTOMERS, Entity.INVOICES


@pytest.fixture
def world(world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> PracticeWorld:
    """A world in this process's environment, whose first month is over."""
    world.environ["CIRCLETEL_FIRST_MONTH"] = MONTH
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    return world


def backfill(dagster: PracticeDagster, entity: Entity) -> None:
    """A run of the month in Dagster."""
    build_defs().resolve_implicit_global_asset_job_def().execute_in_process(
        instance=dagster.instance,
        asset_selection=[key_of(entity)],
        partition_key=MONTH,
        run_config={"ops": {STEP: {"config": {}}}},
        raise_on_error=False,
    )


def tick(dagster: PracticeDagster) -> str | None:
    """What the sensor skips with; None where it has turned months green."""
    looked = show_mended_months(mended_months)(dg.build_sensor_context(instance=dagster.instance))
    if isinstance(looked, dg.SkipReason):
        return looked.skip_message
    assert isinstance(looked, dg.SensorResult)
    for event in looked.asset_events:
        assert isinstance(event, dg.AssetMaterialization)
        dagster.instance.report_runless_asset_event(event)
    return None


def colour(dagster: PracticeDagster, entity: Entity) -> str:
    partitions = build_defs().resolve_asset_graph().get(key_of(entity)).partitions_def
    assert partitions is not None
    status = (dagster.instance.get_status_by_partition(key_of(entity), [MONTH], partitions) or {})[MONTH]
    return status.name if status else "NONE"


def test_a_month_is_green_once_its_rows_have_gone_or_were_resolved(
    world: PracticeWorld, dagster: PracticeDagster
) -> None:
    wrong, never = world.circletel.customer(email="wrong"), world.circletel.customer(email="never")
    backfill(dagster, CUSTOMERS)
    assert (colour(dagster, CUSTOMERS), tick(dagster)) == ("FAILED", "No month was mended.")
    world.circletel.change("customers", wrong, email="thandi@example.co.za")
    only = {CUSTOMERS: frozenset({wrong})}
    world.run(CUSTOMERS, months=(), only=only, urgent=True)
    assert tick(dagster) == "No month was mended."
    resolve(CUSTOMERS, never, "Zanele", "they have left", world.environ)
    assert tick(dagster) is None
    assert colour(dagster, CUSTOMERS) == "MATERIALIZED"
    assert tick(dagster) == "No month was mended."


def test_a_month_that_was_not_gone_through_to_its_end_stays_as_it_is(
    world: PracticeWorld, dagster: PracticeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.circletel.invoice(world.circletel.customer())
    with monkeypatch.context() as patch:
        patch.setenv("ZOHO_MAX_CREATES_PER_DAY", "0")
        backfill(dagster, INVOICES)
    assert (colour(dagster, INVOICES), tick(dagster)) == ("FAILED", "No month was mended.")
    with monkeypatch.context() as patch:
        patch.setenv("ZOHO_PAUSED", "on")
        backfill(dagster, INVOICES)
    assert (colour(dagster, INVOICES), tick(dagster)) == ("FAILED", "No month was mended.")


def test_a_row_in_doubt_keeps_its_month_as_it_is(world: PracticeWorld, dagster: PracticeDagster) -> None:
    row = world.circletel.customer()
    world.zoho.befall("reset_after_commit", method="POST", path="/customers$")
    backfill(dagster, CUSTOMERS)
    assert (colour(dagster, CUSTOMERS), tick(dagster)) == ("FAILED", "No month was mended.")
    world.run(CUSTOMERS, months=(), only={CUSTOMERS: frozenset({row})}, urgent=True)
    assert (tick(dagster), colour(dagster, CUSTOMERS)) == (None, "MATERIALIZED")
