"""`zoho-pipeline incidents …` and `watch`: what a person on call types and sees."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.alerts.desk import Desk, symptom
from zoho_pipeline_tests.commands.conftest import Command
from zoho_pipeline_tests.practice.databases import MIGRATED, Databases


@pytest.fixture
def desk(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A ledger that the command line leads to."""
    with databases.fresh() as engine:
        monkeypatch.setenv("ZOHO_PIPELINE_SANDBOX", databases.token(MIGRATED))
        monkeypatch.setenv("CIRCLETEL_DATABASE_URL", engine.url.render_as_string(hide_password=False))
        yield Desk(engine)


def plain(text: str) -> str:
    """A table's text without its lines."""
    return " ".join(text.replace("│", " ").split())


def test_an_incident_is_listed_taken_on_and_closed(zoho_pipeline: Command, desk: Desk) -> None:
    assert (zoho_pipeline("incidents", "list").status, zoho_pipeline("incidents", "list").out) == (
        0,
        "No incident is open.\n",
    )
    (number,) = desk.see(symptom(rows=14, customers=6, entity=Entity.INVOICES)).opened

    seen = zoho_pipeline("incidents", "list")
    assert seen.status == 1
    assert "14 invoices of 6 customers" in plain(seen.out)
    assert "nobody is on it" in plain(seen.out)

    taken = zoho_pipeline("incidents", "ack", str(number), "--by", "Zanele")
    assert (taken.status, taken.out) == (
        0,
        f"Incident {number} is Zanele's: Rows are refused (bad-email). What to do: Correct them in CircleTel.\n",
    )
    seen = zoho_pipeline("incidents", "list")
    assert (seen.status, "Zanele is on it" in plain(seen.out)) == (0, True)

    closed = zoho_pipeline("incidents", "close", str(number), "--by", "Zanele", "--because", "a planned stop")
    assert (closed.status, closed.out) == (0, f"Incident {number} is over: Rows are refused (bad-email).\n")
    assert zoho_pipeline("incidents", "list").out == "No incident is open.\n"
    assert "over since" in plain(zoho_pipeline("incidents", "list", "--all").out)


def test_its_report_and_its_public_text_are_printed(zoho_pipeline: Command, desk: Desk) -> None:
    (number,) = desk.see(symptom(entity=Entity.INVOICES)).opened
    report = zoho_pipeline("incidents", "report", str(number))
    assert (report.status, report.out.startswith(f"# Incident {number}: Rows are refused")) == (0, True)
    public = zoho_pipeline("incidents", "report", str(number), "--public")
    assert public.out.startswith("**Investigating: New invoices are delayed**")
    assert "bad-email" not in public.out


@pytest.mark.parametrize(
    "arguments",
    [("report", "4711"), ("ack", "4711", "--by", "Zanele"), ("close", "4711", "--by", "Z", "--because", "b")],
)
def test_one_that_does_not_exist_is_told_in_a_sentence(
    zoho_pipeline: Command, desk: Desk, arguments: tuple[str, ...]
) -> None:
    ended = zoho_pipeline("incidents", *arguments)
    assert (ended.status, ended.err.startswith("There is no incident 4711")) == (1, True)


def test_a_single_look_that_is_not_well_ends_with_status_1(zoho_pipeline: Command, desk: Desk) -> None:
    ended = zoho_pipeline("watch", "--once")
    assert ended.status == 1
    assert ended.out.startswith("Nobody can tell whether Dagster's daemon lives: DAGSTER_POSTGRES_URL is missing")
    assert [each.title for each in desk.all()] == ["Nobody can tell whether Dagster's daemon lives"]


def test_a_single_look_without_the_database_ends_with_a_sentence(
    zoho_pipeline: Command, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIRCLETEL_DATABASE_URL", "postgresql://someone:hunter2@127.0.0.1:1/circletel")
    ended = zoho_pipeline("watch", "--once")
    assert ended.status == 1
    assert "The database at 127.0.0.1:1/circletel could not be used to watch over Dagster" in ended.err
    assert "hunter2" not in ended.err


def test_as_a_service_it_goes_on_looking_until_it_is_ended(desk: Desk) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "zoho_pipeline.cli", "watch", "--every", "5"], stdout=subprocess.PIPE, text=True
    ) as service:
        assert service.stdout is not None
        lines = [service.stdout.readline() for _ in range(2)]
        service.send_signal(signal.SIGINT)
        assert service.wait(120) == 130
    assert all("Nobody can tell whether Dagster's daemon lives" in line for line in lines)
    assert len(desk.all()) == 1
