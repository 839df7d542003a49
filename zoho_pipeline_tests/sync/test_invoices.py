"""One-off invoices: CircleTel's total and VAT to the cent, without mail, under CircleTel's number; or not at all."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import custom, money

INVOICES = Entity.INVOICES
TWO_OF_10_10 = [{"name": "Cable", "price": 10.10}, {"name": "Plug", "price": 10.10}]
"""Including VAT: 2.64 line by line, 2.63 on the whole."""


def test_an_invoice_is_sent_under_its_own_number(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    row = world.circletel.invoice(customer, "1150.00", invoice_number="INV-2025-00777", due_date=date(2025, 9, 30))
    done = world.run()
    made = world.zoho.one("invoices")
    assert done.counts(INVOICES) == {Outcome.CREATED: 1}
    assert (made["invoice_number"], made["date"], made["due_date"]) == ("INV-2025-00777", "2025-09-01", "2025-09-30")
    assert (money(made["total"]), money(made["tax_total"])) == (Decimal("1150.00"), Decimal("150.00"))
    assert custom(made, "cf_circletel_invoice_id") == row
    assert world.standing(INVOICES, row).zoho_id == made["invoice_id"]
    assert world.status(INVOICES, row) == "synced"
    assert world.state(INVOICES, row) == "synced"
    assert world.zoho.mails == []


def test_the_types_that_zoho_does_not_raise_itself_are_sent_whatever_their_status_once_they_have_gone_out(
    world: PracticeWorld,
) -> None:
    customer = world.circletel.customer()
    kinds = {"installation": "sent", "pro_rata": "paid", "equipment": "partial", "adjustment": "overdue"}
    for kind, status in kinds.items():
        world.circletel.invoice(customer, invoice_type=kind, status=status, due_date=date(2025, 12, 1))
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.CREATED: 4}
    assert [made["status"] for made in world.zoho.objects("invoices")] == ["sent"] * 4
    assert world.zoho.mails == []


def test_a_recurring_invoice_is_never_sent_and_its_status_is_left_alone(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    row = world.circletel.recurring(customer, None, date(2025, 9, 1), zoho_sync_status="failed")
    untyped = world.circletel.invoice(customer, invoice_type=None)
    done = world.run(INVOICES)
    assert done.counts(INVOICES) == {}
    assert world.zoho.objects("invoices") == []
    assert world.status(INVOICES, row) == "failed"
    assert world.status(INVOICES, untyped) == "pending"


def test_a_withdrawn_invoice_is_not_sent(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for status in ("voided", "cancelled"):
        world.circletel.invoice(customer, status=status)
    assert world.run(INVOICES).counts(INVOICES) == {}
    assert world.zoho.writes == []


def test_an_invoice_is_compared_before_it_is_opened(world: PracticeWorld) -> None:
    world.circletel.invoice(world.circletel.customer())
    world.run(INVOICES)
    made = world.zoho.one("invoices")["invoice_id"]
    assert world.zoho.writes == ["POST /customers", "POST /invoices", f"POST /invoices/{made}/converttoopen"]


def test_a_draft_stays_a_draft_in_zoho(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    rows = [world.circletel.invoice(customer, status=status) for status in ("draft", None)]
    world.run(INVOICES)
    assert [made["status"] for made in world.zoho.objects("invoices")] == ["draft", "draft"]
    assert [world.status(INVOICES, row) for row in rows] == ["synced", "synced"]


def test_a_draft_that_goes_out_in_circletel_is_opened_in_zoho_by_the_next_run(world: PracticeWorld) -> None:
    row = world.circletel.invoice(world.circletel.customer(), status="draft", due_date=date(2025, 12, 1))
    world.run(INVOICES)
    world.circletel.change("customer_invoices", row, status="sent")
    done = world.run(INVOICES)
    assert done.counts(INVOICES) == {Outcome.UPDATED: 1}
    assert world.zoho.one("invoices")["status"] == "sent"
    assert world.zoho.mails == []
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UNCHANGED: 1}


SHAPES: dict[str, Any] = {
    "price": [{"name": "Router", "price": 230}],
    "description": [{"description": "Router", "price": "230.00", "quantity": 1}],
    "rate and quantity": [{"name": "Router", "rate": 115, "quantity": 2}],
    "unit_price and amount": [{"name": "Router", "unit_price": 115, "quantity": 2, "amount": 230}],
    "excluding VAT": [{"name": "Router", "price": 200, "quantity": 1}],
    "several": [{"name": "A", "price": 115}, {"name": "B", "price": 115}],
    "with a discount": [{"name": "Router", "price": 345}, {"name": "Discount", "price": -115}],
    "an eighth": [{"name": "Cable by the metre", "price": 1840, "quantity": 0.125}],
    "without text": [{"price": 230}],
    "no lines": None,
    "empty": [],
}


def test_whatever_shape_the_lines_have_zoho_comes_to_circletels_total_and_vat(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for shape, line_items in SHAPES.items():
        world.circletel.invoice(customer, "230.00", invoice_number=shape, line_items=line_items)
    done = world.run(INVOICES)
    made = {invoice["invoice_number"]: invoice for invoice in world.zoho.objects("invoices")}
    assert done.troubles == []
    right = (Decimal("230.00"), Decimal("30.00"))
    assert {number: (money(one["total"]), money(one["tax_total"])) for number, one in made.items()} == dict.fromkeys(
        SHAPES, right
    )
    assert all(line["name"] for invoice in made.values() for line in invoice["invoice_items"])


def test_lines_whose_vat_would_miss_by_a_cent_are_put_together(world: PracticeWorld) -> None:
    world.circletel.invoice(world.circletel.customer(), "20.20", vat="2.63", line_items=TWO_OF_10_10)
    world.run(INVOICES)
    made = world.zoho.one("invoices")
    assert (money(made["total"]), money(made["tax_total"])) == (Decimal("20.20"), Decimal("2.63"))
    assert [line["name"] for line in made["invoice_items"]] == ["Cable; Plug"]


def test_lines_whose_vat_ties_one_by_one_stay_apart(world: PracticeWorld) -> None:
    world.circletel.invoice(world.circletel.customer(), "20.20", vat="2.64", line_items=TWO_OF_10_10)
    world.run(INVOICES)
    made = world.zoho.one("invoices")
    assert money(made["tax_total"]) == Decimal("2.64")
    assert [line["name"] for line in made["invoice_items"]] == ["Cable", "Plug"]


def test_an_invoice_without_vat_is_sent_without_vat(world: PracticeWorld) -> None:
    world.circletel.invoice(world.circletel.customer(), "100.00", vat="0.00", line_items=[{"name": "A", "price": 100}])
    world.run(INVOICES)
    made = world.zoho.one("invoices")
    assert (money(made["total"]), money(made["tax_total"])) == (Decimal("100.00"), Decimal("0.00"))


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "do not add up": ({"line_items": [{"name": "A", "price": 100}]}, "its lines come to R 100.00"),
    "not a list": ({"line_items": {"name": "A"}}, "line_items is not a list"),
    "not objects": ({"line_items": ["A"]}, "line 1 is not an object"),
    "no amount": ({"line_items": [{"name": "A"}]}, "line 1 has no amount"),
    "not a number": ({"line_items": [{"name": "A", "price": "much"}]}, "line 1 has no amount"),
    "subtotal and VAT miss the total": ({"subtotal": Decimal("1.00")}, "is not its subtotal"),
    "VAT is not the rate": ({"vat": "29.99"}, "its VAT R 29.99 is not 15 %"),
    "no such tax": ({"vat": "28.25", "vat_rate": Decimal(14)}, "Zoho has no tax of 14 %"),
    "negative": ({"total": "-115.00"}, "is negative"),
}


def test_an_invoice_that_cannot_come_out_right_is_refused_before_any_call(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    world.run(Entity.CUSTOMERS)
    world.zoho.forget_calls()
    rows = {
        case: world.circletel.invoice(customer, invoice_number=case, **values) for case, (values, _) in REFUSED.items()
    }
    good = world.circletel.invoice(customer)
    done = world.run(INVOICES)
    told = {trouble.label: trouble for trouble in done.troubles}
    assert done.counts(INVOICES) == {Outcome.REFUSED: len(REFUSED), Outcome.CREATED: 1}
    assert len(world.zoho.calls("POST", "/invoices$")) == 1
    assert world.status(INVOICES, good) == "synced"
    for case, (_, reason) in REFUSED.items():
        standing = world.standing(INVOICES, rows[case])
        assert (standing.zoho_id, standing.status) == (None, "failed")
        assert reason in (standing.error or "")
        assert reason in told[case].reason
        assert told[case].advice


def test_a_draft_that_zoho_makes_differently_is_deleted_and_the_row_refused(world: PracticeWorld) -> None:
    world.zoho.behave(tax_rounding="document")
    row = world.circletel.invoice(world.circletel.customer(), "20.20", vat="2.64", line_items=TWO_OF_10_10)
    done = world.run(INVOICES)
    assert done.counts(INVOICES) == {Outcome.REFUSED: 1}
    assert "Zoho made R 20.20 with VAT R 2.63 of CircleTel's R 20.20 with VAT R 2.64" in done.reason
    assert world.zoho.objects("invoices") == []
    assert len(world.zoho.deleted("invoices")) == 1
    assert world.zoho.mails == []
    standing = world.standing(INVOICES, row)
    assert (standing.zoho_id, standing.status) == (None, "failed")


def test_an_invoice_whose_draft_differed_is_not_sent_again_until_its_content_changes(world: PracticeWorld) -> None:
    world.zoho.behave(tax_rounding="document")
    row = world.circletel.invoice(world.circletel.customer(), "20.20", vat="2.64", line_items=TWO_OF_10_10)
    world.run(INVOICES)
    world.zoho.forget_calls()
    again = world.run(INVOICES)
    assert again.counts(INVOICES) == {Outcome.REFUSED: 1}
    assert world.zoho.writes == []
    world.circletel.change(
        "customer_invoices", row, tax_amount=Decimal("2.63"), subtotal=Decimal("17.57"), line_items=TWO_OF_10_10[:1] * 2
    )
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.CREATED: 1}
    assert world.status(INVOICES, row) == "synced"


def test_a_draft_that_could_not_be_opened_is_opened_by_the_next_run_and_not_made_again(world: PracticeWorld) -> None:
    row = world.circletel.invoice(world.circletel.customer())
    world.zoho.befall("answer", method="POST", path="converttoopen")
    first = world.run(INVOICES)
    assert first.counts(INVOICES) == {Outcome.FAILED: 1}
    assert world.zoho.one("invoices")["status"] == "draft"
    assert world.status(INVOICES, row) == "failed"
    second = world.run(INVOICES)
    assert second.counts(INVOICES) == {Outcome.UPDATED: 1}
    assert world.zoho.one("invoices")["status"] == "overdue"
    assert world.status(INVOICES, row) == "synced"


@pytest.mark.parametrize("status", ["sent", "draft"])
def test_a_wrong_draft_that_could_not_be_deleted_does_not_stay_as_if_it_were_right(
    world: PracticeWorld, status: str
) -> None:
    world.zoho.behave(tax_rounding="document")
    row = world.circletel.invoice(
        world.circletel.customer(), "20.20", vat="2.64", line_items=TWO_OF_10_10, status=status
    )
    world.zoho.befall("answer", method="DELETE", path="/invoices/")
    first = world.run(INVOICES)
    assert first.counts(INVOICES) == {Outcome.FAILED: 1}
    second = world.run(INVOICES)
    assert second.counts(INVOICES) == {Outcome.REFUSED: 1}
    assert world.zoho.objects("invoices") == []
    standing = world.standing(INVOICES, row)
    assert (standing.zoho_id, standing.status) == (None, "failed")


def test_a_due_date_before_the_invoice_is_dated_does_not_reach_zoho(world: PracticeWorld) -> None:
    world.circletel.invoice(world.circletel.customer(), due_date=date(2025, 8, 1))
    world.run(INVOICES)
    assert world.zoho.one("invoices")["due_date"] == "2025-09-01"


def test_an_issued_invoice_that_was_changed_is_parked_and_not_sent(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    dated, dearer = world.circletel.invoice(customer), world.circletel.invoice(customer)
    world.run(INVOICES)
    world.zoho.forget_calls()
    world.circletel.change("customer_invoices", dated, due_date=date(2025, 10, 31))
    world.circletel.change(
        "customer_invoices", dearer, line_items=[{"name": "Installation", "price": 345}],
        total_amount=Decimal("345.00"), subtotal=Decimal("300.00"), tax_amount=Decimal("45.00"),
    )  # fmt: skip
    done = world.run(INVOICES)
    assert done.counts(INVOICES) == {Outcome.PARKED: 2}
    assert all("content changed" in trouble.reason for trouble in done.troubles)
    assert world.zoho.writes == []
    for row in (dated, dearer):
        standing = world.standing(INVOICES, row)
        assert standing.status == "failed"
        assert standing.zoho_id is not None


def test_an_issued_invoice_that_is_changed_back_is_synced_again(world: PracticeWorld) -> None:
    row = world.circletel.invoice(world.circletel.customer(), due_date=date(2025, 9, 8))
    world.run(INVOICES)
    world.circletel.change("customer_invoices", row, due_date=date(2025, 10, 31))
    world.run(INVOICES)
    world.circletel.change("customer_invoices", row, due_date=date(2025, 9, 8))
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UNCHANGED: 1}
    assert world.status(INVOICES, row) == "synced"


def test_a_locked_invoice_is_linked_although_it_may_not_be_changed(world: PracticeWorld) -> None:
    row = world.circletel.invoice(world.circletel.customer(), status="draft")
    world.circletel.change("customer_invoices", row, status="sent")
    assert world.circletel.value("customer_invoices", row, "is_locked") is True
    world.run(INVOICES)
    assert world.status(INVOICES, row) == "synced"


def test_payments_and_overdue_dates_move_nothing_in_zohos_invoice(world: PracticeWorld) -> None:
    row = world.circletel.invoice(world.circletel.customer())
    world.run(INVOICES)
    world.zoho.forget_calls()
    world.circletel.change("customer_invoices", row, status="paid", amount_paid=Decimal(230), amount_due=Decimal(0))
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UNCHANGED: 1}
    assert world.zoho.calls() == []


def test_an_invoice_that_zoho_numbers_itself_is_not_issued_and_stops_the_creates_of_its_kind(
    world: PracticeWorld,
) -> None:
    customer = world.circletel.customer()
    rows = [world.circletel.invoice(customer) for _ in range(3)]
    renumbered = {
        "invoice_id": "9", "invoice_number": "INV-000001", "customer_id": "1", "status": "draft",
        "date": "2025-09-01", "total": 230, "balance": 230, "tax_total": 30, "invoice_items": [],
    }  # fmt: skip
    body = {"code": 0, "invoice": renumbered}
    world.zoho.befall("answer", method="POST", path="/invoices$", times=None, status=201, body=body)
    done = world.run(INVOICES)
    assert "did not keep the key" in (done.interrupted or "")
    assert world.zoho.writes == ["POST /customers", "POST /invoices"]
    assert sorted(world.status(INVOICES, row) or "" for row in rows) == ["failed", "pending", "pending"]
