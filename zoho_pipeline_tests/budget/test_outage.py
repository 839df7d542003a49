"""An outage as the client's callers have it, against a practice server that fails."""

import logging
import time
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from zoho_pipeline.budget.circuit import circuit_state
from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import OutcomeUnknown, RateLimited, ZohoDown, ZohoFailed, ZohoUnreachable
from zoho_pipeline_tests.budget.rig import Rig
from zoho_pipeline_tests.zoho.practice import SOMEBODY, Practice, settings_for

CUSTOMER = {"display_name": "Lerato Dube", "email": "lerato@example.com"}
EVERYTHING = "/billing/"


@pytest.fixture
def used(practice: Practice) -> Practice:
    """Quick to give up, and with nothing in the ledger of calls."""
    practice.server.world.ledger.clear()
    return practice


def client(engine: Engine, practice: Practice) -> ZohoBilling:
    """As a process of its own has it."""
    return billing_client(practice.settings, engine, SystemClock())


def served(engine: Engine, practice: Practice) -> ZohoBilling:
    """A client that Zoho has served, which the budget has heard of."""
    zoho = client(engine, practice)
    zoho.taxes(SOMEBODY)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while circuit_state(connection).served_at is None:
            time.sleep(0.02)
    return zoho


def minutes_pass(engine: Engine, practice: Practice, minutes: float) -> None:
    """Let time pass for the budget and the token."""
    rig = Rig(engine, organisation=practice.settings.organisation_id)
    rig.let_pass(60 * minutes)
    rig.connection.execute(
        text("UPDATE zoho_pipeline.access_tokens SET refused_until = refused_until - make_interval(secs => :seconds)"),
        {"seconds": 60 * minutes},
    )
    rig.connection.close()


def is_open(engine: Engine) -> bool:
    with engine.connect() as connection:
        return circuit_state(connection).is_open


def arrived(practice: Practice) -> list[str]:
    """Method and path of all API calls, oldest first."""
    entries = practice.server.world.ledger.since(0)
    return [f"{entry['method']} {entry['path']}" for entry in entries if EVERYTHING in entry["path"]]


def test_a_reader_alone_learns_by_a_probe_that_zoho_is_down_for_everybody(engine: Engine, used: Practice) -> None:
    zoho = served(engine, used)
    used.befall("html_503", path=EVERYTHING, times=None)
    with pytest.raises(ZohoDown, match=r"GET /plans: Zoho has failed for everybody since .* \(HTTP 503\)"):
        zoho.taxes(SOMEBODY)
    assert len(arrived(used)) == 1 + 3 + 1
    for each in (zoho, client(engine, used)):
        with pytest.raises(ZohoDown, match="and the rows wait; Zoho is asked again at"):
            each.create_customer(CUSTOMER, SOMEBODY)
    assert len(arrived(used)) == 5


def test_one_object_that_zoho_chokes_on_stops_nobody(engine: Engine, used: Practice) -> None:
    zoho = client(engine, used)
    made = zoho.create_customer(CUSTOMER, SOMEBODY).id
    used.befall("answer", method="GET", path=f"/customers/{made}", times=None)
    for _ in range(4):
        with pytest.raises(ZohoFailed):
            zoho.get_customer(made, SOMEBODY)
    assert not is_open(engine)
    assert zoho.create_customer(CUSTOMER, SOMEBODY).id


def test_of_writes_one_after_another_only_the_first_is_in_doubt(engine: Engine, used: Practice) -> None:
    zoho = served(engine, used)
    used.befall("html_503", path=EVERYTHING, times=None)
    with pytest.raises(OutcomeUnknown):
        zoho.create_customer(CUSTOMER, SOMEBODY)
    for _ in range(3):
        with pytest.raises(ZohoDown):
            zoho.create_customer(CUSTOMER, SOMEBODY)
    assert len(used.arrived("POST", "/customers")) == 1


