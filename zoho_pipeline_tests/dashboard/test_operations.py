"""The operations page and the page of one row: their figures, filters, and what is refused."""

import pytest

from zoho_pipeline.dashboard.operations.activity import LINES
from zoho_pipeline.dashboard.operations.figures import shown_part
from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.dashboard.browser import text_of
from zoho_pipeline_tests.dashboard.conftest import OPERATOR, VIEWER, SignIn
from zoho_pipeline_tests.practice.office import Office

SCRIPT = "<script>alert(1)</script>"


def open_incident(office: Office, title: str = "The run failed") -> int:
    office.world.circletel.execute(
        """
        INSERT INTO zoho_pipeline.incidents (scope, key, title, cause, advice, level, because, rows,
            customers, most_rows, most_customers, opened_at, seen_at)
        VALUES ('runs', 'a', :title, 'a', 'See the run.', 1, 'a', 3, 2, 3, 2, now(), now())
        """,
        title=title,
    )
    return int(office.world.circletel.query("SELECT max(id) FROM zoho_pipeline.incidents")[0][0])


def sent(office: Office, number: int, outcome: str = "failed", cause: str | None = "zoho_error") -> None:
    """That many attempts for the office's invoice, one a second, up to now."""
    office.world.circletel.execute(
        """
        INSERT INTO zoho_pipeline.attempts (entity, row_id, action, run_id, worker, started_at, lease_until, ended_at,
            outcome, cause, message)
        SELECT 'invoices', CAST(:id AS uuid), 'create', 'r', 'w', now() - make_interval(secs => n), now(), now(),
            :outcome, :cause, :message FROM generate_series(1, :number) n
        """,
        id=office.invoice,
        number=number,
        outcome=outcome,
        cause=cause,
        message=f"it broke {SCRIPT}",
    )


def test_the_figures_are_those_of_the_rows_beside_the_runbooks_thresholds(office: Office, signed_in: SignIn) -> None:
    office.world.circletel.customer()
    page = signed_in(VIEWER).counted()
    figures = text_of(page, "figures")
    assert "4 rows belong into Zoho 75.0 % 3 synced; healthy above 95 %" in figures
    assert "1 pending; healthy below 5" in figures
    assert "0 failed; healthy at 0" in figures
    assert "The sync needs a look" in page.text


@pytest.mark.parametrize(
    ("percent", "shown"), [(None, "–"), (0.0, "0.0 %"), (95.0, "95.0 %"), (99.9999, "99.9 %"), (100.0, "100.0 %")]
)
def test_a_hundred_per_cent_is_said_of_all_rows_alone(percent: float | None, shown: str) -> None:
    assert shown_part(percent) == shown


def test_each_kind_has_its_card(office: Office, signed_in: SignIn) -> None:
    office.world.circletel.customer()
    page = signed_in(VIEWER).counted()
    assert "Customers 2 Synced 1, 50.0 % Pending 1 Syncing 0 Failed 0" in text_of(page, "kind-customers")
    assert "Payments 1 Synced 1, 100.0 % Pending 0" in text_of(page, "kind-payments")
    assert "Subscriptions 0 Synced 0 Pending 0" in text_of(page, "kind-subscriptions")


def test_a_healthy_sync_is_called_so(signed_in: SignIn) -> None:
    assert "The sync is healthy" in signed_in(VIEWER).counted().text


def test_the_activity_tells_time_row_status_error_and_retry(office: Office, signed_in: SignIn) -> None:
    sent(office, 1)
    shown = text_of(signed_in(VIEWER).get(), "activity-title")
    assert "INV-2025-00002 create invoice failed zoho error it broke" in shown
    assert "created" in shown


def test_nothing_that_the_database_holds_becomes_markup(office: Office, signed_in: SignIn) -> None:
    sent(office, 1)
    open_incident(office, SCRIPT)
    browser = signed_in(VIEWER)
    for path in ("/", f"/rows/invoices/{office.invoice}"):
        page = browser.get(path).text
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [("entity=invoices", 2), ("outcome=failed", 1), ("cause=zoho_error", 1), ("entity=customers&outcome=failed", 0)],
)
def test_the_filters_let_through_what_fits(office: Office, signed_in: SignIn, query: str, expected: int) -> None:
    sent(office, 1)
    shown = signed_in(VIEWER).get(f"/?{query}")
    assert shown.text.count('<td data-label="Time"') == expected


