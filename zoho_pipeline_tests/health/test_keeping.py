"""Reports are kept for a while, to tell what has changed."""

from zoho_pipeline.actions.health import health_found_by, read_health
from zoho_pipeline.entities import Entity
from zoho_pipeline.health.check import Level
from zoho_pipeline_tests.health.well import WellWorld


def test_a_report_is_compared_with_the_one_before(well: WellWorld) -> None:
    assert well.look().compared_with is None
    well.bad(Entity.INVOICES, "failed", 1)
    second = well.look()
    (change,) = second.changes
    assert (change.key, change.before, change.after, change.worse) == (
        "failed_last_day/invoices", Level.HEALTHY, Level.DEGRADED, True
    )  # fmt: skip
    assert well.look().changes == ()


def test_checks_that_were_not_made_have_not_changed(well: WellWorld) -> None:
    well.look(ask_zoho=True)
    assert well.look(ask_zoho=False).changes == ()
    assert well.look(ask_zoho=True).changes == ()


def test_old_reports_are_forgotten(well: WellWorld) -> None:
    for _ in range(3):
        well.look()
    well.sql("UPDATE zoho_pipeline.health_reports SET at = now() - interval '8 days'")
    well.look({"ZOHO_HEALTH_KEPT_DAYS": "7"})
    assert len(well.world.circletel.query("SELECT FROM zoho_pipeline.health_reports")) == 1


def test_the_run_that_looked_is_kept(well: WellWorld) -> None:
    read_health(well.world.environ, ask_zoho=False, run_id="run-7")
    (kept,) = well.world.circletel.query("SELECT run_id, level FROM zoho_pipeline.health_reports")
    assert (kept.run_id, kept.level) == ("run-7", "healthy")


def test_what_a_run_has_found_can_be_read_again_without_looking(well: WellWorld) -> None:
    well.bad(Entity.INVOICES, "failed", 1)
    environ = well.world.environ
    found = read_health(environ, ask_zoho=False, run_id="run-7")
    read_health(environ, ask_zoho=False, run_id="run-8")
    again = health_found_by("run-7", environ)
    assert again is not None
    assert (again.findings, again.missing, again.looked_at) == (found.findings, found.missing, found.looked_at)
    assert health_found_by("run-9", environ) is None
    assert health_found_by(None, environ) is None
