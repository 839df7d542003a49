"""Payments of recurring invoices: CircleTel's and Zoho's are two papers for one debt, and Zoho's is the one paid."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.rows import FEE
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import Shown, money

PAYMENTS, SUBSCRIPTIONS = Entity.PAYMENTS, Entity.SUBSCRIPTIONS
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2025, month, 1) for month in (9, 10, 11, 12))
TODAY = date(2025, 11, 15)


@dataclass(frozen=True)
class Billed:
    """A customer with a service that Zoho bills since 1 October: its invoices of October and November are there."""

    customer: str
    service: str
    zoho_customer: str
    subscription: str


@pytest.fixture
def billed(world: PracticeWorld) -> Billed:
    customer = world.circletel.customer()
    zoho_customer = world.zoho.customer(customer)
    world.link(Entity.CUSTOMERS, customer, zoho_customer)
    return bill(world, customer, zoho_customer)


def bill(world: PracticeWorld, customer: str, zoho_customer: str, *, linked: bool = True) -> Billed:
    """As the app leaves a service that it has pushed on 1 October."""
    service = world.circletel.service(customer, activation_date=OCTOBER)
    world.zoho.on(OCTOBER)
    subscription = world.zoho.subscription(zoho_customer, OCTOBER, service)
    world.zoho.on(TODAY)
    if linked:
        world.link(SUBSCRIPTIONS, service, subscription)
    world.zoho.forget_calls()
    return Billed(customer, service, zoho_customer, subscription)


def paid_on(world: PracticeWorld, payment: str) -> list[Shown]:
    """Zoho's invoices that a payment was put on."""
    made = world.zoho.get("payments", world.standing(PAYMENTS, payment).zoho_id)
    return [world.zoho.get("invoices", part["invoice_id"]) for part in made["invoices"]]


def test_a_payment_of_a_matched_debt_is_applied_to_zohos_invoice(world: PracticeWorld, billed: Billed) -> None:
    invoice = world.circletel.recurring(billed.customer, billed.service, OCTOBER)
    payment = world.circletel.payment(billed.customer, FEE, invoice=invoice)
    done = world.run()
    assert done.counts(PAYMENTS) == {Outcome.CREATED: 1}
    (zohos,) = paid_on(world, payment)
    assert (zohos["date"], zohos["status"]) == ("2025-10-01", "paid")
    assert len(world.zoho.objects("invoices")) == 2


def test_each_months_payment_finds_its_own_months_invoice(world: PracticeWorld, billed: Billed) -> None:
    payments = [
        world.circletel.payment(
            billed.customer, FEE, invoice=world.circletel.recurring(billed.customer, billed.service, month)
        )
        for month in (NOVEMBER, OCTOBER)
    ]
    world.run()
    assert [paid_on(world, payment)[0]["date"] for payment in payments] == ["2025-11-01", "2025-10-01"]


def test_a_payment_goes_to_the_invoice_of_its_own_service(world: PracticeWorld, billed: Billed) -> None:
    other = bill(world, billed.customer, billed.zoho_customer)
    payment = world.circletel.payment(
        billed.customer, FEE, invoice=world.circletel.recurring(billed.customer, other.service, OCTOBER)
    )
    world.run()
    (zohos,) = paid_on(world, payment)
    assert zohos["subscriptions"][0]["subscription_id"] == other.subscription


def test_a_payment_of_a_debt_before_zoho_is_not_sent(world: PracticeWorld, billed: Billed) -> None:
    invoice = world.circletel.recurring(billed.customer, billed.service, SEPTEMBER)
    payment = world.circletel.payment(billed.customer, FEE, invoice=invoice, zoho_sync_status="failed")
    done = world.run()
    assert done.counts(PAYMENTS) == {Outcome.EXCLUDED: 1}
    assert done.troubles == []
    assert done.results[-1].green
    assert world.zoho.objects("payments") == []
    assert (world.status(PAYMENTS, payment), world.state(PAYMENTS, payment)) == ("failed", "before_zoho")
    assert world.run().counts(PAYMENTS) == {Outcome.EXCLUDED: 1}


