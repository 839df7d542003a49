"""`zoho-pipeline backfill`: what it asks of the main job, what it shows, and how it ends."""

from collections.abc import Iterator

import pytest

from zoho_pipeline.actions import backfill as action
from zoho_pipeline.actions.backfill import BackfillRequest, Log
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.sync.results import PartitionResult
from zoho_pipeline_tests.commands.conftest import Command
from zoho_pipeline_tests.defs.practice import PracticeBackfill

RANGE = ["--from", "2025-02", "--to", "2025-03"]


def play(monkeypatch: pytest.MonkeyPatch, backfill: PracticeBackfill) -> PracticeBackfill:
    """Let the command find this backfill in the real one's place."""

    def played(request: BackfillRequest, environ: dict[str, str] | None, log: Log) -> Iterator[PartitionResult]:
        return backfill(request, environ, log)

    monkeypatch.setattr(action, "backfill", played)
    return backfill


def test_it_runs_what_was_asked_for(zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    backfill = play(monkeypatch, PracticeBackfill())
    ended = zoho_pipeline("backfill", "invoices", *RANGE, "--dry-run", "--max-rows", "5", "--confirm")

    (request,) = backfill.requests
    assert ended.status == 0
    assert request.entities == {Entity.INVOICES}
    assert [month.key for month in request.months] == ["2025-02", "2025-03"]
    assert (request.dry_run, request.max_rows, request.confirmed) == (True, 5, True)
    assert request.by.startswith("command line: ")


def test_without_a_kind_it_runs_all_four_over_all_open_months(
    zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIRCLETEL_FIRST_MONTH", "2025-01")
    backfill = play(monkeypatch, PracticeBackfill())
    zoho_pipeline("backfill")

    assert backfill.requests[0].entities == set(PARENTS_FIRST)
    assert backfill.requests[0].months[0].key == "2025-01"


def test_it_shows_what_was_done(zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, PracticeBackfill())
    lines = zoho_pipeline("backfill", *RANGE).out.splitlines()

    def row(name: str) -> list[str]:
        return next(line for line in lines if name in line).replace("│", " ").split()

    assert row("created") == ["created", "6", "6", "6", "6", "24"]
    assert row("API calls")[2:] == ["14", "14", "14", "14", "56"]
    assert row("green")[2:] == ["2", "2", "2", "2", "8"]


def test_rows_that_did_not_go_are_shown_with_what_to_do(
    zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, PracticeBackfill({(Entity.INVOICES, "2025-03"): 23}))
    ended = zoho_pipeline("backfill", *RANGE)

    assert ended.status == 1
    assert "INV-2025-00019 (2025-03): the total differs by 0.01\n         mend the lines" in ended.out
    assert "INV-2025-00020" not in ended.out
    assert "... and 3 more invoices that were refused, parked or failed." in ended.out


def test_an_unfinished_month_says_why(zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, PracticeBackfill(interrupted={(Entity.PAYMENTS, "2025-02"): "the day's quota is spent"}))
    ended = zoho_pipeline("backfill", *RANGE)

    assert ended.status == 1
    assert "payments 2025-02 is unfinished: the day's quota is spent" in ended.out


def test_a_dry_run_says_that_it_is_one(zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, PracticeBackfill())
    assert "A dry run: nothing was sent" in zoho_pipeline("backfill", *RANGE, "--dry-run").out


def test_what_was_done_before_a_failure_is_shown_too(zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, PracticeBackfill(stops_with=Foreseen("Zoho does not answer: try later.")))
    ended = zoho_pipeline("backfill", *RANGE)

    assert (ended.status, ended.err.strip().splitlines()[-1]) == (1, "Zoho does not answer: try later.")
    assert "created" in ended.out
