"""A month's figures on its page: added up with the comparison, and the same as those of the items themselves."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from zoho_pipeline.dashboard.finance.figures import MonthFigures, read_figures
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.reading import RolledForward, read_month
from zoho_pipeline.reconciliation.receivables import read_receivables
from zoho_pipeline.reconciliation.report.view import view
from zoho_pipeline.reconciliation.statement import Statement
from zoho_pipeline.reconciliation.trend import read_trend
from zoho_pipeline_tests.dashboard.browser import text_of
from zoho_pipeline_tests.dashboard.conftest import VIEWER, SignIn
from zoho_pipeline_tests.practice.office import AUGUST, SEPTEMBER, Office
from zoho_pipeline_tests.reconciliation.papers import MIXED, fill

AT = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)


def figures(office: Office) -> MonthFigures:
    with office.world.engine.connect() as connection:
        return read_figures(connection, SEPTEMBER, AT)


def test_they_are_those_of_the_items(office: Office) -> None:
    with office.world.engine.begin() as connection:
        fill(connection, MIXED, SEPTEMBER)
        fill(connection, MIXED[:1], AUGUST)
        found = read_figures(connection, SEPTEMBER, AT)
        books = read_month(connection, SEPTEMBER)
        seen = view(Statement(books, AT, past=read_trend(connection, SEPTEMBER)))
    assert found.books.tie_outs == books.tie_outs
    assert (found.books.controls, found.books.as_of) == (books.controls, books.as_of)
    assert (found.classes, found.ages, found.at_stake) == (seen.classes, seen.ages, seen.at_stake)
    assert (found.age_bars, found.trend_bars) == (seen.age_bars, seen.trend_bars)
    assert (found.needing, found.expected) == (len(seen.unexpected), len(books.items) - len(seen.unexpected))
    assert found.statement.verdict == seen.statement.verdict


def test_the_receivables_are_those_of_the_comparison(office: Office) -> None:
    office.compare()
    with office.world.engine.connect() as connection:
        assert tuple(figures(office).books.receivables) == read_receivables(connection, SEPTEMBER)


def test_items_roll_forward_from_one_comparison_to_the_next(office: Office) -> None:
    office.make_unsent()
    office.compare()
    assert figures(office).books.rolled == [RolledForward(Class.MISSING_IN_ZOHO, 0, 1, 0, 1)]
    office.make_unsent(total="230.00")
    office.compare()
    assert figures(office).books.rolled == [RolledForward(Class.MISSING_IN_ZOHO, 1, 1, 0, 2)]
    office.sync()
    office.compare()
    assert figures(office).books.rolled == [RolledForward(Class.MISSING_IN_ZOHO, 2, 0, 2, 0)]
    office.compare()
    assert figures(office).books.rolled == []


def test_receivables_that_were_not_kept_come_with_the_next_comparison(office: Office, signed_in: SignIn) -> None:
    office.compare()
    with office.world.engine.begin() as connection:
        connection.execute(text("TRUNCATE zoho_pipeline.reconciliation_receivables"))
    page = text_of(signed_in(VIEWER).get("/months/2025-09"), "receivables")
    assert "They are worked out with the month’s next comparison." in page
    office.compare()
    assert len(figures(office).books.receivables) == 2


@pytest.mark.parametrize(
    "part", ["tie-out", "classes", "items", "ageing", "trend", "controls", "receivables", "rolled"]
)
def test_every_part_of_a_month_is_on_its_page(office: Office, signed_in: SignIn, part: str) -> None:
    with office.world.engine.begin() as connection:
        fill(connection, MIXED, SEPTEMBER)
    shown = {
        "tie-out": "Missing in Zoho -2 -R 1 150.30",
        "classes": "Needs somebody Missing in Zoho 2 R 1 150.30",
        "items": "R 1 150.10 nothing -R 1 150.10 refused Correct it in CircleTel",
        "ageing": "over 90 1 R 0.30",
        "trend": "2025-09 7 R 1 180.90",
        "controls": "What Zoho says its customers owe, and the open balances of its invoices (binding)",
        "receivables": "Opening balance R 0.00 R 0.00 + Invoices",
        "rolled": "Total 0 9 0 9",
    }
    page = text_of(signed_in(VIEWER).get("/months/2025-09"), part)
    plain = page.replace("\u00a0", " ").replace("\u2212", "-")
    assert shown[part] in plain
