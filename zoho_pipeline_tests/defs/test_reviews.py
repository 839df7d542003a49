"""The runbook's jobs on a real Dagster with its storage in PostgreSQL: each leaves its reports and its checklist."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import SystemClock, local_date
from zoho_pipeline.definitions import build_defs
from zoho_pipeline.defs.review_making import key_of
from zoho_pipeline.entities import Entity
from zoho_pipeline.reviews.span import last_month, last_week
from zoho_pipeline_tests.practice.databases import Databases
from zoho_pipeline_tests.practice.world import PracticeWorld

FIRST = Month(2025, 1)
DAGSTER_YAML = """
storage:
  postgres:
    postgres_url: {env: DAGSTER_POSTGRES_URL}
telemetry: {enabled: false}
"""
TODAY = local_date(SystemClock().now())
MONTH, WEEK = last_month(TODAY).key, last_week(TODAY).key


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    return tmp_path / "papers"


@pytest.fixture
def instance(
    world: PracticeWorld, databases: Databases, tmp_path: Path, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """Dagster, and this process's environment, as the schedules' runs find them."""
    with databases.copied("template1") as storage:
        given = {
            "CIRCLETEL_FIRST_MONTH": FIRST.key,
            "DAGSTER_HOME": str(tmp_path),
            "DAGSTER_POSTGRES_URL": storage.url.set(drivername="postgresql+psycopg2").render_as_string(False),
            "RECONCILIATION_REPORTS_URL": str(papers),
        }
        for name, value in (world.environ | given).items():
            monkeypatch.setenv(name, value)
        (tmp_path / "dagster.yaml").write_text(DAGSTER_YAML)
        with dg.DagsterInstance.from_config(str(tmp_path)) as made:
            yield made


def run(instance: dg.DagsterInstance, job: str, partition: str | None = None) -> dg.ExecuteInProcessResult:
    """As the schedule starts it."""
    found = build_defs(first_month=FIRST).resolve_job_def(job)
    return found.execute_in_process(instance=instance, partition_key=partition, raise_on_error=False)


def latest(instance: dg.DagsterInstance, name: str) -> dg.AssetMaterialization:
    event = instance.get_latest_materialization_event(key_of(name))
    assert event is not None, f"reviews/{name} was not materialized"
    assert event.asset_materialization is not None
    return event.asset_materialization


def shown(instance: dg.DagsterInstance, name: str, entry: str) -> str:
    return str(latest(instance, name).metadata[entry].value)


def lines(instance: dg.DagsterInstance, name: str) -> dict[str, str]:
    """The checklist's lines and how each stands."""
    table = latest(instance, name).metadata["lines"]
    assert isinstance(table, dg.TableMetadataValue)
    return {str(record.data["line"]): str(record.data["state"]) for record in table.records}


def test_the_daily_job_leaves_its_checklist_in_the_ui_and_as_a_file(
    world: PracticeWorld, instance: dg.DagsterInstance, papers: Path
) -> None:
    world.circletel.customer(email="")
    world.circletel.customer(account_number="CT-2025-00077")
    world.run(Entity.CUSTOMERS)
    made = run(instance, "daily_operations")
    assert made.success
    assert lines(instance, "daily_checklist") == {
        "Run health check script": "found something",
        "Review admin dashboard": "found something",
        "Check for failed syncs (should be 0)": "found something",
        "Verify recent sync activity": "found something",  # no daemon runs beside a test
    }
    (file,) = papers.glob("checklists/daily-*.md")
    written = file.read_text(encoding="utf-8")
    assert written == shown(instance, "daily_checklist", "checklist")
    assert str(file) == shown(instance, "daily_checklist", "file")
    assert "Failed in the last 24 hours: 1 customer." in written
    assert "1 customer." in shown(instance, "daily_checklist", "what a person must do")
    assert "thandi" not in written.lower()
    assert [row.run_id for row in world.circletel.query("SELECT run_id FROM zoho_pipeline.health_reports")] == [
        made.run_id
    ]


def test_the_weekly_job_leaves_its_review_and_its_checklist(
    world: PracticeWorld, instance: dg.DagsterInstance, papers: Path
) -> None:
    world.circletel.customer()
    world.run(Entity.CUSTOMERS)
    world.circletel.execute("UPDATE zoho_pipeline.attempts SET started_at = started_at - interval '7 days'")
    assert run(instance, "weekly_review", WEEK).success
    assert latest(instance, "weekly_sync").partition == WEEK
    assert "customers" in shown(instance, "weekly_sync", "review")
    assert "![Syncs by day](data:image/svg+xml;base64," in shown(instance, "weekly_sync", "review")
    assert lines(instance, "weekly_checklist") == {
        "Detailed health check with --detailed flag": "found something",  # no daemon runs beside a test
        "Review sync success rates": "done",
        "Clean up stale failures": "done",
        "Verify ZOHO dashboard matches database": "done",
    }
    assert (papers / f"checklists/weekly-{WEEK}.md").read_text(encoding="utf-8") == shown(
        instance, "weekly_checklist", "checklist"
    )


