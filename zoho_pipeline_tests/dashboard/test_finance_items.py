"""A month's items: both sides beside each other, by filters, page by page, and what people say of them."""

import re
from collections.abc import Callable

import pytest

from zoho_pipeline.dashboard.finance.items import LINES
from zoho_pipeline.people.person import Role
from zoho_pipeline.reconciliation.reading import Item
from zoho_pipeline.reconciliation.sums import write_sums
from zoho_pipeline_tests.dashboard.browser import Browser, text_of
from zoho_pipeline_tests.dashboard.conftest import OPERATOR, VIEWER, SignIn
from zoho_pipeline_tests.practice.office import APPROVER, PREPARER, SEPTEMBER, Office, entered
from zoho_pipeline_tests.reconciliation.papers import MIXED, fill

ITEMS = "/months/2025-09/items"
LABEL = re.compile(r'id="item-(\d+)"')


def mixed(office: Office) -> list[Item]:
    with office.world.engine.begin() as connection:
        fill(connection, MIXED, SEPTEMBER)
    return list(office.items())


def numbers(browser: Browser, query: str = "") -> list[int]:
    """The items on that page, in its order."""
    answer = browser.get(f"{ITEMS}?{query}")
    assert answer.status_code == 200
    return [int(found) for found in LABEL.findall(answer.text)]


def noted(browser: Browser, item: Item, said: str = "known to finance", back: str = "") -> tuple[int, str]:
    """Note the item; the status, and the page that one comes to."""
    answer = browser.post(f"{ITEMS}/{item.id}/notes", text=said, back=back)
    return answer.status_code, answer.text


def test_an_item_shows_both_sides_its_age_its_cause_and_what_mends_it(office: Office, signed_in: SignIn) -> None:
    unsent = office.make_unsent()
    office.compare()
    (item,) = office.items()
    page = signed_in(VIEWER).get(ITEMS)
    shown = text_of(page, "items").replace("\u00a0", " ").replace("\u2212", "-")
    assert f"{item.label} Missing in Zoho invoice, 117 days old, new R 115.00 nothing -R 115.00" in shown
    assert "zoho-pipeline reconcile fix --month 2025-09 --class missing_in_zoho --by WHO" in shown
    assert f'href="/rows/invoices/{unsent}"' in page.text
    assert signed_in(VIEWER).get(f"/rows/invoices/{unsent}").status_code == 200


def test_filters_let_through_what_they_say(office: Office, signed_in: SignIn) -> None:
    items, browser = mixed(office), signed_in(VIEWER)
    by: dict[str, Callable[[Item], bool]] = {
        "": lambda each: True,
        "entity=payments": lambda each: each.entity == "payments",
        "class=missing_in_zoho": lambda each: each.what == "missing_in_zoho",
        "needs=somebody": lambda each: not each.what.meaning.expected,
        "needs=nobody": lambda each: each.what.meaning.expected,
        "cause=REFUSED": lambda each: each.cause == "refused",
        "since=new": lambda each: True,
        "since=carried": lambda each: False,
        "entity=invoices&needs=somebody&class=amount": lambda each: each.what == "amount",
        "needs=nobody&class=amount": lambda each: False,
    }
    for query, passes in by.items():
        assert sorted(numbers(browser, query)) == sorted(each.id for each in items if passes(each)), query


def test_the_number_of_items_is_told(office: Office, signed_in: SignIn) -> None:
    mixed(office)
    browser = signed_in(VIEWER)
    assert "9 items, the dearest first." in browser.get(ITEMS).text
    assert "1 item by these filters" in browser.get(f"{ITEMS}?class=amount").text
    assert "None by these filters." in browser.get(f"{ITEMS}?since=carried").text


def test_new_is_what_the_comparison_before_did_not_find(office: Office, signed_in: SignIn) -> None:
    office.make_unsent()
    office.compare()
    (first,) = office.items()
    office.make_unsent(total="230.00")
    office.compare()
    (second,) = (each for each in office.items() if each.id != first.id)
    browser = signed_in(VIEWER)
    assert (numbers(browser, "since=new"), numbers(browser, "since=carried")) == ([second.id], [first.id])


def test_pages_follow_each_other_without_a_gap_or_a_repetition(office: Office, signed_in: SignIn) -> None:
    mixed(office)
    many = 2 * LINES + 7
    office.world.circletel.execute(
        """
        INSERT INTO zoho_pipeline.reconciliation_items (entity, month, class, row_id, currency, label, difference,
            count_effect, amount_effect, comparison_id)
        SELECT 'invoices', '2025-09', 'amount', n::text, 'ZAR', 'INV-' || n, n % 3, 0, 0, 1
        FROM generate_series(1, :many) n
        """,
        many=many,
    )
    with office.world.engine.begin() as connection:
        write_sums(connection, MIXED[0].entity, [SEPTEMBER.key])
    browser, query, seen = signed_in(VIEWER), "class=amount", []
    while query:
        page = browser.get(f"{ITEMS}?{query}").text
        seen.append([int(found) for found in LABEL.findall(page)])
        further = re.search(r'rel="next" href="/months/2025-09/items\?([^"]+)"', page)
        query = further[1].replace("&amp;", "&") if further else ""
    expected = sorted(
        (each for each in office.items() if each.what == "amount"), key=lambda one: (one.at_stake, one.id)
    )
    assert [each for page in seen for each in page] == [each.id for each in reversed(expected)]
    assert [len(page) for page in seen] == [LINES, LINES, 8]


