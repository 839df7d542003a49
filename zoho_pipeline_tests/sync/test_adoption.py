"""What is in Zoho already is adopted and never made again; what is not clear is left to a person."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.rows import FEE
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import custom

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
NOVEMBER = date(2025, 11, 1)
MAIL = "thandi@example.co.za"


def thandi(world: PracticeWorld, **values: object) -> str:
    """The customer of the same name and address as the practice Zoho's default one."""
    return world.circletel.customer(**{"first_name": "Thandi", "last_name": "Mokoena", "email": MAIL, **values})


def adopted(world: PracticeWorld, entity: Entity, row: str, zoho_id: str) -> None:
    """The row was linked to that object, and nothing was written to Zoho."""
    done = world.run()
    assert done.counts(entity) == {Outcome.ADOPTED: 1}, done.troubles
    standing = world.standing(entity, row)
    assert (standing.zoho_id, standing.status, standing.error) == (zoho_id, "synced", None)
    assert world.zoho.writes == []
    world.zoho.forget_calls()
    assert world.run().counts(entity) == {Outcome.UNCHANGED: 1}
    assert world.zoho.writes == []


def parked(world: PracticeWorld, entity: Entity, *rows: str) -> str:
    """Every row is left to a person, unlinked, and nothing was sent; the first one's reason."""
    done = world.run(entity)
    assert done.counts(entity)[Outcome.PARKED] == len(rows), done.troubles
    for row in rows:
        standing = world.standing(entity, row)
        assert (standing.zoho_id, standing.status) == (None, "failed")
    assert not [write for write in world.zoho.writes if write.startswith(f"POST /{entity}")]
    return done.troubles[0].reason


@pytest.fixture
def linked(world: PracticeWorld) -> tuple[str, str]:
    """A customer that is in Zoho and linked: its row and its object."""
    row = world.circletel.customer()
    zoho_id = world.zoho.customer(row, display_name="Somebody", email="somebody@example.co.za")
    world.link(CUSTOMERS, row, zoho_id)
    world.zoho.forget_calls()
    return row, zoho_id


# Customers


def test_a_customer_is_found_by_circletels_id_whatever_else_differs(world: PracticeWorld) -> None:
    row = thandi(world)
    adopted(world, CUSTOMERS, row, world.zoho.customer(row, display_name="T. M.", email="other@example.co.za"))


def test_a_customer_is_found_by_its_account_number(world: PracticeWorld) -> None:
    row = thandi(world)
    number = world.circletel.value("customers", row, "account_number")
    adopted(world, CUSTOMERS, row, world.zoho.customer(account_number=number, email="other@example.co.za"))


def test_a_customer_typed_in_by_hand_is_found_by_address_and_name(world: PracticeWorld) -> None:
    row = thandi(world, email="Thandi@Example.co.za")
    adopted(world, CUSTOMERS, row, world.zoho.customer(display_name="thandi  mokoena"))


def test_a_row_stuck_in_syncing_whose_object_is_in_zoho_is_linked_to_it(world: PracticeWorld) -> None:
    row = thandi(world, zoho_sync_status="syncing")
    adopted(world, CUSTOMERS, row, world.zoho.customer(row))


def test_the_same_address_under_another_name_is_left_to_a_person(world: PracticeWorld) -> None:
    world.zoho.customer(display_name="Sipho Dlamini")
    assert "same e-mail address, but another name" in parked(world, CUSTOMERS, thandi(world))


def test_two_objects_of_one_address_are_left_to_a_person(world: PracticeWorld) -> None:
    for _ in range(2):
        world.zoho.customer()
    assert "2 objects in Zoho have the same e-mail address" in parked(world, CUSTOMERS, thandi(world))


def test_two_objects_with_circletels_id_are_left_to_a_person(world: PracticeWorld) -> None:
    row = thandi(world)
    for _ in range(2):
        world.zoho.customer(row)
    assert "2 objects in Zoho carry CircleTel's customer id" in parked(world, CUSTOMERS, row)


def test_an_object_that_carries_another_circletel_id_is_never_adopted(world: PracticeWorld) -> None:
    row = thandi(world)
    theirs = world.zoho.customer("0b8f0b8e-0000-4000-8000-000000000000")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert world.standing(CUSTOMERS, row).zoho_id != theirs


