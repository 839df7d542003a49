"""The operations and finance pages of the demonstration, with its people."""

import re

import pytest
from playwright.sync_api import Page, expect

from zoho_pipeline.commands.demo_people import enter_people
from zoho_pipeline_tests.browser.conftest import Finished

pytestmark = pytest.mark.browser


def test_its_people_see_what_the_main_job_did(page: Page, finished: Finished) -> None:
    url = finished.demo.start_pages()
    known = {each.name: each for each in enter_people(finished.demo.sandbox.variables())}
    finished.demo.wait_for_pages(url)
    viewer = known["Vusi Viewer"]
    page.goto(url)
    page.get_by_label("Name").fill(viewer.name)
    page.get_by_label("Password").fill(viewer.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Finance")).to_be_visible()
    expect(page.get_by_text(re.compile("synced", re.IGNORECASE)).first).to_be_visible()
    page.get_by_role("link", name="Finance").click()
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Tie-out")).to_be_visible()
