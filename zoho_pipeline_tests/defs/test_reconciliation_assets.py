"""The reconciliation in Dagster: every month in its own colour, with what was found."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from zoho_pipeline.actions.mirror import refresh_mirror
from zoho_pipeline.actions.papers import publish_months
from zoho_pipeline.actions.reconcile import ReconcileRequest, reconcile
from zoho_pipeline.calendar import Month
from zoho_pipeline.defs.mirror import mirror_assets
from zoho_pipeline.defs.partitions import months
from zoho_pipeline.defs.reconciliation import TIE_OUT, key_of, reconciliation_assets
from zoho_pipeline.defs.reconciliation_results import CHECKS
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.reconciliation.publishing import Published
from zoho_pipeline.reconciliation.reading import MonthBooks
from zoho_pipeline_tests.practice.world import PracticeWorld

FIRST = Month(2025, 3)
MARCH_ON = {"CIRCLETEL_FIRST_MONTH": FIRST.key}
INVOICED = date(2025, 9, 1)


@pytest.fixture
def compared(world: PracticeWorld, tmp_path: Path) -> dg.AssetsDefinition:
    there = {"RECONCILIATION_REPORTS_URL": str(tmp_path)}

    def published(wanted: Sequence[Month], environ: dict[str, str] | None) -> Iterator[tuple[Month, Published]]:
        return publish_months(wanted, world.environ | MARCH_ON | there)

    def of_world(
        request: ReconcileRequest, environ: dict[str, str] | None, log: Callable[[str], None]
    ) -> Iterator[MonthBooks]:
        return reconcile(request, world.environ | MARCH_ON, log)

    return reconciliation_assets(months(FIRST), of_world, published)


@pytest.fixture
def mirrored(world: PracticeWorld) -> dg.AssetsDefinition:
    def of_world(environ: dict[str, str] | None, log: Callable[[str], None], **more: Any) -> Any:
        return refresh_mirror(world.environ, log, **more)

    return mirror_assets(of_world)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def run(assets: dg.AssetsDefinition, instance: dg.DagsterInstance, first: str, last: str) -> dg.ExecuteInProcessResult:
    """A range of months in one run."""
    job = dg.Definitions(assets=[assets], executor=dg.in_process_executor).resolve_implicit_global_asset_job_def()
    tags = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
    if first == last:
        return job.execute_in_process(instance=instance, partition_key=first, raise_on_error=False)
    return job.execute_in_process(instance=instance, tags=tags, raise_on_error=False)


def test_every_month_of_a_range_shows_what_was_found(
    world: PracticeWorld,
    mirrored: dg.AssetsDefinition,
    compared: dg.AssetsDefinition,
    instance: dg.DagsterInstance,
    tmp_path: Path,
) -> None:
    world.circletel.invoice(world.circletel.customer(), invoice_date=INVOICED)
    assert dg.materialize([mirrored], instance=instance).success
    assert run(compared, instance, "2025-08", "2025-10").success
    done = {key: instance.get_materialized_partitions(key) for key in [TIE_OUT, *map(key_of, PARENTS_FIRST)]}
    assert set(map(frozenset, done.values())) == {frozenset({"2025-08", "2025-09", "2025-10"})}
    found = {
        event.asset_materialization.partition: event.asset_materialization.metadata["items_found"].value
        for record in instance.fetch_materializations(key_of(Entity.INVOICES), limit=10).records
        if (event := record.event_log_entry) and event.asset_materialization
    }
    assert found == {"2025-08": 0, "2025-09": 1, "2025-10": 0}
    papers = sorted(path.name for path in tmp_path.rglob("2025-09/*"))
    assert papers == ["reconciliation-2025-09.html", "reconciliation-2025-09.xlsx"]


@pytest.mark.parametrize("last", ["2025-09", "2025-10"])
def test_the_checks_stand_at_the_month_that_they_speak_of(
    world: PracticeWorld,
    mirrored: dg.AssetsDefinition,
    compared: dg.AssetsDefinition,
    instance: dg.DagsterInstance,
    last: str,
) -> None:
    world.circletel.invoice(world.circletel.customer(), invoice_date=INVOICED)
    assert dg.materialize([mirrored], instance=instance).success
    assert run(compared, instance, "2025-09", last).success
    stand = {}
    for name in CHECKS:
        history = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(TIE_OUT, name), limit=10
        )
        latest = next(record for record in history if record.partition == "2025-09")
        stand[name] = latest.status
    done, failed = AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED
    assert stand == {"tied_out": done, "controls_hold": done, "nothing_to_mend": failed}


def test_without_zohos_lists_nothing_is_compared_and_nothing_is_green(
    world: PracticeWorld, compared: dg.AssetsDefinition, instance: dg.DagsterInstance
) -> None:
    result = run(compared, instance, "2025-09", "2025-09")
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "were never listed completely" in str(failure.step_failure_data.user_failure_data)
    assert instance.get_materialized_partitions(TIE_OUT) == set()


def test_a_spent_quota_leaves_the_mirror_as_it_is_and_is_no_failure(
    world: PracticeWorld, mirrored: dg.AssetsDefinition, instance: dg.DagsterInstance
) -> None:
    world.zoho.befall("rate_limit", method="GET", path="/invoices$", code=45)
    assert dg.materialize([mirrored], instance=instance).success
    there = {key.path[1] for key in instance.get_asset_keys() if instance.get_latest_materialization_event(key)}
    assert there == {"customers", "subscriptions"}
