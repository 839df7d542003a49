"""The health checks in Dagster: the same findings as in the terminal, each on the asset that it speaks of."""

import dagster as dg
import pytest

from zoho_pipeline.actions.health import read_health
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs.health import JOB, SEVERITY, asset_of, name_of
from zoho_pipeline.entities import Entity
from zoho_pipeline.health.check import Level
from zoho_pipeline.health.registry import registry
from zoho_pipeline_tests.defs.practice import FIRST_MONTH, PracticeBackfill
from zoho_pipeline_tests.health.well import made_well
from zoho_pipeline_tests.practice.world import PracticeWorld


def test_the_job_says_what_the_terminal_says(world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    with made_well(world) as well, dg.DagsterInstance.ephemeral() as instance:
        well.bad(Entity.INVOICES, "failed", 1)
        well.incident(2)
        well.sql("UPDATE zoho_pipeline.mirror_listings SET started_at = now() - interval '9 days'")
        for name, value in world.environ.items():
            monkeypatch.setenv(name, value)
        job = build_defs(first_month=FIRST_MONTH, backfill=PracticeBackfill()).resolve_job_def(JOB)
        result = job.execute_in_process(instance=instance)
        report = read_health(world.environ)

    seen = {(each.asset_key, each.check_name): each for each in result.get_asset_check_evaluations()}
    assert result.success
    assert len(seen) == len(report.findings) == len(registry())
    names = {check.key: (asset_of(check), name_of(check)) for check in registry()}
    for finding in report.findings:
        shown = seen[names[finding.key]]
        assert shown.passed is (finding.level is Level.HEALTHY), finding.key
        assert shown.severity is SEVERITY[finding.level]
    amiss = {name for (_, name), each in seen.items() if not each.passed}
    assert amiss == {
        "failed_last_day", "no_incident_is_open", *(f"mirror_age_{entity}" for entity in Entity)
    }  # fmt: skip


def test_degraded_warns_and_all_that_is_worse_is_an_error() -> None:
    assert SEVERITY[Level.DEGRADED] is dg.AssetCheckSeverity.WARN
    assert {SEVERITY[Level.UNHEALTHY], SEVERITY[Level.UNKNOWN]} == {dg.AssetCheckSeverity.ERROR}


def test_no_run_that_makes_an_asset_looks_at_the_health() -> None:
    """Dagster runs an asset's checks with it: a backfill would ask Zoho each time."""
    graph = build_defs(first_month=FIRST_MONTH, backfill=PracticeBackfill()).resolve_asset_graph()
    made = {key for key in graph.get_all_asset_keys() if graph.get(key).is_materializable}
    assert {asset_of(check) for check in registry()} & made == set()
