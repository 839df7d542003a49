"""The command line as a whole: quick to answer, and clear when something is wrong."""

import resource
import subprocess
import sys

import pytest

from zoho_pipeline_tests.commands.conftest import Command

HEAVY = ("dagster", "pandas", "psycopg2", "pydantic", "requests", "sqlalchemy")


def test_help_takes_under_a_second_of_work() -> None:
    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "zoho_pipeline.cli", "--help"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < 1


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, zoho_pipeline.cli; print([name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["backfill", "cats"], "Unknown entity 'cats': choose one of customers, subscriptions, invoices, payments."),
        (["backfill", "--from", "2025-13"], "'2025-13' is not a month: write it as YYYY-MM, for example 2025-03."),
        (["backfill", "--from", "1999-01"], "There is no month 1999-01: the months run from 2024-01 to "),
        (["backfill", "--from", "2025-02", "--to", "2025-01"], "The months 2025-02 to 2025-01 are in the wrong order."),
        (["backfill"], "ZOHO_CLIENT_ID is missing: set it in the environment or in .env."),
        (["db", "upgrade"], "CIRCLETEL_DATABASE_URL is missing: set it in the environment or in .env."),
        (["sandbox", "env"], "No practice world runs in "),
    ],
)
def test_what_was_foreseen_is_one_sentence(zoho_pipeline: Command, arguments: list[str], sentence: str) -> None:
    ended = zoho_pipeline(*arguments)
    assert ended.status == 1
    assert sentence in ended.err
    assert "Traceback" not in ended.err


def test_an_unreachable_database_is_one_sentence(zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCLETEL_DATABASE_URL", "postgresql://someone:hunter2@127.0.0.1:1/circletel")
    ended = zoho_pipeline("db", "upgrade")

    assert ended.status == 1
    assert "The database at 127.0.0.1:1/circletel could not be used" in ended.err
    assert "hunter2" not in ended.err


@pytest.mark.parametrize("arguments", [["backfill", "--max-rows", "0"], ["nonsense"], ["sandbox", "nonsense"]])
def test_what_cannot_be_typed_is_told_with_the_usage(zoho_pipeline: Command, arguments: list[str]) -> None:
    ended = zoho_pipeline(*arguments)
    assert ended.status == 2
    assert "Usage" in ended.err


def test_verify_env_names_what_is_missing(zoho_pipeline: Command) -> None:
    ended = zoho_pipeline("verify-env")
    assert ended.status == 1
    assert "ZOHO_REFRESH_TOKEN is missing" in ended.out
    assert "Not tried" in ended.out