def test_an_object_that_carries_another_account_number_is_never_adopted(world: PracticeWorld) -> None:
    row = thandi(world)
    theirs = world.zoho.customer(account_number="CT-2019-00001")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert world.standing(CUSTOMERS, row).zoho_id != theirs


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_blank_address_matches_nobody(world: PracticeWorld, blank: str) -> None:
    row = thandi(world, email=blank)
    world.zoho.customer()
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.REFUSED: 1}
    assert world.standing(CUSTOMERS, row).zoho_id is None


def test_two_rows_that_fit_one_object_are_both_left_to_a_person(world: PracticeWorld) -> None:
    rows = [thandi(world), thandi(world, email=MAIL.upper())]
    world.zoho.customer()
    assert "fits several rows" in parked(world, CUSTOMERS, *rows)


def test_an_object_that_another_row_holds_is_not_adopted_by_its_content(world: PracticeWorld) -> None:
    zoho_id = world.zoho.customer()
    world.link(CUSTOMERS, thandi(world), zoho_id)
    row = thandi(world, email=MAIL.upper())
    world.run(CUSTOMERS)
    assert world.standing(CUSTOMERS, row).zoho_id != zoho_id
    assert len(world.zoho.objects("customers")) == 2


def test_an_object_with_this_rows_key_that_another_row_holds_is_left_to_a_person(world: PracticeWorld) -> None:
    row, other = thandi(world), world.circletel.customer()
    world.link(CUSTOMERS, other, world.zoho.customer(row))
    assert f"row {other} is linked to it" in parked(world, CUSTOMERS, row)


def test_a_customer_deleted_in_zoho_is_not_adopted(world: PracticeWorld) -> None:
    row = thandi(world)
    gone = world.zoho.customer(row)
    world.zoho.people.delete(f"/customers/{gone}")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert world.standing(CUSTOMERS, row).zoho_id != gone


def test_an_ambiguous_row_goes_once_a_person_has_cleared_it_up_in_zoho(world: PracticeWorld) -> None:
    row = thandi(world)
    first, second = world.zoho.customer(), world.zoho.customer()
    parked(world, CUSTOMERS, row)
    world.zoho.people.delete(f"/customers/{second}")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.ADOPTED: 1}
    assert world.standing(CUSTOMERS, row).zoho_id == first


@pytest.mark.parametrize("status", ["failed", "synced"])
def test_an_ambiguous_row_that_a_person_links_is_synced(world: PracticeWorld, status: str) -> None:
    row = thandi(world)
    first, _ = world.zoho.customer(), world.zoho.customer()
    parked(world, CUSTOMERS, row)
    world.link(CUSTOMERS, row, first, status)
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.UNCHANGED: 1}
    standing = world.standing(CUSTOMERS, row)
    assert (standing.zoho_id, standing.status) == (first, "synced")
    assert world.zoho.writes == []


def test_an_adopted_customer_is_updated_when_its_content_changes(world: PracticeWorld) -> None:
    row = thandi(world)
    zoho_id = world.zoho.customer()
    world.run(CUSTOMERS)
    world.circletel.change("customers", row, phone="0825550123")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.UPDATED: 1}
    assert world.zoho.get("customers", zoho_id)["phone"] == "0825550123"


# Subscriptions


