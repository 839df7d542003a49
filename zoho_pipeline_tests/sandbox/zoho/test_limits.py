"""The organisation header, limits and their answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from zoho_pipeline_tests.sandbox.zoho.client import TIMEOUT, Client, until

HEADER = "X-com-zoho-subscriptions-organizationid"


def test_a_wrong_organisation_is_code_6041(client: Client) -> None:
    client.session.headers[HEADER] = "123"
    assert client.refused("GET", "/customers") == (401, 6041)
    assert client.call("GET", "/organizations")[0] == 200


def test_the_organisation_may_stand_in_the_query_or_be_left_out(client: Client) -> None:
    del client.session.headers[HEADER]
    assert client.call("GET", f"/customers?organization_id={client.server.org_id}")[0] == 200
    assert client.refused("GET", "/customers?organization_id=1") == (401, 6041)
    assert client.call("GET", "/customers")[0] == 200
    client.configure(organisation_header_required=True)
    assert client.refused("GET", "/customers") == (401, 6041)


def test_the_organisations_list_shows_its_currency_and_zone(client: Client) -> None:
    [shown] = client.rows("/organizations")
    assert shown["organization_id"] == client.server.org_id
    assert (shown["currency_code"], shown["time_zone"]) == ("ZAR", "Africa/Johannesburg")


def test_the_taxes_are_15_percent_and_0_percent(client: Client) -> None:
    assert [tax["tax_percentage"] for tax in client.rows("/settings/taxes")] == [15, 0]


def test_one_call_too_many_in_a_minute_is_429_with_code_44(client: Client) -> None:
    client.configure(calls_per_minute=2)
    statuses = [client.call("GET", "/customers")[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.refused("GET", "/customers") == (429, 44)
    client.control("POST", "limits/reset")
    assert client.call("GET", "/customers")[0] == 200


def test_one_call_too_many_in_a_day_is_429_with_code_45(client: Client) -> None:
    client.configure(calls_per_day=1)
    client.call("GET", "/customers")
    assert client.refused("GET", "/customers") == (429, 45)


@contextmanager
def _a_held_call(client: Client) -> Iterator[None]:
    """While another call is under way."""
    client.fault("hold_after_commit", "/plans")
    headers = {"Authorization": str(client.session.headers["Authorization"])}
    url = f"{client.server.api_url}/plans"
    held = threading.Thread(target=requests.get, args=(url,), kwargs={"headers": headers, "timeout": TIMEOUT})
    held.start()
    try:
        until(lambda: client.control("GET", "health")["limits"]["in_flight"] == 1)
        yield
    finally:
        client.control("POST", "faults/release")
        held.join()


def test_too_many_calls_at_one_time_are_429_with_code_1070(client: Client) -> None:
    client.configure(calls_in_flight=1)
    with _a_held_call(client):
        assert client.refused("GET", "/customers") == (429, 1070)
    assert client.call("GET", "/customers")[0] == 200


def test_latency_makes_every_call_take_so_long(client: Client) -> None:
    client.configure(latency_ms=30.0)
    client.call("GET", "/customers")
    assert client.control("GET", "ledger")["entries"][-1]["ms"] >= 30


def test_far_over_the_limit_everything_is_blocked_with_code_43(client: Client) -> None:
    client.configure(calls_per_minute=1, refusals_before_block=2)
    codes = [client.call("GET", "/customers")[1]["code"] for _ in range(4)]
    assert codes == [0, 44, 44, 43]
    blocked = client.raw("GET", "/customers")
    assert (blocked.status_code, blocked.headers["Retry-After"]) == (429, "3600")


def test_refused_calls_count_only_if_the_setting_says_so(client: Client) -> None:
    client.configure(calls_per_minute=1)
    for _ in range(3):
        client.call("GET", "/customers")
    assert client.control("GET", "health")["limits"]["minute"] == 1
    client.configure(refused_calls_count=True)
    client.call("GET", "/customers")
    assert client.control("GET", "health")["limits"]["minute"] == 2


def test_calls_that_fail_count_but_those_without_a_token_do_not(client: Client) -> None:
    client.refused("GET", "/customers/1")
    client.refused("GET", "/nowhere")
    client.session.headers["Authorization"] = ""
    client.refused("GET", "/customers")
    assert client.control("GET", "health")["limits"]["minute"] == 2
    client.configure(unauthorised_calls_count=True)
    client.refused("GET", "/customers")
    assert client.control("GET", "health")["limits"]["minute"] == 3


def test_the_token_endpoint_is_not_limited_with_the_calls(client: Client) -> None:
    client.configure(calls_per_minute=0)
    assert "access_token" in client.token().json()


def test_successful_answers_tell_nothing_of_the_limits(client: Client) -> None:
    names = {name.lower() for name in client.raw("GET", "/customers").headers}
    assert not any("limit" in name or name == "retry-after" for name in names)


def test_unknown_paths_are_404_and_wrong_methods_405(client: Client) -> None:
    assert client.refused("GET", "/nowhere")[0] == 404
    assert client.refused("GET", "/customers/1/2/3/4")[0] == 404
    assert client.refused("PUT", "/customers")[0] == 405
    outside = requests.get(f"{client.server.url}/other", timeout=TIMEOUT)
    assert outside.status_code == 404


def test_a_body_that_is_no_json_object_is_code_1038(client: Client) -> None:
    for body in (b"{", b"[1]", b"NaN", b"\xff", b"[" * 100_000):
        answer = client.raw("POST", "/customers", data=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, 1038)


def test_the_body_may_come_as_a_forms_json_string(client: Client) -> None:
    form = {"JSONString": '{"display_name": "A", "email": "a@example.com"}'}
    assert client.raw("POST", "/customers", data=form).status_code == 201
