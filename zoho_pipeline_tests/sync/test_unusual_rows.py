"""One unusual row never stops the others."""

from datetime import date
from decimal import Decimal

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.rows import SKU
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity


def test_a_status_that_nobody_knows_means_pending(world: PracticeWorld) -> None:
    odd, usual = world.circletel.customer(zoho_sync_status="Synced!"), world.circletel.customer()
    assert world.run(CUSTOMERS).counts(CUSTOMERS) == {Outcome.CREATED: 2}
    assert world.status(CUSTOMERS, odd) == world.status(CUSTOMERS, usual) == "synced"


def test_amounts_beyond_all_measure_are_refused(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for lines in ([{"name": "A", "price": "1e40"}], [{"name": "A", "price": 1, "quantity": "1e400"}]):
        world.circletel.invoice(customer, line_items=lines)
    good = world.circletel.invoice(customer)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.REFUSED: 2, Outcome.CREATED: 1}
    assert world.status(INVOICES, good) == "synced"


def test_an_invoice_that_lacks_its_tax_columns_is_judged_by_what_there_is(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    lines = [{"name": "A", "price": 100}]
    free = world.circletel.invoice(customer, "100.00", vat="0.00", vat_rate=None, line_items=lines)
    world.circletel.change("customer_invoices", free, tax_amount=None)
    odd = world.circletel.invoice(customer, vat_rate=None)
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.REFUSED: 1, Outcome.CREATED: 1}
    assert [world.status(INVOICES, row) for row in (free, odd)] == ["synced", "failed"]


def test_an_empty_text_in_place_of_zohos_id_means_that_there_is_none(world: PracticeWorld) -> None:
    customer = world.circletel.customer(zoho_billing_customer_id="")
    invoice = world.circletel.invoice(customer, zoho_billing_invoice_id="")
    assert world.run().total == {Outcome.CREATED: 2}
    assert world.status(INVOICES, invoice) == "synced"


def test_a_latest_invoice_whose_lines_cannot_be_read_refuses_the_service_alone(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    odd, usual = world.circletel.service(customer), world.circletel.service(customer)
    world.circletel.recurring(
        customer, odd, date(2025, 11, 1), total=Decimal("900.00"), line_items=[{"no": "amount"}, {"at": "all"}]
    )
    assert world.run(SUBSCRIPTIONS).counts(SUBSCRIPTIONS) == {Outcome.REFUSED: 1, Outcome.CREATED: 1}
    assert world.status(SUBSCRIPTIONS, usual) == "synced"


def test_a_subscription_whose_reference_zoho_does_not_keep_stops_the_creates_of_its_kind(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for _ in range(12):
        world.circletel.service(customer)
    answer = {
        "subscription_id": "77", "customer_id": "1", "status": "live", "amount": 799, "reference_id": "",
        "plan": {"plan_code": SKU},
    }  # fmt: skip
    body = {"code": 0, "subscription": answer}
    world.zoho.befall("answer", method="POST", path="/subscriptions$", times=None, status=201, body=body)
    done = world.run(SUBSCRIPTIONS)
    assert "did not keep the key" in (done.interrupted or "")
    assert len(world.zoho.calls("POST", "/subscriptions$")) == 1


def test_a_payment_whose_reference_zoho_does_not_keep_stops_the_creates_of_its_kind(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for _ in range(12):
        world.circletel.payment(customer)
    answer = {"payment_id": "77", "customer_id": "1", "amount": 230, "date": "2025-09-10", "reference_number": "cut"}
    body = {"code": 0, "payment": answer}
    world.zoho.befall("answer", method="POST", path="/payments$", times=None, status=201, body=body)
    done = world.run(PAYMENTS)
    assert "did not keep the key" in (done.interrupted or "")
    assert len(world.zoho.calls("POST", "/payments$")) == 1


def test_more_rows_than_are_decided_together_all_go(world: PracticeWorld) -> None:
    rows = 520
    world.circletel.execute(
        "INSERT INTO customers (first_name, last_name, email, phone, created_at, updated_at) "
        "SELECT 'A', 'B' || n, 'b' || n || '@example.co.za', '1', '2025-01-01', '2025-01-01' "
        "FROM generate_series(1, :rows) AS n",
        rows=rows,
    )
    done = world.run(CUSTOMERS, dry_run=True)
    assert done.counts(CUSTOMERS) == {Outcome.CREATED: rows}
    assert done.log[-1].endswith(f"{rows} of {rows} rows looked at.")


def test_what_circletel_withdraws_after_it_was_sent_is_left_alone_in_zoho(world: PracticeWorld) -> None:
    circletel, customer = world.circletel, world.circletel.customer()
    invoice, payment = circletel.invoice(customer), circletel.payment(customer)
    service = circletel.service(customer)
    world.run()
    held = world.zoho.control.call("GET", "state")["organisation"]
    circletel.change("customer_invoices", invoice, status="voided")
    circletel.change("payment_transactions", payment, status="refunded")
    circletel.change("customer_services", service, status="cancelled")
    circletel.change("customers", customer, account_type="internal_test")
    world.zoho.forget_calls()
    assert world.run().total == {}
    assert world.zoho.calls() == []
    assert world.zoho.control.call("GET", "state")["organisation"] == held
    assert world.status(INVOICES, invoice) == world.status(PAYMENTS, payment) == "synced"


def test_a_draft_that_changes_in_circletel_before_it_goes_out_is_not_sent_out_as_it_was(world: PracticeWorld) -> None:
    row = world.circletel.invoice(world.circletel.customer(), "230.00", status="draft")
    world.run(INVOICES)
    world.circletel.change(
        "customer_invoices", row, total_amount=Decimal("115.00"), subtotal=Decimal("100.00"),
        tax_amount=Decimal("15.00"), line_items=[{"name": "Less", "price": 115}], status="sent",
    )  # fmt: skip
    assert world.run(INVOICES).counts(INVOICES) == {Outcome.UPDATED: 1}
    found = world.zoho.one("invoices")
    assert found["status"] != "draft"
    assert Decimal(str(found["total"])) == Decimal("115.00")
