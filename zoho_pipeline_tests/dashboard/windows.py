"""Windows of a real browser on the pages, and what axe finds in them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from zoho_pipeline_tests.browser.conftest import CHROMIUMS, FLAGS
from zoho_pipeline_tests.practice.office import PASSWORD

WIDE, NARROW = 1440, 390
HEIGHT = 1000
MOST_TABS = 300
IMPACTS = ("serious", "critical")


@dataclass
class Windows:
    """Windows of one Chromium; each has cookies of its own. Errors of the pages' own script are kept."""

    browser: Browser
    url: str
    errors: list[str] = field(default_factory=list)

    def open(self, name: str | None = None, width: int = WIDE, *, dark: bool = False) -> Page:
        """A window, in which that person has signed in."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": HEIGHT},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        if name is not None:
            page.goto("/sign-in")
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page


@contextmanager
def windows(url: str) -> Iterator[Windows]:
    """The system's Chromium, on the pages at that address."""
    path = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    assert path is not None, f"No Chromium on PATH (looked for {', '.join(CHROMIUMS)}): install one."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield Windows(browser, url)
        browser.close()


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it is shown now."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in IMPACTS
        for node in each["nodes"]
    ]


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_TABS):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with Tab.")
