"""The mails that Zoho would have sent."""

from __future__ import annotations

from typing import Any

from zoho_pipeline_tests.sandbox.zoho.client import Client


def _mails(client: Client) -> list[tuple[Any, ...]]:
    return [(mail["kind"], mail["why"]) for mail in client.control("GET", "mails")["mails"]]


def _everything(client: Client) -> None:
    """What a month with a customer brings."""
    client.plan()
    customer_id = client.customer()["customer_id"]
    client.subscription(customer_id)
    client.open_invoice(customer_id)
    client.payment(customer_id, 10)
    client.days_pass(32)


def test_by_default_nothing_mails_a_customer(client: Client) -> None:
    _everything(client)
    assert _mails(client) == []


def test_an_organisation_that_mails_is_caught(client: Client) -> None:
    client.configure(mail_payment_receipts=True, mail_subscription_invoices=True, mail_overdue_reminders=True)
    _everything(client)
    kinds = [kind for kind, _ in _mails(client)]
    assert kinds == [
        "invoice",
        "payment receipt",
        "overdue reminder",
        "overdue reminder",
        "invoice",
        "overdue reminder",
    ]


def test_sending_an_invoice_opens_and_mails_it(client: Client) -> None:
    customer = client.customer()
    invoice = client.invoice(customer["customer_id"], "?send=true")
    assert (invoice["status"], invoice["is_emailed"]) == ("sent", True)
    [mail] = client.control("GET", "mails")["mails"]
    assert (mail["kind"], mail["to"], mail["why"]) == ("invoice", [customer["email"]], "send=true")
    assert (mail["object_kind"], mail["object_id"]) == ("invoices", invoice["invoice_id"])
    assert client.invoice(customer["customer_id"], "?send=false")["status"] == "draft"


def test_mailing_a_draft_opens_it_unless_switched_off(client: Client) -> None:
    customer_id = client.customer()["customer_id"]
    body = {"to_mail_ids": ["a@example.com"], "subject": "s", "body": "b"}
    first, second = client.invoice(customer_id), client.invoice(customer_id)
    client.done("POST", f"/invoices/{first['invoice_id']}/email", body)
    assert client.one("invoices", first["invoice_id"])["status"] == "sent"
    client.configure(emailing_opens_draft=False)
    client.done("POST", f"/invoices/{second['invoice_id']}/email", body)
    assert client.one("invoices", second["invoice_id"])["status"] == "draft"
    assert _mails(client) == [("invoice", "POST /email")] * 2
    for lacking in body:
        given = {name: value for name, value in body.items() if name != lacking}
        assert client.refused("POST", f"/invoices/{first['invoice_id']}/email", given) == (400, 4)


def test_mailing_a_credit_note_is_recorded(client: Client) -> None:
    customer_id = client.customer()["customer_id"]
    lines = [{"name": "x", "price": 1}]
    given = {"customer_id": customer_id, "date": "2026-01-15", "creditnote_items": lines}
    note_id = client.done("POST", "/creditnotes", given)["credit_note"]["creditnote_id"]
    client.done("POST", f"/creditnotes/{note_id}/email", {"to_mail_ids": ["a@example.com"]})
    assert client.refused("POST", f"/creditnotes/{note_id}/email", {}) == (400, 4)
    assert _mails(client) == [("credit note", "POST /email")]