def test_a_payment_of_a_service_that_zoho_has_never_billed_is_of_before_zoho(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    service = world.circletel.service(customer)
    world.circletel.payment(customer, FEE, invoice=world.circletel.recurring(customer, service, OCTOBER))
    done = world.run()
    assert done.counts(SUBSCRIPTIONS) == {Outcome.CREATED: 1}
    assert done.counts(PAYMENTS) == {Outcome.EXCLUDED: 1}
    assert world.zoho.one("subscriptions")["activated_at"] == "2025-11-01"
    assert world.zoho.objects("payments") == []


def test_a_payment_of_a_period_that_zoho_billed_only_in_part_is_of_before_zoho(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    zoho_customer = world.zoho.customer(customer)
    world.link(Entity.CUSTOMERS, customer, zoho_customer)
    service = world.circletel.service(customer)
    subscription = world.zoho.subscription(zoho_customer, date(2025, 12, 20), service)
    world.link(SUBSCRIPTIONS, service, subscription)
    invoice = world.circletel.recurring(customer, service, DECEMBER)
    world.circletel.payment(customer, FEE, invoice=invoice)
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.EXCLUDED: 1}


def test_a_payment_of_an_awaited_debt_is_blocked_with_the_day_and_goes_when_zoho_has_raised_it(
    world: PracticeWorld, billed: Billed
) -> None:
    invoice = world.circletel.recurring(billed.customer, billed.service, DECEMBER)
    payment = world.circletel.payment(billed.customer, FEE, invoice=invoice, on=TODAY)
    done = world.run()
    assert done.counts(PAYMENTS) == {Outcome.BLOCKED: 1}
    assert "2025-12-01" in done.reason
    assert (world.status(PAYMENTS, payment), world.state(PAYMENTS, payment)) == ("pending", "awaited")
    world.zoho.on(date(2025, 12, 2))
    assert world.run().counts(PAYMENTS) == {Outcome.CREATED: 1}
    assert paid_on(world, payment)[0]["date"] == "2025-12-01"


def test_a_payment_of_a_debt_that_zoho_will_never_raise_is_blocked_with_advice_for_finance(
    world: PracticeWorld, billed: Billed
) -> None:
    world.zoho.people.post(f"/subscriptions/{billed.subscription}/cancel", cancel_at_end="false")
    invoice = world.circletel.recurring(billed.customer, billed.service, DECEMBER)
    payment = world.circletel.payment(billed.customer, FEE, invoice=invoice, on=TODAY)
    done = world.run()
    assert done.counts(PAYMENTS) == {Outcome.BLOCKED: 1}
    assert "will raise none" in done.reason
    assert "one-off under CircleTel's number" in done.troubles[0].advice
    assert (world.status(PAYMENTS, payment), world.state(PAYMENTS, payment)) == ("pending", "blocked")


def test_a_payment_of_a_period_whose_invoice_was_deleted_in_zoho_is_blocked(
    world: PracticeWorld, billed: Billed
) -> None:
    world.zoho.behave(only_drafts_deletable=False)
    october = next(one for one in world.zoho.objects("invoices") if one["date"] == "2025-10-01")
    world.zoho.people.delete(f"/invoices/{october['invoice_id']}")
    invoice = world.circletel.recurring(billed.customer, billed.service, OCTOBER)
    world.circletel.payment(billed.customer, FEE, invoice=invoice)
    done = world.run()
    assert done.counts(PAYMENTS) == {Outcome.BLOCKED: 1}
    assert "will raise none" in done.reason


def test_a_debt_without_a_service_is_matched_where_the_customers_invoices_of_the_period_add_up(
    world: PracticeWorld, billed: Billed
) -> None:
    bill(world, billed.customer, billed.zoho_customer)
    invoice = world.circletel.recurring(billed.customer, None, OCTOBER, total=2 * FEE)
    payment = world.circletel.payment(billed.customer, 2 * FEE, invoice=invoice)
    world.run(PAYMENTS)
    assert [(one["date"], one["status"]) for one in paid_on(world, payment)] == [("2025-10-01", "paid")] * 2


def test_a_debt_without_a_service_is_blocked_where_the_customers_invoices_differ(
    world: PracticeWorld, billed: Billed
) -> None:
    invoice = world.circletel.recurring(billed.customer, None, OCTOBER, total=Decimal("800.00"))
    world.circletel.payment(billed.customer, "800.00", invoice=invoice)
    done = world.run(PAYMENTS)
    assert done.counts(PAYMENTS) == {Outcome.BLOCKED: 1}
    assert "names no service" in done.reason
    assert world.zoho.objects("payments") == []


def asked(world: PracticeWorld) -> list[str]:
    """The subscriptions that Zoho was asked about, one by one."""
    queries = [parse_qs(call["query"]) for call in world.zoho.calls("GET", "/invoices$")]
    return [query["subscription_id"][0] for query in queries if "subscription_id" in query]


def test_where_the_lists_tell_what_a_subscription_raised_zoho_is_not_asked(
    world: PracticeWorld, billed: Billed
) -> None:
    for month in (OCTOBER, NOVEMBER, DECEMBER):
        invoice = world.circletel.recurring(billed.customer, billed.service, month)
        world.circletel.payment(billed.customer, FEE, invoice=invoice)
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.CREATED: 2, Outcome.BLOCKED: 1}
    assert asked(world) == []


