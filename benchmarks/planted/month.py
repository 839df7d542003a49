"""`python -m benchmarks.planted.month DIRECTORY`: one month with every class of difference, as finance would see it.

A small world in which every way to differ is planted, compared, and put on paper: the workbook and the report of its
first month, in which all that is older stands too. docs/finance.md walks through it.
"""

import argparse
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from benchmarks.planted.loading import load
from benchmarks.planted.planting import plant_discrepancies
from benchmarks.planted.rows import UNPAID, Party, clean_world
from benchmarks.planted.truth import PLANTS
from benchmarks.practice import make_tables, opened, postgres
from benchmarks.report import say
from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.papers import publish_months
from zoho_pipeline.actions.reconcile import ReconcileRequest, reconcile
from zoho_pipeline.calendar import Month
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.tables import items
from zoho_pipeline.sandbox.circletel import marker_token
from zoho_pipeline.settings import SANDBOX, SyncSettings

DOCUMENTS = 1_500
MONTH = Month.parse("2025-10")
SEED = 7
WIDTH, HEIGHT = 1100, 760
PICTURED = {"What sets the sides apart": "classes", "The dearest items": "items", "Controls": "controls"}


def main() -> int:
    """Make both papers; 1 if a class does not stand in the month."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--pictures", type=Path, help="where to put pictures of the report's parts, taken in Chromium")
    given = parser.parse_args()
    directory = given.directory.absolute()
    world = clean_world(DOCUMENTS, SEED)
    apart = world.parties.pop()
    plant_discrepancies(world, len(PLANTS))
    world.parties.append(_billed_late(apart))
    with postgres() as server:
        url = server.create_database("month")
        make_tables(url)
        with opened(url) as engine:
            load(engine, world)
            environ = {
                SANDBOX: marker_token(engine),
                "CIRCLETEL_DATABASE_URL": url,
                "CIRCLETEL_FIRST_MONTH": MONTH.key,
                "RECONCILIATION_REPORTS_URL": str(directory),
            }
            months = open_months(SyncSettings.load(environ))
            request = ReconcileRequest(months.between(months.first, months.last), "month")
            for _ in reconcile(request, environ, lambda line: None):
                pass
            with engine.connect() as connection:
                query = select(items.c["class"]).where(items.c.month == MONTH.key).distinct()
                classes = set(connection.scalars(query))
            ((_, published),) = publish_months([MONTH], environ)
    if given.pictures:
        take_pictures(Path(published.report), given.pictures)
    missing = {each.value for each in Class} - classes
    say(f"{published.report}\n{published.workbook}")
    say(f"{len(classes)} of {len(Class)} classes{'; none of: ' * bool(missing)}{', '.join(sorted(missing))}")
    return 1 if missing else 0


def take_pictures(report: Path, directory: Path) -> None:
    """The report's parts as docs/finance.md shows them; of a long part its beginning."""
    from playwright.sync_api import sync_playwright

    directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(report.absolute().as_uri())
        page.screenshot(path=directory / "month.png")
        for heading, name in PICTURED.items():
            box = page.locator("section").filter(has=page.get_by_role("heading", name=heading)).bounding_box()
            assert box is not None
            clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": min(box["height"], HEIGHT)}
            page.screenshot(path=directory / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
        browser.close()


def _billed_late(party: Party) -> Party:
    """Its last invoice is of this month in CircleTel, and of the next in Zoho."""
    pair = party.others[UNPAID]
    day = date(MONTH.year, MONTH.number, 28)
    pair.c |= {"invoice_date": day, "due_date": day}
    pair.z["date"] = day + timedelta(days=5)
    return party


if __name__ == "__main__":
    sys.exit(main())
