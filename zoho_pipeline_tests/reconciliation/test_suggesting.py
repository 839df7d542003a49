"""For every item there is something to do, in words that people can follow and a command that there is."""

import shlex
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from typer.main import get_command

from zoho_pipeline.cli import app
from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class, Fix
from zoho_pipeline.reconciliation.reading import Item
from zoho_pipeline.reconciliation.suggesting import suggestion
from zoho_pipeline.states import State

ROW, OBJECT = "5f1c2a34-0000-4000-8000-000000000001", "5214837000000001783"


def item(what: Class, cause: str | None = None, row_id: str = ROW) -> Item:
    return Item(
        1, Entity.INVOICES, "2025-10", what, row_id, OBJECT, "INV-1", None, None, None, 0, Decimal(0), "ZAR",
        date(2025, 10, 1), cause, datetime(2025, 11, 1, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize("what", Class)
def test_every_class_says_what_to_do(what: Class) -> None:
    assert suggestion(item(what)).text.endswith(".")


@pytest.mark.parametrize("what", [what for what in Class if what.meaning.fix is Fix.NOTHING])
def test_what_needs_nobody_has_no_command(what: Class) -> None:
    assert suggestion(item(what)).command is None


@pytest.mark.parametrize("what", [what for what in Class if what.meaning.fix in (Fix.SYNC, Fix.APPROVED)])
def test_what_the_sync_mends_has_a_command(what: Class) -> None:
    assert suggestion(item(what)).command is not None


@pytest.mark.parametrize(
    ("what", "cause", "command"),
    [
        (Class.MISSING_IN_ZOHO, State.REFUSED, f"zoho-pipeline retry invoices {ROW}"),
        (Class.MISSING_IN_ZOHO, State.FAILED, f"zoho-pipeline retry invoices {ROW}"),
        (Class.MISSING_IN_ZOHO, State.PARKED, f"zoho-pipeline relink invoices {ROW} ZOHO_ID --by WHO"),
        (Class.MISSING_IN_ZOHO, State.BLOCKED, None),
        (
            Class.MISSING_IN_ZOHO,
            "pending",
            "zoho-pipeline reconcile fix --month 2025-10 --class missing_in_zoho --by WHO",
        ),
        (Class.MISSED, None, "zoho-pipeline reconcile missed --month 2025-10"),
        (Class.NOT_LINKED, "key", f"zoho-pipeline relink invoices {ROW} {OBJECT} --by WHO"),
        (Class.MISSING_IN_CIRCLETEL, None, f"zoho-pipeline relink invoices ID {OBJECT} --by WHO"),
        (Class.STILL_BILLED, None, "zoho-pipeline cancellations list"),
        (Class.UNAPPLIED, None, None),
    ],
)
def test_the_command_fits_the_class_and_the_cause(what: Class, cause: str | None, command: str | None) -> None:
    assert suggestion(item(what, cause)).command == command


def test_an_id_that_a_shell_would_run_is_quoted() -> None:
    command = suggestion(item(Class.NOT_LINKED, row_id="$(reboot); x")).command
    assert command is not None
    assert shlex.split(command)[3] == "$(reboot); x"


@pytest.mark.parametrize("state", State)
def test_a_row_that_is_missing_is_told_by_its_state(state: State) -> None:
    if state is State.SYNCED:
        assert suggestion(item(Class.MISSING_IN_ZOHO, state)).text == Class.MISSING_IN_ZOHO.meaning.advice
    else:
        assert suggestion(item(Class.MISSING_IN_ZOHO, state)).text != Class.MISSING_IN_ZOHO.meaning.advice


def test_the_command_line_takes_every_command_as_it_is_written() -> None:
    causes = [None, *State, "pending", "syncing", "excluded"]
    commands = {suggestion(item(what, cause)).command for what in Class for cause in causes} - {None}
    assert len(commands) > 10
    for command in commands:
        of, words = get_command(app), shlex.split(str(command))
        assert words.pop(0) == "zoho-pipeline"
        while words and words[0] in getattr(of, "commands", {}):
            of = of.commands[words.pop(0)]  # type: ignore[attr-defined]
        of.make_context("zoho-pipeline", words)
