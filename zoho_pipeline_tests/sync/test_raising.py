"""Which subscription raised an invoice is told from the lists where one answer is left, and never guessed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.mirror.objects import MirrorInvoice, MirrorSubscription
from zoho_pipeline.mirror.reading import NOT_OF_A_SUBSCRIPTION
from zoho_pipeline.sync.raising import raised_by

OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)
FEE = Decimal("799.00")
FIBRE = MirrorSubscription("fibre", "Z1", "live", "fibre-50", FEE, None, None, OCTOBER, date(2025, 12, 1))
VOICE = replace(FIBRE, zoho_id="voice", amount=Decimal("199.00"))
RAISED = MirrorInvoice("1", "INV-1", "Z1", "sent", NOVEMBER, FEE, FEE, None, None, None)

AMOUNTS = st.sampled_from([FEE, Decimal("199.00")])
DAYS = st.sampled_from([OCTOBER, NOVEMBER, date(2025, 11, 15)])
SUBSCRIPTIONS = st.lists(
    st.builds(
        replace,
        st.just(FIBRE),
        zoho_id=st.sampled_from(["a", "b", "c"]),
        amount=AMOUNTS,
        billed_from=DAYS | st.none(),
        next_billing_on=st.sampled_from([NOVEMBER, date(2025, 12, 1), None]),
    ),
    max_size=3,
    unique_by=lambda one: one.zoho_id,
)
INVOICES = st.lists(
    st.builds(
        replace,
        st.just(RAISED),
        zoho_id=st.integers(1, 9).map(str),
        date=DAYS,
        total=AMOUNTS,
        subscription_zoho_id=st.sampled_from([None, "", "a", "b"]),
    ),
    max_size=3,
    unique_by=lambda one: one.zoho_id,
)


def told(invoices: Sequence[MirrorInvoice], *subscriptions: MirrorSubscription) -> dict[str, str] | None:
    """Ids of invoices by the ids of the subscriptions that raised them."""
    found = raised_by(invoices, subscriptions)
    return None if found is None else {zoho_id: invoice.zoho_id for zoho_id, invoice in found.items()}


def test_an_invoice_of_a_subscriptions_day_and_amount_is_its_own() -> None:
    assert told([RAISED], FIBRE) == {"fibre": "1"}


def test_two_subscriptions_are_told_apart_by_what_they_charge() -> None:
    of_voice = replace(RAISED, zoho_id="2", total=Decimal("199.00"))
    assert told([of_voice, RAISED], FIBRE, VOICE) == {"voice": "2", "fibre": "1"}


def test_two_subscriptions_are_told_apart_by_their_days() -> None:
    later = replace(FIBRE, zoho_id="later", billed_from=date(2025, 10, 15))
    of_later = replace(RAISED, zoho_id="2", date=date(2025, 11, 15))
    assert told([RAISED, of_later], FIBRE, later) == {"fibre": "1", "later": "2"}


def test_of_two_alike_the_one_whose_invoice_is_known_tells_the_others() -> None:
    twin = replace(FIBRE, zoho_id="twin")
    known = replace(RAISED, zoho_id="2", subscription_zoho_id="twin")
    assert told([RAISED, known], FIBRE, twin) == {"fibre": "1", "twin": "2"}


def test_a_period_without_invoices_is_told_to_be_empty() -> None:
    assert told([], FIBRE) == {}
    assert told([replace(RAISED, subscription_zoho_id=NOT_OF_A_SUBSCRIPTION)], FIBRE) == {}


def test_a_term_of_the_31st_begins_on_the_last_day_of_shorter_months() -> None:
    since_the_31st = replace(FIBRE, billed_from=date(2025, 8, 31), next_billing_on=date(2025, 12, 31))
    assert told([replace(RAISED, date=date(2025, 11, 30))], since_the_31st) == {"fibre": "1"}
    assert told([replace(RAISED, date=date(2025, 11, 29))], since_the_31st) is None


@pytest.mark.parametrize(
    "change",
    [
        {"total": Decimal("800.00")},
        {"date": date(2025, 11, 2)},
        {"date": date(2025, 9, 1)},
        {"date": date(2025, 12, 1)},
        {"subscription_zoho_id": "fibre", "total": Decimal("998.00")},
        {"subscription_zoho_id": "deleted since"},
    ],
    ids=["another amount", "another day", "before its first", "not begun", "more than its own", "of another one"],
)
def test_an_invoice_that_no_subscription_accounts_for_leaves_the_period_open(change: dict[str, object]) -> None:
    assert told([replace(RAISED, **change)], FIBRE) is None  # type: ignore[arg-type]
    assert told([RAISED, replace(RAISED, zoho_id="2", **change)], FIBRE) is None  # type: ignore[arg-type]


def test_an_invoice_that_two_subscriptions_may_have_raised_leaves_the_period_open() -> None:
    assert told([RAISED], FIBRE, replace(FIBRE, zoho_id="twin")) is None
    assert told([RAISED], FIBRE, replace(FIBRE, zoho_id="ended", status="cancelled", next_billing_on=None)) is None


def test_two_invoices_that_one_subscription_may_have_raised_leave_the_period_open() -> None:
    assert told([RAISED, replace(RAISED, zoho_id="typed in by hand")], FIBRE) is None


@given(INVOICES, SUBSCRIPTIONS)
def test_whatever_is_told_accounts_for_each_invoice_by_one_subscription_alone(
    invoices: list[MirrorInvoice], subscriptions: list[MirrorSubscription]
) -> None:
    found = raised_by(invoices, subscriptions)
    if found is None:
        return
    by_id = {one.zoho_id: one for one in subscriptions}
    wanted = {one.zoho_id for one in invoices if one.subscription_zoho_id != NOT_OF_A_SUBSCRIPTION}
    assert {one.zoho_id for one in found.values()} == wanted
    for zoho_id, invoice in found.items():
        assert invoice.subscription_zoho_id in (None, zoho_id)
        assert (invoice.total, invoice.date.day) == (by_id[zoho_id].amount, (by_id[zoho_id].billed_from or OCTOBER).day)


@given(INVOICES, SUBSCRIPTIONS)
def test_the_order_of_the_lists_tells_nothing(
    invoices: list[MirrorInvoice], subscriptions: list[MirrorSubscription]
) -> None:
    assert raised_by(invoices[::-1], subscriptions[::-1]) == raised_by(invoices, subscriptions)
