"""The control paths."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from zoho_pipeline.sandbox.zoho.testing import running_server
from zoho_pipeline_tests.sandbox.zoho.client import TIMEOUT, Client, applied


def test_the_ledger_tells_of_every_request(client: Client) -> None:
    client.session.headers["X-Sandbox-Actor"] = "sync"
    customer = client.customer()
    client.call("GET", "/customers?page=2")
    token, made, listed = client.control("GET", "ledger")["entries"]
    assert (token["path"], token["token"], token["committed"]) == ("/oauth/v2/token", made["token"], True)
    assert (made["method"], made["path"], made["status"], made["code"]) == ("POST", "/billing/v1/customers", 201, 0)
    assert (made["kind"], made["id"], made["actor"]) == ("customers", customer["customer_id"], "sync")
    assert (listed["query"], listed["seq"]) == ("page=2", made["seq"] + 1)
    newer = client.control("GET", f"ledger?since={made['seq']}")["entries"]
    assert [entry["seq"] for entry in newer] == [listed["seq"]]


def test_a_cleared_ledger_numbers_on(client: Client) -> None:
    client.call("GET", "/customers")
    before = client.control("GET", "ledger")["entries"][-1]["seq"]
    client.control("DELETE", "ledger")
    assert client.control("GET", "ledger")["entries"] == []
    client.call("GET", "/customers")
    assert client.control("GET", "ledger")["entries"][0]["seq"] == before + 1


def test_the_ledger_never_shows_a_token(client: Client) -> None:
    client.call("GET", "/customers")
    text = json.dumps(client.control("GET", "ledger"))
    assert "1000." not in text
    assert client.server.client_secret not in text


def test_objects_show_everything_in_full(client: Client) -> None:
    client.plan()
    client.done("POST", "/items", {"name": "Router", "rate": 1})
    customer_id = client.customer()["customer_id"]
    client.subscription(customer_id)
    invoice = client.open_invoice(customer_id)
    payment = client.payment(customer_id, 115, invoices=applied(invoice, 115))
    client.done("POST", f"/payments/{payment['payment_id']}/refunds", {"amount": 1})
    shown = client.control("GET", "objects")
    counts = {kind: len(entries) for kind, entries in shown.items()}
    assert counts.pop("events") > 0
    assert counts == {
        "customers": 1,
        "products": 1,
        "plans": 1,
        "items": 1,
        "subscriptions": 1,
        "invoices": 2,
        "payments": 1,
        "creditnotes": 1,
        "refunds": 1,
    }
    assert shown["payments"][0]["invoices"][0]["invoice_id"] == invoice["invoice_id"]


def test_what_was_deleted_can_still_be_seen(client: Client) -> None:
    client.plan()
    customer_id = client.customer()["customer_id"]
    subscription = client.subscription(customer_id, starts_at="2026-03-01")
    draft = client.invoice(customer_id)
    for path in (
        f"/subscriptions/{subscription['subscription_id']}",
        f"/invoices/{draft['invoice_id']}",
        f"/customers/{customer_id}",
    ):
        client.done("DELETE", path)
    shown = client.control("GET", "objects")
    assert [shown[kind][0]["deleted"] for kind in ("customers", "subscriptions", "invoices")] == [True] * 3
    assert shown["invoices"][0]["number"] == "INV-000001"


def test_the_clock_is_read_set_and_advanced(client: Client) -> None:
    assert client.control("GET", "clock")["now"].startswith("2026-01-15T08:00:")
    assert client.control("POST", "clock", {"set": "2025-03-01T12:00:00"})["now"] == "2025-03-01T12:00:00+02:00"
    assert client.control("POST", "clock", {"now": "2025-03-01T12:00:00Z"})["now"] == "2025-03-01T14:00:00+02:00"
    assert client.control("POST", "clock", {"advance_days": 0.5})["now"] == "2025-03-02T02:00:00+02:00"


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("clock", {}, "the clock takes 'set' or 'advance_days'"),
        ("clock", {"set": "noon"}, "Invalid isoformat"),
        ("behaviour", {"mood": 1}, "there is no setting 'mood'"),
        ("behaviour", {"calls_per_day": "many"}, "takes a int"),
        ("behaviour", {"calls_per_day": True}, "takes a int"),
        ("behaviour", {"tax_rounding": "never"}, "is one of line, document"),
        ("merge-customers", {"from": "1", "into": "2"}, "Customer does not exist."),
        ("merge-customers", {}, "'from'"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(client: Client, path: str, body: dict[str, Any], complaint: str) -> None:
    answer = requests.post(f"{client.server.url}/_sandbox/{path}", json=body, timeout=TIMEOUT)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]


def test_a_body_that_is_no_json_is_said_to_be_none(client: Client) -> None:
    answer = requests.post(f"{client.server.url}/_sandbox/clock", data=b"{", timeout=TIMEOUT)
    assert answer.status_code == 400


def test_settings_are_read_and_changed_in_part(client: Client) -> None:
    before = client.control("GET", "behaviour")
    assert (before["calls_per_minute"], before["mail_payment_receipts"]) == (3000, False)
    after = client.control("POST", "behaviour", {"calls_per_minute": 30})
    assert after == {**before, "calls_per_minute": 30}


def test_a_state_can_be_taken_and_restored(client: Client) -> None:
    client.plan()
    customer_id = client.customer()["customer_id"]
    client.subscription(customer_id)
    client.configure(calls_per_minute=500)
    state = client.control("GET", "state")
    before = client.control("GET", "objects")
    client.days_pass(60)
    client.done("DELETE", f"/subscriptions/{client.rows('/subscriptions')[0]['subscription_id']}")
    client.control("PUT", "state", state)
    assert client.control("GET", "objects") == before
    assert client.control("GET", "behaviour")["calls_per_minute"] == 500
    client.days_pass(31)
    assert len(client.rows("/invoices")) == 2


def test_a_state_moves_to_another_server(client: Client) -> None:
    client.customer()
    state = client.control("GET", "state")
    with running_server(state=state) as other:
        second = Client(other)
        with second.session:
            assert second.rows("/customers") == client.rows("/customers")
            assert other.organisation.customers.where("email", "thandi@example.co.za")


def test_what_is_no_state_is_refused(client: Client) -> None:
    empty = client.control("GET", "state")
    client.customer()
    broken = {**empty, "organisation": {**empty["organisation"], "mails": [{"seq": 1}]}}
    for state in ({}, {"version": 0}, {"version": 1}, broken):
        answer = requests.put(f"{client.server.url}/_sandbox/state", json=state, timeout=TIMEOUT)
        assert answer.status_code == 400
    assert len(client.rows("/customers")) == 1


def test_a_reset_makes_everything_new_but_leaves_tokens(client: Client) -> None:
    client.customer()
    client.configure(calls_per_minute=30)
    client.fault("html_503")
    client.control("POST", "reset")
    assert client.rows("/customers") == []
    assert client.control("GET", "behaviour")["calls_per_minute"] == 3000
    assert client.customer()["customer_id"] == "5214837000000001001"


def test_the_same_calls_make_the_same_ids(client: Client) -> None:
    runs = []
    for _ in range(2):
        client.control("POST", "reset")
        client.plan()
        runs.append(client.subscription(client.customer()["customer_id"])["child_invoice_id"])
    assert runs[0] == runs[1]


def test_health_counts_objects_and_calls(client: Client) -> None:
    client.customer()
    health = client.control("GET", "health")
    assert (health["status"], health["objects"]["customers"], health["limits"]["minute"]) == ("ok", 1, 1)
    assert health["limits"]["in_flight"] == 0
