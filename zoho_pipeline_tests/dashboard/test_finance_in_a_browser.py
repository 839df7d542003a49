"""Finance's month in a real browser: from open to approved to reopened, by two people, by mouse and by keyboard."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from zoho_pipeline_tests.dashboard.conftest import VIEWER
from zoho_pipeline_tests.dashboard.windows import NARROW, WIDE, Windows, faults, tab_to, windows
from zoho_pipeline_tests.practice.office import APPROVER, PASSWORD, PREPARER, SEPTEMBER, Office
from zoho_pipeline_tests.reconciliation.papers import MIXED, fill

pytestmark = pytest.mark.browser

MONTH = "/months/2025-09"
NOTE = "The customer pays in two parts: <b>agreed</b> on Monday."


@pytest.fixture
def office(office: Office, tmp_path: Path) -> Office:
    """Its month has one item that nobody can sign without a note, and one that is a trifle."""
    office.world.environ["RECONCILIATION_REPORTS_URL"] = str(tmp_path / "reports")
    office.world.environ["RECONCILIATION_MATERIALITY"] = "200"
    office.make_unsent(total="230.00")
    office.make_unsent(total="115.00")
    office.compare()
    return office


@pytest.fixture
def opened(office: Office, url: str) -> Iterator[Windows]:
    with windows(url) as found:
        yield found
        assert found.errors == []


def sign(page: Page, words: str, why: str | None = None) -> None:
    """Give the password, and press that button."""
    form = page.locator("form.signature").filter(has=page.get_by_role("button", name=words, exact=True))
    if why:
        form.get_by_label("Why").fill(why)
    form.get_by_label("Your password").fill(PASSWORD)
    form.get_by_role("button", name=words, exact=True).click()


def stage(page: Page) -> str:
    return page.locator("header .badge").nth(1).inner_text()


def test_two_people_bring_a_month_from_open_to_approved_and_one_reopens_it(opened: Windows, office: Office) -> None:
    preparer, approver = opened.open(PREPARER), opened.open(APPROVER)
    preparer.get_by_role("link", name="Finance").click()
    preparer.get_by_role("link", name="September 2025").click()
    assert stage(preparer) == "open"
    expect(preparer.locator("#tie-out ~ .four")).to_contain_text("Unexplained")

    sign(preparer, "Prepare")
    expect(preparer.get_by_role("alert")).to_contain_text("is over the materiality of R 200.00")
    preparer.get_by_role("link", name="Missing in Zoho").first.click()
    expect(preparer.locator("tbody tr")).to_have_count(2)
    preparer.get_by_label("Cause").fill("nothing like it")
    preparer.get_by_role("button", name="Show").click()
    expect(preparer.get_by_text("None by these filters.")).to_be_visible()
    preparer.get_by_role("link", name="All items").click()

    dearest = preparer.locator("tbody tr").first
    expect(dearest).to_contain_text("R\u00a0230.00")
    dearest.get_by_text("Note", exact=False).first.click()
    dearest.get_by_role("textbox").fill(NOTE)
    dearest.get_by_role("button", name="Keep the note").click()
    expect(preparer.locator("tbody tr").first).to_contain_text(f"{PREPARER}")
    expect(preparer.locator("tbody tr").first).to_contain_text(NOTE)

    preparer.goto(MONTH)
    sign(preparer, "Prepare")
    expect(preparer.locator("header")).to_contain_text("prepared")
    expect(preparer.get_by_role("button", name="Approve")).to_have_count(0)

    approver.goto(MONTH)
    sign(approver, "Approve")
    expect(approver.locator("header")).to_contain_text("approved")
    with approver.expect_download() as download:
        approver.get_by_role("button", name="Workbook (Excel)").click()
    assert download.value.suggested_filename == "reconciliation-2025-09.xlsx"
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    told = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)
    assert f"{PREPARER}" in told
    assert f"{APPROVER}" in told

    sign(approver, "Reopen", "a credit note came late")
    expect(approver.locator("header")).to_contain_text("reopened")
    approver.get_by_text("The trail: 3 entries of this month").click()
    expect(approver.locator("#trail")).to_contain_text("reopened: a credit note came late")


def test_the_whole_month_is_done_by_keyboard_alone(opened: Windows, office: Office) -> None:
    for item in office.items():
        office.note(item.id)
    page = opened.open()
    page.goto("/")
    _sign_in_by_keyboard(page, PREPARER)
    tab_to(page, page.get_by_role("link", name="Finance"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="September 2025"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Missing in Zoho").last)
    page.keyboard.press("Enter")
    tab_to(page, page.locator("tbody summary").first)
    page.keyboard.press("Enter")
    tab_to(page, page.locator("tbody textarea").first)
    page.keyboard.type("Known to finance.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("Known to finance.")
    tab_to(page, page.get_by_role("link", name="September 2025"))
    page.keyboard.press("Enter")
    _sign_by_keyboard(page, "prepared")
    tab_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")

    _sign_in_by_keyboard(page, APPROVER)
    page.goto(MONTH)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    _sign_by_keyboard(page, "approved")
    tab_to(page, page.get_by_label("Why"))
    page.keyboard.type("a credit note came late")
    _sign_by_keyboard(page, "reopened")


def _sign_in_by_keyboard(page: Page, name: str) -> None:
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def _sign_by_keyboard(page: Page, stage: str) -> None:
    tab_to(page, page.get_by_label("Your password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("header")).to_contain_text(stage)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_page_can_be_used_by_everybody(
    opened: Windows, office: Office, tmp_path: Path, width: int, dark: bool
) -> None:
    """No serious or critical fault by axe, and nothing that is wider than the window; each page is pictured."""
    office.note(office.items()[0].id, NOTE)
    with office.world.engine.begin() as connection:
        fill(connection, MIXED, SEPTEMBER.plus(-1))
    page = opened.open(PREPARER, width, dark=dark)
    found = {}
    pages = {
        "operations": "/",
        "row": f"/rows/invoices/{office.invoice}",
        "months": "/months",
        "month": MONTH,
        "mixed": "/months/2025-08",
        "items": f"{MONTH}/items",
        "mixed-items": "/months/2025-08/items?needs=somebody",
        "nothing": "/months/1999-01",
    }
    for name, path in pages.items():
        page.goto(path)
        if name == "items":
            page.locator("summary").first.click()
        if name == "month":
            sign(page, "Prepare") if width == WIDE else None
        found[name] = _seen(page, tmp_path / f"{name}-{width}-{'dark' if dark else 'light'}.png")
    stranger = opened.open(None, width, dark=dark)
    stranger.goto("/sign-in")
    found["sign-in"] = _seen(stranger, tmp_path / f"sign-in-{width}-{'dark' if dark else 'light'}.png")
    assert {name: faults for name, faults in found.items() if faults} == {}


def _seen(page: Page, picture: Path) -> list[str]:
    page.screenshot(path=picture, full_page=True)
    wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return faults(page) + ["wider than the window"] * wider


def test_a_viewer_sees_the_month_and_can_sign_nothing(opened: Windows) -> None:
    page = opened.open(VIEWER)
    page.goto(MONTH)
    expect(page.get_by_label("Your password")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Workbook"))).to_be_visible()
