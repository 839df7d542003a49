"""Faults on demand."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import requests

from zoho_pipeline_tests.sandbox.zoho.client import TIMEOUT, Client, until

CUSTOMER = {"display_name": "A", "email": "a@example.com"}


def _count(client: Client) -> int:
    return int(client.control("GET", "health")["objects"]["customers"])


def _last(client: Client) -> dict[str, Any]:
    return dict(client.control("GET", "ledger")["entries"][-1])


def _create(client: Client, timeout: float = TIMEOUT) -> requests.Response:
    """A create on a connection of its own, so that no dead one is used again."""
    headers = {"Authorization": str(client.session.headers["Authorization"])}
    return requests.post(f"{client.server.api_url}/customers", json=CUSTOMER, headers=headers, timeout=timeout)


@pytest.mark.parametrize(
    ("kind", "more", "status", "code"),
    [
        ("answer", {}, 500, 1000),
        ("answer", {"status": 406, "body": {"code": 7, "message": "m"}}, 406, 7),
        ("unauthorised", {}, 401, 57),
        ("rate_limit", {}, 429, 44),
        ("rate_limit", {"code": 45}, 429, 45),
        ("rate_limit", {"code": 1070}, 429, 1070),
        ("rate_limit", {"code": 43}, 429, 43),
        ("code_under_200", {}, 200, 1000),
        ("code_under_200", {"code": 9, "message": "m"}, 200, 9),
    ],
)
def test_answers_without_effect(client: Client, kind: str, more: dict[str, Any], status: int, code: int) -> None:
    client.fault(kind, "/customers$", **more)
    answer = client.raw("POST", "/customers", json=CUSTOMER)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("Retry-After" in answer.headers) == (code == 43)
    assert _count(client) == 0
    entry = _last(client)
    assert (entry["status"], entry["code"], entry["committed"], entry["fault"]) == (status, code, False, "rule 1")


def test_an_error_after_the_effect(client: Client) -> None:
    client.fault("answer", status=502, body="<html>Bad gateway</html>", commit="now")
    answer = client.raw("POST", "/customers", json=CUSTOMER)
    assert (answer.status_code, answer.text) == (502, "<html>Bad gateway</html>")
    assert _count(client) == 1
    assert (_last(client)["status"], _last(client)["committed"]) == (502, True)


def test_a_503_of_html(client: Client) -> None:
    client.fault("html_503")
    answer = client.raw("GET", "/customers")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html;charset=UTF-8")


@pytest.mark.parametrize(("kind", "count"), [("reset_before_commit", 0), ("reset_after_commit", 1)])
def test_a_reset_before_or_after_the_effect(client: Client, kind: str, count: int) -> None:
    client.fault(kind)
    with pytest.raises(requests.ConnectionError, match="reset"):
        _create(client)
    assert _count(client) == count
    assert (_last(client)["status"], _last(client)["committed"]) == (0, bool(count))


def test_a_lost_answer_had_its_effect(client: Client) -> None:
    client.fault("lose_answer")
    with pytest.raises(requests.ReadTimeout):
        _create(client, timeout=0.1)
    until(lambda: _count(client) == 1)


def test_a_lost_answer_ends_in_a_reset_if_the_client_is_patient(client: Client) -> None:
    client.fault("lose_answer", seconds=0.01)
    with pytest.raises(requests.ConnectionError):
        _create(client)
    assert _count(client) == 1


def test_a_late_commit_comes_after_the_client_was_told_nothing(client: Client) -> None:
    client.fault("late_commit", "/customers$", seconds=60)
    with pytest.raises(requests.ConnectionError):
        _create(client)
    assert (_count(client), _last(client)["committed"]) == (0, False)
    client.control("POST", "faults/release")
    until(lambda: _last(client)["committed"])
    assert (_count(client), _last(client)["status"]) == (1, 0)


def test_a_late_commit_comes_by_itself(client: Client) -> None:
    client.fault("late_commit", "/customers$", seconds=0.01, answer="given", status=504, body={"code": 1})
    assert client.raw("POST", "/customers", json=CUSTOMER).status_code == 504
    until(lambda: _last(client)["committed"])
    assert _last(client)["status"] == 504


@pytest.mark.parametrize("kind", ["delay_before_commit", "delay_after_commit"])
def test_a_delay_changes_nothing_else(client: Client, kind: str) -> None:
    client.fault(kind, seconds=0.02)
    assert client.raw("POST", "/customers", json=CUSTOMER).status_code == 201
    assert (_count(client), _last(client)["committed"]) == (1, True)


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    """Threads for requests that do not come back until somebody does something about it."""
    with ThreadPoolExecutor() as threads:
        yield threads


def _held(client: Client) -> list[dict[str, Any]]:
    return list(client.control("GET", "faults")["held"])


def _create_held(client: Client, beside: ThreadPoolExecutor) -> Future[requests.Response]:
    """A create on its way that is held."""
    waiting = len(_held(client))
    coming = beside.submit(_create, client)
    until(lambda: len(_held(client)) == waiting + 1)
    return coming


@pytest.mark.parametrize(("kind", "count"), [("hold_before_commit", 0), ("hold_after_commit", 1)])
def test_a_hold_lasts_until_it_is_released(client: Client, beside: ThreadPoolExecutor, kind: str, count: int) -> None:
    client.fault(kind, "/customers$", match={"times": 1})
    coming = _create_held(client, beside)
    assert (_count(client), _last(client)["committed"]) == (count, bool(count))
    assert client.raw("GET", "/customers").status_code == 200
    assert not coming.done()
    assert client.control("POST", "faults/release") == {"released": 1}
    assert coming.result().status_code == 201
    assert (_count(client), _held(client)) == (1, [])


def test_what_is_held_is_told_by_rule_number_and_ids(client: Client, beside: ThreadPoolExecutor) -> None:
    first, second = "0f8fad5b-d9cb-469f-a165-70867728950e", "7C9E6679-7425-40DE-944B-E07FC1F90AE7"
    client.fault("hold_before_commit")
    headers = {"Authorization": str(client.session.headers["Authorization"])}
    body = {**CUSTOMER, "notes": f"{first} and {second}, once more {first}"}
    coming = beside.submit(
        requests.post, f"{client.server.api_url}/customers", json=body, headers=headers, timeout=TIMEOUT
    )
    until(lambda: _held(client))
    assert _held(client) == [{"rule": "rule 1", "seq": _last(client)["seq"], "uuids": [first, second]}]
    client.control("POST", "faults/release")
    assert coming.result().status_code == 201


def test_a_release_lets_all_go_that_are_held_and_none_that_comes_later(
    client: Client, beside: ThreadPoolExecutor
) -> None:
    client.fault("hold_after_commit", "/customers$")
    held = [_create_held(client, beside) for _ in range(2)]
    assert client.control("POST", "faults/release") == {"released": 2}
    assert [coming.result().status_code for coming in held] == [201, 201]
    later = _create_held(client, beside)
    client.control("POST", "faults/release")
    assert later.result().status_code == 201


def test_a_hold_that_nobody_releases_ends_by_itself(client: Client) -> None:
    client.fault("hold_before_commit", seconds=0.01)
    assert client.raw("POST", "/customers", json=CUSTOMER).status_code == 201
    assert client.control("POST", "faults/release") == {"released": 0}


def test_a_hold_outlives_its_rule_and_its_client(client: Client) -> None:
    client.fault("hold_before_commit", "/customers$")
    with pytest.raises(requests.ReadTimeout):
        _create(client, timeout=0.1)
    until(lambda: _held(client))
    client.control("DELETE", "faults")
    assert (_count(client), len(_held(client))) == (0, 1)
    client.control("POST", "faults/release")
    until(lambda: _count(client) == 1)


@pytest.mark.parametrize("kind", ["hold_before_commit", "late_commit"])
def test_what_waits_does_not_outlive_a_reset(client: Client, beside: ThreadPoolExecutor, kind: str) -> None:
    client.fault(kind, "/customers$", seconds=60)
    coming = _create_held(client, beside)
    client.control("POST", "reset")
    with pytest.raises(requests.ConnectionError):
        coming.result()
    until(lambda: not _held(client))
    assert _count(client) == 0


def test_a_truncated_answer_breaks_off(client: Client) -> None:
    client.fault("truncate", keep=10)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        _create(client)
    assert _count(client) == 1


@pytest.mark.parametrize(
    ("more", "status", "error"),
    [({}, 400, "Access Denied"), ({"error": "invalid_code"}, 200, "invalid_code")],
)
def test_a_token_can_be_refused(client: Client, more: dict[str, Any], status: int, error: str) -> None:
    client.fault("refuse_token", "/oauth/v2/token", **more)
    answer = client.token()
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def _statuses(client: Client, count: int) -> list[int]:
    return [client.raw("GET", "/customers").status_code for _ in range(count)]


@pytest.mark.parametrize(
    ("match", "statuses"),
    [
        ({"nth": 2}, [200, 500, 200, 200]),
        ({"nth": [1, 3]}, [500, 200, 500, 200]),
        ({"times": 1}, [500, 200, 200, 200]),
        ({"skip": 1, "times": 2}, [200, 500, 500, 200]),
        ({"method": "post"}, [200, 200, 200, 200]),
        ({"actor": "judge"}, [200, 200, 200, 200]),
        ({"probability": 0}, [200, 200, 200, 200]),
        ({"probability": 0.5, "seed": 1}, [500, 200, 200, 500]),
    ],
)
def test_a_rule_fires_where_it_matches(client: Client, match: dict[str, Any], statuses: list[int]) -> None:
    client.fault("answer", "/customers$", match=match)
    seen = _statuses(client, 4)
    assert len(seen) == len(statuses)
    if "probability" not in match:
        assert seen == statuses
    [report] = client.control("GET", "faults")["rules"]
    assert report["fired"] == seen.count(500)


def test_a_seeded_rule_fires_alike_each_time(client: Client) -> None:
    runs = []
    for _ in range(2):
        client.fault("answer", "/customers$", match={"probability": 0.5, "seed": 7})
        runs.append(_statuses(client, 20))
        client.control("DELETE", "faults")
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


def test_a_rule_may_look_at_the_body_and_the_actor(client: Client) -> None:
    client.fault("answer", match={"body": "secret"})
    client.session.headers["X-Sandbox-Actor"] = "sync"
    client.fault("html_503", match={"actor": "sync", "method": "GET"})
    assert client.raw("GET", "/customers").status_code == 503
    assert client.raw("POST", "/customers", json={**CUSTOMER, "notes": "a secret"}).status_code == 500
    assert client.raw("POST", "/customers", json=CUSTOMER).status_code == 201
    assert _last(client)["actor"] == "sync"


def test_rules_are_named_reported_and_cleared(client: Client) -> None:
    rule = {"name": "a bad day", "action": {"kind": "html_503"}, "match": {"path": "/customers"}}
    client.control("POST", "faults", {"rules": [rule]})
    client.control("POST", "faults", {**rule, "name": "another"})
    client.raw("GET", "/customers")
    report = client.control("DELETE", "faults")["rules"]
    shown = [(entry["name"], entry["matched"], entry["fired"]) for entry in report]
    assert shown == [("a bad day", 1, 1), ("another", 0, 0)]
    assert client.raw("GET", "/customers").status_code == 200


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({}, "a rule lacks 'action'"),
        ({"action": {"kind": "flood"}}, "there is no fault of kind 'flood'"),
        ({"action": {"answer": "shrug"}}, "answer one of"),
        ({"action": {}, "match": {"path": "("}}, "no regular expression"),
        ({"action": {}, "match": {"weather": "bad"}}, "cannot match by weather"),
    ],
)
def test_a_bad_rule_is_refused_with_a_reason(client: Client, rule: dict[str, Any], complaint: str) -> None:
    url = f"{client.server.url}/_sandbox/faults"
    answer = requests.post(url, json=[rule], timeout=TIMEOUT)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]
    assert client.control("GET", "faults")["rules"] == []