def test_a_time_range_leaves_out_what_is_older(office: Office, signed_in: SignIn) -> None:
    office.world.circletel.execute("UPDATE zoho_pipeline.attempts SET started_at = now() - interval '2 days'")
    browser = signed_in(VIEWER)
    assert browser.get("/?span=week").text.count('<td data-label="Time"') == 3
    assert "Nothing was sent that fits" in browser.get("/?span=day").text


def test_page_after_page_every_line_comes_once(office: Office, signed_in: SignIn) -> None:
    sent(office, 2 * LINES + 5)
    office.world.circletel.execute("UPDATE zoho_pipeline.attempts SET started_at = date_trunc('minute', started_at)")
    browser, path, seen = signed_in(VIEWER), "/?cause=zoho_error", []
    while path:
        page = browser.get(path).text
        seen.append(page.count('<td data-label="Time"'))
        _, found, rest = page.partition('id="older" href="')
        path = rest.partition("#")[0].replace("&amp;", "&") if found else ""
    assert seen == [LINES, LINES, 5]


@pytest.mark.parametrize(
    "query",
    ["entity=pets", "outcome='", "cause=%00", "span=1 day", "before=1", "before=9e99-1", f"before={'9' * 30}-1"],
)
def test_a_filter_that_the_page_does_not_offer_is_refused(signed_in: SignIn, query: str) -> None:
    answer = signed_in(VIEWER).get(f"/?{query}")
    assert (answer.status_code, "There is no such filter" in answer.text) == (404, True)


# Searching


def test_an_email_a_number_and_an_id_lead_to_the_row(office: Office, signed_in: SignIn) -> None:
    browser = signed_in(VIEWER)
    table = {Entity.CUSTOMERS: "customers", Entity.INVOICES: "customer_invoices"}
    for entity, row_id, column in (
        (Entity.CUSTOMERS, office.customer, "email"),
        (Entity.CUSTOMERS, office.customer, "zoho_billing_customer_id"),
        (Entity.INVOICES, office.invoice, "invoice_number"),
        (Entity.INVOICES, office.invoice, "id"),
    ):
        sought = str(office.world.circletel.value(table[entity], row_id, column))
        assert browser.post("/search", sought=sought).url == f"{browser.url}/rows/{entity}/{row_id}"


@pytest.mark.parametrize("sought", ["'; DROP TABLE customers; --", "%", "a\0b", SCRIPT, "x" * 500, "a@b.c"])
def test_what_fits_nothing_finds_nothing(signed_in: SignIn, sought: str) -> None:
    browser = signed_in(VIEWER)
    answer = browser.post("/search", sought=sought)
    assert answer.status_code == 200
    assert "/rows/" not in answer.text
    assert SCRIPT not in answer.text


# One row


def test_a_rows_page_shows_what_was_sent_without_peoples_data_and_its_relations(
    office: Office, signed_in: SignIn
) -> None:
    browser = signed_in(VIEWER)
    page = browser.counted(f"/rows/customers/{office.customer}")
    zoho_id = office.world.circletel.value("customers", office.customer, "zoho_billing_customer_id")
    assert f"{zoho_id}" in text_of(page, "stands")
    assert "Create" in text_of(page, "attempts-title")
    assert "Zoho answered." in text_of(page, "attempts-title")
    assert "[redacted]" in page.text
    assert "thandi" not in page.text.lower()
    assert f"/rows/invoices/{office.invoice}" in page.text
    assert f"/rows/customers/{office.customer}" in browser.get(f"/rows/invoices/{office.invoice}").text


@pytest.mark.parametrize("path", ["pets/1", "customers/1", "customers/00000000-0000-0000-0000-000000000000"])
def test_a_row_that_there_is_not_is_told_of(signed_in: SignIn, path: str) -> None:
    assert signed_in(VIEWER).get(f"/rows/{path}").status_code == 404


# Incidents


