"""`zoho-pipeline review …` prints what Dagster's schedules leave."""

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.commands.conftest import Command
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.reviews.rows import at, attempt


@pytest.fixture
def synced(world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> PracticeWorld:
    """Three syncs of the first week of November 2025, one of which failed."""
    for outcome in ("created", "created", "failed"):
        attempt(world, Entity.INVOICES, outcome, at(4), 2)
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    return world


def test_a_week_is_printed_without_pictures(synced: PracticeWorld, zoho_pipeline: Command) -> None:
    ended = zoho_pipeline("review", "sync", "--week", "2025-11-03")
    assert ended.status == 0
    assert "| invoices | success | 2 | 66.67 |" in ended.out
    assert "base64" not in ended.out


@pytest.mark.parametrize(
    ("name", "says"),
    [("performance", "Total: 3 syncs."), ("api-cost", "Calls by endpoint"), ("security", "Row-level security")],
)
def test_a_month_is_printed(synced: PracticeWorld, zoho_pipeline: Command, name: str, says: str) -> None:
    ended = zoho_pipeline("review", name, "--month", "2025-11")
    assert (ended.status, says in ended.out) == (0, True)


@pytest.mark.parametrize(
    ("name", "option", "line"),
    [
        ("daily", [], "Run health check script"),
        ("weekly", ["--week", "2025-11-03"], "Clean up stale failures"),
        ("monthly", ["--month", "2025-11"], "Full data reconciliation"),
    ],
)
def test_a_checklist_is_printed_with_what_a_person_must_do(
    synced: PracticeWorld, zoho_pipeline: Command, name: str, option: list[str], line: str
) -> None:
    ended = zoho_pipeline("review", name, *option)
    assert ended.status == 0
    assert "## What a person must do" in ended.out
    assert line in ended.out


@pytest.mark.parametrize("week", ["2025-11-04", "November"])
def test_a_week_is_named_by_its_monday(synced: PracticeWorld, zoho_pipeline: Command, week: str) -> None:
    ended = zoho_pipeline("review", "sync", "--week", week)
    assert ended.status == 1
    assert "a week is named by its Monday" in ended.err
