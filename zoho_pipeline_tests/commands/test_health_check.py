"""`zoho-pipeline health-check`: the level, the status that it ends with, and words that one can act on."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.ports import free_ports
from zoho_pipeline_tests.alerts.receivers import MailServer, running
from zoho_pipeline_tests.commands.conftest import Command
from zoho_pipeline_tests.health.well import WellWorld, made_well
from zoho_pipeline_tests.practice.world import PracticeWorld

OPERATIONS = "operations@circletel.co.za"


@pytest.fixture
def well(world: PracticeWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[WellWorld]:
    """A world in which all is well, and its variables."""
    with made_well(world) as made:
        for name, value in world.environ.items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with running(MailServer()) as server:
        monkeypatch.setenv("ALERT_SMTP_URL", server.url)
        monkeypatch.setenv("ALERT_MAIL_FROM", "billing@circletel.co.za")
        yield server


def nothing_runs_at(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    port = free_ports(1)[0]
    for name in names:
        scheme = "http" if name.startswith("ZOHO") else "postgresql+psycopg2"
        monkeypatch.setenv(name, f"{scheme}://127.0.0.1:{port}/x")


def test_healthy_ends_with_0(well: WellWorld, zoho_pipeline: Command) -> None:
    ended = zoho_pipeline("health-check")
    assert (ended.status, ended.err) == (0, "")
    assert "HEALTHY: " in ended.out
    assert "DEGRADED" not in ended.out


def test_degraded_ends_with_0_and_says_what_to_do(well: WellWorld, zoho_pipeline: Command) -> None:
    well.bad(Entity.INVOICES, "failed", 1)
    ended = zoho_pipeline("health-check")
    assert ended.status == 0
    assert "DEGRADED: 1 degraded" in ended.out
    assert "failed_last_day/invoices" in ended.out
    assert "zoho-pipeline retry-failed" in " ".join(ended.out.split())


def test_unhealthy_ends_with_1(well: WellWorld, zoho_pipeline: Command) -> None:
    well.incident(2)
    ended = zoho_pipeline("health-check")
    assert ended.status == 1
    assert "UNHEALTHY: 1 unhealthy" in ended.out


@pytest.mark.parametrize(
    ("befalls", "status", "word"),
    [("nothing", 0, "OK"), ("failed", 1, "WARNING"), ("incident", 2, "CRITICAL"), ("dagster", 3, "UNKNOWN")],
)
def test_nagios_is_told_in_one_line(
    well: WellWorld, zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch, befalls: str, status: int, word: str
) -> None:
    if befalls == "failed":
        well.bad(Entity.PAYMENTS, "failed", 1)
    if befalls == "incident":
        well.incident(3)
    if befalls == "dagster":
        nothing_runs_at(monkeypatch, "DAGSTER_POSTGRES_URL")
    ended = zoho_pipeline("health-check", "--format", "nagios")
    assert ended.status == status
    assert ended.out.startswith(f"ZOHO {word} - ")
    assert ended.out.count("\n") == 1
    assert ended.out.count("|") == 1


def test_json_holds_everything(well: WellWorld, zoho_pipeline: Command) -> None:
    well.bad(Entity.INVOICES, "refused", 1)
    ended = zoho_pipeline("health-check", "--format", "json", "--detailed")
    report = json.loads(ended.out)
    (amiss,) = [finding for finding in report["findings"] if finding["level"] != "healthy"]
    assert (report["level"], amiss["check"], amiss["entity"]) == ("degraded", "failed_last_day", "invoices")
    assert amiss["examples"][0].startswith("invoice INV-2025-")
    assert [table["title"] for table in report["details"]] == [
        "Rows by kind", "Success by kind", "Failures of 24 hours by cause", "Calls to Zoho by day"
    ]  # fmt: skip


def test_prometheus_gets_a_line_for_each_check(well: WellWorld, zoho_pipeline: Command) -> None:
    well.bad(Entity.INVOICES, "failed", 1)
    lines = zoho_pipeline("health-check", "--format", "prometheus").out.splitlines()
    assert "zoho_pipeline_health 1" in lines
    assert 'zoho_pipeline_check{check="failed_last_day",component="sync",entity="invoices"} 1' in lines
    assert 'zoho_pipeline_check{check="failed_last_day",component="sync",entity="payments"} 0' in lines


def test_detailed_shows_every_check_and_the_rates_of_each_kind(well: WellWorld, zoho_pipeline: Command) -> None:
    ended = zoho_pipeline("health-check", "--detailed")
    assert ended.status == 0
    for wanted in ("syncing_stuck/payments", "Rows by kind", "Success by kind", "100.0 % of 60"):
        assert wanted in ended.out


@pytest.mark.parametrize(
    ("away", "status", "word"),
    [
        (("DAGSTER_POSTGRES_URL",), 1, "UNKNOWN"),
        (("CIRCLETEL_DATABASE_URL",), 1, "UNHEALTHY"),
        (("ZOHO_API_URL", "ZOHO_ACCOUNTS_URL"), 1, "UNHEALTHY"),
        (("DAGSTER_POSTGRES_URL", "CIRCLETEL_DATABASE_URL", "ZOHO_API_URL", "ZOHO_ACCOUNTS_URL"), 1, "UNHEALTHY"),
    ],
    ids=str,
)
def test_beside_something_that_is_stopped_it_speaks_clearly(
    well: WellWorld,
    zoho_pipeline: Command,
    monkeypatch: pytest.MonkeyPatch,
    away: tuple[str, ...],
    status: int,
    word: str,
) -> None:
    nothing_runs_at(monkeypatch, *away)
    ended = zoho_pipeline("health-check")
    assert (ended.status, ended.err) == (status, "")
    assert f"{word}: " in ended.out
    assert "Traceback" not in ended.out
    said = {"DAGSTER": "Dagster's storage at", "CIRCLETEL": "could not be used", "ZOHO": "could not be reached"}
    text = " ".join(ended.out.split())
    for name in away:
        assert said[name.partition("_")[0]].split()[0] in text


def test_a_wrong_threshold_is_told_in_a_sentence(
    well: WellWorld, zoho_pipeline: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOHO_HEALTH_PENDING_MINUTES", "soon")
    ended = zoho_pipeline("health-check")
    assert ended.status == 1
    assert ended.err.startswith("ZOHO_HEALTH_PENDING_MINUTES is wrong: ")


# The mail


def test_the_mail_says_the_level_what_changed_first_and_what_to_do(
    well: WellWorld, zoho_pipeline: Command, mail: MailServer
) -> None:
    assert zoho_pipeline("health-check", "--email").status == 0
    well.bad(Entity.INVOICES, "failed", 1)
    well.incident(2)
    zoho_pipeline("health-check")  # one that is not mailed changes nothing
    ended = zoho_pipeline("health-check", "--email")

    first, second = mail.mails
    assert (ended.status, ended.err) == (1, f"Mailed to {OPERATIONS}.\n")
    assert first["Subject"] == "HEALTHY: Zoho sync, all checks pass"
    assert second["Subject"].startswith("UNHEALTHY: Zoho sync, 2 of ")
    assert second["Subject"].endswith("checks need attention (2 new or worse)")
    text, html = [part.get_content() for part in second.iter_parts()]
    assert text.index("no_incident_is_open was healthy and is unhealthy") < text.index("What to do: ")
    assert text.index("failed_last_day/invoices was healthy and is degraded") < text.index("UNHEALTHY  no_incident")
    assert "<b>no_incident_is_open was healthy and is unhealthy</b>" in html
    assert "@example" not in text + html


def test_a_first_mail_says_that_it_is_the_first_and_one_without_news_too(
    well: WellWorld, zoho_pipeline: Command, mail: MailServer
) -> None:
    zoho_pipeline("health-check", "--email")
    zoho_pipeline("health-check", "--email")
    first, second = [next(iter(each.iter_parts())).get_content() for each in mail.mails]
    assert "there is no earlier mail to compare with" in first
    assert "Nothing has changed since the mail of " in second


def test_a_database_that_is_down_keeps_nobody_from_being_told(
    well: WellWorld, zoho_pipeline: Command, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_runs_at(monkeypatch, "CIRCLETEL_DATABASE_URL")
    assert zoho_pipeline("health-check", "--email").status == 1
    (mailed,) = mail.mails
    assert mailed["Subject"].startswith("UNHEALTHY: ")


def test_without_a_mail_server_it_says_so(well: WellWorld, zoho_pipeline: Command) -> None:
    ended = zoho_pipeline("health-check", "--email")
    assert ended.status == 1
    assert "set ALERT_SMTP_URL and ALERT_MAIL_FROM" in ended.err


# What it does not need


def test_dagster_is_not_imported() -> None:
    code = (
        "import sys, zoho_pipeline.actions.health, zoho_pipeline.commands.health_check_report; "
        "print([name for name in sys.modules if name.startswith('dagster')])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
