"""Payments: applied to the debt that they pay, up to its balance; the rest is the customer's credit."""

from datetime import UTC, date, datetime
from decimal import Decimal

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import Shown, custom, money

INVOICES, PAYMENTS = Entity.INVOICES, Entity.PAYMENTS


def applied(payment: Shown) -> list[Decimal]:
    """What of a payment was put on invoices."""
    return [money(part["amount_applied"]) for part in payment["invoices"]]


def test_a_payment_is_applied_to_the_invoice_that_it_names(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer)
    row = world.circletel.payment(customer, "230.00", invoice=invoice, reference="INV-2025-00001")
    done = world.run()
    made = world.zoho.one("payments")
    assert done.counts(PAYMENTS) == {Outcome.CREATED: 1}
    assert (money(made["amount"]), made["date"], made["payment_mode"]) == (
        Decimal("230.00"),
        "2025-09-10",
        "banktransfer",
    )
    assert applied(made) == [Decimal("230.00")]
    assert world.zoho.one("invoices")["status"] == "paid"
    assert made["reference_number"] == f"{row} INV-2025-00001"
    assert custom(made, "cf_circletel_payment_id") == row
    assert world.standing(PAYMENTS, row).zoho_id == made["payment_id"]
    assert world.zoho.mails == []


def test_a_payment_brings_its_invoice_and_its_customer_along(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer)
    row = world.circletel.payment(customer, invoice=invoice)
    done = world.run(PAYMENTS)
    assert done.results[0].brought_along == 2
    assert world.status(Entity.CUSTOMERS, customer) == "synced"
    assert world.status(INVOICES, invoice) == "synced"
    assert world.status(PAYMENTS, row) == "synced"
    assert world.zoho.one("invoices")["status"] == "paid"


def test_the_later_invoice_column_is_preferred_to_the_older_one(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    older, newer = world.circletel.invoice(customer), world.circletel.invoice(customer)
    world.circletel.payment(customer, invoice=newer, invoice_id=older)
    world.run()
    assert world.zoho.get("invoices", world.standing(INVOICES, newer).zoho_id)["status"] == "paid"
    assert world.zoho.get("invoices", world.standing(INVOICES, older).zoho_id)["status"] == "overdue"


def test_the_older_invoice_column_is_used_where_it_alone_is_filled(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    world.circletel.payment(customer, invoice_id=world.circletel.invoice(customer))
    world.run()
    assert world.zoho.one("invoices")["status"] == "paid"


def test_more_than_the_balance_stays_unapplied(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    world.circletel.payment(customer, "300.00", invoice=world.circletel.invoice(customer, "230.00"))
    world.run()
    made = world.zoho.one("payments")
    assert (money(made["amount"]), applied(made)) == (Decimal("300.00"), [Decimal("230.00")])
    assert money(world.zoho.one("customers")["unused_credits"]) == Decimal("70.00")


def test_several_payments_of_one_invoice_in_one_run_share_its_balance(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, "230.00")
    for day in (10, 11, 12):
        world.circletel.payment(customer, "100.00", invoice=invoice, on=date(2025, 9, day))
    done = world.run()
    assert done.counts(PAYMENTS) == {Outcome.CREATED: 3}
    parts = sorted(sum(applied(payment), Decimal(0)) for payment in world.zoho.objects("payments"))
    assert parts == [Decimal("30.00"), Decimal("100.00"), Decimal("100.00")]
    assert world.zoho.one("invoices")["status"] == "paid"
    assert money(world.zoho.one("customers")["unused_credits"]) == Decimal("70.00")


def test_what_a_refused_payment_was_to_pay_is_paid_by_the_next_one(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, "230.00")
    world.run()
    first = world.circletel.payment(customer, "200.00", invoice=invoice)
    world.circletel.payment(customer, "230.00", invoice=invoice, on=date(2025, 9, 20))
    world.zoho.befall("answer", method="POST", path="/payments$", status=400, body={"code": 4, "message": "no"})
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.REFUSED: 1, Outcome.CREATED: 1}
    assert world.state(PAYMENTS, first) == "refused"
    assert money(world.zoho.one("invoices")["balance"]) == money(0)


def test_a_payment_waits_until_another_of_its_invoice_is_no_longer_in_doubt(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, "230.00")
    world.run()
    world.circletel.payment(customer, "100.00", invoice=invoice)
    world.zoho.befall("reset_before_commit", method="POST", path="/payments$")
    world.run(PAYMENTS)
    world.circletel.payment(customer, "230.00", invoice=invoice, on=date(2025, 9, 20))
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.WAITING: 1, Outcome.BLOCKED: 1}
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.CREATED: 2}
    assert money(world.zoho.one("invoices")["balance"]) == money(0)


