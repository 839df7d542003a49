"""Matching by laws: nothing is adopted that carries another CircleTel id, that another row holds, or looks alike."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.circletel.rows import Customer, Invoice, Payment, Service, SyncColumns
from zoho_pipeline.mirror.objects import MirrorCustomer, MirrorInvoice, MirrorPayment, MirrorSubscription
from zoho_pipeline.states import SyncStatus
from zoho_pipeline.sync.matching import (
    Ambiguous,
    Found,
    Holders,
    Match,
    match_customer,
    match_invoice,
    match_payment,
    match_subscription,
)

OURS, THEIRS = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
SYNC = SyncColumns(None, SyncStatus.PENDING, None, "hash")
DAY = date(2025, 9, 1)
FEE = Decimal("799.00")

CUSTOMER = Customer(OURS, "CT-1", "Thandi", "Mokoena", None, "thandi@example.co.za", "1", "personal", SYNC)
SERVICE = Service(OURS, "c", "Z1", "Fibre", "fibre-50", True, FEE, DAY, None, None, SYNC)
INVOICE = Invoice(
    OURS, "INV-1", "c", "Z1", "installation", "sent", DAY, DAY, Decimal(200), Decimal(30), Decimal(230), Decimal(15),
    None, SYNC,
)  # fmt: skip
PAYMENT = Payment(
    OURS, "NC-1", "REF-1", Decimal(230), "ZAR", "eft", datetime(2025, 9, 1, 8, tzinfo=UTC), "c", "Z1", None, SYNC
)

KEYS = st.sampled_from([None, OURS, THEIRS])
IDS = st.integers(1, 4).map(str)
HOLDERS = st.dictionaries(IDS, st.sampled_from([OURS, THEIRS])).map(Holders)

CUSTOMERS = st.builds(
    MirrorCustomer,
    zoho_id=IDS,
    display_name=st.sampled_from(["Thandi Mokoena", "thandi  MOKOENA", "Sipho Dlamini"]),
    email=st.sampled_from([None, "", "thandi@example.co.za", "THANDI@example.co.za ", "else@example.co.za"]),
    circletel_id=KEYS,
    account_number=st.sampled_from([None, "CT-1", "CT-2"]),
)
SUBSCRIPTIONS = st.builds(
    MirrorSubscription,
    zoho_id=IDS,
    customer_zoho_id=st.sampled_from(["Z1", "Z2"]),
    status=st.sampled_from(["live", "future", "cancelled", "expired"]),
    plan_code=st.sampled_from(["fibre-50", "fibre-100", None]),
    amount=st.sampled_from([FEE, Decimal("699.00"), None]),
    reference_id=KEYS,
    circletel_id=KEYS,
    billed_from=st.just(DAY),
    next_billing_on=st.none(),
)
INVOICES = st.builds(
    MirrorInvoice,
    zoho_id=IDS,
    number=st.sampled_from(["INV-1", "INV-2"]),
    customer_zoho_id=st.sampled_from(["Z1", "Z2"]),
    status=st.sampled_from(["sent", "draft", "void", "paid"]),
    date=st.sampled_from([DAY, date(2025, 9, 2)]),
    total=st.sampled_from([Decimal(230), Decimal("229.99")]),
    balance=st.just(Decimal(0)),
    reference_number=st.none(),
    circletel_id=KEYS,
    subscription_zoho_id=st.sampled_from(["", "S1", None]),
)
PAYMENTS = st.builds(
    MirrorPayment,
    zoho_id=IDS,
    customer_zoho_id=st.sampled_from(["Z1", "Z2"]),
    amount=st.sampled_from([Decimal(230), Decimal("229.99")]),
    date=st.sampled_from([DAY, date(2025, 9, 2)]),
    reference_number=st.sampled_from(
        [None, "", "REF-1", "NC-1", OURS[:8], THEIRS[:8], f"{OURS} REF-1", f"{THEIRS} REF-1"]
    ),
    circletel_id=KEYS,
)


def unique(objects: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Lists in which every object has its own id."""
    return st.lists(objects, max_size=4, unique_by=lambda found: found.zoho_id)


def found_object(match: Match, objects: Sequence[Any]) -> Any:
    """The object that was adopted; None where none was."""
    return next(one for one in objects if one.zoho_id == match.zoho_id) if isinstance(match, Found) else None


def is_somebody_elses(found: Any, holders: Holders) -> bool:
    """Whether it carries another row's id anywhere, or another row holds it."""
    keys = f"{found.circletel_id} {getattr(found, 'reference_id', '')} {getattr(found, 'reference_number', '')}"
    return THEIRS in keys or holders.row_by_zoho_id.get(found.zoho_id, OURS) != OURS


