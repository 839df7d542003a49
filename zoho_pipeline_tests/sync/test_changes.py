"""What CircleTel changes of rows that are in Zoho: drafts follow, issued invoices never, and each has its switch."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from zoho_pipeline.entities import Change, Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import money

CUSTOMERS, SUBSCRIPTIONS, INVOICES = Entity.CUSTOMERS, Entity.SUBSCRIPTIONS, Entity.INVOICES
DEARER: dict[str, Any] = {
    "line_items": [{"name": "Installation", "price": 345}],
    "total_amount": Decimal("345.00"),
    "subtotal": Decimal("300.00"),
    "tax_amount": Decimal("45.00"),
}


def draft(world: PracticeWorld) -> str:
    """A draft of CircleTel that we have made in Zoho."""
    row = world.circletel.invoice(world.circletel.customer(), status="draft", due_date=date(2025, 12, 1))
    world.run(INVOICES)
    world.zoho.forget_calls()
    return row


def change(world: PracticeWorld, row: str, **values: Any) -> None:
    world.circletel.change("customer_invoices", row, **values)


def test_a_draft_whose_amounts_change_is_changed_in_place_and_stays_a_draft(world: PracticeWorld) -> None:
    row = draft(world)
    before = world.zoho.one("invoices")["invoice_id"]
    change(world, row, **DEARER)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UPDATED: 1}
    made = world.zoho.one("invoices")
    assert world.zoho.writes == [f"PUT /invoices/{before}"]
    assert (made["invoice_id"], made["status"]) == (before, "draft")
    assert (money(made["total"]), money(made["tax_total"])) == (Decimal("345.00"), Decimal("45.00"))
    assert made["invoice_number"] == world.circletel.value("customer_invoices", row, "invoice_number")
    assert world.status(INVOICES, row) == "synced"
    assert world.zoho.mails == []


def test_a_change_of_a_draft_is_sent_once_and_costs_nothing_afterwards(world: PracticeWorld) -> None:
    row = draft(world)
    change(world, row, due_date=date(2025, 12, 24))
    world.run(INVOICES)
    assert world.zoho.one("invoices")["due_date"] == "2025-12-24"
    world.zoho.forget_calls()
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UNCHANGED: 1}
    assert world.zoho.calls() == []


def test_a_draft_that_changes_and_goes_out_is_changed_compared_and_opened(world: PracticeWorld) -> None:
    row = draft(world)
    change(world, row, **DEARER)
    change(world, row, status="sent")
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UPDATED: 1}
    made = world.zoho.one("invoices")
    put, opened = world.zoho.writes
    assert (put, opened) == (
        f"PUT /invoices/{made['invoice_id']}",
        f"POST /invoices/{made['invoice_id']}/converttoopen",
    )
    assert (made["status"], money(made["total"])) == ("sent", Decimal("345.00"))


def test_a_draft_that_only_goes_out_is_opened_and_not_changed(world: PracticeWorld) -> None:
    row = draft(world)
    change(world, row, status="sent")
    world.run(INVOICES)
    made = world.zoho.one("invoices")["invoice_id"]
    assert world.zoho.writes == [f"POST /invoices/{made}/converttoopen"]


def test_a_due_date_that_changed_before_the_draft_went_out_is_in_zoho_when_it_is_opened(world: PracticeWorld) -> None:
    row = draft(world)
    change(world, row, due_date=date(2025, 12, 24))
    change(world, row, status="sent")
    world.run(INVOICES)
    made = world.zoho.one("invoices")
    assert (made["status"], made["due_date"]) == ("sent", "2025-12-24")


def test_a_draft_that_zoho_changes_to_something_else_is_deleted_and_the_row_refused(world: PracticeWorld) -> None:
    row = draft(world)
    world.zoho.behave(tax_rounding="document")
    twice = [{"name": "Cable", "price": 10.10}, {"name": "Plug", "price": 10.10}]
    change(
        world, row, line_items=twice, total_amount=Decimal("20.20"), subtotal=Decimal("17.56"),
        tax_amount=Decimal("2.64"),
    )  # fmt: skip
    done = world.run(INVOICES)
    assert done.counts(INVOICES) == {Outcome.REFUSED: 1}
    assert "Zoho made R 20.20 with VAT R 2.63 of CircleTel's R 20.20 with VAT R 2.64" in done.reason
    assert world.zoho.objects("invoices") == []
    standing = world.standing(INVOICES, row)
    assert (standing.zoho_id, standing.status) == (None, "failed")
    change(world, row, **DEARER)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.CREATED: 1}
    assert money(world.zoho.one("invoices")["total"]) == Decimal("345.00")


@pytest.mark.parametrize("fault", ["reset_after_commit", "reset_before_commit"])
@pytest.mark.parametrize("status", ["draft", "sent"])
def test_a_change_of_a_draft_whose_answer_is_lost_ends_right_by_the_next_run(
    world: PracticeWorld, fault: str, status: str
) -> None:
    row = draft(world)
    change(world, row, **DEARER)
    change(world, row, status=status)
    world.zoho.befall(fault, method="PUT", path="/invoices/")
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.FAILED: 1}
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UPDATED: 1}
    made = world.zoho.one("invoices")
    assert (made["status"], money(made["total"])) == (status, Decimal("345.00"))
    assert world.status(INVOICES, row) == "synced"
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UNCHANGED: 1}


def test_a_changed_draft_that_could_not_be_opened_is_opened_by_the_next_run(world: PracticeWorld) -> None:
    row = draft(world)
    change(world, row, **DEARER)
    change(world, row, status="sent")
    world.zoho.befall("answer", method="POST", path="converttoopen")
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.FAILED: 1}
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UPDATED: 1}
    assert world.zoho.one("invoices")["status"] == "sent"
    assert world.status(INVOICES, row) == "synced"


def test_a_draft_that_somebody_issued_in_zoho_is_not_changed_any_more(world: PracticeWorld) -> None:
    """Even where Zoho would let an issued invoice be changed, and its lists showed a draft so far."""
    world.zoho.behave(only_drafts_editable=False)
    row = draft(world)
    young = {"ZOHO_MIRROR_MAX_AGE_SECONDS": "3600"}
    world.run(INVOICES)
    world.zoho.people.post(f"/invoices/{world.zoho.one('invoices')['invoice_id']}/converttoopen")
    change(world, row, **DEARER)
    done = world.run(INVOICES, env=young)
    assert done.counts(INVOICES) == {Outcome.PARKED: 1}
    assert "issued in Zoho" in done.reason
    assert world.zoho.writes == []
    assert money(world.zoho.one("invoices")["total"]) == Decimal("230.00")


@pytest.mark.parametrize("values", [DEARER, {"due_date": date(2025, 12, 24)}], ids=["money", "due date"])
@pytest.mark.parametrize("refused_before", [False, True])
def test_a_changed_draft_that_the_app_made_is_left_to_a_person(
    world: PracticeWorld, values: dict[str, Any], refused_before: bool
) -> None:
    row = world.circletel.invoice(world.circletel.customer(), status="draft", invoice_number="INV-2025-00321")
    world.run(CUSTOMERS)
    customer = world.zoho.one("customers")["customer_id"]
    if refused_before:
        world.zoho.befall("answer", method="POST", path="/invoices$", status=400, body={"code": 2, "message": "No"})
        world.run(INVOICES)
    made = world.zoho.invoice(customer, "INV-2025-00321", draft=True, circletel_id=row)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.ADOPTED: 1}
    world.zoho.forget_calls()
    change(world, row, **values)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.PARKED: 1}
    assert world.zoho.writes == []
    assert money(world.zoho.get("invoices", made)["total"]) == Decimal("230.00")


def test_a_draft_of_ours_that_was_adopted_after_a_lost_answer_is_changed_too(world: PracticeWorld) -> None:
    row = world.circletel.invoice(world.circletel.customer(), status="draft")
    world.zoho.befall("reset_after_commit", method="POST", path="/invoices$")
    world.run(INVOICES)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.ADOPTED: 1}
    change(world, row, **DEARER)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UPDATED: 1}
    assert money(world.zoho.one("invoices")["total"]) == Decimal("345.00")


# Switches


def changed_rows(world: PracticeWorld) -> dict[Change, tuple[Entity, str]]:
    """One row of each kind in Zoho, changed in CircleTel since."""
    customer = world.circletel.customer()
    service = world.circletel.service(customer, activation_date=date(2025, 11, 1))
    invoice = world.circletel.invoice(customer, status="draft")
    world.run(CUSTOMERS, SUBSCRIPTIONS, INVOICES)
    world.zoho.forget_calls()
    world.circletel.change("customers", customer, phone="0825550000")
    world.circletel.change("customer_services", service, monthly_price=Decimal("899.00"))
    change(world, invoice, **DEARER)
    return {
        Change.CUSTOMERS: (CUSTOMERS, customer),
        Change.SUBSCRIPTIONS: (SUBSCRIPTIONS, service),
        Change.DRAFTS: (INVOICES, invoice),
    }


def test_a_change_that_is_switched_off_is_left_undone_and_told_with_what_to_do(world: PracticeWorld) -> None:
    rows = changed_rows(world)
    done = world.run(CUSTOMERS, SUBSCRIPTIONS, INVOICES, env={"ZOHO_CHANGES": "none"})
    told = {trouble.entity: trouble for trouble in done.troubles}
    assert world.zoho.writes == []
    for switch, (entity, row) in rows.items():
        assert done.counts(entity) == {Outcome.BLOCKED: 1}
        assert f"ZOHO_CHANGES leaves {switch} out" in told[entity].reason
        assert f"add {switch} to ZOHO_CHANGES" in told[entity].advice
        assert world.status(entity, row) == "pending"
        assert world.standing(entity, row).zoho_id is not None


@pytest.mark.parametrize("switch", [Change.CUSTOMERS, Change.SUBSCRIPTIONS, Change.DRAFTS])
def test_each_kind_of_change_has_its_own_switch(world: PracticeWorld, switch: Change) -> None:
    rows = changed_rows(world)
    done = world.run(CUSTOMERS, SUBSCRIPTIONS, INVOICES, env={"ZOHO_CHANGES": switch.value})
    sent = {entity for entity in Entity if done.counts(entity)[Outcome.UPDATED]}
    assert sent == {rows[switch][0]}
    assert len(world.zoho.writes) == 1


def test_what_was_left_undone_goes_once_it_is_switched_on(world: PracticeWorld) -> None:
    rows = changed_rows(world)
    world.run(CUSTOMERS, SUBSCRIPTIONS, INVOICES, env={"ZOHO_CHANGES": "none"})
    done = world.run(CUSTOMERS, SUBSCRIPTIONS, INVOICES)
    assert done.total == {Outcome.UPDATED: 3}
    assert {world.status(entity, row) for entity, row in rows.values()} == {"synced"}


def test_new_rows_are_sent_whatever_the_switches_say(world: PracticeWorld) -> None:
    world.circletel.invoice(world.circletel.customer())
    assert world.run(env={"ZOHO_CHANGES": "none"}).total == {Outcome.CREATED: 2}
    assert world.zoho.one("invoices")["status"] == "overdue"


def test_a_dry_run_says_of_each_change_what_it_would_do(world: PracticeWorld) -> None:
    rows = changed_rows(world)
    done = world.run(CUSTOMERS, SUBSCRIPTIONS, INVOICES, dry_run=True)
    assert done.total == {Outcome.UPDATED: 3}
    assert world.zoho.writes == []
    for entity in (CUSTOMERS, SUBSCRIPTIONS, INVOICES):
        assert [line for line in done.log if f"Dry run: would update {entity.singular} " in line]
    assert {world.status(entity, row) for entity, row in rows.values()} == {"synced"}


# A service that comes back to life


def test_an_active_service_whose_subscription_is_over_is_told_and_not_sent(world: PracticeWorld) -> None:
    row = world.circletel.service(world.circletel.customer())
    world.run()
    subscription = world.zoho.one("subscriptions")["subscription_id"]
    world.zoho.people.post(f"/subscriptions/{subscription}/cancel", cancel_at_end="false")
    world.zoho.forget_calls()
    world.circletel.change("customer_services", row, monthly_price=Decimal("899.00"))
    done = world.run(SUBSCRIPTIONS)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.PARKED: 1}
    assert "so nobody bills it" in done.reason
    assert world.zoho.writes == []
