"""What the operations pages say of Dagster and Zoho beside them, and where they lead: only where that is known."""

import json
import threading
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import text

from zoho_pipeline.clock import SimulatedClock
from zoho_pipeline.dashboard.links import Links
from zoho_pipeline.dashboard.operations.renewed import Renewed
from zoho_pipeline.entities import Entity
from zoho_pipeline.settings import PageSettings, SettingsError
from zoho_pipeline_tests.dashboard.browser import text_of
from zoho_pipeline_tests.dashboard.conftest import OPERATOR, VIEWER, SignIn
from zoho_pipeline_tests.practice.office import TODAY, Office
from zoho_pipeline_tests.zoho.practice import until

RUN = "0a1b2c3d-0000-4000-8000-000000000000"


def dagster_beside(office: Office, beat: datetime) -> None:
    """A storage of Dagster's whose daemon and sensors showed their last sign of life then."""
    body = json.dumps({"timestamp": beat.timestamp()})
    office.world.environ["DAGSTER_POSTGRES_URL"] = office.world.environ["CIRCLETEL_DATABASE_URL"]
    with office.world.engine.begin() as connection:
        connection.execute(text("CREATE TABLE daemon_heartbeats (daemon_type text, body text)"))
        connection.execute(text("CREATE TABLE job_ticks (id int, type text, tick_body text)"))
        connection.execute(text("INSERT INTO daemon_heartbeats VALUES ('SENSOR', :body)"), {"body": body})
        connection.execute(text("INSERT INTO job_ticks VALUES (1, 'SENSOR', :body)"), {"body": body})


def told_of_dagster(signed_in: SignIn) -> str:
    browser = signed_in(VIEWER)
    until(lambda: "Being looked at" not in browser.get().text)
    return text_of(browser.get(), "budget")


def test_dagsters_life_is_told(office: Office, signed_in: SignIn) -> None:
    dagster_beside(office, TODAY - timedelta(minutes=1))
    assert "Dagster's daemon lives: its last sign of life was at 2026-01-15 09:59." in told_of_dagster(signed_in)


def test_dagsters_silence_is_told_with_what_to_do(office: Office, signed_in: SignIn) -> None:
    dagster_beside(office, TODAY - timedelta(hours=1))
    told = told_of_dagster(signed_in)
    assert "Dagster's daemon has stopped: nothing is synced by itself" in told
    assert "start it again: dagster-daemon run" in told
    assert "Dagster stands still" in signed_in(VIEWER).get().text


def test_a_storage_of_dagsters_that_is_away_is_told_and_the_page_opens(office: Office, signed_in: SignIn) -> None:
    office.world.environ["DAGSTER_POSTGRES_URL"] = "postgresql+psycopg2://nobody@127.0.0.1:9/dagster"
    assert "Nobody can tell whether Dagster's daemon lives" in told_of_dagster(signed_in)


def test_without_an_address_of_the_storage_nobody_can_tell(signed_in: SignIn) -> None:
    assert "DAGSTER_POSTGRES_URL is missing or wrong here" in told_of_dagster(signed_in)


def test_where_the_daemon_has_stopped_the_server_retries_by_itself(office: Office, signed_in: SignIn) -> None:
    dagster_beside(office, TODAY - timedelta(hours=1))
    told_of_dagster(signed_in)
    office.world.environ["ZOHO_DAGSTER_URL"] = "http://127.0.0.1:9"
    office.world.zoho.befall("hold_before_commit", method="POST", path="/customers$")
    row = office.world.circletel.customer()
    browser = signed_in(OPERATOR)
    browser.post(f"/rows/customers/{row}/retry")
    until(lambda: "so this server does it itself" in browser.get("/retries").text)
    assert "Dagster&#39;s daemon has stopped" in browser.get("/retries").text
    until(lambda: office.world.zoho.control.call("POST", "faults/release")["released"])
    assert "is in Zoho as" in browser.told_of_retries()


# Links


def test_no_address_is_made_up(office: Office, signed_in: SignIn) -> None:
    browser = signed_in(VIEWER)
    for path in ("/", f"/rows/customers/{office.customer}"):
        assert 'href="http' not in browser.counted(path).text


def test_a_row_leads_to_its_object_in_zoho_and_to_its_runs_in_dagster(office: Office, signed_in: SignIn) -> None:
    office.world.environ["ZOHO_CUSTOMER_LINK"] = "https://billing.example/app#/customers/{id}?a=1&b=2"
    office.world.environ["ZOHO_DAGSTER_LINK"] = "https://dagster.example/"
    office.world.circletel.execute("UPDATE zoho_pipeline.attempts SET run_id = :run", run=RUN)
    zoho_id = office.world.circletel.value("customers", office.customer, "zoho_billing_customer_id")
    browser = signed_in(VIEWER)
    page = browser.get(f"/rows/customers/{office.customer}").text
    assert f'href="https://billing.example/app#/customers/{zoho_id}?a=1&amp;b=2"' in page
    assert f'href="https://dagster.example/runs/{RUN}"' in page
    assert 'href="https://dagster.example/assets/zoho/payments"' in browser.counted().text


@pytest.mark.parametrize("address", ["javascript:alert('{id}')", "ftp://a/{id}", "https://a/", "{id}", "//a/{id}"])
def test_only_an_address_that_browsers_open_is_one(address: str) -> None:
    with pytest.raises(SettingsError, match="ZOHO_INVOICE_LINK is wrong"):
        PageSettings.load({"ZOHO_INVOICE_LINK": address, "ZOHO_PIPELINE_SANDBOX": "x"})


def test_an_id_cannot_lead_elsewhere() -> None:
    links = Links(PageSettings.model_validate({"ZOHO_PAYMENT_LINK": "https://billing.example/{id}"}))
    assert links.in_zoho(Entity.PAYMENTS, '../"><b>') == "https://billing.example/..%2F%22%3E%3Cb%3E"
    assert links.in_zoho(Entity.PAYMENTS, None) is None
    assert links.run("backfill of Zanele") is None


# Readings that are not cheap


def test_a_reading_is_shown_as_it_was_while_the_next_one_is_made() -> None:
    go_on, readings = threading.Event(), count()

    def read() -> int:
        number = next(readings)
        if number:
            go_on.wait(30)
        return number

    renewed = Renewed(read, SimulatedClock(TODAY), at_least=0, rest=0)
    until(lambda: renewed.latest() is not None)
    for _ in range(3):
        found = renewed.latest()
        assert found is not None
        assert (found.value, found.at) == (0, TODAY)
    go_on.set()
    until(lambda: (found := renewed.latest()) is not None and found.value > 0)


def test_between_two_readings_the_server_rests_and_one_reads_at_a_time() -> None:
    begun: list[int] = []
    renewed = Renewed(lambda: begun.append(1), SimulatedClock(TODAY))
    until(lambda: renewed.latest() is not None)
    for _ in range(100):
        renewed.latest()
    assert len(begun) == 1