def test_a_connection_that_cannot_be_made_is_an_outage_once_zoho_has_served(engine: Engine, used: Practice) -> None:
    away = settings_for(used.server, api_url_override="http://127.0.0.1:9/billing/v1")
    nowhere = billing_client(away, engine, SystemClock())
    with pytest.raises(ZohoUnreachable, match="check the network, ZOHO_REGION and ZOHO_API_URL"):
        nowhere.taxes(SOMEBODY)
    assert not is_open(engine)
    served(engine, used)
    with pytest.raises(ZohoDown, match="no connection to Zoho could be made"):
        nowhere.create_customer(CUSTOMER, SOMEBODY)


@pytest.mark.parametrize(
    "call", [lambda zoho: zoho.taxes(SOMEBODY), lambda zoho: zoho.create_customer(CUSTOMER, SOMEBODY)]
)
def test_who_asks_after_a_minute_probes_and_goes_on_where_zoho_is_back(
    engine: Engine, used: Practice, call: Callable[[ZohoBilling], object]
) -> None:
    zoho = served(engine, used)
    used.befall("html_503", path=EVERYTHING, times=None)
    with pytest.raises(ZohoDown):
        zoho.taxes(SOMEBODY)
    for _ in range(3):
        minutes_pass(engine, used, 1.01)
        used.server.world.ledger.clear()
        for each in (client(engine, used), zoho):
            with pytest.raises(ZohoDown):
                call(each)
        assert arrived(used) == ["GET /billing/v1/plans"]
    used.server.world.faults.clear()
    minutes_pass(engine, used, 1.01)
    used.server.world.ledger.clear()
    assert call(zoho)
    assert arrived(used)[0] == "GET /billing/v1/plans"
    assert len(arrived(used)) == 2
    assert not is_open(engine)


def test_a_token_server_that_is_away_is_an_outage_too_and_is_asked_once_a_minute(
    engine: Engine, used: Practice
) -> None:
    served(engine, used)
    with engine.begin() as connection:
        connection.execute(text("UPDATE zoho_pipeline.access_tokens SET token = NULL, expires_at = NULL"))
    used.befall("html_503", path="/oauth", times=None)
    used.server.world.ledger.clear()
    for minute in range(1, 4):
        for _ in range(3):
            with pytest.raises(ZohoDown, match="the token server"):
                client(engine, used).taxes(SOMEBODY)
        assert len(used.arrived("POST", "/oauth/v2/token")) == minute
        minutes_pass(engine, used, 1.01)
    assert arrived(used) == []
    used.server.world.faults.clear()
    assert client(engine, used).create_customer(CUSTOMER, SOMEBODY).id


def test_it_is_logged_once_that_zoho_is_down_and_once_that_it_is_back(
    engine: Engine, used: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "zoho_pipeline.budget")
    clients = [served(engine, used), client(engine, used), client(engine, used)]
    used.befall("html_503", path=EVERYTHING, times=None)
    for each in clients * 2:
        with pytest.raises(ZohoDown):
            each.taxes(SOMEBODY)
    used.server.world.faults.clear()
    minutes_pass(engine, used, 1.01)
    for each in clients * 2:
        each.create_customer(CUSTOMER, SOMEBODY)
    assert [record.getMessage().split(" ", 2)[:2] for record in caplog.records] == [["Zoho", "has"], ["Zoho", "serves"]]


def test_a_maintenance_page_that_says_when_to_come_back_is_waited_for(engine: Engine, used: Practice) -> None:
    zoho = served(engine, used)
    used.befall("answer", path=EVERYTHING, status=503, body="", headers={"Retry-After": "900"}, times=None)
    for each in (zoho, client(engine, used)):
        with pytest.raises(RateLimited) as caught:
            each.taxes(SOMEBODY)
        assert 800 < caught.value.retry_after_seconds <= 900
    assert len(arrived(used)) == 2
