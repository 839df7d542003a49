"""An invoice in Zoho equals CircleTel's total and VAT to the cent, whatever shape its lines have, or is not sent."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zoho_pipeline.mapping.invoices import has_gone_out, map_invoice
from zoho_pipeline.mapping.mapped import Mapped, Unmappable
from zoho_pipeline_tests.mapping.rows import ID, invoice, money_invoice

STANDARD, NONE = "tax-of-fifteen", "tax-of-nought"
TAXES = {Decimal("15.00"): STANDARD, Decimal("0.00"): NONE}
CENT = Decimal("0.01")


def sent(**values: Any) -> Mapped:
    return map_invoice(invoice(**values), "77", TAXES)


def reason(**values: Any) -> str:
    with pytest.raises(Unmappable) as refused:
        sent(**values)
    assert refused.value.advice
    return refused.value.reason


def half_up(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def as_zoho_charges(payload: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Total and VAT as Zoho works them out: line by line, each line's VAT rounded half up."""
    percent = {STANDARD: Decimal(15), NONE: Decimal(0)}
    total = vat = Decimal(0)
    for item in payload["invoice_items"]:
        amount, rate = item["price"] * item["quantity"], percent[item["tax_id"]]
        if payload["is_inclusive_tax"]:
            of_line = half_up(amount - amount / (1 + rate / 100))
            total += amount
        else:
            of_line = half_up(amount * rate / 100)
            total += amount + of_line
        vat += of_line
    return total, vat


def test_it_goes_under_circletels_number_with_its_dates_lines_and_key() -> None:
    assert sent().payload == {
        "customer_id": "77",
        "invoice_number": "INV-2025-00012",
        "date": "2025-09-01",
        "due_date": "2025-09-08",
        "is_inclusive_tax": True,
        "invoice_items": [{"name": "Installation", "price": Decimal("230.00"), "quantity": 1, "tax_id": STANDARD}],
        "custom_fields": [{"api_name": "cf_circletel_invoice_id", "value": ID}],
    }


def test_lines_that_come_to_the_subtotal_are_without_vat() -> None:
    payload = sent(line_items=[{"name": "A", "amount": 150}, {"name": "B", "amount": 50}]).payload
    assert payload["is_inclusive_tax"] is False
    assert [item["price"] for item in payload["invoice_items"]] == [150, 50]


@pytest.mark.parametrize("lines", [None, []], ids=repr)
def test_without_lines_it_has_one_of_its_total_named_after_it(lines: Any) -> None:
    (item,) = sent(line_items=lines, invoice_type="pro_rata").payload["invoice_items"]
    assert (item["name"], item["price"]) == ("Pro-rata INV-2025-00012", Decimal("230.00"))


def test_lines_whose_rounded_vat_would_miss_circletels_are_put_together() -> None:
    lines = [{"name": name, "amount": "0.03"} for name in "ABCDEFGHIJ"]
    row = money_invoice(Decimal("0.26"), Decimal("0.04"), lines)
    payload = map_invoice(row, "77", TAXES).payload
    (item,) = payload["invoice_items"]
    assert item["name"] == "A; B; C; D; E; F; G; H; I; J"
    assert as_zoho_charges(payload) == (row.total_amount, row.tax_amount)


def test_names_fit_into_zohos_field() -> None:
    assert len(sent(line_items=[{"name": "x" * 300, "amount": 230}]).payload["invoice_items"][0]["name"]) == 100


def test_an_invoice_without_vat_takes_the_tax_of_nought() -> None:
    payload = sent(subtotal=Decimal("230.00"), tax_amount=Decimal("0.00")).payload
    assert payload["invoice_items"][0]["tax_id"] == NONE
    assert as_zoho_charges(payload) == (Decimal("230.00"), Decimal("0.00"))


def test_it_is_never_due_before_its_date() -> None:
    assert sent(due_date=date(2025, 8, 1)).payload["due_date"] == "2025-09-01"


# Refusals


def test_sums_that_do_not_add_up_are_refused() -> None:
    assert reason(total_amount=Decimal("230.01")) == "its total R 230.01 is not its subtotal R 200.00 plus VAT R 30.00"


def test_a_negative_total_is_refused() -> None:
    negative = {"subtotal": Decimal("-200.00"), "tax_amount": Decimal("-30.00"), "total_amount": Decimal("-230.00")}
    assert reason(**negative) == "its total R -230.00 is negative"


