"""The finance pages: what they show, and who signs with what."""

import io
import zipfile
from pathlib import Path

import pytest

from zoho_pipeline_tests.dashboard.browser import text_of
from zoho_pipeline_tests.dashboard.conftest import OPERATOR, VIEWER, SignIn
from zoho_pipeline_tests.practice.office import APPROVER, PASSWORD, PREPARER, SEPTEMBER, Office
from zoho_pipeline_tests.reconciliation.papers import MIXED, fill


@pytest.fixture(autouse=True)
def reports(office: Office, tmp_path: Path) -> Path:
    office.world.environ["RECONCILIATION_REPORTS_URL"] = str(tmp_path / "reports")
    return tmp_path


def test_the_months_are_listed_with_their_state(office: Office, signed_in: SignIn) -> None:
    office.compare()
    office.prepare()
    page = signed_in(VIEWER).get("/months").text
    assert page.index("October 2025") < page.index("September 2025") < page.index("August 2025")
    assert "prepared" in page
    assert PREPARER in page


def test_a_month_in_the_list_says_how_many_items_need_somebody(office: Office, signed_in: SignIn) -> None:
    with office.world.engine.begin() as connection:
        fill(connection, MIXED, SEPTEMBER)
    page = signed_in(VIEWER).get("/months").text
    assert 'aria-label="7 items of 2025-09 need somebody"' in page
    assert "items of 2025-10 need somebody" not in page, "it was never compared"


def test_a_month_shows_its_tie_out_and_its_items_with_their_notes(office: Office, signed_in: SignIn) -> None:
    office.make_unsent()
    office.compare()
    (item,) = (each for each in office.items() if not each.what.meaning.expected)
    office.note(item.id, "goes out on Monday")
    page = signed_in(VIEWER).get("/months/2025-09")
    tie_out = text_of(page, "tie-out")
    assert "CircleTel 2 R 345.00" in tie_out
    assert "Unexplained 0 R 0.00" in tie_out
    items = text_of(page, "items")
    assert item.label in items
    assert "R 115.00 nothing" in items
    assert f"{PREPARER} 2" in items
    assert "goes out on Monday" in items


def test_one_prepares_and_another_approves_each_with_the_password(office: Office, signed_in: SignIn) -> None:
    office.compare()
    preparer, approver = signed_in(PREPARER), signed_in(APPROVER)
    assert "Approve</button>" not in approver.get("/months/2025-09").text
    assert preparer.post("/months/2025-09/prepare", password=PASSWORD).status_code == 200
    done = approver.post("/months/2025-09/approve", password=PASSWORD)
    assert f"Prepared {PREPARER}" in text_of(done, "sign-off")
    assert f"Approved {APPROVER}" in text_of(done, "sign-off")
    again = approver.post("/months/2025-09/reopen", password=PASSWORD, why="a credit note came late")
    assert "a credit note came late" in text_of(again, "sign-off")


def test_a_session_alone_signs_nothing(office: Office, signed_in: SignIn) -> None:
    office.compare()
    preparer = signed_in(PREPARER)
    for password in ("", "another password"):
        answer = preparer.post("/months/2025-09/prepare", password=password)
        assert (answer.status_code, "the name or the password is wrong" in answer.text) == (409, True)
    assert office.world.circletel.query("SELECT count(*) FROM zoho_pipeline.reconciliation_snapshots") == [(0,)]


def test_every_reason_against_a_signature_is_told(office: Office, signed_in: SignIn) -> None:
    answer = signed_in(PREPARER).post("/months/2025-09/prepare", password=PASSWORD)
    assert answer.status_code == 409
    assert "Its invoices were never compared with Zoho" in text_of(answer, "sign-off")


@pytest.mark.parametrize("step", ["prepare", "approve", "reopen"])
def test_without_the_role_nobody_signs(office: Office, signed_in: SignIn, step: str) -> None:
    office.compare()
    for name in (VIEWER, OPERATOR):
        browser = signed_in(name)
        assert 'name="password"' not in browser.get("/months/2025-09").text
        assert browser.post(f"/months/2025-09/{step}", password=PASSWORD, why="so").status_code == 403


def test_workbook_and_report_are_downloaded(office: Office, signed_in: SignIn) -> None:
    office.compare()
    browser = signed_in(VIEWER)
    workbook = browser.post("/months/2025-09/papers", which="workbook")
    assert workbook.headers["content-disposition"] == 'attachment; filename="reconciliation-2025-09.xlsx"'
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(workbook.content)).namelist()
    report = browser.post("/months/2025-09/papers", which="report")
    assert "Reconciliation September 2025" in report.text


@pytest.mark.parametrize("path", ["2025-13", "..%2f..%2fetc", "2025-09%00", "1999-01", "2025-09%2f..%2f2025-08"])
def test_what_is_no_month_leads_nowhere(signed_in: SignIn, path: str) -> None:
    browser = signed_in(VIEWER)
    assert browser.get(f"/months/{path}").status_code == 404
    assert browser.post(f"/months/{path}/papers", which="workbook").status_code in (404, 405, 409)


def test_there_are_two_papers_and_three_steps(office: Office, signed_in: SignIn) -> None:
    office.compare()
    browser = signed_in(VIEWER)
    assert browser.post("/months/2025-09/papers", which="../../etc/passwd").status_code == 403
    assert browser.post("/months/2025-09/delete", password=PASSWORD).status_code == 403