@pytest.mark.parametrize("role", [Role.PREPARER, Role.APPROVER, Role.ADMIN])
def test_finance_and_admins_note_an_item(office: Office, signed_in: SignIn, role: Role) -> None:
    name = {Role.PREPARER: PREPARER, Role.APPROVER: APPROVER}.get(role, "Zanele")
    if role is Role.ADMIN:
        entered(office.world.engine, name, Role.ADMIN)
    office.make_unsent()
    office.compare()
    (item,) = office.items()
    status, page = noted(signed_in(name), item, "goes out on <b>Monday</b>")
    assert status == 200
    assert "goes out on &lt;b&gt;Monday&lt;/b&gt;" in page
    assert re.search(rf'<b>{name}</b> <span class="quiet small">20\d\d-\d\d-\d\d \d\d:\d\d</span>', page)
    assert office.world.circletel.query("SELECT item_id, text, by FROM zoho_pipeline.reconciliation_notes") == [
        (item.id, "goes out on <b>Monday</b>", name)
    ]


def test_earlier_notes_stay_and_tell_of_what_the_item_was(office: Office, signed_in: SignIn) -> None:
    invoice = office.make_unsent()
    office.compare()
    (item,) = office.items()
    browser = signed_in(PREPARER)
    noted(browser, item, "the first note")
    office.world.circletel.execute(
        "UPDATE customer_invoices SET total_amount = 230, subtotal = 200, tax_amount = 30 WHERE id = :id", id=invoice
    )
    office.compare()
    _, page = noted(browser, item, "the second note")
    assert page.index("the second note") < page.index(", of what it was before") < page.index("the first note")


def test_one_comes_back_to_the_items_as_they_were_chosen(office: Office, signed_in: SignIn) -> None:
    item = mixed(office)[0]
    browser = signed_in(PREPARER)
    answer = browser.post(f"{ITEMS}/{item.id}/notes", text="known", back="entity=invoices&after=9999999.00_5")
    assert answer.url == f"{browser.url}{ITEMS}?entity=invoices&after=9999999.00_5#item-{item.id}"


@pytest.mark.parametrize("back", ["//evil.example", "class=//evil.example", "after=1\r\nSet-Cookie: a=b", "cause=%00"])
def test_one_is_never_led_elsewhere(office: Office, signed_in: SignIn, back: str) -> None:
    item = mixed(office)[0]
    browser = signed_in(PREPARER)
    answer = browser.post(f"{ITEMS}/{item.id}/notes", text="known", back=back)
    assert answer.url.startswith(f"{browser.url}{ITEMS}")
    assert "a" not in browser.http.cookies


def test_who_only_looks_writes_no_note(office: Office, signed_in: SignIn) -> None:
    item = mixed(office)[0]
    for name in (VIEWER, OPERATOR):
        browser = signed_in(name)
        assert "Keep the note" not in browser.get(ITEMS).text
        status, page = noted(browser, item)
        assert (status, "may not note an item" in page) == (403, True)
    assert office.world.circletel.query("SELECT count(*) FROM zoho_pipeline.reconciliation_notes") == [(0,)]


def test_a_note_says_something_of_an_item_of_that_month(office: Office, signed_in: SignIn) -> None:
    item = mixed(office)[0]
    browser = signed_in(PREPARER)
    assert noted(browser, item, "  ")[0] == 409
    assert browser.post(f"/months/2025-08/items/{item.id}/notes", text="known", back="").status_code == 403
    assert browser.post(f"{ITEMS}/{2**70}/notes", text="known", back="").status_code == 403
    assert office.world.circletel.query("SELECT count(*) FROM zoho_pipeline.reconciliation_notes") == [(0,)]


def test_a_class_of_the_month_leads_to_its_items(office: Office, signed_in: SignIn) -> None:
    mixed(office)
    browser = signed_in(VIEWER)
    page = browser.get("/months/2025-09").text
    led = {found.replace("&amp;", "&") for found in re.findall(r'href="(/months/2025-09/items\?[^"]+)"', page)}
    assert f"{ITEMS}?class=missing_in_zoho" in led
    assert f"{ITEMS}?entity=payments&class=unapplied" in led
    assert all(LABEL.search(browser.get(path).text) for path in led)
