"""`zoho-pipeline people …` and the sign-off under `reconcile`: what they ask for, say and end with."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable

import pytest

from zoho_pipeline.people.person import Role
from zoho_pipeline_tests.commands.conftest import Command, Ended
from zoho_pipeline_tests.practice.office import APPROVER, PASSWORD, PREPARER, Office, entered
from zoho_pipeline_tests.practice.world import PracticeWorld

OTHER = "another staple entirely"
InWorld = Callable[..., Ended]


@pytest.fixture
def command(zoho_pipeline: Command, world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> InWorld:
    """The command line with the practice world's variables, and everybody's password in the variable for it."""
    for name, value in (world.environ | {"CIRCLETEL_FIRST_MONTH": "2025-08"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ZOHO_PIPELINE_PASSWORD", PASSWORD)
    monkeypatch.setenv("ZOHO_PIPELINE_NEW_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "250")
    return zoho_pipeline


def head_of(ended: Ended) -> str:
    return ended.out.split("Head of the trail: ")[1].strip()


def test_a_month_from_open_to_reopened(command: InWorld, world: PracticeWorld) -> None:
    office = Office(world)
    office.make_unsent()
    office.compare()
    (item,) = office.items()
    refused = command("reconcile", "prepare", "2025-09", "--as", PREPARER)
    assert refused.status == 1
    assert refused.err.startswith(f"2025-09 was not prepared:\n- Item {item.id} (Missing in Zoho, invoice {item.label}")
    noted = command("reconcile", "note", str(item.id), "--text", "is posted next week", "--as", PREPARER)
    assert noted.out == f"Item {item.id} ({item.label}) is noted; it is signed with its month.\n"
    prepared = command("reconcile", "prepare", "2025-09", "--as", PREPARER)
    assert prepared.out.startswith(f"2025-09 is prepared by {PREPARER}. Head of the trail: 3-")
    approved = command("reconcile", "approve", "2025-09", "--as", APPROVER.upper())
    assert approved.out.startswith(f"2025-09 is signed, approved by {APPROVER}: no document goes into it any more. ")
    line = next(line for line in command("reconcile", "months", "--as", PREPARER).out.splitlines() if "2025-09" in line)
    assert "approved" in line
    assert PREPARER in line
    assert APPROVER in line
    verified = command(
        "reconcile", "verify", "--as", PREPARER, "--head", head_of(prepared), "--head", head_of(approved)
    )
    assert (verified.status, verified.out) == (
        0,
        f"Every byte is as it was written: 4 entries, 1 snapshots. Head of the trail: {head_of(approved)}\n",
    )
    office.make_unsent(total="57.50")
    office.compare()
    shown = command("reconcile", "months", "--as", PREPARER).out
    assert "Prior-period items: changes of signed months since their signing" in shown
    assert "R -57.50" in shown
    reopened = command("reconcile", "reopen", "2025-09", "--reason", "a credit note came late", "--as", APPROVER)
    assert reopened.out.startswith(
        f"2025-09 is open again, says {APPROVER}: a credit note came late. Head of the trail: 5"
    )


def test_an_altered_byte_ends_verify_with_status_1_and_the_first_entry_that_was_altered(
    command: InWorld, world: PracticeWorld
) -> None:
    for name, role in ((PREPARER, Role.PREPARER), (APPROVER, Role.APPROVER), ("Zanele", Role.ADMIN)):
        entered(world.engine, name, role)
    world.circletel.execute(
        "ALTER TABLE zoho_pipeline.reconciliation_trail DISABLE TRIGGER ALL; "
        "UPDATE zoho_pipeline.reconciliation_trail SET content = replace(content, 'approver', 'admin') WHERE number > 1"
    )
    ended = command("reconcile", "verify", "--as", PREPARER)
    assert ended.status == 1
    assert ended.out.startswith(
        "ALTERED: Entry 2 was altered (or the one before it, together with its hash); 3 entries"
    )


def test_a_head_that_was_printed_of_another_trail_ends_verify_with_status_1(
    command: InWorld, world: PracticeWorld
) -> None:
    entered(world.engine, PREPARER, Role.PREPARER)
    ended = command("reconcile", "verify", "--as", PREPARER, "--head", "1-0123456789abcdef")
    assert ended.status == 1
    assert ended.out == "ALTERED: entry 1, or one before it, is another than when its head was printed.\n"
    assert "is no head of the trail" in command("reconcile", "verify", "--as", PREPARER, "--head", "x").err


@pytest.mark.parametrize(
    "arguments",
    [
        ("prepare", "2025-09"),
        ("approve", "2025-09"),
        ("reopen", "2025-09", "--reason", "because"),
        ("note", "1", "--text", "posted late"),
        ("months",),
        ("verify",),
    ],
)
def test_nothing_is_done_without_a_name_or_with_a_wrong_password(
    command: InWorld, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    nameless = command("reconcile", *arguments)
    assert (nameless.status, "--as" in nameless.err) == (2, True)
    monkeypatch.setenv("ZOHO_PIPELINE_PASSWORD", OTHER)
    wrong = command("reconcile", *arguments, "--as", PREPARER)
    assert (wrong.status, wrong.err) == (
        1,
        "Nobody is signed in: the name or the password is wrong. Nothing was done.\n",
    )


def test_people_are_entered_listed_and_disabled(command: InWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("people", "list").out.startswith("Nobody is entered yet")
    assert command("people", "add", "Zanele Dube", "--role", "admin").out == "Zanele Dube is entered: admin.\n"
    second = ("people", "add", "Pieter", "--role", "preparer", "--role", "viewer")
    assert command(*second).err == "There is an admin already, and only one may add people: sign in (--as).\n"
    entered_by = command(*second, "--as", "zanele dube").out
    assert entered_by.startswith(
        "Pieter is entered: preparer, viewer.\nBefore signing anything: zoho-pipeline people password"
    )
    shown = command("people", "list").out
    assert "has to choose a password before signing" in shown
    monkeypatch.setenv("ZOHO_PIPELINE_NEW_PASSWORD", OTHER)
    assert command("people", "password", "Pieter", "--as", "Pieter").out == "Pieter has another password.\n"
    assert command("people", "role", "Pieter", "--role", "approver", "--as", "Zanele Dube").out == (
        "Pieter is approver from now on.\n"
    )
    assert command("people", "disable", "Pieter", "--as", "Zanele Dube").out == "Pieter may sign in no more.\n"
    assert "disabled" in command("people", "list").out
    assert command("people", "disable", "Pieter", "--as", "Zanele Dube", "--undo").out == "Pieter may sign in again.\n"


def test_without_a_terminal_and_without_the_variable_nobody_is_asked(
    command: InWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZOHO_PIPELINE_PASSWORD")
    monkeypatch.delenv("ZOHO_PIPELINE_NEW_PASSWORD")
    assert "set ZOHO_PIPELINE_PASSWORD, for this one command" in command("reconcile", "verify", "--as", "Zanele").err
    assert "set ZOHO_PIPELINE_NEW_PASSWORD" in command("people", "add", "Zanele", "--role", "admin").err


@pytest.mark.parametrize(
    ("second", "says"),
    [(PASSWORD, "Zanele is entered: admin."), (OTHER, "The two passwords are not the same. Nothing was changed.")],
)
def test_a_new_password_is_asked_for_twice_at_the_terminal_and_never_shown(
    world: PracticeWorld, second: str, says: str
) -> None:
    ours, theirs = pty.openpty()
    arguments = [sys.executable, "-m", "zoho_pipeline.cli", "people", "add", "Zanele", "--role", "admin"]
    with subprocess.Popen(
        arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | world.environ, start_new_session=True
    ) as process:
        os.close(theirs)
        said = ""
        for prompt, answer in (("New password of Zanele: ", PASSWORD), ("The same again: ", second), (says, "")):
            while prompt not in said:
                said += os.read(ours, 1024).decode()
            if answer:
                os.write(ours, f"{answer}\n".encode())
    os.close(ours)
    assert PASSWORD not in said
    assert OTHER not in said
    assert process.returncode == (0 if second == PASSWORD else 1)
