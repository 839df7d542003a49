"""The command line in the test's own process."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from zoho_pipeline import cli


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def zoho_pipeline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`zoho_pipeline("backfill", "invoices")` runs that command."""
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["zoho-pipeline", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return run
