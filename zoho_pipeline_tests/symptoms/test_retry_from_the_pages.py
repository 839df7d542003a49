"""A retry from the pages, sent by a Dagster that runs beside them."""

import pytest

from zoho_pipeline.actions.urgent_runs import ASKED_BY, JOB, DagsterAway, launch, status
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.entities import Entity
from zoho_pipeline.people.person import Role
from zoho_pipeline_tests.dashboard.browser import Browser, served
from zoho_pipeline_tests.practice.office import entered
from zoho_pipeline_tests.symptoms.stage import Stage

OPERATOR = "Olga Operator"
UNKNOWN = "0a1b2c3d-0000-4000-8000-000000000000"


def test_dagster_sends_the_row_in_an_urgent_run_and_the_page_tells_its_end(stage: Stage) -> None:
    entered(stage.world.engine, OPERATOR, Role.OPERATOR)
    row = stage.world.circletel.customer()
    environ = stage.world.environ | {"ZOHO_DAGSTER_URL": stage.dagster.url, "ZOHO_DAGSTER_LINK": stage.dagster.url}
    with served(environ, SystemClock()) as url:
        browser = Browser(url)
        browser.sign_in(OPERATOR)
        browser.post(f"/rows/customers/{row}/retry")
        stage.wait(lambda: "data-under-way" not in browser.get("/retries").text, "the retry ends")
        zoho_id = stage.world.circletel.value("customers", row, "zoho_billing_customer_id")
        (run,) = stage.runs(job=JOB)
        assert f"is in Zoho as {zoho_id}." in browser.get("/retries").text
        assert f'href="{stage.dagster.url}/runs/{run["runId"]}"' in browser.get("/retries").text
        assert f'href="{stage.dagster.url}/runs/{run["runId"]}"' in browser.get(f"/rows/customers/{row}").text
    assert run["status"] == "SUCCESS"
    assert {"key": ASKED_BY, "value": OPERATOR} in run["tags"]
    assert stage.world.state(Entity.CUSTOMERS, row) == "synced"


def test_what_dagster_does_not_know_is_told(stage: Stage) -> None:
    with pytest.raises(DagsterAway, match="does not know the run"):
        status(stage.dagster.url, UNKNOWN)
    with pytest.raises(DagsterAway, match="does not answer"):
        launch("http://127.0.0.1:9", {Entity.CUSTOMERS: frozenset({UNKNOWN})}, OPERATOR)