def test_the_monthly_job_reconciles_the_month_and_leaves_its_reviews_and_its_checklist(
    world: PracticeWorld, instance: dg.DagsterInstance, papers: Path
) -> None:
    assert run(instance, "monthly_audit", MONTH).success
    for name in ("performance", "api_cost", "security", "monthly_checklist"):
        assert latest(instance, name).partition == MONTH
    stand = lines(instance, "monthly_checklist")
    assert stand.pop("Security audit") == "found something"  # the practice database's role is a superuser
    assert stand == {
        "Full data reconciliation": "a person must do it",
        "Performance metrics review": "done",
        "Cost analysis": "done",
        "Update documentation if needed": "a person must do it",
    }
    todo = shown(instance, "monthly_checklist", "what a person must do")
    assert "Sign the month off" in todo
    assert "Give the pipeline a role of its own" in todo
    assert (papers / f"checklists/monthly-{MONTH}.md").exists()
    assert (papers / MONTH / f"reconciliation-{MONTH}.xlsx").exists()


def test_a_mirror_that_cannot_be_refreshed_does_not_keep_the_checklist_from_being_made(
    world: PracticeWorld, instance: dg.DagsterInstance, papers: Path
) -> None:
    world.zoho.befall("rate_limit", method="GET", path="/customers$", times=None, code=45)
    run(instance, "monthly_audit", MONTH)
    assert lines(instance, "monthly_checklist")["Full data reconciliation"] == "could not be looked at"
    assert "The month was not compared" in (papers / f"checklists/monthly-{MONTH}.md").read_text(encoding="utf-8")


def test_a_database_that_is_gone_is_told_in_the_checklist_and_nothing_is_ticked(
    instance: dg.DagsterInstance, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIRCLETEL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    run(instance, "daily_operations")
    assert "done" not in lines(instance, "daily_checklist").values()
    assert "127.0.0.1:1/nothing" in shown(instance, "daily_checklist", "checklist")


def test_a_place_that_cannot_be_written_to_fails_the_run_and_the_ui_still_has_the_list(
    instance: dg.DagsterInstance, papers: Path
) -> None:
    papers.write_text("a file, where a folder should be")
    result = run(instance, "documentation_review")
    assert not result.success
    assert shown(instance, "documentation_checklist", "file") == "could not be written"
    assert "Go through docs/runbook.md" in shown(instance, "documentation_checklist", "checklist")


def test_what_is_left_to_people_is_a_warning_and_no_error(instance: dg.DagsterInstance) -> None:
    (left,) = run(instance, "documentation_review").get_asset_check_evaluations()
    assert (left.check_name, left.passed, left.severity) == ("nothing_left_to_do", False, dg.AssetCheckSeverity.WARN)


def test_the_quarterly_job_leaves_its_reminder(instance: dg.DagsterInstance, papers: Path) -> None:
    assert run(instance, "documentation_review").success
    assert set(lines(instance, "documentation_checklist").values()) == {"a person must do it"}
    assert list(papers.glob("checklists/documentation-*.md"))


def test_several_months_of_a_review_can_be_made_in_one_run(instance: dg.DagsterInstance) -> None:
    before = Month.parse(MONTH).plus(-1).key
    job = build_defs(first_month=FIRST).resolve_implicit_global_asset_job_def()
    span = {"dagster/asset_partition_range_start": before, "dagster/asset_partition_range_end": MONTH}
    assert job.execute_in_process(instance=instance, asset_selection=[key_of("performance")], tags=span).success
    assert instance.get_materialized_partitions(key_of("performance")) == {before, MONTH}


def test_the_checks_of_a_review_are_its_targets(world: PracticeWorld, instance: dg.DagsterInstance) -> None:
    world.circletel.execute("CREATE POLICY wide ON customers FOR SELECT TO anon USING (true)")
    result = run(instance, "monthly_audit", MONTH)
    evaluations = {
        each.check_name: each for each in result.get_asset_check_evaluations() if each.asset_key == key_of("security")
    }
    assert not evaluations["no_open_policy"].passed
    assert evaluations["no_open_policy"].severity is dg.AssetCheckSeverity.ERROR
    assert evaluations["rls_enabled"].passed