def test_where_two_services_are_alike_zoho_is_asked_once_about_each_and_the_answer_is_kept(
    world: PracticeWorld, billed: Billed
) -> None:
    other = bill(world, billed.customer, billed.zoho_customer)
    payments = {
        one.subscription: [
            world.circletel.payment(
                billed.customer, FEE, invoice=world.circletel.recurring(billed.customer, one.service, month)
            )
            for month in (OCTOBER, NOVEMBER)
        ]
        for one in (billed, other)
    }
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.CREATED: 4}
    for subscription, paid in payments.items():
        for payment in paid:
            (zohos,) = paid_on(world, payment)
            assert zohos["subscriptions"][0]["subscription_id"] == subscription
    assert sorted(asked(world)) == sorted(payments)
    world.zoho.forget_calls()
    again = world.circletel.payment(
        billed.customer, "1.00", invoice=world.circletel.recurring(billed.customer, billed.service, OCTOBER)
    )
    world.run(PAYMENTS)
    assert asked(world) == []
    assert paid_on(world, again) == []


def test_an_invoice_typed_in_by_hand_like_the_subscriptions_own_is_not_paid_in_its_place(
    world: PracticeWorld, billed: Billed
) -> None:
    by_hand = world.zoho.invoice(billed.zoho_customer, None, str(FEE), date="2025-10-01")
    invoice = world.circletel.recurring(billed.customer, billed.service, OCTOBER)
    payment = world.circletel.payment(billed.customer, FEE, invoice=invoice)
    world.run(PAYMENTS)
    (zohos,) = paid_on(world, payment)
    assert zohos["invoice_id"] != by_hand
    assert zohos["subscriptions"][0]["subscription_id"] == billed.subscription
    assert asked(world) == [billed.subscription]


def test_zohos_list_of_a_subscriptions_invoices_is_read_once_for_all_its_payments(
    world: PracticeWorld, billed: Billed
) -> None:
    for month in (OCTOBER, NOVEMBER):
        world.zoho.invoice(billed.zoho_customer, None, "50.00", date=month.isoformat())
        invoice = world.circletel.recurring(billed.customer, billed.service, month)
        world.circletel.payment(billed.customer, FEE, invoice=invoice)
    world.run(PAYMENTS)
    assert asked(world) == [billed.subscription]


def test_a_subscription_that_is_younger_than_the_list_of_invoices_is_asked_about(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    zoho_customer = world.zoho.customer(customer)
    world.link(Entity.CUSTOMERS, customer, zoho_customer)
    world.circletel.invoice(customer)
    young = {"ZOHO_MIRROR_MAX_AGE_SECONDS": "3600"}
    world.run(Entity.INVOICES, env=young)
    billed = bill(world, customer, zoho_customer)
    invoice = world.circletel.recurring(customer, billed.service, OCTOBER)
    payment = world.circletel.payment(customer, FEE, invoice=invoice)
    world.run(PAYMENTS, env=young)
    assert paid_on(world, payment)[0]["date"] == "2025-10-01"
    assert asked(world) == [billed.subscription]


def test_a_payment_sent_before_its_service_was_found_in_zoho_is_decided_again(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    zoho_customer = world.zoho.customer(customer)
    world.link(Entity.CUSTOMERS, customer, zoho_customer)
    billed = bill(world, customer, zoho_customer, linked=False)
    invoice = world.circletel.recurring(customer, billed.service, OCTOBER)
    payment = world.circletel.payment(customer, FEE, invoice=invoice)
    world.run(PAYMENTS)
    world.run()
    assert world.standing(SUBSCRIPTIONS, billed.service).zoho_id == billed.subscription
    assert paid_on(world, payment)[0]["date"] == "2025-10-01"


def test_the_rest_of_a_payment_of_a_matched_debt_stays_unapplied(world: PracticeWorld, billed: Billed) -> None:
    invoice = world.circletel.recurring(billed.customer, billed.service, OCTOBER)
    payment = world.circletel.payment(billed.customer, FEE + 1, invoice=invoice)
    world.run(PAYMENTS)
    made = world.zoho.get("payments", world.standing(PAYMENTS, payment).zoho_id)
    assert [money(part["amount_applied"]) for part in made["invoices"]] == [FEE]