def test_an_operator_takes_an_incident_on_in_the_own_name(office: Office, signed_in: SignIn) -> None:
    number = open_incident(office)
    browser = signed_in(OPERATOR)
    assert "3 rows, 2 customers" in text_of(browser.get(), "incidents")
    assert browser.post(f"/incidents/{number}/acknowledge").status_code == 200
    assert OPERATOR in text_of(browser.get(), "incidents")
    assert office.world.circletel.query("SELECT acknowledged_by FROM zoho_pipeline.incidents") == [(OPERATOR,)]


def test_a_viewer_takes_nothing_on(office: Office, signed_in: SignIn) -> None:
    number = open_incident(office)
    browser = signed_in(VIEWER)
    assert "I am on it" not in browser.get().text
    answer = browser.post(f"/incidents/{number}/acknowledge")
    assert (answer.status_code, "may not acknowledge an incident" in answer.text) == (403, True)
    assert office.world.circletel.query("SELECT acknowledged_by FROM zoho_pipeline.incidents") == [(None,)]


def test_forged_forms_do_nothing(office: Office, signed_in: SignIn) -> None:
    number = open_incident(office)
    browser, other = signed_in(OPERATOR), signed_in(VIEWER)
    path = f"/incidents/{number}/acknowledge"
    for forged in (
        {"form_token": ""},
        {"form_token": "0" * 64},
        {"form_token": "é"},
        {"form_token": other.form_token},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"filling": "x" * 20_000},
    ):
        assert browser.post(path, **forged).status_code == 403
    assert browser.http.post(browser.url + path, data={"form_token": browser.form_token}, timeout=60).status_code == 403
    assert (
        browser.http.post(browser.url + path, json={}, headers={"Origin": browser.url}, timeout=60).status_code == 403
    )
    assert office.world.circletel.query("SELECT acknowledged_by FROM zoho_pipeline.incidents") == [(None,)]


def test_every_action_and_refusal_leaves_a_line_without_secrets(
    office: Office, signed_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    number = open_incident(office)
    browser, viewer = signed_in(OPERATOR), signed_in(VIEWER)
    with caplog.at_level("INFO", "zoho_pipeline.pages"):
        viewer.post(f"/incidents/{number}/acknowledge")
        browser.post(f"/incidents/{number}/acknowledge", form_token="forged")
        browser.post(f"/incidents/{number}/acknowledge")
        browser.post("/search", sought="thandi1@example.co.za")
        browser.post("/sign-out")
    assert caplog.messages == [
        f"POST /incidents/{number}/acknowledge by {VIEWER}: refused (NotAllowed)",
        f"POST /incidents/{number}/acknowledge by {OPERATOR}: refused (Refused)",
        f"acknowledge incident {number} by {OPERATOR}: done",
        f"sign-out by {OPERATOR}: done",
    ]


@pytest.mark.parametrize("number", ["999999", "99999999999999999999", "-1", "x"])
def test_an_incident_that_there_is_not_is_told_of(signed_in: SignIn, number: str) -> None:
    assert signed_in(OPERATOR).post(f"/incidents/{number}/acknowledge").status_code in (403, 404, 409)


# When something is away


def test_an_outage_of_zoho_is_told_and_the_page_opens(office: Office, signed_in: SignIn) -> None:
    office.world.change_budget("outage_since = now(), outage_reason = 'HTTP 503', probed_at = now()")
    page = signed_in(VIEWER).get()
    assert "Zoho takes no calls" in page.text
    assert "Zoho has failed for everybody since" in text_of(page, "budget")


def test_without_zohos_settings_everything_else_is_shown(office: Office, signed_in: SignIn) -> None:
    del office.world.environ["ZOHO_CLIENT_SECRET"]
    page = signed_in(VIEWER).counted()
    assert "verify-env" in text_of(page, "budget")
    assert "3 synced" in text_of(page, "figures")


def test_a_database_that_cannot_be_used_is_told_of_and_nothing_of_what_is_inside(
    office: Office, signed_in: SignIn
) -> None:
    browser = signed_in(VIEWER)
    office.world.circletel.execute("ALTER SCHEMA zoho_pipeline RENAME TO away")
    answer = browser.get()
    office.world.circletel.execute("ALTER SCHEMA away RENAME TO zoho_pipeline")
    assert (answer.status_code, "Not available now" in answer.text) == (503, True)
    assert str(office.world.engine.url.database) not in answer.text
