"""The report: one page that needs nothing else, shows what the database says, and can be read by everybody."""

import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import Connection

from zoho_pipeline.calendar import Month
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.closing.states import Stage
from zoho_pipeline.reconciliation.report.page import page, write_report
from zoho_pipeline.reconciliation.report.view import NO_BREAK, amount, short, view
from zoho_pipeline.reconciliation.statement import Cover, Statement
from zoho_pipeline.reconciliation.trend import read_trend
from zoho_pipeline_tests.browser.conftest import FLAGS, chromium
from zoho_pipeline_tests.reconciliation.paper_fixtures import connection, month
from zoho_pipeline_tests.reconciliation.papers import AT, MIXED, MONTH, Apart, fill, statement

__all__ = ["chromium", "connection", "month"]


CUT = """
    [...document.querySelectorAll('section')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)
"""
"""What of the page is wider than its room."""


class Seen(HTMLParser):
    """What a page is made of."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._hidden = False
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += f" {data}"

    def count(self, name: str) -> int:
        return sum(tag == name for tag, _ in self.tags)


def words(markup: str) -> str:
    return re.sub(r"\s+", " ", Seen(markup).text)


def test_it_shows_every_tie_out_to_the_cent(month: Statement) -> None:
    shown = words(page(month))
    for each in month.books.tie_outs:
        for line in each.lines:
            assert f"{line.what.heading} {line.items}" in shown
            assert words(amount(line.amount, each.currency)).strip() in shown
        assert words(amount(each.zoho_amount, each.currency)).strip() in shown
    assert shown.count("Unexplained 0 R 0.00") == 4
    assert "Unexplained 0 USD 0.00" in shown


def test_it_says_whether_the_month_ties(month: Statement) -> None:
    assert "Ties: every record and every cent is explained" in words(page(month))
    first, *others = month.books.tie_outs
    off = replace(first, zoho_amount=first.zoho_amount + Decimal("0.01"))
    wrong = replace(month, books=replace(month.books, tie_outs=[off, *others]))
    shown = words(page(wrong))
    assert "Does not tie: of customers something is left unexplained." in shown
    assert "Unexplained 0 R 0.01" in shown


def test_items_show_both_values_their_cause_and_what_to_do(month: Statement) -> None:
    shown = words(page(month))
    assert "R 100.00 R 100.30" in shown
    assert "R 1 150.10 nothing R 1 150.10 refused Correct it in CircleTel" in shown
    assert "zoho-pipeline cancellations list" in shown


def test_what_needs_nobody_is_no_dear_item_and_not_at_stake(month: Statement) -> None:
    seen = view(month)
    expected = {Class.TIMING, Class.BEFORE_ZOHO}
    assert {each.item.what for each in seen.dearest}.isdisjoint(expected)
    assert len(seen.unexpected) == sum(item.what not in expected for item in MIXED)
    assert seen.at_stake == {"ZAR": Decimal("1180.90"), "USD": Decimal("50.00")}


def test_text_from_the_database_is_no_markup(connection: Connection) -> None:
    hostile = "<script>alert(1)</script><img src=http://a.example/x onerror=alert(1)>"
    item = Apart(Class.STATUS, label=hostile, circletel=hostile, zoho=hostile, cause=hostile, row_id=hostile)
    markup = page(replace(statement(connection, [item]), cover=Cover(Stage.PREPARED, hostile, AT, trail_head=hostile)))
    assert "<script" not in markup
    assert Seen(markup).count("img") == 0
    assert words(markup).count("alert(1)</script>") >= 4


def test_it_asks_for_nothing_outside_itself(month: Statement) -> None:
    seen = Seen(page(month))
    assert {tag for tag, _ in seen.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "use", "form"})
    names = {name for _, attributes in seen.tags for name in attributes}
    assert names.isdisjoint({"src", "href", "srcset", "xlink:href", "style", "onclick"})
    assert "url(" not in page(month)
    assert "@import" not in page(month)


def test_tables_have_captions_and_headers_and_charts_a_text_alternative(month: Statement) -> None:
    seen = Seen(page(month))
    assert seen.count("table") == seen.count("caption") == seen.count("thead") > 8
    assert [attributes for tag, attributes in seen.tags if tag == "th" and "scope" not in attributes] == []
    charts = [attributes for tag, attributes in seen.tags if tag == "svg" and attributes.get("aria-hidden") != "true"]
    assert [attributes.get("role") for attributes in charts] == ["img", "img"]
    ids = {attributes.get("id") for _, attributes in seen.tags}
    assert all(set((attributes["aria-labelledby"] or "").split()) <= ids for attributes in charts)
    assert "61-90 days: R 0.00; over 90 days: R 0.30." in words(page(month))


def test_the_trend_shows_the_months_that_were_compared(connection: Connection) -> None:
    fill(connection, [Apart(Class.AMOUNT, "5.00", difference="5.00", dated=None)], MONTH.plus(-1))
    fill(connection, [], MONTH.plus(-12))
    found = statement(connection).past
    assert [(past.month, past.items, past.at_stake) for past in found] == [
        (Month(2025, 9), 1, Decimal("5.00")),
        (MONTH, 7, Decimal("1180.90")),
    ]
    assert len(read_trend(connection, MONTH, 13)) == 3


def test_a_month_that_was_never_compared_has_a_page_too(connection: Connection) -> None:
    month = statement(connection, [])
    empty = replace(
        month,
        past=(),
        cover=Cover(),
        books=replace(month.books, as_of={}, compared_at={}, tie_outs=[], controls=[], rolled=[], receivables=[]),
    )
    shown = words(page(empty))
    assert "Not complete: customers, subscriptions, invoices, payments were never compared." in shown
    assert "No item needs anybody." in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0", "0"), ("480.40", "480"), ("1500", "1.5 k"), ("35400", "35 k"), ("1200000", "1.2 m")],
)
def test_charts_label_rand_shortly(value: str, shown: str) -> None:
    assert short(Decimal(value)) == shown.replace(" ", NO_BREAK)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_it_without_a_request_and_without_scrolling_sideways(
    chromium: str, month: Statement, tmp_path: Path, width: int, scheme: str
) -> None:
    write_report(tmp_path / "month.html", month)
    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        opened = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("console", lambda message: complaints.append(message.text))
        opened.goto((tmp_path / "month.html").as_uri())
        wide = opened.evaluate("document.documentElement.scrollWidth")
        cut = opened.evaluate(CUT)
        browser.close()
    assert asked == [(tmp_path / "month.html").as_uri()]
    assert complaints == []
    assert wide == width
    assert cut == []
