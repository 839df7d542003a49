"""Subscriptions: nobody is billed twice, nothing is collected, and Zoho charges what CircleTel has charged."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from zoho_pipeline.entities import Entity
from zoho_pipeline.states import Outcome
from zoho_pipeline_tests.practice.rows import FEE, SKU
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import custom, money

SUBSCRIPTIONS = Entity.SUBSCRIPTIONS
OCTOBER, NOVEMBER, DECEMBER = (date(2025, month, 1) for month in (10, 11, 12))


def attempted(world: PracticeWorld) -> list[Any]:
    """What the pipeline kept of the subscriptions that it sent: row_id and request."""
    return world.circletel.query(
        "SELECT row_id::text AS row_id, request FROM zoho_pipeline.attempts WHERE entity = 'subscriptions'"
    )


def sent_body(world: PracticeWorld) -> dict[str, Any]:
    """What the pipeline kept of the only body that it sent."""
    (row,) = attempted(world)
    body: dict[str, Any] = row.request
    return body


def test_a_service_is_subscribed_to_its_packages_plan_under_its_own_id(world: PracticeWorld) -> None:
    row = world.circletel.service(world.circletel.customer())
    done = world.run()
    made = world.zoho.one("subscriptions")
    assert done.counts(SUBSCRIPTIONS) == {Outcome.CREATED: 1}
    assert (made["plan"]["plan_code"], money(made["amount"])) == (SKU, FEE)
    assert made["reference_id"] == row
    assert custom(made, "cf_circletel_service_id") == row
    assert world.standing(SUBSCRIPTIONS, row).zoho_id == made["subscription_id"]
    assert world.status(SUBSCRIPTIONS, row) == "synced"
    assert world.zoho.mails == []


def test_a_subscription_is_offline_and_without_trial_and_setup_fee(world: PracticeWorld) -> None:
    world.zoho.plan("with-extras", setup_fee=500, trial_period=14)
    package = world.circletel.package("with-extras")
    world.circletel.service(world.circletel.customer(), package_id=package, activation_date=NOVEMBER)
    world.run(SUBSCRIPTIONS)
    made = world.zoho.one("subscriptions")
    assert made["auto_collect"] is False
    assert made["status"] == "live"
    assert made["activated_at"] == "2025-11-01"
    assert [money(invoice["total"]) for invoice in world.zoho.objects("invoices")] == [FEE]
    assert sent_body(world)["plan"]["exclude_trial"] is True
    assert sent_body(world)["plan"]["exclude_setup_fee"] is True


def test_billing_starts_on_the_day_after_the_last_period_that_circletel_invoiced(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    service = world.circletel.service(customer)
    world.circletel.recurring(customer, service, OCTOBER)
    world.circletel.recurring(customer, service, NOVEMBER)
    world.run(SUBSCRIPTIONS)
    made = world.zoho.one("subscriptions")
    assert (made["status"], made["current_term_starts_at"]) == ("future", "2025-12-01")
    assert world.zoho.objects("invoices") == []


def test_billing_starts_on_the_day_of_activation_where_circletel_invoiced_nothing(world: PracticeWorld) -> None:
    world.circletel.service(world.circletel.customer(), activation_date=date(2025, 11, 10))
    world.run(SUBSCRIPTIONS)
    assert world.zoho.one("subscriptions")["activated_at"] == "2025-11-10"
    assert [invoice["date"] for invoice in world.zoho.objects("invoices")] == ["2025-11-10"]


def test_a_service_without_activation_and_invoice_is_refused(world: PracticeWorld) -> None:
    row = world.circletel.service(world.circletel.customer(), activation_date=None)
    done = world.run(SUBSCRIPTIONS)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.REFUSED: 1}
    assert "neither an activation date nor an invoice" in done.reason
    assert world.status(SUBSCRIPTIONS, row) == "failed"
    assert world.zoho.objects("subscriptions") == []


def test_what_counts_as_having_been_invoiced(world: PracticeWorld) -> None:
    activation = date(2025, 8, 1)
    cases: dict[str, tuple[dict[str, Any], date]] = {
        "no period": ({"period_end": None, "period_start": None, "invoice_date": NOVEMBER}, DECEMBER),
        "no service": ({"service_id": None}, DECEMBER),
        "draft": ({"status": "draft"}, DECEMBER),
        "voided": ({"status": "voided"}, activation),
        "cancelled": ({"status": "cancelled"}, activation),
        "pro rata with a period": ({"invoice_type": "pro_rata"}, DECEMBER),
        "pro rata without a period": ({"invoice_type": "pro_rata", "period_end": None}, activation),
        "one-off": ({"invoice_type": "installation"}, activation),
        "untyped": ({"invoice_type": None}, DECEMBER),
    }
    services = {}
    for case, (values, _) in cases.items():
        customer = world.circletel.customer()
        services[case] = world.circletel.service(customer, activation_date=activation)
        world.circletel.recurring(customer, services[case], NOVEMBER, **values)
    world.run(SUBSCRIPTIONS)
    sent = {row.row_id: row.request["starts_at"] for row in attempted(world)}
    assert {case: sent[service] for case, service in services.items()} == {
        case: starts.isoformat() for case, (_, starts) in cases.items()
    }


def test_another_services_invoices_do_not_move_the_start(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    first, second = world.circletel.service(customer), world.circletel.service(customer)
    world.circletel.recurring(customer, first, NOVEMBER)
    world.run(SUBSCRIPTIONS)
    starts = {one["reference_id"]: one["current_term_starts_at"] for one in world.zoho.objects("subscriptions")}
    assert starts == {first: "2025-12-01", second: "2025-11-01"}


def test_no_period_that_circletel_invoiced_is_billed_by_zoho_however_far_the_clock_goes(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    service = world.circletel.service(customer)
    world.circletel.recurring(customer, service, NOVEMBER)
    world.run(SUBSCRIPTIONS)
    world.zoho.on(date(2026, 2, 15))
    dates = sorted(invoice["date"] for invoice in world.zoho.objects("invoices"))
    assert dates == ["2025-12-01", "2026-01-01", "2026-02-01"]


def test_only_active_services_are_subscribed(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    others = ("pending", "suspended", "cancelled")
    rows = [world.circletel.service(customer, status=status, zoho_sync_status="failed") for status in others]
    assert world.run().counts(SUBSCRIPTIONS) == {}
    assert world.zoho.objects("subscriptions") == []
    assert {world.status(SUBSCRIPTIONS, row) for row in rows} == {"failed"}


def test_a_service_that_is_suspended_after_it_was_synced_is_left_alone(world: PracticeWorld) -> None:
    row = world.circletel.service(world.circletel.customer())
    world.run()
    world.zoho.forget_calls()
    world.circletel.change("customer_services", row, status="suspended", monthly_price=Decimal("899.00"))
    world.run()
    assert world.zoho.writes == []
    assert world.status(SUBSCRIPTIONS, row) == "synced"


def test_a_service_whose_package_has_no_published_plan_is_not_eligible_yet(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    packages = [world.circletel.package(f"unpublished-{plan}", plan=plan) for plan in ("failed", "pending", None)]
    rows = [world.circletel.service(customer, package_id=package) for package in packages]
    done = world.run(SUBSCRIPTIONS)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.EXCLUDED: 3}
    assert all("no published plan" in trouble.reason for trouble in done.troubles)
    assert {world.status(SUBSCRIPTIONS, row) for row in rows} == {"pending"}
    assert world.zoho.objects("subscriptions") == []


def test_a_service_follows_its_package_once_the_plan_is_published(world: PracticeWorld) -> None:
    package = world.circletel.package("fibre-100", plan=None)
    row = world.circletel.service(world.circletel.customer(), package_id=package)
    world.run(SUBSCRIPTIONS)
    world.zoho.plan("fibre-100")
    world.circletel.insert("product_integrations", {"service_package_id": package, "zoho_billing_plan_id": "5214837"})
    assert world.run(SUBSCRIPTIONS).counts(SUBSCRIPTIONS) == {Outcome.CREATED: 1}
    assert world.status(SUBSCRIPTIONS, row) == "synced"


def test_a_service_without_a_package_is_not_eligible(world: PracticeWorld) -> None:
    world.circletel.service(world.circletel.customer(), package_id=None)
    done = world.run(SUBSCRIPTIONS)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.EXCLUDED: 1}
    assert "has no package" in done.reason


def test_a_plan_that_zoho_does_not_have_blocks_the_service(world: PracticeWorld) -> None:
    package = world.circletel.package("only-in-circletel")
    row = world.circletel.service(world.circletel.customer(), package_id=package)
    done = world.run(SUBSCRIPTIONS)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.BLOCKED: 1}
    assert "Zoho has no plan only-in-circletel" in done.reason
    assert world.status(SUBSCRIPTIONS, row) == "pending"


def test_an_inactive_plan_blocks_the_service(world: PracticeWorld) -> None:
    world.zoho.people.post(f"/plans/{SKU}/markasinactive")
    world.circletel.service(world.circletel.customer())
    done = world.run(SUBSCRIPTIONS)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.BLOCKED: 1}
    assert "inactive" in done.reason


# What Zoho charges


def test_a_price_that_is_not_what_the_latest_full_invoice_charged_is_refused(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    row = world.circletel.service(customer, monthly_price=Decimal("899.00"))
    world.circletel.recurring(customer, row, NOVEMBER)
    done = world.run(SUBSCRIPTIONS)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.REFUSED: 1}
    assert "R 899.00" in done.reason
    assert "R 799.00" in done.reason
    assert world.zoho.objects("subscriptions") == []


def test_the_first_pro_rated_invoice_is_no_full_one(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    row = world.circletel.service(customer)
    world.circletel.recurring(
        customer, row, OCTOBER, period_start=date(2025, 10, 20), period_end=date(2025, 10, 31), total=Decimal("300.00")
    )
    assert world.run(SUBSCRIPTIONS).counts(SUBSCRIPTIONS) == {Outcome.CREATED: 1}
    assert money(world.zoho.one("subscriptions")["amount"]) == FEE


def test_the_latest_full_invoice_counts_and_not_an_older_one(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    row = world.circletel.service(customer)
    world.circletel.recurring(customer, row, OCTOBER, total=Decimal("699.00"))
    world.circletel.recurring(customer, row, NOVEMBER)
    assert world.run(SUBSCRIPTIONS).counts(SUBSCRIPTIONS) == {Outcome.CREATED: 1}


def test_the_fee_may_be_one_of_several_lines_of_the_latest_invoice(world: PracticeWorld) -> None:
    including, excluding = ["799.00", "150.00"], ["694.78", "130.43"]
    for amounts in (including, excluding):
        customer = world.circletel.customer()
        lines = [{"name": f"Line {place}", "amount": amount} for place, amount in enumerate(amounts)]
        service = world.circletel.service(customer)
        world.circletel.recurring(customer, service, NOVEMBER, total=Decimal("949.00"), line_items=lines)
    assert world.run(SUBSCRIPTIONS).counts(SUBSCRIPTIONS) == {Outcome.CREATED: 2}
    assert [money(made["amount"]) for made in world.zoho.objects("subscriptions")] == [FEE, FEE]


def test_zoho_charges_the_services_own_price_where_the_plans_is_another(world: PracticeWorld) -> None:
    world.circletel.service(world.circletel.customer(), monthly_price=Decimal("649.00"), activation_date=NOVEMBER)
    world.run(SUBSCRIPTIONS)
    assert money(world.zoho.one("subscriptions")["amount"]) == Decimal("649.00")
    assert money(world.zoho.one("invoices")["total"]) == Decimal("649.00")


def test_a_plan_that_puts_vat_on_top_charges_circletels_price_including_vat(world: PracticeWorld) -> None:
    world.zoho.plan("net", Decimal("694.78"), inclusive=False)
    package = world.circletel.package("net")
    world.circletel.service(world.circletel.customer(), package_id=package, activation_date=NOVEMBER)
    world.run(SUBSCRIPTIONS)
    made = world.zoho.one("subscriptions")
    assert (money(made["amount"]), money(made["plan"]["price"])) == (FEE, Decimal("694.78"))
    assert money(world.zoho.one("invoices")["total"]) == FEE


def test_a_price_that_no_whole_cents_come_to_with_vat_on_top_is_refused(world: PracticeWorld) -> None:
    world.zoho.plan("net", Decimal("694.78"), inclusive=False)
    package = world.circletel.package("net")
    world.circletel.service(world.circletel.customer(), package_id=package, monthly_price=Decimal("0.11"))
    done = world.run(SUBSCRIPTIONS)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.REFUSED: 1}
    assert "no price in whole cents makes Zoho charge R 0.11" in done.reason


@pytest.mark.parametrize(
    ("include", "exceptions", "charge"),
    [
        pytest.param("on", "", "1000.00", id="inclusive"),
        pytest.param("on", f"other, {SKU}", "1150.00", id="exclusive by exception"),
        pytest.param("off", "", "1150.00", id="exclusive"),
        pytest.param("off", SKU, "1000.00", id="inclusive by exception"),
    ],
)
def test_whether_monthly_price_includes_vat_is_a_setting_with_exceptions_by_sku(
    world: PracticeWorld, include: str, exceptions: str, charge: str
) -> None:
    world.circletel.service(world.circletel.customer(), monthly_price=Decimal("1000.00"))
    world.run(SUBSCRIPTIONS, env={"CIRCLETEL_PRICES_INCLUDE_VAT": include, "CIRCLETEL_VAT_EXCEPTION_SKUS": exceptions})
    assert money(world.zoho.one("subscriptions")["amount"]) == Decimal(charge)


def test_a_service_that_costs_nothing_is_refused(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    for price in ("0.00", "-10.00"):
        world.circletel.service(customer, monthly_price=Decimal(price))
    assert world.run(SUBSCRIPTIONS).counts(SUBSCRIPTIONS) == {Outcome.REFUSED: 2}
    assert world.zoho.objects("subscriptions") == []


def test_a_subscription_that_zoho_charges_differently_is_linked_and_parked(world: PracticeWorld) -> None:
    row = world.circletel.service(world.circletel.customer())
    body = {
        "code": 0, "subscription": {
            "subscription_id": "77", "customer_id": "1", "status": "live", "amount": 898.99, "reference_id": row,
            "plan": {"plan_code": SKU}, "activated_at": "2025-11-01",
        },
    }  # fmt: skip
    world.zoho.befall("answer", method="POST", path="/subscriptions$", status=201, body=body)
    done = world.run(SUBSCRIPTIONS)
    assert done.counts(SUBSCRIPTIONS) == {Outcome.PARKED: 1}
    assert "Zoho charges R 898.99 a month, but CircleTel R 799.00" in done.reason
    standing = world.standing(SUBSCRIPTIONS, row)
    assert (standing.zoho_id, standing.status) == ("77", "failed")


# Changes


def test_a_changed_price_takes_effect_with_the_next_term_by_one_update(world: PracticeWorld) -> None:
    row = world.circletel.service(world.circletel.customer(), activation_date=NOVEMBER)
    world.run()
    world.zoho.forget_calls()
    world.circletel.change("customer_services", row, monthly_price=Decimal("899.00"))
    done = world.run()
    made = world.zoho.one("subscriptions")
    assert done.counts(SUBSCRIPTIONS) == {Outcome.UPDATED: 1}
    assert world.zoho.writes == [f"PUT /subscriptions/{made['subscription_id']}"]
    assert made["end_of_term"] is True
    assert [money(invoice["total"]) for invoice in world.zoho.objects("invoices")] == [FEE]
    world.zoho.on(DECEMBER + timedelta(days=1))
    totals = {invoice["date"]: money(invoice["total"]) for invoice in world.zoho.objects("invoices")}
    assert totals == {"2025-11-01": FEE, "2025-12-01": Decimal("899.00")}
    world.zoho.forget_calls()
    assert world.run().counts(SUBSCRIPTIONS) == {Outcome.UNCHANGED: 1}
    assert world.zoho.calls() == []


def test_a_changed_price_that_circletel_does_not_invoice_is_refused_and_the_old_one_stays(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    row = world.circletel.service(customer)
    world.circletel.recurring(customer, row, NOVEMBER)
    world.run()
    world.zoho.forget_calls()
    world.circletel.change("customer_services", row, monthly_price=Decimal("899.00"))
    done = world.run()
    assert done.counts(SUBSCRIPTIONS) == {Outcome.REFUSED: 1}
    assert "its change cannot be sent" in done.reason
    assert world.zoho.writes == []
    assert world.status(SUBSCRIPTIONS, row) == "failed"
    world.circletel.change("customer_services", row, monthly_price=FEE)
    world.run()
    assert money(world.zoho.one("subscriptions")["amount"]) == FEE
    assert world.status(SUBSCRIPTIONS, row) == "synced"


def test_an_upgrade_to_another_package_changes_the_plan_at_the_end_of_the_term(world: PracticeWorld) -> None:
    world.zoho.plan("fibre-100", Decimal("999.00"))
    row = world.circletel.service(world.circletel.customer(), activation_date=NOVEMBER)
    world.run()
    package = world.circletel.package("fibre-100")
    world.circletel.change("customer_services", row, package_id=package, monthly_price=Decimal("999.00"))
    assert world.run().counts(SUBSCRIPTIONS) == {Outcome.UPDATED: 1}
    assert world.zoho.one("subscriptions")["plan"]["plan_code"] == SKU
    world.zoho.on(DECEMBER)
    assert world.zoho.one("subscriptions")["plan"]["plan_code"] == "fibre-100"
    assert len(world.zoho.objects("subscriptions")) == 1


def test_a_renamed_package_moves_nothing(world: PracticeWorld) -> None:
    row = world.circletel.service(world.circletel.customer())
    world.run()
    world.zoho.forget_calls()
    world.circletel.change("customer_services", row, package_name="Fibre 50 Pro", installation_address="Elsewhere")
    assert world.run().counts(SUBSCRIPTIONS) == {Outcome.UNCHANGED: 1}
    assert world.zoho.calls() == []
