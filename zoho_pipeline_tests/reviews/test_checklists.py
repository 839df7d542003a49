"""The checklists are the runbook's, and a holiday is named in them."""

from datetime import datetime

from zoho_pipeline.actions.checklists import documentation_checklist
from zoho_pipeline.clock import JOHANNESBURG, SimulatedClock
from zoho_pipeline.reviews.checklist_paper import checklist_markdown
from zoho_pipeline.reviews.checklists import DAILY, MONTHLY, WEEKLY

RUNBOOK = {
    "Daily": ["Run health check script", "Review admin dashboard", "Check for failed syncs (should be 0)",
              "Verify recent sync activity"],
    "Weekly": ["Detailed health check with --detailed flag", "Review sync success rates", "Clean up stale failures",
               "Verify ZOHO dashboard matches database"],
    "Monthly": ["Full data reconciliation", "Performance metrics review", "Cost analysis", "Security audit",
                "Update documentation if needed"],
}  # fmt: skip


def test_every_line_of_the_runbooks_checklists_is_there_in_its_words() -> None:
    ours = {"Daily": DAILY, "Weekly": WEEKLY, "Monthly": MONTHLY}
    assert {name: [line.text for line in lines] for name, lines in ours.items()} == RUNBOOK


def test_on_a_public_holiday_the_list_says_for_which_day_it_waits() -> None:
    good_friday = SimulatedClock(datetime(2026, 4, 3, 7, tzinfo=JOHANNESBURG))
    assert documentation_checklist(good_friday).note == (
        "2026-04-03 is a public holiday (Good Friday): the list waits for 2026-04-07."
    )
    assert "waits for 2026-04-07" in checklist_markdown(documentation_checklist(good_friday))


def test_on_any_other_day_it_does_not() -> None:
    tuesday = SimulatedClock(datetime(2026, 4, 7, 7, tzinfo=JOHANNESBURG))
    assert documentation_checklist(tuesday).note == ""
