"""The operations pages in a real browser: rows R16 to R22 of the runbook."""

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright

from zoho_pipeline.actions import people
from zoho_pipeline.people.person import Role
from zoho_pipeline.people.signing_in import Credentials
from zoho_pipeline_tests.browser.conftest import CHROMIUMS, FLAGS
from zoho_pipeline_tests.dashboard.conftest import OPERATOR, VIEWER, SignIn
from zoho_pipeline_tests.dashboard.test_operations import open_incident, sent
from zoho_pipeline_tests.dashboard.test_retrying import fails, holds, lets_go
from zoho_pipeline_tests.practice.office import PASSWORD, Office, entered

pytestmark = pytest.mark.browser

LINES = "#lines tbody tr"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    path = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if path is None:
        pytest.fail(f"No Chromium on PATH (looked for {', '.join(CHROMIUMS)}): install one, e.g. Debian's `chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Chromium, url: str) -> Iterator[Open]:
    """A window of a browser of its own, in which that person has signed in; nobody's errors go unseen."""
    windows: list[Page] = []
    errors: list[str] = []

    def one(name: str | None = None, **context: object) -> Page:
        page = chromium.new_page(base_url=url, **context)  # type: ignore[arg-type]
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        windows.append(page)
        if name:
            page.clock.install()
            page.goto("/")
            sign_in(page, name)
        return page

    yield one
    for each in windows:
        each.close()
    assert errors == []


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#verdict")).to_be_visible()


@pytest.fixture
def failed(office: Office) -> str:
    """A customer whose first send failed, and whose retry is an hour away."""
    office.world.environ["ZOHO_RETRY_SECONDS"] = "3600"
    row = office.world.circletel.customer()
    fails(office)
    office.sync()
    return row


def test_only_an_active_person_comes_in(office: Office, window: Open) -> None:
    entered(office.world.engine, "Zanele", Role.ADMIN)
    page = window()
    page.goto("/")
    expect(page).to_have_url(re.compile("/sign-in$"))
    sign_in(page, VIEWER)
    people.disable(VIEWER, Credentials("Zanele", PASSWORD), office.world.environ, office.clock)
    page.reload()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_the_four_figures_stand_with_their_verdicts(office: Office, failed: str, window: Open) -> None:
    page = window(VIEWER)
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(4)
    for place, figure, verdict in ((0, "4", ""), (1, "75.0 %", "bad"), (2, "0", "good"), (3, "1", "bad")):
        expect(tiles.nth(place).locator("b")).to_have_text(figure)
        expect(tiles.nth(place)).to_have_class(f"tile {verdict}".strip())
    expect(page.locator("#verdict")).to_have_text("The sync needs a look")


def test_each_kind_has_a_card(office: Office, window: Open) -> None:
    page = window(VIEWER)
    for kind, count in (("Customers", "1"), ("Subscriptions", "0"), ("Invoices", "1"), ("Payments", "1")):
        card = page.get_by_role("region", name=kind)
        expect(card.locator(".figure")).to_have_text(count)
        expect(card.get_by_text("Synced")).to_be_visible()


def test_the_recent_activity_shows_time_row_status_error_and_retry(office: Office, failed: str, window: Open) -> None:
    page = window(OPERATOR)
    line = page.locator(LINES).first
    expect(line.locator(".when")).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d$"))
    expect(line.locator("th a")).to_have_attribute("href", f"/rows/customers/{failed}")
    expect(line).to_contain_text("create customer")
    expect(line).to_contain_text("failed")
    expect(line).to_contain_text("not found in zoho")
    expect(line.get_by_role("button", name="Retry")).to_be_visible()
    expect(line).to_contain_text("by itself")


@pytest.mark.parametrize(
    ("label", "option", "lines"),
    [("Kind", "invoices", 2), ("Status", "failed", 1), ("Cause", "zoho error", 1), ("Within the last", "day", 3)],
)
def test_each_filter_lets_through_what_fits(office: Office, window: Open, label: str, option: str, lines: int) -> None:
    sent(office, 1)
    office.world.circletel.execute(
        "UPDATE zoho_pipeline.attempts SET started_at = now() - interval '2 days' WHERE entity = 'payments'"
    )
    page = window(VIEWER)
    expect(page.locator(LINES)).to_have_count(4)
    page.get_by_label(label).select_option(option)
    page.get_by_role("button", name="Show").click()
    expect(page.locator(LINES)).to_have_count(lines)
    expect(page.get_by_label(label).locator("option:checked")).to_have_text(option)


def test_a_retry_is_told_as_it_goes_without_a_reload_and_without_losing_focus(
    office: Office, failed: str, window: Open
) -> None:
    holds(office)
    page = window(OPERATOR)
    page.evaluate("window.stayed = true")
    button = page.locator(LINES).first.get_by_role("button", name="Retry")
    button.focus()
    page.keyboard.press("Enter")
    notices = page.get_by_role("status")
    expect(notices).to_contain_text("is being retried")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    lets_go(office)
    expect(page.locator(".notice.good")).to_contain_text("is in Zoho as")
    expect(page.locator(".notice")).to_have_count(1)
    expect(page.locator(LINES).first).to_contain_text("created")
    expect(page.locator(f'{LINES} [href="/rows/customers/{failed}"]:focus')).to_have_count(1)
    assert page.evaluate("window.stayed") is True
    assert len(office.world.circletel.query("SELECT FROM zoho_pipeline.actions")) == 1


def test_a_retry_from_the_rows_page_that_fails_is_told_with_what_to_do(
    office: Office, failed: str, window: Open
) -> None:
    fails(office)
    page = window(OPERATOR)
    page.goto(f"/rows/customers/{failed}")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".notice.bad")).to_contain_text("failed again")
    expect(page.locator(".notice.bad")).to_contain_text("Next: it is tried again when its retry is due.")
    expect(page.locator("#attempts article")).to_have_count(2)