def test_no_payment_waits_for_one_in_doubt_that_was_deleted_in_circletel(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, "230.00")
    world.run()
    gone = world.circletel.payment(customer, "100.00", invoice=invoice)
    world.zoho.befall("reset_before_commit", method="POST", path="/payments$")
    world.run(PAYMENTS)
    world.circletel.execute("DELETE FROM payment_transactions WHERE id = :row", row=gone)
    world.circletel.payment(customer, "230.00", invoice=invoice, on=date(2025, 9, 20))
    assert world.run(PAYMENTS).counts(PAYMENTS) == {Outcome.CREATED: 1}


def test_two_payments_of_one_invoice_both_arrive_however_often_the_answer_is_lost(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, "230.00")
    world.run()
    for amount in ("100.00", "130.00"):
        world.circletel.payment(customer, amount, invoice=invoice)
    world.zoho.befall("reset_before_commit", method="POST", path="/payments$", times=2)
    for _ in range(6):
        world.run(PAYMENTS)
    assert len(world.zoho.objects("payments")) == 2
    assert money(world.zoho.one("invoices")["balance"]) == money(0)


def test_a_second_payment_finds_the_balance_that_the_first_run_left(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, "230.00")
    world.circletel.payment(customer, "200.00", invoice=invoice)
    hour = {"ZOHO_MIRROR_MAX_AGE_SECONDS": "3600"}
    world.run(env=hour)
    second = world.circletel.payment(customer, "200.00", invoice=invoice, on=date(2025, 9, 20))
    assert world.run(env=hour).counts(PAYMENTS)[Outcome.CREATED] == 1
    made = world.zoho.get("payments", world.standing(PAYMENTS, second).zoho_id)
    assert applied(made) == [Decimal("30.00")]


def test_a_payment_without_an_invoice_stays_unapplied(world: PracticeWorld) -> None:
    world.circletel.payment(world.circletel.customer(), "500.00")
    world.run()
    assert applied(world.zoho.one("payments")) == []
    assert money(world.zoho.one("customers")["unused_credits"]) == Decimal("500.00")