def test_a_rate_that_zoho_does_not_know_is_refused() -> None:
    assert reason(vat_rate=Decimal("14.00")) == "Zoho has no tax of 14 %"


def test_lines_that_come_to_something_else_are_refused() -> None:
    assert reason(line_items=[{"name": "A", "amount": 229}]) == (
        "its lines come to R 229.00, which is neither its total R 230.00 nor its subtotal R 200.00"
    )


def test_vat_that_is_not_the_rates_is_refused() -> None:
    assert reason(subtotal=Decimal("201.00"), tax_amount=Decimal("29.00")) == (
        "its VAT R 29.00 is not 15 % of what it charges"
    )


@pytest.mark.parametrize("lines", ["Installation", {"name": "A", "amount": 230}, [None], [{"name": "A"}]], ids=repr)
def test_lines_that_cannot_be_read_are_refused(lines: Any) -> None:
    assert "line" in reason(line_items=lines)


# To the cent


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda amount: Decimal(amount) / 100)


LINES = st.lists(cents(-50_000, 2_000_000), min_size=1, max_size=8)


@given(LINES, st.booleans(), cents(-3, 3), st.sampled_from([Decimal("15.00"), Decimal("0.00")]))
@example([Decimal("0.03")] * 10, True, Decimal(0), Decimal("15.00"))
def test_lines_that_come_to_total_or_subtotal_are_charged_to_the_cent_or_refused(
    amounts: list[Decimal], inclusive: bool, off: Decimal, rate: Decimal
) -> None:
    together = sum(amounts, Decimal(0))
    vat = half_up(together - together / (1 + rate / 100)) if inclusive else half_up(together * rate / 100)
    net = together - vat if inclusive else together
    vat, net = vat + off, net - off if inclusive else net
    items = [{"name": f"Line {at}", "amount": str(amount)} for at, amount in enumerate(amounts)]
    row = money_invoice(net, vat, items, vat_rate=rate)
    try:
        payload: Mapping[str, Any] | None = map_invoice(row, "77", TAXES).payload
    except Unmappable:
        payload = None
    if payload is None:
        assert off or row.total_amount < 0
    else:
        assert as_zoho_charges(payload) == (row.total_amount, row.tax_amount)


@given(
    st.lists(st.tuples(cents(0, 100_000), st.integers(1, 5)), min_size=1, max_size=5),
    cents(0, 500_000),
    cents(0, 90_000),
)
def test_any_invoice_at_all_is_charged_to_the_cent_or_refused(
    priced: list[tuple[Decimal, int]], net: Decimal, vat: Decimal
) -> None:
    row = money_invoice(net, vat, [{"price": str(price), "quantity": quantity} for price, quantity in priced])
    try:
        payload = map_invoice(row, "77", TAXES).payload
    except Unmappable:
        return
    assert as_zoho_charges(payload) == (net + vat, vat)


# Drafts, and what has changed


@pytest.mark.parametrize(
    ("status", "out"), [("draft", False), ("sent", True), ("paid", True), ("partial", True), ("overdue", True)]
)
def test_only_what_the_customer_has_received_is_opened(status: str, out: bool) -> None:
    assert has_gone_out(invoice(status=status)) is out


def test_going_out_is_a_change_although_the_payload_is_the_same() -> None:
    assert sent(status="draft").payload == sent().payload
    assert sent(status="draft").fingerprint != sent().fingerprint


def test_being_paid_is_no_change() -> None:
    assert sent(status="paid").fingerprint == sent(status="overdue").fingerprint == sent().fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"number": "INV-2025-00013"},
        {"due_date": date(2025, 9, 9)},
        {"line_items": [{"name": "Router", "price": 230}]},
        {"line_items": [{"name": "Installation", "price": 200}]},
    ],
    ids=str,
)
def test_the_fingerprint_changes_with_the_content(change: dict[str, Any]) -> None:
    assert sent(**change).fingerprint != sent().fingerprint


def test_the_order_of_keys_within_a_line_is_no_change() -> None:
    turned = [{"quantity": 1, "price": "230.00", "name": "Installation"}]
    assert sent(line_items=turned).fingerprint == sent().fingerprint