def test_a_retry_of_which_the_server_knows_no_more_does_not_end_silently(
    office: Office, failed: str, window: Open
) -> None:
    holds(office)
    page = window(OPERATOR)
    page.locator(LINES).first.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status")).to_contain_text("is being retried")
    page.route("**/retries", lambda route: route.fulfill(body="", content_type="text/html"))
    expect(page.get_by_role("status")).to_contain_text("The server of the pages was started anew meanwhile")
    lets_go(office)


def test_a_retry_that_cannot_be_begun_says_why_beside_the_button(office: Office, failed: str, window: Open) -> None:
    office.world.environ["ZOHO_PAUSED"] = "on"
    page = window(OPERATOR)
    page.goto(f"/rows/customers/{failed}")
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status")).to_contain_text("The pipeline is paused")


def test_without_scripts_a_retry_leads_to_the_rows_page_which_tells(
    office: Office, failed: str, window: Open, signed_in: SignIn
) -> None:
    page = window(java_script_enabled=False)
    page.goto("/sign-in")
    sign_in(page, OPERATOR)
    page.goto(f"/rows/customers/{failed}")
    page.get_by_role("button", name="Retry").click()
    expect(page).to_have_url(re.compile(f"/rows/customers/{failed}#notices$"))
    signed_in(OPERATOR).told_of_retries()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("is in Zoho as")


def test_after_thirty_seconds_the_page_is_new_and_place_and_focus_are_as_they_were(
    office: Office, window: Open
) -> None:
    sent(office, 20)
    page = window(VIEWER, viewport={"width": 1000, "height": 500})
    expect(page.locator("#figures")).not_to_have_attribute("data-soon", "")
    page.evaluate("window.stayed = true")
    link = page.locator(f"{LINES} a").nth(9)
    link.focus()
    place = page.evaluate("scrollY")
    assert place > 0
    open_incident(office, "A run has failed since")
    office.world.circletel.execute("UPDATE zoho_pipeline.attempts SET message = 'told anew'")
    page.clock.fast_forward(30_000)
    expect(page.locator("#incidents")).to_contain_text("A run has failed since")
    expect(page.locator(LINES).nth(3)).to_contain_text("told anew")
    expect(page.locator(f"{LINES} a").nth(9)).to_have_attribute("href", f"/rows/invoices/{office.invoice}")
    assert page.evaluate("document.activeElement.matches('#lines a')")
    assert page.evaluate("window.stayed") is True


def test_what_is_open_and_what_is_being_chosen_stay(office: Office, window: Open) -> None:
    page = window(VIEWER)
    page.goto(f"/rows/customers/{office.customer}")
    page.locator("#attempts summary").first.click()
    office.world.circletel.execute("UPDATE zoho_pipeline.attempts SET message = 'told anew'")
    page.clock.fast_forward(30_000)
    expect(page.locator("#attempts")).to_contain_text("told anew")
    expect(page.locator("#attempts details").first).to_have_attribute("open", "")
