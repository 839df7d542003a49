"""Resolving and relinking: what a person has decided about one row stands, is audited, and never makes things worse."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from zoho_pipeline.actions.opening import NobodyNamed
from zoho_pipeline.actions.relink import NotLinked, relink
from zoho_pipeline.actions.resolve import NotResolved, resolve
from zoho_pipeline.actions.retry import Choice, retry
from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, INVOICES, PAYMENTS = Entity.CUSTOMERS, Entity.INVOICES, Entity.PAYMENTS
WHO, WHY = "Zanele", "the customer left before the first bill"


def audit(world: PracticeWorld) -> list[tuple[Any, ...]]:
    found = world.circletel.query('SELECT "by", action, row_id::text, details FROM zoho_pipeline.actions ORDER BY id')
    return [tuple(row) for row in found]


@pytest.fixture
def refused(world: PracticeWorld) -> str:
    """A customer that cannot be sent as it is."""
    row = world.circletel.customer(email="")
    world.run(CUSTOMERS)
    assert world.state(CUSTOMERS, row) == "refused"
    return row


# Resolving


def test_a_resolved_row_is_left_alone_and_in_no_months_way(world: PracticeWorld, refused: str) -> None:
    before = resolve(CUSTOMERS, refused, WHO, WHY, world.environ)
    assert (before.state, world.state(CUSTOMERS, refused)) == ("refused", "resolved")
    assert world.standing(CUSTOMERS, refused).error == f"resolved by a person: {WHY}"
    done = world.run(CUSTOMERS)
    assert dict(done.counts(CUSTOMERS)) == {Outcome.EXCLUDED: 1}
    assert done.results[0].green
    assert world.state(CUSTOMERS, refused) == "resolved"
    ((by, action, row_id, details),) = audit(world)
    assert (by, action, row_id, details["why"], details["state"]) == (WHO, "resolve", refused, WHY, "refused")


def test_it_goes_once_its_content_has_changed(world: PracticeWorld, refused: str) -> None:
    resolve(CUSTOMERS, refused, WHO, WHY, world.environ)
    world.circletel.change("customers", refused, email="thandi@example.co.za")
    world.run(CUSTOMERS)
    assert world.state(CUSTOMERS, refused) == "synced"


def test_a_change_that_may_not_be_sent_is_resolved_for_good(world: PracticeWorld) -> None:
    payment = world.circletel.payment(world.circletel.customer())
    world.run()
    world.circletel.change("payment_transactions", payment, amount="99.00")
    world.run(PAYMENTS)
    assert world.state(PAYMENTS, payment) == "parked"
    resolve(PAYMENTS, payment, WHO, WHY, world.environ)
    assert dict(world.run(PAYMENTS).counts(PAYMENTS)) == {Outcome.EXCLUDED: 1}
    assert world.state(PAYMENTS, payment) == "resolved"


def test_a_duplicate_in_zoho_does_not_park_a_resolved_row_again(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    for _ in range(2):
        world.zoho.customer(row)
    world.run(CUSTOMERS)
    assert world.state(CUSTOMERS, row) == "parked"
    resolve(CUSTOMERS, row, WHO, WHY, world.environ)
    world.run(CUSTOMERS)
    assert world.state(CUSTOMERS, row) == "resolved"


def test_a_retry_by_name_takes_a_resolved_row_up_again(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    twins = [world.zoho.customer(row) for _ in range(2)]
    world.run(CUSTOMERS)
    resolve(CUSTOMERS, row, WHO, WHY, world.environ)
    world.zoho.people.delete(f"/customers/{twins[1]}")
    retry(Choice((CUSTOMERS,), ids=(row,)), WHO, world.environ, lambda sentence: None)
    assert world.standing(CUSTOMERS, row).zoho_id == twins[0]


def test_what_may_be_in_zoho_or_is_there_cannot_be_resolved(world: PracticeWorld) -> None:
    synced = world.circletel.customer()
    world.run(CUSTOMERS)
    with pytest.raises(NotResolved, match="it is synced: nothing, until its content changes"):
        resolve(CUSTOMERS, synced, WHO, WHY, world.environ)
    doubtful = world.circletel.customer()
    world.zoho.befall("reset_after_commit", method="POST", path="/customers$")
    world.run(CUSTOMERS, env={"ZOHO_SETTLING_SECONDS": "3600"})
    with pytest.raises(NotResolved, match="so it may be in Zoho"):
        resolve(CUSTOMERS, doubtful, WHO, WHY, world.environ)
    assert (world.state(CUSTOMERS, doubtful), audit(world)) == ("in_doubt", [])


def test_resolving_needs_a_name_and_a_reason(world: PracticeWorld, refused: str) -> None:
    with pytest.raises(NobodyNamed):
        resolve(CUSTOMERS, refused, " ", WHY, world.environ)
    with pytest.raises(NotResolved, match="say why"):
        resolve(CUSTOMERS, refused, WHO, " ", world.environ)
    assert world.state(CUSTOMERS, refused) == "refused"


# Relinking


def test_a_row_is_linked_to_the_object_that_a_person_has_found(world: PracticeWorld, refused: str) -> None:
    theirs = world.zoho.customer()
    world.zoho.forget_calls()
    assert relink(CUSTOMERS, refused, theirs, WHO, world.environ) is None
    assert world.zoho.reads == [f"/customers/{theirs}"]
    standing = world.standing(CUSTOMERS, refused)
    assert (standing.zoho_id, standing.status, standing.error) == (theirs, "synced", None)
    assert world.state(CUSTOMERS, refused) == "synced"
    assert audit(world) == [(WHO, "relink", refused, {"zoho_id": theirs})]
    (mirrored,) = world.circletel.query("SELECT zoho_id FROM zoho_pipeline.mirror_customers")
    assert mirrored.zoho_id == theirs
    assert dict(world.run(CUSTOMERS).counts(CUSTOMERS)) == {Outcome.UNCHANGED: 1}
    assert world.zoho.writes == []


def test_a_link_to_the_wrong_object_is_corrected(world: PracticeWorld) -> None:
    wrong, right = world.zoho.customer(), world.zoho.customer(display_name="Thandi M", email="tm@example.co.za")
    row = world.circletel.customer()
    world.link(CUSTOMERS, row, wrong)
    world.run(CUSTOMERS)
    assert relink(CUSTOMERS, row, right, WHO, world.environ) == wrong
    assert world.standing(CUSTOMERS, row).zoho_id == right
    assert audit(world) == [(WHO, "relink", row, {"zoho_id": right, "before": wrong})]


def test_an_object_that_is_not_in_zoho_is_refused(world: PracticeWorld, refused: str) -> None:
    with pytest.raises(NotLinked, match="Zoho has no customer 5214837000000000001"):
        relink(CUSTOMERS, refused, "5214837000000000001", WHO, world.environ)
    assert world.state(CUSTOMERS, refused) == "refused"


def test_an_object_that_another_row_holds_is_refused(world: PracticeWorld, refused: str) -> None:
    theirs = world.zoho.customer()
    other = world.circletel.customer()
    world.link(CUSTOMERS, other, theirs)
    with pytest.raises(NotLinked, match=f"customer {other} holds object {theirs}"):
        relink(CUSTOMERS, refused, theirs, WHO, world.environ)


def test_of_two_people_who_link_two_rows_to_one_object_at_once_one_is_refused(world: PracticeWorld) -> None:
    theirs = world.zoho.customer()
    rows = [world.circletel.customer() for _ in range(2)]
    world.zoho.befall("delay_before_commit", method="GET", path=f"/customers/{theirs}$", times=2, seconds=0.5)

    def link(row: str) -> str | None:
        try:
            relink(CUSTOMERS, row, theirs, WHO, world.environ)
        except NotLinked as refusal:
            return str(refusal)
        return None

    with ThreadPoolExecutor(2) as people:
        (refusal,) = filter(None, people.map(link, rows))
    assert f"holds object {theirs}" in refusal
    assert [world.standing(CUSTOMERS, row).zoho_id for row in rows].count(theirs) == 1


def test_a_link_that_somebody_made_meanwhile_is_not_undone(world: PracticeWorld, refused: str) -> None:
    mine, theirs = world.zoho.customer(), world.zoho.customer(display_name="Thandi M", email="tm@example.co.za")
    world.zoho.befall("delay_before_commit", method="GET", path=f"/customers/{mine}$", seconds=1)
    with ThreadPoolExecutor(1) as people:
        slow = people.submit(relink, CUSTOMERS, refused, mine, WHO, world.environ)
        while not world.zoho.control.call("GET", "faults")["rules"][0]["fired"]:
            time.sleep(0.05)
        relink(CUSTOMERS, refused, theirs, WHO, world.environ)
        with pytest.raises(NotLinked, match=f"it was linked to {theirs} meanwhile"):
            slow.result()
    assert world.standing(CUSTOMERS, refused).zoho_id == theirs


def test_an_object_with_another_rows_key_is_refused(world: PracticeWorld, refused: str) -> None:
    other = world.circletel.customer()
    theirs = world.zoho.customer(other)
    with pytest.raises(NotLinked, match=f"carries the key of customer {other}"):
        relink(CUSTOMERS, refused, theirs, WHO, world.environ)


def test_an_invoice_of_another_customer_is_refused(world: PracticeWorld) -> None:
    invoice = world.circletel.invoice(world.circletel.customer())
    world.run(CUSTOMERS)
    somebody = world.zoho.customer(display_name="Somebody", email="somebody@example.co.za")
    theirs = world.zoho.invoice(somebody)
    with pytest.raises(NotLinked, match=f"is of customer {somebody} in Zoho, but the row's customer is"):
        relink(INVOICES, invoice, theirs, WHO, world.environ)


def test_without_its_customer_in_zoho_a_row_is_not_linked(world: PracticeWorld) -> None:
    invoice = world.circletel.invoice(world.circletel.customer())
    theirs = world.zoho.invoice(world.zoho.customer())
    with pytest.raises(NotLinked, match="Link the customer first"):
        relink(INVOICES, invoice, theirs, WHO, world.environ)


def test_a_subscription_that_has_ended_is_refused(world: PracticeWorld) -> None:
    service = world.circletel.service(world.circletel.customer())
    world.run(CUSTOMERS)
    customer = world.zoho.one("customers")["customer_id"]
    ended = world.zoho.subscription(customer, date(2025, 11, 1))
    world.zoho.people.post(f"/subscriptions/{ended}/cancel", cancel_at_end="false")
    with pytest.raises(NotLinked, match=f"subscription {ended} is cancelled in Zoho"):
        relink(Entity.SUBSCRIPTIONS, service, ended, WHO, world.environ)


def test_a_payment_is_linked_to_its_own(world: PracticeWorld) -> None:
    payment = world.circletel.payment(world.circletel.customer())
    world.run(CUSTOMERS)
    theirs = world.zoho.payment(world.zoho.one("customers")["customer_id"], "230.00")
    relink(PAYMENTS, payment, theirs, WHO, world.environ)
    world.run()
    assert world.standing(PAYMENTS, payment).zoho_id == theirs
    assert len(world.zoho.objects("payments")) == 1


def test_a_row_in_doubt_can_be_linked_to_what_a_person_has_found(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.zoho.befall("reset_after_commit", method="POST", path="/customers$")
    world.run(CUSTOMERS, env={"ZOHO_SETTLING_SECONDS": "3600"})
    arrived = world.zoho.one("customers")["customer_id"]
    relink(CUSTOMERS, row, arrived, WHO, world.environ)
    assert (world.state(CUSTOMERS, row), world.standing(CUSTOMERS, row).zoho_id) == ("synced", arrived)
    world.run(CUSTOMERS)
    assert len(world.zoho.objects("customers")) == 1
