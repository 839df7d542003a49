"""What the business clock does to subscriptions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.sandbox.zoho.terms import term_start, terms_begun
from zoho_pipeline_tests.sandbox.zoho.client import Client


@pytest.fixture
def customer_id(client: Client) -> str:
    """A customer, and the plan fibre-50 of R 799 including VAT."""
    client.plan()
    return str(client.customer()["customer_id"])


def test_each_month_brings_one_invoice_of_its_day(client: Client, customer_id: str) -> None:
    client.subscription(customer_id, starts_at="2026-01-31")
    client.control("POST", "clock", {"set": "2026-05-31T09:00:00+02:00"})
    dates = [row["date"] for row in client.rows("/invoices?sort_column=date&sort_order=A")]
    assert dates == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


def test_invoices_of_all_subscriptions_are_numbered_in_the_order_of_their_days(
    client: Client, customer_id: str
) -> None:
    client.subscription(customer_id, starts_at="2026-01-20")
    client.subscription(customer_id, starts_at="2026-01-18")
    client.days_pass(40)
    rows = client.rows("/invoices?sort_column=invoice_number&sort_order=A")
    shown = [(row["number"], row["date"]) for row in rows]
    assert shown == [
        ("INV-000001", "2026-01-18"),
        ("INV-000002", "2026-01-20"),
        ("INV-000003", "2026-02-18"),
        ("INV-000004", "2026-02-20"),
    ]


def test_an_invoice_of_a_past_day_carries_that_days_time(client: Client, customer_id: str) -> None:
    client.subscription(customer_id, starts_at="2026-02-01")
    client.days_pass(30)
    [row] = client.rows("/invoices")
    assert row["created_time"] == "2026-02-01T01:00:00+0200"
    assert (row["status"], row["due_date"]) == ("overdue", "2026-02-01")


def test_renewal_moves_the_term_and_says_so(client: Client, customer_id: str) -> None:
    subscription_id = client.subscription(customer_id)["subscription_id"]
    client.days_pass(31)
    shown = client.one("subscriptions", subscription_id)
    assert (shown["current_term_starts_at"], shown["current_term_ends_at"]) == ("2026-02-15", "2026-03-15")
    assert (shown["last_billing_at"], shown["next_billing_at"]) == ("2026-02-15", "2026-03-15")
    newest = client.rows(f"/invoices?subscription_id={subscription_id}")[0]
    assert shown["child_invoice_id"] == newest["invoice_id"]
    assert "subscriptions" not in newest
    assert "subscription_renewed" in [event["event_type"] for event in client.rows("/events")]


def test_a_term_may_be_shown_to_end_the_day_before(client: Client, customer_id: str) -> None:
    client.configure(term_ends_on_next_billing=False)
    assert client.subscription(customer_id)["current_term_ends_at"] == "2026-02-14"


def test_payment_terms_make_the_due_date(client: Client, customer_id: str) -> None:
    made = client.subscription(customer_id, payment_terms=7)
    assert (made["payment_terms_label"], client.rows("/invoices")[0]["due_date"]) == ("Net 7", "2026-01-22")


def test_billing_cycles_end_in_expiry(client: Client, customer_id: str) -> None:
    made = client.subscription(customer_id, plan={"billing_cycles": 2})
    assert made["expires_at"] == "2026-03-15"
    client.days_pass(120)
    assert client.one("subscriptions", made["subscription_id"])["status"] == "expired"
    assert len(client.rows("/invoices")) == 2
    assert len(client.rows("/subscriptions?filter_by=SubscriptionStatus.EXPIRED")) == 1


def test_cancelled_at_the_end_it_runs_until_then(client: Client, customer_id: str) -> None:
    subscription_id = client.subscription(customer_id)["subscription_id"]
    answer = client.done("POST", f"/subscriptions/{subscription_id}/cancel?cancel_at_end=true")
    assert answer["message"] == "Your subscription will be canceled at the end of this term."
    assert (answer["subscription"]["status"], answer["subscription"]["next_billing_at"]) == ("non_renewing", "")
    client.days_pass(31)
    assert client.one("subscriptions", subscription_id)["status"] == "cancelled"
    assert len(client.rows("/invoices")) == 1
    assert len(client.rows("/subscriptions?filter_by=SubscriptionStatus.CANCELLED_THIS_MONTH")) == 1
    assert client.rows("/subscriptions?filter_by=SubscriptionStatus.CANCELLED_LAST_MONTH") == []


def test_reactivated_in_time_it_renews(client: Client, customer_id: str) -> None:
    subscription_id = client.subscription(customer_id)["subscription_id"]
    path = f"/subscriptions/{subscription_id}"
    assert client.refused("POST", f"{path}/reactivate") == (400, 1050)
    client.done("POST", f"{path}/cancel?cancel_at_end=true")
    assert client.done("POST", f"{path}/reactivate")["subscription"]["status"] == "live"
    client.days_pass(31)
    assert len(client.rows("/invoices")) == 2


@pytest.mark.parametrize("starts_at", ["2026-01-15", "2026-03-01"])
def test_cancelled_at_once_it_is_billed_no_more(client: Client, customer_id: str, starts_at: str) -> None:
    subscription_id = client.subscription(customer_id, starts_at=starts_at)["subscription_id"]
    path = f"/subscriptions/{subscription_id}"
    before = len(client.rows("/invoices"))
    cancelled = client.done("POST", f"{path}/cancel")["subscription"]
    assert (cancelled["status"], cancelled["cancelled_at"]) == ("cancelled", "2026-01-15")
    client.days_pass(90)
    assert len(client.rows("/invoices")) == before
    assert client.refused("POST", f"{path}/cancel") == (400, 1050)
    assert client.refused("PUT", path, {"reference_id": "r"}) == (400, 1050)


def test_a_postponed_renewal_comes_later_and_keeps_its_new_day(client: Client, customer_id: str) -> None:
    subscription_id = client.subscription(customer_id)["subscription_id"]
    path = f"/subscriptions/{subscription_id}/postpone"
    assert client.refused("POST", path, {"renewal_at": "2026-02-15"}) == (400, 2)
    shown = client.done("POST", path, {"renewal_at": "2026-02-20"})["subscription"]
    assert (shown["current_term_starts_at"], shown["next_billing_at"]) == ("2026-01-15", "2026-02-20")
    client.days_pass(70)
    assert [row["date"] for row in client.rows("/invoices")] == ["2026-03-20", "2026-02-20", "2026-01-15"]


def test_a_scheduled_change_to_another_interval_counts_from_its_day(client: Client, customer_id: str) -> None:
    client.plan("yearly", interval_unit="years", recurring_price=7990)
    subscription_id = client.subscription(customer_id)["subscription_id"]
    change = {"plan": {"plan_code": "yearly"}, "end_of_term": True}
    client.done("PUT", f"/subscriptions/{subscription_id}", change)
    client.days_pass(31)
    assert client.one("subscriptions", subscription_id)["next_billing_at"] == "2027-02-15"


def test_history_can_be_replayed_from_the_past(client: Client, customer_id: str) -> None:
    client.control("POST", "clock", {"set": "2025-11-01T08:00:00+02:00"})
    made = client.subscription(customer_id)
    assert (made["status"], made["created_at"]) == ("live", "2025-11-01")
    client.control("POST", "clock", {"set": "2026-01-15T08:00:00+02:00"})
    assert len(client.rows("/invoices")) == 3


@given(anchor=st.dates(date(2000, 1, 1), date(2030, 12, 31)), term=st.integers(0, 60))
def test_terms_keep_the_anchors_day_wherever_the_month_has_it(anchor: date, term: int) -> None:
    start = term_start(anchor, 1, "months", term)
    assert start.day <= anchor.day
    assert start.day == anchor.day or anchor.day > 28
    assert terms_begun(anchor, 1, "months", start) == term + 1


def test_terms_can_be_days_or_weeks_too() -> None:
    assert term_start(date(2026, 1, 1), 10, "days", 2) == date(2026, 1, 21)
    assert term_start(date(2026, 1, 1), 2, "weeks", 1) == date(2026, 1, 15)
    assert term_start(date(2024, 2, 29), 1, "years", 1) == date(2025, 2, 28)