@given(objects=unique(CUSTOMERS), holders=HOLDERS)
def test_a_customer_never_adopts_what_is_somebody_elses(objects: list[MirrorCustomer], holders: Holders) -> None:
    found = found_object(match_customer(CUSTOMER, objects, holders), objects)
    if found is not None:
        assert not is_somebody_elses(found, holders)
        assert found.circletel_id == OURS or found.account_number in (None, "CT-1")
        same_person = (found.email or "").strip().lower() == CUSTOMER.email and "thandi" in found.display_name.lower()
        assert found.circletel_id == OURS or found.account_number == "CT-1" or same_person


@given(objects=unique(SUBSCRIPTIONS), holders=HOLDERS)
def test_a_service_never_adopts_what_is_somebody_elses(objects: list[MirrorSubscription], holders: Holders) -> None:
    found = found_object(match_subscription(SERVICE, objects, holders, FEE), objects)
    if found is not None:
        assert not is_somebody_elses(found, holders)
        assert found.live
        keyed = OURS in (found.reference_id, found.circletel_id)
        assert keyed or (found.customer_zoho_id, found.plan_code, found.amount) == ("Z1", "fibre-50", FEE)


@given(objects=unique(INVOICES), holders=HOLDERS)
def test_an_invoice_never_adopts_what_is_somebody_elses_or_over_another_sum(
    objects: list[MirrorInvoice], holders: Holders
) -> None:
    found = found_object(match_invoice(INVOICE, objects, holders), objects)
    if found is not None:
        assert not is_somebody_elses(found, holders)
        assert (found.customer_zoho_id, found.total) == ("Z1", Decimal(230))
        assert found.status != "void"
        assert found.subscription_zoho_id in ("", None) or found.circletel_id == OURS or found.number == "INV-1"


@given(objects=unique(PAYMENTS), holders=HOLDERS)
def test_a_payment_never_adopts_what_is_somebody_elses_or_of_another_amount(
    objects: list[MirrorPayment], holders: Holders
) -> None:
    found = found_object(match_payment(PAYMENT, objects, holders), objects)
    if found is not None:
        assert not is_somebody_elses(found, holders)
        assert found.amount == Decimal(230)


@pytest.mark.parametrize(
    ("match", "objects"),
    [
        (lambda objects, holders: match_customer(CUSTOMER, objects, holders), CUSTOMERS),
        (lambda objects, holders: match_subscription(SERVICE, objects, holders, FEE), SUBSCRIPTIONS),
        (lambda objects, holders: match_payment(PAYMENT, objects, holders), PAYMENTS),
    ],
    ids=["customers", "subscriptions", "payments"],
)
@given(data=st.data(), holders=HOLDERS)
def test_the_order_in_which_zoho_lists_its_objects_does_not_matter(
    match: Any, objects: st.SearchStrategy[Any], data: st.DataObject, holders: Holders
) -> None:
    listed = data.draw(unique(objects))
    shuffled = data.draw(st.permutations(listed))
    one, other = match(listed, holders), match(shuffled, holders)
    assert (type(one), getattr(one, "zoho_id", None)) == (type(other), getattr(other, "zoho_id", None))


@given(objects=unique(CUSTOMERS), blank=st.sampled_from(["", " ", "\t "]))
def test_a_blank_address_adopts_nothing_by_its_content(objects: list[MirrorCustomer], blank: str) -> None:
    unkeyed = [replace(found, circletel_id=None, account_number=None) for found in objects]
    assert match_customer(replace(CUSTOMER, email=blank), unkeyed, Holders()) is None


@given(objects=unique(PAYMENTS))
def test_a_row_whose_customer_is_not_in_zoho_adopts_nothing_by_its_content(objects: list[MirrorPayment]) -> None:
    keyless = [replace(one, circletel_id=None, reference_number="REF-1") for one in objects]
    assert match_payment(replace(PAYMENT, customer_zoho_id=None), keyless, Holders()) is None


@given(objects=unique(st.builds(replace, SUBSCRIPTIONS, reference_id=st.just(OURS), circletel_id=st.just(OURS))))
def test_several_objects_of_one_key_are_never_decided_between(objects: list[MirrorSubscription]) -> None:
    live = [one for one in objects if one.live]
    match = match_subscription(SERVICE, objects, Holders(), FEE)
    assert isinstance(match, {0: Ambiguous, 1: Found}.get(len(live), Ambiguous) if objects else type(None))
