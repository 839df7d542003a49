"""A failed run is an incident until what it was to bring has been brought, by whichever runs."""

from datetime import timedelta
from typing import Any

from zoho_pipeline.actions.incidents import listed, note_runs
from zoho_pipeline.alerts.runs import EndedRun, note, note_mended
from zoho_pipeline.causes import Cause
from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.alerts.desk import FRIDAY, Desk
from zoho_pipeline_tests.practice.world import ONLY_MONTH, PracticeWorld

MARCH, APRIL = "zoho/invoices 2025-03", "zoho/invoices 2025-04"
WHAT = "zoho/invoices 2025-03 to 2025-04"


def failed(number: int, minutes: int = 0, **values: Any) -> EndedRun:
    given = {"what": WHAT, "planned": frozenset({MARCH, APRIL}), "reason": "1 month is not green."}
    return EndedRun(f"run-{number}", "assets", ended_at=at(minutes), succeeded=False, **{**given, **values})


def succeeded(number: int, minutes: int, *brought: str, job: str = "assets") -> EndedRun:
    return EndedRun(
        f"run-{number}", job, WHAT, at(minutes), True, planned=frozenset(brought), brought=frozenset(brought)
    )


def at(minutes: int) -> Any:
    return FRIDAY + timedelta(minutes=minutes)


def noted(desk: Desk, *runs: EndedRun) -> None:
    for run in runs:
        with desk.engine.begin() as connection:
            note(connection, desk.settings, run, desk.clock.now())


def open_titles(desk: Desk) -> list[str]:
    return [each.title for each in desk.all() if each.cleared_at is None]


def test_a_failure_opens_one_with_the_runs_own_sentence(desk: Desk) -> None:
    noted(desk, failed(1))
    (incident,) = desk.all()
    assert (incident.title, incident.cause, incident.level) == (
        f"The run of {WHAT} failed",
        "1 month is not green.",
        1,
    )
    assert "run-1" in incident.advice


def test_an_error_that_was_not_foreseen_is_for_the_development_team(desk: Desk) -> None:
    noted(desk, failed(1, expected=False, reason="an error that was not foreseen: KeyError"))
    assert [each.level for each in desk.all()] == [2]


def test_it_clears_when_later_runs_have_brought_all_of_it_in_whatever_portions(desk: Desk) -> None:
    noted(desk, failed(1), succeeded(2, 1, MARCH))
    assert open_titles(desk) == [f"The run of {WHAT} failed"]
    noted(desk, succeeded(3, 2, APRIL, job="sync_urgently"))
    assert open_titles(desk) == []
    (incident,) = desk.all()
    assert desk.events(incident.id)[-1].said == "run run-3 brought what was left"


def test_what_the_failed_run_itself_has_brought_is_not_owed(desk: Desk) -> None:
    noted(desk, failed(1, brought=frozenset({MARCH})), succeeded(2, 1, APRIL))
    assert open_titles(desk) == []


def test_a_run_that_brings_nothing_as_a_dry_one_clears_nothing(desk: Desk) -> None:
    dry = EndedRun("run-2", "assets", WHAT, at(1), True, planned=frozenset({MARCH, APRIL}))
    noted(desk, failed(1), dry)
    assert open_titles(desk) != []


def test_a_run_that_ended_before_the_failure_clears_nothing(desk: Desk) -> None:
    noted(desk, failed(1, minutes=5), succeeded(2, 4, MARCH, APRIL))
    assert open_titles(desk) != []


def test_failing_again_is_told_no_second_time(desk: Desk) -> None:
    noted(desk, failed(1), failed(2, minutes=1), failed(3, minutes=2))
    (incident,) = desk.all()
    assert desk.kinds(incident.id) == ["opened"]
    noted(desk, succeeded(4, 3, MARCH, APRIL))
    assert open_titles(desk) == []


def test_noting_a_failure_again_after_it_was_made_good_opens_nothing(desk: Desk) -> None:
    course = [failed(1), succeeded(2, 1, MARCH, APRIL)]
    noted(desk, *course, *course)
    assert [desk.kinds(each.id) for each in desk.all()] == [["opened", "cleared"]]


def test_a_job_without_assets_clears_when_it_succeeds(desk: Desk) -> None:
    noted(desk, EndedRun("run-1", "forget_old_records", "forget_old_records", at(0), False, "no database"))
    noted(desk, EndedRun("run-2", "another", "another", at(1), True))
    assert open_titles(desk) == ["The run of forget_old_records failed"]
    noted(desk, EndedRun("run-3", "forget_old_records", "forget_old_records", at(2), True))
    assert open_titles(desk) == []


def test_what_kept_named_rows_from_zoho_is_over_once_any_run_has_brought_a_month(desk: Desk) -> None:
    urgent = EndedRun("run-1", "sync_urgently", "sync_urgently", at(0), False, "no token", cause=Cause.AUTHENTICATION)
    dry = EndedRun("run-2", "assets", WHAT, at(1), True, planned=frozenset({MARCH}))
    noted(desk, urgent, dry)
    assert open_titles(desk) == ["The run of sync_urgently failed"]
    noted(desk, succeeded(3, 2, MARCH))
    assert open_titles(desk) == []


def test_months_whose_rows_have_gone_since_are_owed_no_more(desk: Desk) -> None:
    noted(desk, failed(1, reason="1 month is not green: a ceiling is reached."))
    for cells in ({MARCH}, {APRIL}):
        assert open_titles(desk) == [f"The run of {WHAT} failed"]
        with desk.engine.begin() as connection:
            note_mended(connection, desk.settings, cells, desk.clock.now())
    assert open_titles(desk) == []


def test_it_says_how_many_rows_and_customers_have_not_come(world: PracticeWorld) -> None:
    customer, other = world.circletel.customer(), world.circletel.customer()
    invoices = [world.circletel.invoice(each) for each in (customer, customer, other)]
    world.run(Entity.CUSTOMERS)
    month = ONLY_MONTH.key
    whole = EndedRun(
        "run-1", "assets", "assets", at(0), False, "stopped", planned=frozenset({f"zoho/invoices {month}"})
    )
    named = EndedRun("run-2", "sync_urgently", "urgent", at(0), False, "stopped", asked={"invoices": invoices[:2]})
    note_runs([whole, named], world.environ)
    assert {each.title: (each.rows, each.customers) for each in listed(world.environ)} == {
        "The run of assets failed": (3, 2),
        "The run of urgent failed": (2, 1),
    }


def test_different_runs_are_different_incidents(desk: Desk) -> None:
    noted(desk, failed(1), failed(2, what="zoho/payments 2025-03", planned=frozenset({"zoho/payments 2025-03"})))
    assert len(open_titles(desk)) == 2
