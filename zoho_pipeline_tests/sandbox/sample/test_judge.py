"""The judge: content with a perfect sync, and with nothing less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import create_engine, text

from zoho_pipeline.sandbox.circletel import Variant, create_tables
from zoho_pipeline.sandbox.postgres import EmbeddedPostgres
from zoho_pipeline.sandbox.sample.evidence import Evidence
from zoho_pipeline.sandbox.sample.judge import gather, judge, weigh
from zoho_pipeline.sandbox.sample.seed import seed_both
from zoho_pipeline.sandbox.sample.truth import Kind, Outcome
from zoho_pipeline.sandbox.sample.verdict import Report
from zoho_pipeline.sandbox.sample.zoho_http import Access, Control, ZohoHttp
from zoho_pipeline.sandbox.zoho.testing import running_server
from zoho_pipeline_tests.sandbox.sample.conftest import SEED, TODAY, Practice
from zoho_pipeline_tests.sandbox.sample.perfect_sync import sync_perfectly

CENT = Decimal("0.01")


def judged(practice: Practice) -> Report:
    return judge(practice.engine, practice.zoho.url, practice.truth)


def evidence_of(practice: Practice) -> Evidence:
    return gather(practice.engine, practice.zoho.url, practice.truth)


def write(practice: Practice, statement: str, **values: object) -> None:
    with practice.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount == 1


def post(practice: Practice, path: str, body: Mapping[str, Any] | None = None, **query: str) -> dict[str, Any]:
    with ZohoHttp(practice.access) as http:
        return http.post(path, body, **query)


def advance(practice: Practice, days: int) -> None:
    with Control(practice.zoho.url) as control:
        control.call("POST", "clock", {"advance_days": days})


def synced_row(practice: Practice, case: str) -> tuple[str, str]:
    """A planted row that the perfect sync sent, and its object."""
    row_id = practice.world.planted[case][0]
    (object_id,) = evidence_of(practice).objects_of[row_id]
    return row_id, object_id


def test_a_perfect_sync_is_found_right(after_sync: Practice) -> None:
    report = judged(after_sync)
    assert report.lines()[4:] == ["all as it must be"]
    assert sum(sum(one.values()) for one in report.ended.values()) == len(after_sync.truth.expectations)


def test_a_perfect_sync_of_an_older_database_is_found_right(postgres: EmbeddedPostgres) -> None:
    engine = create_engine(postgres.create_database("older"))
    create_tables(engine, Variant.OLDER)
    with running_server() as zoho:
        access = Access(zoho.url, zoho.client_id, zoho.client_secret, zoho.refresh_token, zoho.org_id)
        made = seed_both(engine, access, seed=SEED, today=TODAY, variant=Variant.OLDER)
        sync_perfectly(engine, access, made.world, made.truth)
        assert judge(engine, zoho.url, made.truth).lines()[4:] == ["all as it must be"]
    engine.dispose()


def test_months_later_it_is_still_right(after_sync: Practice) -> None:
    advance(after_sync, 75)
    assert judged(after_sync).right


def test_no_sync_at_all_is_not_found_right(before_sync: Practice) -> None:
    report = judged(before_sync)
    missing = {fault.about for fault in report.faults if "nothing in Zoho" in fault.what}
    wanted = {id_ for id_, e in before_sync.truth.expectations.items() if e.allowed == {Outcome.SYNCED}}
    assert missing >= wanted


def test_a_duplicate_is_found(after_sync: Practice) -> None:
    row_id, _ = synced_row(after_sync, "null_dates")
    custom = [{"api_name": "cf_circletel_customer_id", "value": row_id}]
    post(after_sync, "/customers", {"display_name": "x", "email": "x@example.com", "custom_fields": custom})
    assert f"customers {row_id}" in found(after_sync, "2 in Zoho")


def found(practice: Practice, what: str) -> set[str]:
    """Which records the judge says this about."""
    return {f"{fault.kind} {fault.about}" for fault in judged(practice).faults if what in fault.what}


def test_a_duplicate_without_any_key_is_found(after_sync: Practice) -> None:
    made = post(after_sync, "/customers", {"display_name": "x", "email": "x@example.com"})["customer"]
    assert found(after_sync, "nobody ordered it") == {f"customers {made['customer_id']}"}


def test_a_second_payment_is_found(after_sync: Practice) -> None:
    row_id, object_id = synced_row(after_sync, "overpaid")
    customer = evidence_of(after_sync).held.payments[object_id].customer_id
    body = {"customer_id": customer, "payment_mode": "cash", "amount": 1300, "reference_number": f"again-{row_id}"}
    post(after_sync, "/payments", body)
    assert f"payments {row_id}" in found(after_sync, "2 in Zoho")


def test_a_missing_object_is_found(after_sync: Practice) -> None:
    row_id, object_id = synced_row(after_sync, "in_parts")
    with ZohoHttp(after_sync.access) as http:
        http.delete(f"/payments/{object_id}")
    assert f"payments {row_id}" in found(after_sync, "nothing in Zoho")
    assert len(found(after_sync, "is a person's decision")) == 1


def test_a_lost_object_of_the_app_s_is_found(after_sync: Practice) -> None:
    evidence = evidence_of(after_sync)
    gone = next(iter(after_sync.truth.seeded["subscriptions"]))
    left = {id_: one for id_, one in evidence.held.subscriptions.items() if id_ != gone}
    report = weigh(replace(evidence, held=replace(evidence.held, subscriptions=left)))
    assert any(fault.about == gone and "is gone" in fault.what for fault in report.faults)


def test_a_cent_of_difference_is_found(after_sync: Practice) -> None:
    row_id, object_id = synced_row(after_sync, "locked")
    evidence = evidence_of(after_sync)
    invoice = evidence.held.invoices[object_id]
    for changed in (replace(invoice, total=invoice.total + CENT), replace(invoice, tax=invoice.tax - CENT)):
        invoices = {**evidence.held.invoices, object_id: changed}
        report = weigh(replace(evidence, held=replace(evidence.held, invoices=invoices)))
        assert row_id in {fault.about for fault in report.faults}


def test_a_wrong_monthly_charge_or_first_day_is_found(after_sync: Practice) -> None:
    row_id, object_id = synced_row(after_sync, "excluding_vat")
    evidence = evidence_of(after_sync)
    held = evidence.held.subscriptions[object_id]
    day_before = held.starts_at - timedelta(days=1)
    for changed in (replace(held, monthly=held.monthly + CENT), replace(held, starts_at=day_before)):
        subscriptions = {**evidence.held.subscriptions, object_id: changed}
        report = weigh(replace(evidence, held=replace(evidence.held, subscriptions=subscriptions)))
        assert [fault.about for fault in report.faults] == [row_id]


def test_a_mail_is_found(after_sync: Practice) -> None:
    with Control(after_sync.zoho.url) as control:
        control.call("POST", "behaviour", {"mail_overdue_reminders": True})
    advance(after_sync, 40)
    assert any(fault.kind == "mails" for fault in judged(after_sync).faults)


def test_a_service_billed_twice_for_a_period_is_found(after_sync: Practice) -> None:
    row_id, object_id = synced_row(after_sync, "invoiced_ahead")
    held = evidence_of(after_sync).held.subscriptions[object_id]
    again = {
        "customer_id": held.customer_id,
        "plan": {"plan_code": held.plan_code},
        "reference_id": row_id,
        "starts_at": after_sync.world.today.isoformat(),
    }
    post(after_sync, "/subscriptions", again)
    assert f"subscriptions {row_id}" in found(after_sync, "CircleTel had billed it until")
    assert f"subscriptions {row_id}" in found(after_sync, "2 in Zoho")
    advance(after_sync, 75)
    assert f"subscriptions {row_id}" in found(after_sync, "billed twice for a period")


def test_a_link_to_another_object_is_found(after_sync: Practice) -> None:
    mine, _ = synced_row(after_sync, "locked")
    _, other = synced_row(after_sync, "dated_ahead")
    write(
        after_sync,
        "UPDATE customer_invoices SET zoho_billing_invoice_id = :other WHERE id = :mine",
        other=other,
        mine=mine,
    )
    report = judged(after_sync)
    assert any(fault.about == other and "belongs to 2 rows" in fault.what for fault in report.faults)
    assert any(fault.about == mine for fault in report.faults)


def test_a_forgotten_link_is_found(after_sync: Practice) -> None:
    mine, _ = synced_row(after_sync, "locked")
    write(after_sync, "UPDATE customer_invoices SET zoho_billing_invoice_id = NULL WHERE id = :mine", mine=mine)
    assert found(after_sync, "linked to None") == {f"invoices {mine}"}


def test_a_wrong_status_is_found(after_sync: Practice) -> None:
    refused = after_sync.world.planted["bad_email"][0]
    write(after_sync, "UPDATE customers SET zoho_sync_status = 'synced' WHERE id = :id", id=refused)
    assert found(after_sync, "is synced, not failed") == {f"customers {refused}"}


def test_a_touched_row_that_is_not_for_zoho_is_found(after_sync: Practice) -> None:
    internal = after_sync.world.planted["internal_test"][0]
    write(after_sync, "UPDATE customers SET zoho_sync_status = 'failed' WHERE id = :id", id=internal)
    assert {fault.about for fault in judged(after_sync).faults} == {internal}


def test_something_sent_that_must_not_be_is_found(after_sync: Practice) -> None:
    row_id = after_sync.world.planted["before_zoho"][0]
    customer = next(iter(after_sync.truth.seeded["customers"]))
    body = {"customer_id": customer, "payment_mode": "cash", "amount": 1, "reference_number": row_id}
    post(after_sync, "/payments", body)
    assert f"payments {row_id}" in found(after_sync, "1 new in Zoho")


def test_money_on_the_wrong_invoice_is_found(after_sync: Practice) -> None:
    row_id, payment_id = synced_row(after_sync, "newer_column_wins")
    payment = next(row for row in after_sync.world.payments if row.id == row_id)
    objects = evidence_of(after_sync).objects_of
    (wrong,), (right,) = objects[payment.invoice_id or ""], objects[payment.customer_invoice_id or ""]
    with ZohoHttp(after_sync.access) as http:
        body = {"invoices": [{"invoice_id": wrong, "amount_applied": float(payment.amount)}]}
        http.call("PUT", f"/payments/{payment_id}", body, {})
    assert found(after_sync, "of payments applied") == {f"invoices {wrong}", f"invoices {right}"}


def test_a_draft_that_went_out_is_found(after_sync: Practice) -> None:
    row_id, object_id = synced_row(after_sync, "draft")
    post(after_sync, f"/invoices/{object_id}/converttoopen")
    assert {fault.about for fault in judged(after_sync).faults} == {row_id}


def test_voiding_refunding_and_cancelling_are_found(after_sync: Practice) -> None:
    _, invoice_id = synced_row(after_sync, "dated_ahead")
    _, payment_id = synced_row(after_sync, "overpaid")
    _, subscription_id = synced_row(after_sync, "invoiced_ahead")
    post(after_sync, f"/invoices/{invoice_id}/void")
    post(after_sync, f"/payments/{payment_id}/refunds", {"amount": 1, "description": "x"})
    post(after_sync, f"/subscriptions/{subscription_id}/cancel", cancel_at_end="false")
    assert len(found(after_sync, "is a person's decision")) == 3
    assert len(found(after_sync, "never executed")) == 1


def test_an_adopted_customer_made_anew_is_found(after_sync: Practice) -> None:
    row_id = after_sync.world.planted["handmade_same"][0]
    custom = [{"api_name": "cf_circletel_customer_id", "value": row_id}]
    made = post(after_sync, "/customers", {"display_name": "x", "email": "x@example.com", "custom_fields": custom})
    link = made["customer"]["customer_id"]
    write(after_sync, "UPDATE customers SET zoho_billing_customer_id = :link WHERE id = :id", link=link, id=row_id)
    assert any(fault.about == row_id and "its object was" in fault.what for fault in judged(after_sync).faults)


def test_a_row_that_came_later_must_not_be_there_twice(after_sync: Practice) -> None:
    newcomer = "00000000-0000-4000-8000-000000000001"
    names, values = "id, first_name, last_name, email, phone", ":id, 'a', 'b', 'n@example.com', '0'"
    write(after_sync, f"INSERT INTO customers ({names}) VALUES ({values})", id=newcomer)
    assert judged(after_sync).right
    custom = [{"api_name": "cf_circletel_customer_id", "value": newcomer}]
    for _ in range(2):
        post(after_sync, "/customers", {"display_name": "x", "email": "n@example.com", "custom_fields": custom})
    assert found(after_sync, "2 in Zoho") == {f"customers {newcomer}"}


def test_a_deleted_row_is_found(after_sync: Practice) -> None:
    row_id = after_sync.world.planted["points_nowhere"][0]
    write(after_sync, "DELETE FROM payment_transactions WHERE id = :id", id=row_id)
    assert found(after_sync, "no longer in CircleTel") == {f"payments {row_id}"}


def test_every_kind_is_judged(after_sync: Practice) -> None:
    assert set(judged(after_sync).ended) == {kind.value for kind in Kind}
