"""`retry-failed`, `retry`, `reset-stuck`, `resolve`, `relink`: what they show, what they ask for, how they end."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from zoho_pipeline.commands.durations import NoDuration, duration
from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.commands.conftest import Command, Ended
from zoho_pipeline_tests.practice.world import PracticeWorld

InWorld = Callable[..., Ended]
CUSTOMERS = Entity.CUSTOMERS


@pytest.fixture
def command(zoho_pipeline: Command, world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> InWorld:
    """The command line with the practice world's variables."""
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "250")
    return zoho_pipeline


@pytest.fixture
def failed(world: PracticeWorld) -> str:
    """A customer that failed, and whose retry is an hour away."""
    row = world.circletel.customer(account_number="CT-2025-00042")
    world.zoho.befall("answer", method="POST", path="/customers$", status=404, body={"code": 1002})
    world.run(CUSTOMERS, env={"ZOHO_RETRY_SECONDS": "3600"})
    return row


def test_retry_failed_shows_how_each_row_stood_and_stands(command: InWorld, world: PracticeWorld, failed: str) -> None:
    ended = command("retry-failed")
    (line,) = [line for line in ended.out.splitlines() if "CT-2025-00042" in line]
    for shown in ("customer", failed, "failed (not_found_in_zoho)", "synced"):
        assert shown in line
    assert ended.status == 0
    assert world.status(CUSTOMERS, failed) == "synced"
    assert "Thandi" not in ended.out
    assert "@" not in ended.out
    assert command("retry-failed").out == "No row is to be retried.\n"


def test_a_row_that_does_not_go_this_time_either_ends_it_with_status_1(command: InWorld, world: PracticeWorld) -> None:
    world.circletel.customer(email="")
    world.run(CUSTOMERS)
    ended = command("retry-failed")
    assert ended.status == 1
    assert "refused (validation)" in ended.out


def test_a_dry_run_names_the_rows_and_changes_nothing(command: InWorld, world: PracticeWorld, failed: str) -> None:
    ended = command("retry-failed", "customers", "--cause", "not_found_in_zoho", "--dry-run")
    assert ended.status == 0
    assert "A dry run: nothing was sent or changed" in ended.out
    assert failed in ended.out
    assert world.state(CUSTOMERS, failed) == "failed"


def test_rows_that_do_not_fit_are_left(command: InWorld, world: PracticeWorld, failed: str) -> None:
    assert command("retry-failed", "--older-than", "7d").out == "No row is to be retried.\n"
    assert command("retry-failed", "--cause", "zoho_error").out == "No row is to be retried.\n"
    assert command("retry-failed", "invoices").out == "No row is to be retried.\n"
    assert world.state(CUSTOMERS, failed) == "failed"


def test_one_row_is_retried_by_kind_and_id(command: InWorld, world: PracticeWorld, failed: str) -> None:
    assert command("retry", "customer", failed).status == 0
    assert world.status(CUSTOMERS, failed) == "synced"


def test_reset_stuck_takes_over_what_the_app_left(command: InWorld, world: PracticeWorld) -> None:
    assert command("reset-stuck").out == "No row is stuck.\n"
    row = world.circletel.customer(zoho_sync_status="syncing")
    assert command("reset-stuck").status == 0
    assert world.status(CUSTOMERS, row) == "synced"


def test_resolve_says_what_it_did(command: InWorld, world: PracticeWorld, failed: str) -> None:
    ended = command("resolve", "customers", failed, "--by", "Zanele", "--why", "left before the first bill")
    assert ended.status == 0
    assert "Customer CT-2025-00042 is resolved by Zanele; it was failed." in ended.out
    assert world.state(CUSTOMERS, failed) == "resolved"


def test_relink_says_what_it_did(command: InWorld, world: PracticeWorld, failed: str) -> None:
    theirs = world.zoho.customer()
    ended = command("relink", "customers", failed, theirs, "--by", "Zanele")
    assert ended.out == f"Linked by Zanele: customer {failed} is object {theirs} in Zoho.\n"
    assert world.standing(CUSTOMERS, failed).zoho_id == theirs


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["retry", "customers", "7"], "CircleTel has no customer '7'"),
        (["retry", "cats", "7"], "Unknown entity 'cats'"),
        (["retry-failed", "--cause", "bad luck"], "Unknown cause 'bad luck': choose one of rate_limit, "),
        (["retry-failed", "--older-than", "soon"], "'soon' is not a duration"),
        (["resolve", "customers", "7", "--by", "Zanele", "--why", "so"], "CircleTel has no customer '7'"),
        (["relink", "customers", "7", "8", "--by", " "], "say who does it"),
    ],
)
def test_what_was_foreseen_is_one_sentence(command: InWorld, arguments: list[str], sentence: str) -> None:
    ended = command(*arguments)
    assert ended.status == 1
    assert sentence in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("arguments", [["resolve", "customers", "7", "--why", "so"], ["relink", "customers", "7", "8"]])
def test_what_is_kept_for_the_audit_needs_a_name(command: InWorld, arguments: list[str]) -> None:
    ended = command(*arguments)
    assert ended.status == 2
    assert "--by" in ended.err


@pytest.mark.parametrize(
    ("written", "meant"), [("90m", timedelta(minutes=90)), ("36 h", timedelta(hours=36)), ("7D", timedelta(days=7))]
)
def test_durations_are_written_as_people_do(written: str, meant: timedelta) -> None:
    assert duration(written) == meant


@pytest.mark.parametrize("written", ["", "7", "d", "-7d", "7.5d", "7w", "999999d", "7d7h"])
def test_what_is_no_duration_is_told(written: str) -> None:
    with pytest.raises(NoDuration):
        duration(written)
