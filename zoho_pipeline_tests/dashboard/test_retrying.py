"""Retrying a row from the pages: begun in the own name, told to its end, and never begun twice."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from zoho_pipeline.actions.retry import Choice, begin
from zoho_pipeline.entities import Entity
from zoho_pipeline.people.person import Role
from zoho_pipeline_tests.dashboard.browser import Browser, text_of
from zoho_pipeline_tests.dashboard.conftest import OPERATOR, VIEWER, SignIn
from zoho_pipeline_tests.practice.office import Office, entered
from zoho_pipeline_tests.zoho.practice import until

HOURLY = {"ZOHO_RETRY_SECONDS": "3600"}
CUSTOMERS = Entity.CUSTOMERS


def fails(office: Office, times: int = 1) -> None:
    office.world.zoho.befall("answer", method="POST", path="/customers$", times=times, status=404, body={"code": 1002})


def holds(office: Office) -> None:
    """Zoho leaves the next create unanswered until it is let go."""
    office.world.zoho.befall("hold_before_commit", method="POST", path="/customers$")


def lets_go(office: Office) -> None:
    until(lambda: office.world.zoho.control.call("POST", "faults/release")["released"])


@pytest.fixture
def failed(office: Office) -> str:
    """A customer whose first send failed, and whose retry is an hour away."""
    office.world.environ |= HOURLY
    row = office.world.circletel.customer()
    fails(office)
    office.sync()
    assert office.world.state(CUSTOMERS, row) == "failed"
    return row


def audit(office: Office) -> list[Any]:
    return office.world.circletel.query('SELECT "by", action, row_id::text FROM zoho_pipeline.actions')


def test_an_operator_retries_a_row_and_is_told_its_id_in_zoho(office: Office, signed_in: SignIn, failed: str) -> None:
    browser = signed_in(OPERATOR)
    assert f'action="/rows/customers/{failed}/retry"' in browser.get().text
    page = browser.post(f"/rows/customers/{failed}/retry")
    assert page.url == f"{browser.url}/rows/customers/{failed}#notices"
    told = browser.told_of_retries()
    zoho_id = office.world.circletel.value("customers", failed, "zoho_billing_customer_id")
    assert f"is in Zoho as {zoho_id}." in told
    assert OPERATOR in told
    assert audit(office) == [(OPERATOR, "retry", failed)]
    page = browser.get(f"/rows/customers/{failed}")
    assert f"retry by {OPERATOR}" in text_of(page, "calls")
    assert "Retry</button>" not in page.text


def test_a_row_that_fails_again_is_told_with_cause_and_advice(office: Office, signed_in: SignIn, failed: str) -> None:
    fails(office)
    browser = signed_in(OPERATOR)
    browser.post(f"/rows/customers/{failed}/retry")
    told = browser.told_of_retries()
    assert "failed again (not found in zoho)" in told
    assert "Next: it is tried again when its retry is due." in told
    assert office.world.state(CUSTOMERS, failed) == "failed"


def test_a_row_whose_parent_is_missing_is_told_to_be_blocked(office: Office, signed_in: SignIn, failed: str) -> None:
    office.world.zoho.befall("answer", method="POST", path="/customers$", times=9, status=404, body={"code": 1002})
    invoice = office.world.circletel.invoice(failed)
    browser = signed_in(OPERATOR)
    browser.post(f"/rows/invoices/{invoice}/retry")
    assert "is blocked" in browser.told_of_retries()


def test_a_second_click_while_one_is_under_way_begins_nothing(office: Office, signed_in: SignIn, failed: str) -> None:
    holds(office)
    browser, other = signed_in(OPERATOR), signed_in(OPERATOR)
    for each in (browser, other, browser):
        assert each.post(f"/rows/customers/{failed}/retry").status_code == 200
    assert "being retried" in text_of(browser.get(f"/rows/customers/{failed}"), "stands")
    lets_go(office)
    assert "is in Zoho as" in browser.told_of_retries()
    assert len(audit(office)) == 1
    assert len(office.world.zoho.objects("customers")) == 2


def test_what_somebody_else_retries_at_this_moment_is_told_and_not_begun(
    office: Office, signed_in: SignIn, failed: str
) -> None:
    entered(office.world.engine, "Otto", Role.OPERATOR)
    holds(office)
    browser, other = signed_in(OPERATOR), signed_in("Otto")
    browser.post(f"/rows/customers/{failed}/retry")
    answer = other.post(f"/rows/customers/{failed}/retry")
    lets_go(office)
    assert (answer.status_code, f"{OPERATOR} retries this customer at this moment" in answer.text) == (409, True)
    assert "is in Zoho as" in browser.told_of_retries()
    assert len(audit(office)) == 1


def test_without_writes_it_is_a_dry_run_and_says_so(office: Office, signed_in: SignIn, failed: str) -> None:
    office.world.environ["ZOHO_WRITES"] = "off"
    browser = signed_in(OPERATOR)
    browser.post(f"/rows/customers/{failed}/retry")
    assert "ZOHO_WRITES is off, so this was a dry run: nothing of Customer" in browser.told_of_retries()
    assert audit(office) == []
    assert office.world.state(CUSTOMERS, failed) == "failed"


def test_a_paused_pipeline_refuses_it(office: Office, signed_in: SignIn, failed: str) -> None:
    office.world.environ["ZOHO_PAUSED"] = "on"
    browser = signed_in(OPERATOR)
    answer = browser.post(f"/rows/customers/{failed}/retry")
    assert (answer.status_code, "The pipeline is paused" in answer.text) == (409, True)
    assert browser.told_of_retries() == ""


def test_a_viewer_retries_nothing(office: Office, signed_in: SignIn, failed: str) -> None:
    browser = signed_in(VIEWER)
    for path in ("/", f"/rows/customers/{failed}"):
        assert "/retry" not in browser.get(path).text
    answer = browser.post(f"/rows/customers/{failed}/retry")
    assert (answer.status_code, "may not retry a row" in answer.text) == (403, True)
    assert audit(office) == []


def test_a_forged_form_retries_nothing(office: Office, signed_in: SignIn, failed: str) -> None:
    browser = signed_in(OPERATOR)
    for forged in ({"form_token": "0" * 64}, {"origin": "https://evil.example"}):
        assert browser.post(f"/rows/customers/{failed}/retry", **forged).status_code == 403
    assert audit(office) == []


@pytest.mark.parametrize("path", ["pets/1", "customers/1", "customers/00000000-0000-0000-0000-000000000000"])
def test_a_row_that_there_is_not_is_not_retried(signed_in: SignIn, path: str) -> None:
    browser = signed_in(OPERATOR)
    assert browser.post(f"/rows/{path}/retry").status_code == 409
    assert browser.told_of_retries() == ""


def test_what_one_person_retries_is_told_to_nobody_else(office: Office, signed_in: SignIn, failed: str) -> None:
    browser = signed_in(OPERATOR)
    browser.post(f"/rows/customers/{failed}/retry")
    assert browser.told_of_retries()
    assert signed_in(VIEWER).told_of_retries() == ""


def test_a_row_that_was_begun_by_a_server_that_stopped_then_goes_with_the_next_run(office: Office, failed: str) -> None:
    begin(Choice(entities=(CUSTOMERS,), ids=(failed,)), OPERATOR, office.world.environ, lambda sentence: None)
    assert office.world.state(CUSTOMERS, failed) == "waiting"
    office.sync()
    assert office.world.state(CUSTOMERS, failed) == "synced"
    assert audit(office) == [(OPERATOR, "retry", failed)]


# Dagster beside it


def test_the_practice_world_launches_nothing_in_another_dagster(office: Office, signed_in: SignIn, failed: str) -> None:
    office.world.environ["ZOHO_DAGSTER_URL"] = "https://dagster.circletel.example"
    answer = signed_in(OPERATOR).post(f"/rows/customers/{failed}/retry")
    assert (answer.status_code, "ZOHO_DAGSTER_URL leads to dagster.circletel.example" in answer.text) == (409, True)
    assert office.world.state(CUSTOMERS, failed) == "failed"
    assert audit(office) == []


class DagstersAnswers(BaseHTTPRequestHandler):
    """A web server in Dagster's place that is not well."""

    def do_POST(self) -> None:
        """Fail."""
        self.send_error(502)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing."""


def retried_with_dagster_at(url: str, office: Office, browser: Browser, row: str) -> str:
    office.world.environ["ZOHO_DAGSTER_URL"] = url
    browser.post(f"/rows/customers/{row}/retry")
    return browser.told_of_retries()


def test_where_dagster_is_down_the_server_does_it_itself(office: Office, signed_in: SignIn, failed: str) -> None:
    with HTTPServer(("127.0.0.1", 0), DagstersAnswers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}"
            assert "is in Zoho as" in retried_with_dagster_at(url, office, signed_in(OPERATOR), failed)
        finally:
            server.shutdown()
            thread.join()


def test_while_it_runs_the_page_says_who_does_it(office: Office, signed_in: SignIn, failed: str) -> None:
    holds(office)
    office.world.environ["ZOHO_DAGSTER_URL"] = "http://127.0.0.1:9"
    browser = signed_in(OPERATOR)
    browser.post(f"/rows/customers/{failed}/retry")
    said = "Dagster&#39;s web server does not answer (ConnectionError), so this server does it itself."
    until(lambda: said in browser.get("/retries").text)
    lets_go(office)
    assert "is in Zoho as" in browser.told_of_retries()