def test_a_subscription_that_the_app_made_is_found_by_its_own_field(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.service(linked[0], zoho_sync_status="syncing")
    adopted(world, SUBSCRIPTIONS, row, world.zoho.subscription(linked[1], NOVEMBER, row))


def test_a_subscription_is_found_by_its_reference(world: PracticeWorld, linked: tuple[str, str]) -> None:
    row = world.circletel.service(linked[0])
    adopted(world, SUBSCRIPTIONS, row, world.zoho.subscription(linked[1], NOVEMBER, reference_id=row))


def test_a_subscription_made_by_hand_is_found_by_customer_plan_and_charge(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.service(linked[0])
    adopted(world, SUBSCRIPTIONS, row, world.zoho.subscription(linked[1], NOVEMBER))


def test_a_subscription_made_by_hand_at_another_price_is_left_to_a_person(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    world.zoho.subscription(linked[1], NOVEMBER, plan={"price": 699})
    assert "another monthly charge" in parked(world, SUBSCRIPTIONS, world.circletel.service(linked[0]))


def test_a_subscription_that_was_cancelled_in_zoho_is_not_made_anew(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.service(linked[0])
    made = world.zoho.subscription(linked[1], NOVEMBER, row)
    world.zoho.people.post(f"/subscriptions/{made}/cancel", cancel_at_end="false")
    assert f"its subscription {made} is cancelled" in parked(world, SUBSCRIPTIONS, row)


def test_two_subscriptions_of_one_service_are_left_to_a_person(world: PracticeWorld, linked: tuple[str, str]) -> None:
    row = world.circletel.service(linked[0])
    for _ in range(2):
        world.zoho.subscription(linked[1], NOVEMBER, row)
    assert "2 objects in Zoho carry the service's id" in parked(world, SUBSCRIPTIONS, row)


def test_another_customers_subscription_is_not_adopted(world: PracticeWorld, linked: tuple[str, str]) -> None:
    theirs = world.zoho.subscription(world.zoho.customer(email="else@example.co.za"), NOVEMBER)
    row = world.circletel.service(linked[0])
    assert world.run(SUBSCRIPTIONS).counts(SUBSCRIPTIONS) == {Outcome.CREATED: 1}
    assert world.standing(SUBSCRIPTIONS, row).zoho_id != theirs


# Invoices


def test_an_invoice_that_the_app_made_is_found_by_its_number(world: PracticeWorld, linked: tuple[str, str]) -> None:
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042", zoho_sync_status="syncing")
    adopted(world, INVOICES, row, world.zoho.invoice(linked[1], "INV-2025-00042"))


def test_an_invoice_that_the_app_made_is_found_by_its_own_field(world: PracticeWorld, linked: tuple[str, str]) -> None:
    row = world.circletel.invoice(linked[0])
    adopted(world, INVOICES, row, world.zoho.invoice(linked[1], "INV-OTHER-1", circletel_id=row))


def test_an_invoice_typed_in_by_hand_is_found_by_customer_date_and_total(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.invoice(linked[0])
    adopted(world, INVOICES, row, world.zoho.invoice(linked[1]))


def test_a_draft_that_the_app_left_is_opened_when_the_invoice_has_gone_out(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042")
    made = world.zoho.invoice(linked[1], "INV-2025-00042", draft=True, circletel_id=row)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UPDATED: 1}
    assert world.standing(INVOICES, row).zoho_id == made
    assert world.zoho.one("invoices")["status"] == "overdue"
    assert world.zoho.writes == [f"POST /invoices/{made}/converttoopen"]


def test_a_draft_of_the_app_whose_vat_differs_is_neither_opened_nor_deleted(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042")
    made = world.zoho.invoice(
        linked[1], "INV-2025-00042", draft=True, circletel_id=row, invoice_items=[{"name": "A", "price": 230}]
    )
    done = world.run(INVOICES)
    assert done.counts(INVOICES) == {Outcome.REFUSED: 1}
    assert "VAT R 0.00 and CircleTel's R 30.00" in done.reason
    assert world.zoho.get("invoices", made)["status"] == "draft"
    assert world.zoho.writes == []


def test_a_draft_of_the_app_that_a_person_corrects_in_zoho_goes_by_itself(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042")
    wrong = [{"name": "A", "price": 230}]
    made = world.zoho.invoice(linked[1], "INV-2025-00042", draft=True, circletel_id=row, invoice_items=wrong)
    world.run(INVOICES)
    right = [{"name": "A", "price": 230, "tax_id": "5214837000000000065"}]
    world.zoho.people.put(f"/invoices/{made}", {"invoice_items": right, "is_inclusive_tax": True})
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UPDATED: 1}
    assert world.zoho.get("invoices", made)["status"] == "overdue"


def test_a_draft_of_the_app_that_a_person_deletes_in_zoho_is_made_anew(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042")
    wrong = [{"name": "A", "price": 230}]
    made = world.zoho.invoice(linked[1], "INV-2025-00042", draft=True, circletel_id=row, invoice_items=wrong)
    world.run(INVOICES)
    world.zoho.people.delete(f"/invoices/{made}")
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.CREATED: 1}
    assert world.status(INVOICES, row) == "synced"


@pytest.mark.parametrize("total", ["229.99", "460.00"])
def test_an_invoice_of_the_same_number_over_another_total_is_left_to_a_person(
    world: PracticeWorld, linked: tuple[str, str], total: str
) -> None:
    world.zoho.invoice(linked[1], "INV-2025-00042", total)
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042")
    assert "another customer or total" in parked(world, INVOICES, row)


def test_another_customers_invoice_of_the_same_number_is_left_to_a_person(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    world.zoho.invoice(world.zoho.customer(email="else@example.co.za"), "INV-2025-00042")
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042")
    assert "another customer or total" in parked(world, INVOICES, row)


def test_an_invoice_that_a_subscription_raised_is_not_taken_for_a_one_off(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    world.zoho.subscription(linked[1], NOVEMBER)
    world.zoho.forget_calls()
    row = world.circletel.invoice(linked[0], str(FEE), invoice_date=NOVEMBER, due_date=NOVEMBER)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.CREATED: 1}
    made = world.zoho.get("invoices", world.standing(INVOICES, row).zoho_id)
    assert custom(made, "cf_circletel_invoice_id") == row


def test_an_invoice_that_vanishes_from_zoho_while_it_is_asked_for_stops_nothing(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    world.zoho.invoice(linked[1])
    gone = {"code": 1002, "message": "Invoice does not exist."}
    world.zoho.befall("answer", method="GET", path="/invoices/", status=404, body=gone)
    row = world.circletel.invoice(linked[0])
    world.run(INVOICES)
    assert world.status(INVOICES, row) in ("synced", "failed")


def test_a_voided_invoice_of_the_same_number_does_not_stand_for_the_row(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    made = world.zoho.invoice(linked[1], "INV-2025-00042")
    world.zoho.people.post(f"/invoices/{made}/void")
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042")
    world.run(INVOICES)
    assert world.standing(INVOICES, row).zoho_id is None
    assert world.status(INVOICES, row) == "failed"


# Payments


def test_a_payment_is_found_by_our_reference(world: PracticeWorld, linked: tuple[str, str]) -> None:
    row = world.circletel.payment(linked[0])
    adopted(world, PAYMENTS, row, world.zoho.payment(linked[1], reference_number=f"{row} CT-1"))


def test_a_payment_that_the_app_made_is_found_by_its_own_field(world: PracticeWorld, linked: tuple[str, str]) -> None:
    row = world.circletel.payment(linked[0])
    adopted(world, PAYMENTS, row, world.zoho.payment(linked[1], circletel_id=row, date="2025-11-14"))


def test_a_payment_that_the_app_made_is_found_by_its_short_reference_on_another_day(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.payment(linked[0], zoho_sync_status="syncing")
    adopted(world, PAYMENTS, row, world.zoho.payment(linked[1], reference_number=row[:8], date="2025-11-14"))


@pytest.mark.parametrize("column", ["reference", "transaction_id"])
def test_a_payment_typed_in_by_hand_is_found_by_customer_day_amount_and_the_banks_reference(
    world: PracticeWorld, linked: tuple[str, str], column: str
) -> None:
    row = world.circletel.payment(linked[0])
    reference = world.circletel.value("payment_transactions", row, column)
    adopted(world, PAYMENTS, row, world.zoho.payment(linked[1], reference_number=reference))


def test_an_equal_payment_without_a_reference_is_left_to_a_person(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    world.zoho.payment(linked[1])
    assert "another reference" in parked(world, PAYMENTS, world.circletel.payment(linked[0]))


def test_an_equal_payment_of_another_day_or_amount_is_another_payment(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    world.zoho.payment(linked[1], date="2025-09-09")
    world.zoho.payment(linked[1], "230.01")
    world.circletel.payment(linked[0])
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.CREATED: 1}


def test_two_equal_payments_of_one_day_are_two_payments(world: PracticeWorld, linked: tuple[str, str]) -> None:
    for _ in range(2):
        world.circletel.payment(linked[0], "100.00")
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.CREATED: 2}
    later = world.circletel.payment(linked[0], "100.00")
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.CREATED: 1, Outcome.UNCHANGED: 2}
    assert world.status(PAYMENTS, later) == "synced"
    assert len(world.zoho.objects("payments")) == 3


def test_a_payment_that_a_person_recorded_and_linked_is_synced(world: PracticeWorld, linked: tuple[str, str]) -> None:
    row = world.circletel.payment(linked[0], currency="USD")
    world.run(PAYMENTS)
    assert world.status(PAYMENTS, row) == "failed"
    world.link(PAYMENTS, row, world.zoho.payment(linked[1]), "failed")
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.UNCHANGED: 1}
    assert world.status(PAYMENTS, row) == "synced"


def test_where_zoho_has_no_list_of_payments_they_are_found_among_the_transactions(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    world.zoho.behave(payments_list_available=False)
    row = world.circletel.payment(linked[0])
    adopted(world, PAYMENTS, row, world.zoho.payment(linked[1], reference_number=f"{row} CT-1"))


# Links that the app left


def test_the_status_of_a_row_that_has_its_id_is_mended_in_all_four_tables(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    customer = linked[0]
    made: dict[Entity, Callable[[], str]] = {
        CUSTOMERS: lambda: world.circletel.customer(),
        SUBSCRIPTIONS: lambda: world.circletel.service(customer),
        INVOICES: lambda: world.circletel.invoice(customer),
        PAYMENTS: lambda: world.circletel.payment(customer),
    }
    rows = [
        (entity, status, make()) for entity, make in made.items() for status in ("syncing", "failed", "pending", None)
    ]
    for place, (entity, status, row) in enumerate(rows):
        world.link(entity, row, f"77{place}", status)
    assert world.run().total == {Outcome.UNCHANGED: len(rows) + 1}
    for place, (entity, _, row) in enumerate(rows):
        standing = world.standing(entity, row)
        assert (standing.zoho_id, standing.status) == (f"77{place}", "synced")
    assert world.zoho.calls() == []


def test_a_status_that_the_app_leaves_behind_later_is_mended_too(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.run(CUSTOMERS)
    world.circletel.change("customers", row, zoho_sync_status="syncing")
    world.run(CUSTOMERS)
    assert world.status(CUSTOMERS, row) == "synced"


def test_money_of_a_service_adopted_by_hand_is_the_services_charge(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.service(linked[0], monthly_price=Decimal("649.00"))
    adopted(world, SUBSCRIPTIONS, row, world.zoho.subscription(linked[1], NOVEMBER, plan={"price": 649}))


def test_a_draft_of_the_app_whose_row_cannot_be_mapped_is_refused_and_stops_nothing(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042", line_items={"not": "lines"})
    made = world.zoho.invoice(linked[1], "INV-2025-00042", draft=True, circletel_id=row)
    done = world.run(INVOICES)
    assert done.counts(INVOICES) == {Outcome.REFUSED: 1}
    assert "line_items is not a list" in done.reason
    assert world.zoho.get("invoices", made)["status"] == "draft"


def test_a_linked_draft_that_a_person_deletes_in_zoho_is_parked_with_what_to_do_and_made_anew_once_unlinked(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    row = world.circletel.invoice(linked[0], status="draft")
    world.run(INVOICES)
    made = world.standing(INVOICES, row).zoho_id
    world.zoho.people.delete(f"/invoices/{made}")
    world.circletel.change("customer_invoices", row, status="sent")
    done = world.run(INVOICES)
    assert done.counts(INVOICES) == {Outcome.PARKED: 1}
    assert f"its invoice {made} is no longer in Zoho" in done.reason
    world.circletel.change("customer_invoices", row, zoho_billing_invoice_id=None)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.CREATED: 1}


def test_an_invoice_of_our_number_that_carries_another_rows_id_is_left_to_a_person(
    world: PracticeWorld, linked: tuple[str, str]
) -> None:
    other = "0b8f0b8e-0000-4000-8000-000000000000"
    world.zoho.invoice(linked[1], "INV-2025-00042", circletel_id=other)
    row = world.circletel.invoice(linked[0], invoice_number="INV-2025-00042")
    assert f"the id of row {other} too" in parked(world, INVOICES, row)


def test_a_row_that_failed_and_then_became_ambiguous_goes_once_a_person_has_cleared_it_up(world: PracticeWorld) -> None:
    row = thandi(world)
    gone = {"code": 1002, "message": "Something does not exist."}
    world.zoho.befall("answer", method="POST", path="/customers$", status=404, body=gone)
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.FAILED: 1}
    made = [world.zoho.customer() for _ in range(2)]
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.PARKED: 1}
    for one in made:
        world.zoho.people.delete(f"/customers/{one}")
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: 1}
    assert world.status(CUSTOMERS, row) == "synced"
