"""What somebody sees who opens Dagster's pages after the monthly audit, and nothing else."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from zoho_pipeline_tests.browser.conftest import Finished

pytestmark = pytest.mark.browser

LAUNCH = """
mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) { __typename ... on LaunchRunSuccess { run { runId } } }
}
"""
STATUS = "query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
LOADED = "picture => picture.complete && picture.naturalWidth > 0"


@pytest.fixture(scope="module")
def audited(finished: Finished) -> str:
    """The latest month that is over, audited; the months to choose from go on into the next one."""
    month = finished.outcome.expected.months[-3]
    params: dict[str, Any] = {
        "selector": {
            "repositoryLocationName": "zoho_pipeline",
            "repositoryName": "__repository__",
            "jobName": "monthly_audit",
        },
        "executionMetadata": {"tags": [{"key": "dagster/partition", "value": month}]},
    }
    client = finished.demo.client
    launched = client.ask(LAUNCH, params=params)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess"
    deadline = time.monotonic() + 120
    while (status := client.ask(STATUS, run=launched["run"]["runId"])["runOrError"]["status"]) != "SUCCESS":
        assert status not in ("FAILURE", "CANCELED"), f"the audit ended with {status}"
        assert time.monotonic() < deadline, f"the audit is {status} still"
        time.sleep(0.2)
    return month


def entry(page: Page, asset: str, month: str, name: str) -> Locator:
    """The line of a review's metadata."""
    page.goto(f"/assets/reviews/{asset}?view=partitions&partition={month}")
    return page.get_by_role("row").filter(has=page.get_by_text(name, exact=True))


def test_the_calls_are_told_with_tables_and_pictures(page: Page, audited: str) -> None:
    entry(page, "api_cost", audited, "review").get_by_text("Show Markdown").click()
    review = page.get_by_role("dialog")
    expect(review.get_by_role("heading", name="API cost review")).to_be_visible()
    expect(review.get_by_role("table").first).to_be_visible()
    pictures = (
        review.get_by_role("img", name="Calls by day").or_(review.get_by_role("img", name="Busiest minute")).all()
    )
    assert len(pictures) == 2
    assert all(picture.evaluate(LOADED) for picture in pictures)


def test_the_checklist_says_what_a_person_must_do(page: Page, audited: str) -> None:
    todo = entry(page, "monthly_checklist", audited, "what a person must do")
    expect(todo.get_by_text(re.compile("Sign the month off"))).to_be_visible()
    expect(entry(page, "monthly_checklist", audited, "lines").get_by_text("Cost analysis")).to_be_visible()
