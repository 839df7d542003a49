"""A payment carries its own key, and is put on invoices up to their balances and never beyond."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.mapping.mapped import Mapped, Unmappable
from zoho_pipeline.mapping.payments import OpenInvoice, map_payment
from zoho_pipeline_tests.mapping.rows import ID, payment

CENTS = st.integers(-10_000, 10**7).map(lambda cents: Decimal(cents) / 100)
TARGETS = st.lists(CENTS, max_size=6).map(
    lambda balances: [OpenInvoice(str(at), balance) for at, balance in enumerate(balances)]
)


def sent(*targets: OpenInvoice, **values: Any) -> Mapped:
    return map_payment(payment(**values), "77", targets)


def test_it_goes_with_amount_day_key_and_the_banks_reference() -> None:
    assert sent(OpenInvoice("9", Decimal("230.00"))).payload == {
        "customer_id": "77",
        "payment_mode": "banktransfer",
        "amount": Decimal("230.00"),
        "date": "2025-09-10",
        "reference_number": f"{ID} CT-20250910-0000aa",
        "custom_fields": [{"api_name": "cf_circletel_payment_id", "value": ID}],
        "invoices": [{"invoice_id": "9", "amount_applied": Decimal("230.00")}],
    }


def test_a_payment_without_an_invoice_stays_unapplied() -> None:
    assert "invoices" not in sent().payload


def test_what_goes_beyond_the_balance_stays_unapplied() -> None:
    applied = sent(OpenInvoice("9", Decimal("200.00"))).payload["invoices"]
    assert applied == [{"invoice_id": "9", "amount_applied": Decimal("200.00")}]


def test_an_invoice_that_is_paid_takes_nothing() -> None:
    applied = sent(OpenInvoice("8", Decimal(0)), OpenInvoice("9", Decimal("500.00"))).payload["invoices"]
    assert applied == [{"invoice_id": "9", "amount_applied": Decimal("230.00")}]
    assert "invoices" not in sent(OpenInvoice("8", Decimal(0))).payload


@given(st.integers(1, 10**7).map(lambda cents: Decimal(cents) / 100), TARGETS)
def test_what_is_applied_exceeds_neither_the_amount_nor_a_balance(amount: Decimal, targets: list[OpenInvoice]) -> None:
    payload = sent(*targets, amount=amount).payload
    applied = {part["invoice_id"]: part["amount_applied"] for part in payload.get("invoices", [])}
    balances = {target.zoho_id: max(target.balance, Decimal(0)) for target in targets}
    assert all(0 < part <= balances[zoho_id] for zoho_id, part in applied.items())
    assert sum(applied.values()) == min(amount, sum(balances.values()))
    assert payload["amount"] == amount


@pytest.mark.parametrize(
    ("method", "mode"),
    [
        ("eft", "banktransfer"),
        (" Debit_Order ", "banktransfer"),
        ("capitec", "banktransfer"),
        ("ozow", "banktransfer"),
        ("bank_transfer", "banktransfer"),
        ("card", "creditcard"),
        ("credit_card", "creditcard"),
        ("cash", "cash"),
        ("voucher", "others"),
        ("", "others"),
        (None, "others"),
    ],
)
def test_the_way_it_was_paid_is_told_in_zohos_words(method: str | None, mode: str) -> None:
    assert sent(payment_method=method).payload["payment_mode"] == mode


def test_its_day_is_johannesburgs() -> None:
    assert sent(paid_at=datetime(2025, 9, 10, 22, 30, tzinfo=UTC)).payload["date"] == "2025-09-11"


@pytest.mark.parametrize("reference", ["", "x" * 500])
def test_the_reference_begins_with_the_key_and_fits(reference: str) -> None:
    number = sent(reference=reference).payload["reference_number"]
    assert number.startswith(ID)
    assert len(number) <= 100
    assert number == number.strip()


def test_another_currency_is_refused() -> None:
    with pytest.raises(Unmappable, match="it is in USD, and the customers in Zoho are kept in ZAR") as refused:
        sent(currency="USD")
    assert "correct its currency in CircleTel" in refused.value.advice


def test_what_it_is_applied_to_is_no_change_of_the_payment() -> None:
    assert sent(OpenInvoice("9", Decimal(1))).fingerprint == sent().fingerprint
    assert map_payment(payment(), "78", []).fingerprint == sent().fingerprint


@pytest.mark.parametrize("change", [{"amount": Decimal(1)}, {"reference": "X"}, {"payment_method": "cash"}], ids=str)
def test_the_fingerprint_changes_with_the_content(change: dict[str, Any]) -> None:
    assert sent(**change).fingerprint != sent().fingerprint
