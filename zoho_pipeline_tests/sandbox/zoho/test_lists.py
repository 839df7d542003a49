"""Lists: paging, filters, sorting, lag; transactions and events."""

from __future__ import annotations

import pytest

from zoho_pipeline_tests.sandbox.zoho.client import Client, applied


def _names(client: Client, query: str = "") -> list[str]:
    return [row["display_name"] for row in client.rows(f"/customers{query}")]


def _three(client: Client) -> None:
    for name in "ABC":
        client.customer(display_name=name, email=f"{name.lower()}@example.com", company_name=f"{name} Ltd")


def test_pages_follow_one_another_without_gap_or_repeat(client: Client) -> None:
    for number in range(5):
        client.customer(display_name=str(number))
    seen: list[str] = []
    for page, more in ((1, True), (2, True), (3, False)):
        answer = client.done("GET", f"/customers?page={page}&per_page=2")
        context = answer["page_context"]
        assert (context["page"], context["per_page"], context["has_more_page"]) == (page, 2, more)
        seen += [row["display_name"] for row in answer["customers"]]
    assert seen == ["4", "3", "2", "1", "0"]
    assert client.rows("/customers?page=9&per_page=2") == []
    assert client.done("GET", "/customers?per_page=5")["page_context"]["has_more_page"] is False


def test_a_page_holds_at_most_200(client: Client) -> None:
    for number in range(201):
        client.customer(display_name=str(number))
    assert len(client.rows("/customers?per_page=500")) == 200
    assert len(client.rows("/customers")) == 200
    assert client.refused("GET", "/customers?page=two") == (400, 2)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?filter_by=Status.All", "CBA"),
        ("?filter_by=Status.Active", "CBA"),
        ("?filter_by=Status.Inactive", ""),
        ("?filter_by=Status.NonSubscribers", "CBA"),
        ("?filter_by=Status.Crm", ""),
        ("?email=B@example.com", "B"),
        ("?email_contains=a@", "A"),
        ("?search_text=c%20ltd", "C"),
        ("?sort_column=display_name&sort_order=A", "ABC"),
        ("?sort_column=display_name&sort_order=D", "CBA"),
        ("?sort_order=A", "ABC"),
        ("?sort_column=unheard_of&sort_order=A", "ABC"),
        ("?cf_account_number=X", "CBA"),
    ],
)
def test_customers_are_filtered_and_sorted(client: Client, query: str, names: str) -> None:
    _three(client)
    assert "".join(_names(client, query)) == names


def test_an_unheard_of_status_is_refused(client: Client) -> None:
    assert client.refused("GET", "/customers?filter_by=Status.Sleepy") == (400, 2)
    assert client.refused("GET", "/customers?filter_by=Active") == (400, 2)


def test_filters_can_be_ignored_silently(client: Client) -> None:
    _three(client)
    client.configure(ignored_filters=["email"])
    assert len(_names(client, "?email=b@example.com")) == 3
    assert _names(client, "?email_contains=b@") == ["B"]
    client.configure(ignored_filters=["*"])
    assert len(_names(client, "?email_contains=b@")) == 3
    client.configure(ignored_filters=[], undocumented_filters=False)
    assert len(_names(client, "?email=b@example.com")) == 3


def test_a_list_may_default_to_active_ones_and_to_oldest_first(client: Client) -> None:
    _three(client)
    last = client.rows("/customers")[0]["customer_id"]
    client.done("POST", f"/customers/{last}/markasinactive")
    client.configure(lists_default_to_all=False, default_sort_order="A")
    assert _names(client) == ["A", "B"]
    assert _names(client, "?filter_by=Status.All") == ["A", "B", "C"]


def test_an_empty_list_may_come_as_204(client: Client) -> None:
    client.configure(empty_list_is_204=True)
    answer = client.raw("GET", "/customers")
    assert (answer.status_code, answer.content) == (204, b"")
    client.customer()
    assert len(client.rows("/customers")) == 1


def test_lists_may_lag_behind_while_details_do_not(client: Client) -> None:
    client.configure(list_lag_seconds=60)
    customer = client.customer()
    client.payment(customer["customer_id"], 10)
    assert client.rows("/customers") == []
    assert client.rows("/customers?email=thandi@example.co.za") == []
    assert client.rows("/transactions") == []
    assert client.one("customers", customer["customer_id"])["customer_id"] == customer["customer_id"]
    client.configure(list_lag_seconds=0)
    assert len(client.rows("/customers")) == 1