def test_a_payment_of_a_withdrawn_invoice_stays_unapplied(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for status in ("voided", "cancelled"):
        world.circletel.payment(customer, invoice=world.circletel.invoice(customer, status=status))
    world.run()
    assert [applied(payment) for payment in world.zoho.objects("payments")] == [[], []]
    assert world.zoho.objects("invoices") == []


def test_a_payment_whose_customer_is_missing_goes_to_its_invoices_customer(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer)
    world.circletel.payment(None, invoice=invoice)
    world.run()
    assert world.zoho.one("payments")["customer_id"] == world.standing(Entity.CUSTOMERS, customer).zoho_id


def test_a_payment_that_points_nowhere_is_refused(world: PracticeWorld) -> None:
    row = world.circletel.payment(
        "0b8f0b8e-0000-4000-8000-000000000000", invoice_id="0b8f0b8e-0000-4000-8000-000000000001"
    )
    done = world.run(PAYMENTS)
    assert done.counts(PAYMENTS) == {Outcome.REFUSED: 1}
    assert "nobody knows whose payment it is" in done.reason
    assert world.status(PAYMENTS, row) == "failed"
    assert world.zoho.writes == []


def test_a_payment_that_names_another_customers_invoice_is_refused(world: PracticeWorld) -> None:
    payer, debtor = world.circletel.customer(), world.circletel.customer()
    world.circletel.payment(payer, invoice=world.circletel.invoice(debtor))
    done = world.run(PAYMENTS)
    assert done.counts(PAYMENTS) == {Outcome.REFUSED: 1}
    assert "another customer's" in done.reason
    assert world.zoho.objects("payments") == []


def test_money_in_another_currency_is_refused(world: PracticeWorld) -> None:
    world.circletel.payment(world.circletel.customer(), currency="USD")
    done = world.run(PAYMENTS)
    assert done.counts(PAYMENTS) == {Outcome.REFUSED: 1}
    assert "USD" in done.reason
    assert world.zoho.objects("payments") == []


def test_only_completed_payments_are_sent(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    others = ("pending", "processing", "failed", "refunded", "cancelled", "expired")
    rows = [world.circletel.payment(customer, status=status) for status in others]
    assert world.run(PAYMENTS).counts(PAYMENTS) == {}
    assert world.zoho.writes == []
    assert {world.status(PAYMENTS, row) for row in rows} == {"pending"}


def test_a_payment_made_in_zoho_is_never_sent(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    world.circletel.payment(customer, provider="zoho_billing", transaction_id="5214837000000001234")
    world.run()
    assert world.zoho.objects("payments") == []


def test_a_payment_made_in_zoho_is_not_taken_for_another_rows(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    zoho_customer = world.zoho.customer(customer)
    theirs = world.zoho.payment(zoho_customer, "230.00")
    world.circletel.payment(customer, provider="zoho_billing", transaction_id=theirs)
    ours = world.circletel.payment(customer, "230.00")
    done = world.run()
    assert done.counts(PAYMENTS) == {Outcome.CREATED: 1}
    assert world.standing(PAYMENTS, ours).zoho_id != theirs
    assert len(world.zoho.objects("payments")) == 2


def test_a_payment_of_a_draft_waits_until_the_draft_has_gone_out(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, status="draft")
    row = world.circletel.payment(customer, invoice=invoice)
    done = world.run()
    assert done.counts(PAYMENTS) == {Outcome.BLOCKED: 1}
    assert "still a draft" in done.reason
    assert world.status(PAYMENTS, row) == "pending"
    world.circletel.change("customer_invoices", invoice, status="sent")
    assert world.run().counts(PAYMENTS) == {Outcome.CREATED: 1}
    assert world.zoho.one("invoices")["status"] == "paid"


def test_a_payment_of_a_refused_invoice_is_blocked_until_the_invoice_is_mended(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer, line_items=[{"name": "A", "price": 1}])
    row = world.circletel.payment(customer, invoice=invoice)
    done = world.run()
    assert done.counts(PAYMENTS) == {Outcome.BLOCKED: 1}
    assert (world.status(PAYMENTS, row), world.state(PAYMENTS, row)) == ("pending", "blocked")
    world.circletel.change("customer_invoices", invoice, line_items=[{"name": "A", "price": 230}])
    assert world.run().counts(PAYMENTS) == {Outcome.CREATED: 1}


def test_a_payment_of_an_invoice_that_was_voided_in_zoho_stays_unapplied(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer)
    world.run()
    world.zoho.people.post(f"/invoices/{world.standing(INVOICES, invoice).zoho_id}/void")
    world.circletel.payment(customer, invoice=invoice)
    world.run()
    assert applied(world.zoho.one("payments")) == []


def test_a_payment_that_was_changed_after_it_was_sent_is_parked(world: PracticeWorld) -> None:
    row = world.circletel.payment(world.circletel.customer(), "100.00")
    world.run()
    world.zoho.forget_calls()
    world.circletel.change("payment_transactions", row, amount=Decimal("120.00"))
    done = world.run(PAYMENTS)
    assert done.counts(PAYMENTS) == {Outcome.PARKED: 1}
    assert world.zoho.writes == []
    assert world.status(PAYMENTS, row) == "failed"


def test_every_way_of_paying_has_a_mode_in_zoho(world: PracticeWorld) -> None:
    modes = {
        "card": "creditcard", "EFT": "banktransfer", "debit_order": "banktransfer", "cash": "cash",
        "ozow": "banktransfer", "snapscan": "others", None: "others",
    }  # fmt: skip
    customer = world.circletel.customer()
    rows = {world.circletel.payment(customer, payment_method=method): mode for method, mode in modes.items()}
    world.run(PAYMENTS)
    made = {custom(one, "cf_circletel_payment_id"): one["payment_mode"] for one in world.zoho.objects("payments")}
    assert made == rows


def test_a_payment_is_dated_by_the_day_in_johannesburg(world: PracticeWorld) -> None:
    world.circletel.payment(world.circletel.customer(), completed_at=datetime(2025, 9, 30, 22, 30, tzinfo=UTC))
    world.run(PAYMENTS)
    assert world.zoho.one("payments")["date"] == "2025-10-01"


def test_a_long_bank_reference_is_cut_to_what_zoho_takes(world: PracticeWorld) -> None:
    row = world.circletel.payment(world.circletel.customer(), reference="R" * 200)
    world.run(PAYMENTS)
    reference = world.zoho.one("payments")["reference_number"]
    assert len(reference) == 100
    assert reference.startswith(row)
