"""Every method, against the practice server."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from zoho_pipeline.zoho.errors import NotInZoho, Rejected
from zoho_pipeline_tests.zoho.practice import SOMEBODY, Practice


def plan(practice: Practice) -> str:
    """Make a product and a plan, as a person does in Zoho's page; the plan's code."""
    product = practice.post("/products", {"name": "Fibre", "email_ids": "a@example.com"})["product"]["product_id"]
    body = {
        "plan_code": "fibre/100 mbps",
        "name": "Fibre 100",
        "recurring_price": 575,
        "interval": 1,
        "interval_unit": "months",
        "product_id": product,
    }
    code: str = practice.post("/plans", body)["plan"]["plan_code"]
    return code


def subscribe(practice: Practice, customer: str, **more: Any) -> Any:
    body = {
        "customer_id": customer,
        "plan": {"plan_code": plan(practice), "price": Decimal("500.00"), "exclude_trial": True},
        "starts_at": practice.server.world.clock.now().date(),
        "auto_collect": False,
        "reference_id": "s-1",
        "custom_fields": [{"label": "CircleTel Service ID", "value": "s-1"}],
    }
    return practice.zoho.create_subscription(body | more, SOMEBODY)


def invoice_of(customer: str) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "invoice_number": "INV-2025-00007",
        "date": date(2025, 3, 1),
        "due_date": date(2025, 3, 8),
        "reference_number": "i-7",
        "is_inclusive_tax": True,
        "invoice_items": [{"name": "Router", "price": Decimal("115.05"), "quantity": 1}],
        "custom_fields": [{"api_name": "cf_circletel_invoice_id", "value": "i-7"}],
    }


def test_the_organisation_and_its_taxes_are_listed(practice: Practice) -> None:
    organisations = practice.zoho.organisations(SOMEBODY)
    assert [organisation.id for organisation in organisations] == [practice.server.org_id]
    assert {tax.percentage for tax in practice.zoho.taxes(SOMEBODY)} == {Decimal("15.0"), Decimal("0.0")}


def test_a_customer_is_made_changed_and_read(practice: Practice) -> None:
    made = practice.zoho.create_customer(
        {
            "display_name": "Zoë Müller",
            "email": "zoe@example.com",
            "custom_fields": [
                {"api_name": "cf_circletel_customer_id", "value": "c-1"},
                {"label": "Account Number", "value": "CT-2025-00001"},
            ],
        },
        SOMEBODY,
    )
    assert (made.display_name, made.circletel_customer_id, made.account_number) == (
        "Zoë Müller",
        "c-1",
        "CT-2025-00001",
    )
    practice.zoho.update_customer(made.id, {"display_name": "Zoë M.", "email": "zoe@example.com"}, SOMEBODY)
    changed = practice.zoho.get_customer(made.id, SOMEBODY)
    (page,) = practice.zoho.customers(SOMEBODY)
    assert changed.display_name == page.rows[0].display_name == "Zoë M."
    assert page.rows[0].circletel_customer_id == "c-1"


def test_a_plan_is_listed_with_its_price_and_its_rhythm(practice: Practice) -> None:
    plan(practice)
    (page,) = practice.zoho.plans(SOMEBODY)
    (one,) = page.rows
    assert (one.plan_code, one.recurring_price) == ("fibre/100 mbps", Decimal("575.00"))
    assert (one.interval, one.interval_unit) == (1, "months")


def test_a_subscription_goes_through_its_life(practice: Practice) -> None:
    customer = practice.customer()
    made = subscribe(practice, customer)
    assert (made.customer_id, made.reference_id, made.circletel_service_id) == (customer, "s-1", "s-1")
    assert (made.status, made.auto_collect, made.plan_price) == ("live", False, Decimal("500.00"))

    change = {"plan": {"plan_code": "fibre/100 mbps", "price": 600}, "end_of_term": True}
    assert practice.zoho.update_subscription(made.id, change, SOMEBODY, customer_id=customer).customer_id == customer
    ended = practice.zoho.cancel_subscription(made.id, SOMEBODY, at_end=True)
    assert ended.status == "non_renewing"
    ended = practice.zoho.cancel_subscription(made.id, SOMEBODY, at_end=False)
    assert practice.zoho.get_subscription(made.id, SOMEBODY).status == ended.status == "cancelled"


def test_the_invoices_that_a_subscription_raises_are_found_by_it(practice: Practice) -> None:
    customer = practice.customer()
    made = subscribe(practice, customer)
    (page,) = practice.zoho.invoices(SOMEBODY, subscription_id=made.id)
    assert [invoice.id for invoice in page.rows] == [made.child_invoice_id]
    detail = practice.zoho.get_invoice(page.rows[0].id, SOMEBODY)
    assert detail.has_detail
    assert detail.subscription_ids in (None, (made.id,))


def test_a_draft_is_changed_in_place_and_keeps_its_number(practice: Practice) -> None:
    draft = practice.zoho.create_invoice(invoice_of(practice.customer()), SOMEBODY)
    dearer = {"invoice_items": [{"name": "Router", "price": Decimal("230.00"), "quantity": 1}]}
    content = invoice_of(draft.customer_id) | dearer
    changed = practice.zoho.update_invoice(draft.id, content, SOMEBODY)
    assert (changed.id, changed.number, changed.status) == (draft.id, draft.number, "draft")
    assert (changed.total, changed.has_detail) == (Decimal("230.00"), True)
    practice.zoho.open_invoice(draft.id, SOMEBODY)
    with pytest.raises(Rejected):
        practice.zoho.update_invoice(draft.id, content, SOMEBODY)


def test_an_invoice_goes_from_draft_to_paid(practice: Practice) -> None:
    customer = practice.customer()
    draft = practice.zoho.create_invoice(invoice_of(customer), SOMEBODY)
    assert (draft.number, draft.status, draft.total) == ("INV-2025-00007", "draft", Decimal("115.05"))
    assert (draft.date, draft.circletel_invoice_id) == (date(2025, 3, 1), "i-7")

    practice.zoho.open_invoice(draft.id, SOMEBODY)
    payment = practice.zoho.create_payment(
        {
            "customer_id": customer,
            "payment_mode": "banktransfer",
            "amount": Decimal("200.00"),
            "date": date(2025, 3, 2),
            "reference_number": "EFT 1 p-1",
            "invoices": [{"invoice_id": draft.id, "amount_applied": Decimal("115.05")}],
            "custom_fields": [{"api_name": "cf_circletel_payment_id", "value": "p-1"}],
        },
        SOMEBODY,
    )
    paid = practice.zoho.get_invoice(draft.id, SOMEBODY)
    assert (paid.status, paid.balance) == ("paid", Decimal("0.00"))
    assert paid.payments is not None
    assert [(each.payment_id, each.amount) for each in paid.payments] == [(payment.id, Decimal("115.05"))]
    assert (payment.unapplied, payment.circletel_payment_id) == (Decimal("84.95"), "p-1")
    assert practice.zoho.get_payment(payment.id, SOMEBODY) == payment
    assert practice.zoho.get_customer(customer, SOMEBODY).unused_credits == Decimal("84.95")


def test_no_invoice_is_mailed(practice: Practice) -> None:
    draft = practice.zoho.create_invoice(invoice_of(practice.customer()), SOMEBODY)
    practice.zoho.open_invoice(draft.id, SOMEBODY)
    assert list(practice.server.organisation.mails) == []


def test_a_draft_is_deleted(practice: Practice) -> None:
    draft = practice.zoho.create_invoice(invoice_of(practice.customer()), SOMEBODY)
    practice.zoho.delete_invoice(draft.id, SOMEBODY)
    with pytest.raises(NotInZoho):
        practice.zoho.get_invoice(draft.id, SOMEBODY)


def test_an_invoice_without_lines_is_rejected_with_zohos_reason(practice: Practice) -> None:
    body = invoice_of(practice.customer()) | {"invoice_items": []}
    with pytest.raises(Rejected, match="invoice_items"):
        practice.zoho.create_invoice(body, SOMEBODY)


@pytest.mark.parametrize("payments_list_available", [True, False])
def test_payments_are_listed_in_either_way(practice: Practice, payments_list_available: bool) -> None:
    practice.behave(payments_list_available=payments_list_available)
    customer, other = practice.customer(), practice.customer("Sipho Zulu")
    for number, who in enumerate((customer, customer, other)):
        body = {"customer_id": who, "payment_mode": "cash", "amount": 10 + number, "date": date(2025, 3, 2)}
        practice.zoho.create_payment(body | {"reference_number": f"p-{number}"}, SOMEBODY)

    (everything,) = practice.zoho.payments(SOMEBODY)
    (theirs,) = practice.zoho.payments(SOMEBODY, customer_id=customer)

    assert {payment.reference_number for payment in everything.rows} == {"p-0", "p-1", "p-2"}
    assert {payment.reference_number for payment in theirs.rows} == {"p-0", "p-1"}
    assert len(practice.arrived("GET", "/payments")) == (2 if payments_list_available else 1)


def test_transactions_are_listed_by_kind(practice: Practice) -> None:
    customer = practice.customer()
    practice.zoho.create_invoice(invoice_of(customer), SOMEBODY)
    (page,) = practice.zoho.transactions(SOMEBODY, kind="INVOICE", customer_id=customer)
    assert [(row.type, row.amount) for row in page.rows] == [("invoice", Decimal("115.05"))]


def test_calls_that_name_no_run_get_the_clients(practice: Practice) -> None:
    from dataclasses import replace

    from zoho_pipeline.zoho.billing import ZohoBilling

    zoho = ZohoBilling(practice.zoho._transport, run_id="run-9")
    zoho.organisations(replace(SOMEBODY, run_id=None))
    zoho.organisations(SOMEBODY)
    assert [call.run_id for call, _ in practice.budget.calls[-2:]] == ["run-9", "run-1"]