def test_a_list_shows_every_change_at_once(client: Client) -> None:
    customer = client.customer()
    assert _names(client) == ["Thandi Mokoena"]
    client.done("PUT", f"/customers/{customer['customer_id']}", {"display_name": "New"})
    assert _names(client) == ["New"]
    client.done("DELETE", f"/customers/{customer['customer_id']}")
    assert _names(client) == []


def test_invoices_are_found_by_number_date_customer_and_status(client: Client) -> None:
    customer_id = client.customer()["customer_id"]
    own = "?ignore_auto_number_generation=true"
    client.invoice(customer_id, own, invoice_number="INV-2026-1", date="2026-01-01", reference_number="PO 7")
    client.invoice(customer_id, own, invoice_number="INV-2026-10", date="2026-01-31")
    paid = client.open_invoice(customer_id, date="2026-01-15", due_date="2026-01-10")
    client.open_invoice(client.customer()["customer_id"], date="2026-01-14")

    def numbers(query: str) -> list[str]:
        return [row["number"] for row in client.rows(f"/invoices?sort_column=date&sort_order=A&{query}")]

    assert numbers("invoice_number=INV-2026-1") == ["INV-2026-1"]
    assert numbers("search_text=2026-1") == ["INV-2026-1", "INV-2026-10"]
    assert numbers("reference_number=po%207") == ["INV-2026-1"]
    assert numbers("date_start=2026-01-15") == [paid["number"], "INV-2026-10"]
    assert numbers("date_start=2026-01-02&date_end=2026-01-14") == ["INV-000002"]
    assert numbers(f"customer_id={customer_id}&filter_by=Status.Draft") == ["INV-2026-1", "INV-2026-10"]
    assert numbers("filter_by=Status.OverDue") == ["INV-000002", "INV-000001"]
    assert numbers("filter_by=Status.Unpaid") == ["INV-000002", "INV-000001"]
    client.payment(customer_id, 115, invoices=applied(paid, 115))
    assert numbers("filter_by=Status.Paid") == ["INV-000001"]
    assert numbers(f"customer_id={customer_id}&invoice_number=INV-000002") == []
    assert client.refused("GET", "/invoices?date_start=yesterday") == (400, 2)


def test_transactions_show_one_customers_account_or_all(client: Client) -> None:
    first, second = client.customer()["customer_id"], client.customer()["customer_id"]
    invoice = client.open_invoice(first)
    payment = client.payment(first, 150, invoices=applied(invoice, 115))
    client.done("POST", f"/payments/{payment['payment_id']}/refunds", {"amount": 5})
    client.payment(second, 10)
    rows = client.rows(f"/transactions?customer_id={first}")
    assert [row["type"] for row in rows] == ["refund", "credit", "payment", "invoice"]
    assert [row["status"] for row in rows] == ["success", "closed", "success", "paid"]
    assert rows[2]["amount"] == 150
    only = client.rows(f"/transactions?filter_by=TransactionType.PAYMENT&customer_id={first}")
    assert [row["transaction_id"] for row in only] == [payment["payment_id"]]
    everyone = client.rows("/transactions?filter_by=TransactionType.PAYMENT")
    assert {row["customer_id"] for row in everyone} == {first, second}
    client.configure(whole_organisation_transactions=False, undocumented_fields=[], transaction_amount_is_string=True)
    assert client.refused("GET", "/transactions") == (400, 4)
    assert client.refused("GET", f"/transactions?customer_id={first}&filter_by=TransactionType.X") == (400, 2)
    row = client.rows(f"/transactions?customer_id={second}")[0]
    assert (row["amount"], "customer_id" in row) == ("10.00", False)
    client.configure(undocumented_fields=["transactions.customer_name", "transactions.reference_number"])
    row = client.rows(f"/transactions?customer_id={second}")[0]
    assert (row["customer_name"], row["reference_number"]) == ("Thandi Mokoena", "")


def test_events_tell_what_happened_for_180_days(client: Client) -> None:
    customer_id = client.customer()["customer_id"]
    [event] = client.rows("/events")
    assert event["event_type"] == "customer_created"
    assert client.one("events", event["event_id"])["payload"].count(customer_id) == 1
    client.days_pass(181)
    assert client.rows("/events") == []
