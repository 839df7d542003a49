"""Workbook and report are put where the setting says, whole, or a sentence says why not."""

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from upath import UPath

from zoho_pipeline.reconciliation.closing.states import Stage
from zoho_pipeline.reconciliation.publishing import NotPublished, ReportSettings, publish
from zoho_pipeline.reconciliation.statement import Cover, Statement
from zoho_pipeline.settings import SettingsError
from zoho_pipeline_tests.reconciliation.paper_fixtures import connection, month

__all__ = ["connection", "month"]

NAMES = ["reconciliation-2025-10.html", "reconciliation-2025-10.xlsx"]


def test_a_folder_gets_both_by_month(month: Statement, tmp_path: Path) -> None:
    done = publish(month, str(tmp_path / "reports"))
    assert done.workbook == str(tmp_path / "reports/2025-10/reconciliation-2025-10.xlsx")
    assert load_workbook(done.workbook)["Cover"]["A1"].value == "Reconciliation 2025-10"
    assert Path(done.report).read_text().startswith("<!doctype html>")
    assert sorted(each.name for each in (tmp_path / "reports/2025-10").iterdir()) == NAMES


@pytest.mark.parametrize("place", ["memory://finance/reports", "file://{}/by-url"])
def test_a_url_gets_both_and_those_of_before_are_replaced(month: Statement, tmp_path: Path, place: str) -> None:
    place = place.format(tmp_path)
    publish(month, place)
    done = publish(replace(month, cover=Cover(Stage.APPROVED, approved_by="b.dlamini")), place)
    assert done.report == f"{place}/2025-10/reconciliation-2025-10.html"
    assert "approved" in UPath(done.report).read_text()
    assert sorted(each.name for each in (UPath(place) / "2025-10").iterdir()) == NAMES


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("{}/a-file/reports", "Not a directory"),
        ("ftp://127.0.0.1:1/reports", "Connection refused"),
        ("nosuch://bucket", "nosuch"),
        ("http://127.0.0.1:1/reports", "NotImplementedError"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_one_sentence(
    month: Statement, tmp_path: Path, place: str, reason: str
) -> None:
    (tmp_path / "a-file").write_text("")
    with pytest.raises(NotPublished) as refused:
        publish(month, place.format(tmp_path))
    told = str(refused.value)
    assert told.startswith("The reconciliation of 2025-10 could not be written to ")
    assert reason in told
    assert "RECONCILIATION_REPORTS_URL" in told
    assert "\n" not in told


def test_a_file_that_cannot_take_its_place_leaves_no_part_behind(month: Statement, tmp_path: Path) -> None:
    (tmp_path / "2025-10" / NAMES[1]).mkdir(parents=True)
    with pytest.raises(NotPublished):
        publish(month, str(tmp_path))
    assert [each.name for each in (tmp_path / "2025-10").iterdir()] == [NAMES[1]]


def test_the_place_is_a_folder_unless_set() -> None:
    assert ReportSettings.load({}).reports_url == "reports"
    assert ReportSettings.load({"RECONCILIATION_REPORTS_URL": "s3://finance/books"}).reports_url == "s3://finance/books"


def test_a_password_in_the_place_is_refused_and_not_shown() -> None:
    with pytest.raises(SettingsError, match="RECONCILIATION_REPORTS_URL is wrong: it must hold no password") as refused:
        ReportSettings.load({"RECONCILIATION_REPORTS_URL": "sftp://finance:s3cret@host/books"})
    assert "s3cret" not in str(refused.value)


def test_the_practice_world_publishes_on_this_machine_only() -> None:
    with pytest.raises(SettingsError, match="RECONCILIATION_REPORTS_URL is wrong: in the practice world"):
        ReportSettings.load({"RECONCILIATION_REPORTS_URL": "s3://finance/books", "ZOHO_PIPELINE_SANDBOX": "token"})
