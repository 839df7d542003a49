"""The demonstration's books: CircleTel against Zoho in every month, and the last whole one on paper."""

from rich.console import Console

from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.papers import publish_months
from zoho_pipeline.actions.reconcile import ReconcileRequest, reconcile
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import SystemClock, local_date
from zoho_pipeline.reconciliation.reading import MonthBooks
from zoho_pipeline.sandbox.world import Sandbox
from zoho_pipeline.settings import SyncSettings


def show_books(sandbox: Sandbox, console: Console) -> bool:
    """Compare all months with what Zoho shows, print what came of it; whether every month ties out."""
    environ = sandbox.variables()
    months = open_months(SyncSettings.load(environ))
    today = Month.of(local_date(SystemClock().now()))
    request = ReconcileRequest(months.between(months.first, today), "demo", refresh=True)
    books = list(reconcile(request, environ, lambda line: None))
    apart = [str(each.month) for each in books if not each.ties]
    items = [item for each in books for item in each.items]
    console.print(
        f"CircleTel against Zoho: {len(books) - len(apart)} of {len(books)} months tie out, to the cent, without a "
        f"remainder. What sets the sides apart are {len(items):,} items, each with class, cause and what to do; "
        f"{_unexpected(books):,} of them need somebody."
    )
    if apart:
        console.print(f"They do not tie out: {', '.join(apart)}.", style="red")
    for month, papers in publish_months([today.plus(-1)], environ):
        console.print(f"{month} on paper: {papers.report}, {papers.workbook}", soft_wrap=True, markup=False)
    return not apart


def _unexpected(books: list[MonthBooks]) -> int:
    return sum(not item.what.meaning.expected for each in books for item in each.items)
