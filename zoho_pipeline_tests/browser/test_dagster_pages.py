"""What a data engineer sees and does in Dagster's pages after the demonstration's main job."""

import re
import time
from io import StringIO

import pytest
from playwright.sync_api import Page, expect
from rich.console import Console

from zoho_pipeline.commands.demo_books import show_books
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.sandbox.dagster_client import MonthDone
from zoho_pipeline.sandbox.judging import judged
from zoho_pipeline_tests.browser.conftest import Finished

pytestmark = pytest.mark.browser

LAUNCHED = """
{ partitionBackfillsOrError(limit: 1) { ... on PartitionBackfills { results { id numPartitions } } } }
"""


def test_the_main_job_did_what_it_should(finished: Finished) -> None:
    assert finished.outcome.complaints() == []
    assert judged(finished.demo.sandbox).lines()[-1] == "all as it must be"


def test_the_books_of_every_month_tie_out_and_the_last_one_is_on_paper(finished: Finished) -> None:
    console = Console(record=True, width=200, file=StringIO())
    assert show_books(finished.demo.sandbox, console), console.export_text()
    (report,) = finished.demo.sandbox.directory.glob("reports/*/*.html")
    assert f"on paper: {report}" in console.export_text()


def test_the_lineage_shows_circletels_tables_and_zohos_kinds(page: Page) -> None:
    page.goto("/asset-groups")
    expect(page.get_by_role("button", name=re.compile("Materialize all"))).to_be_visible()
    for group in ("circletel", "zoho"):
        page.get_by_text(group).locator("visible=true").last.dblclick()
    for name in ("customer_services", "customer_invoices", "subscriptions", "invoices", "payments"):
        expect(page.get_by_text(name, exact=True).locator("visible=true").first).to_be_visible()


@pytest.mark.parametrize("kind", PARENTS_FIRST)
def test_months_with_rows_in_trouble_are_red_and_all_others_green(page: Page, finished: Finished, kind: Entity) -> None:
    red, months = finished.red(kind), finished.outcome.expected.months
    assert 0 < len(red) < len(months)

    page.goto(f"/assets/zoho/{kind}?view=partitions&partition={red[0]}")
    expect(page.get_by_text(f"Failed ({len(red)})")).to_be_visible()
    expect(page.get_by_text(f"Materialized ({len(months) - len(red)})")).to_be_visible()
    expect(page.get_by_text("Missing (0)")).to_be_visible()
    expect(page.get_by_text("failed, and did not materialize this asset")).to_be_visible()


def test_a_green_month_shows_its_counts(page: Page, finished: Finished) -> None:
    green = next(month for month in finished.outcome.done if month.materialized and month.values["created"])

    page.goto(f"/assets/zoho/{green.entity}?view=partitions&partition={green.month}")
    expect(page.get_by_text("Latest materialization")).to_be_visible()
    for name in ("created", "adopted", "unchanged", "refused", "api_calls"):
        row = page.get_by_role("row").filter(has=page.get_by_text(name, exact=True))
        expect(row).to_contain_text(str(green.values[name]))


def test_a_red_month_shows_which_rows_did_not_go_and_what_to_do(page: Page, finished: Finished) -> None:
    month = finished.red(Entity.INVOICES)[0]

    page.goto("/assets/zoho/invoices?view=events")
    page.get_by_text(month, exact=True).first.click()
    expect(page.get_by_text(f"Partition {month} observed in run")).to_be_visible()
    expect(page.get_by_text("rows that did not go")).to_be_visible()
    expect(page.get_by_text("what to do")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^INV-\d{4}-\d{5}$")).first).to_be_visible()


def test_a_range_launched_by_clicking_runs_exactly_its_months(page: Page, finished: Finished) -> None:
    red = finished.red(Entity.INVOICES)[0]
    months = finished.outcome.expected.months
    chosen = [months[months.index(red) - 1], red]

    page.goto("/locations/zoho_pipeline/asset-groups/zoho/lineage")
    page.get_by_role("button", name=re.compile("Materialize all")).first.click()
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_placeholder(re.compile("^ex: "))
    box.fill(f"[{chosen[0]}...{chosen[1]}]")
    box.press("Enter")
    expect(dialog.get_by_text("2 partitions")).to_be_visible()
    dialog.get_by_role("button", name="Launch backfill").click()
    expect(dialog).to_be_hidden()

    done = _follow_newest(finished)
    assert sorted((each.entity, each.month) for each in done) == sorted(
        (kind, month) for kind in PARENTS_FIRST for month in chosen
    )
    assert all(each.values["created"] == 0 for each in done), "everything was in Zoho already"
    page.goto(f"/assets/zoho/invoices?view=partitions&partition={red}")
    expect(page.get_by_text("Failed (1)")).to_be_visible()
    expect(page.get_by_text("failed, and did not materialize this asset")).to_be_visible()


def _follow_newest(finished: Finished) -> list[MonthDone]:
    """What the backfill that was launched last reports, until it has ended."""
    client, known = finished.demo.client, finished.outcome.expected.backfill_id
    deadline = time.monotonic() + 30
    while (newest := client.ask(LAUNCHED)["partitionBackfillsOrError"]["results"][0])["id"] == known:
        assert time.monotonic() < deadline, "no backfill was launched"
        time.sleep(0.2)
    expected = newest["numPartitions"] * len(PARENTS_FIRST)
    return list(client.follow(newest["id"], expected, finished.demo.check))
