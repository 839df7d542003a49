"""Prior-period items: what a signed month says later belongs to the next open month, and is told once."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_pipeline.actions.sign_off import Signed
from zoho_pipeline.calendar import Month
from zoho_pipeline.reconciliation.closing import keeping
from zoho_pipeline.reconciliation.closing.guards import NotSigned
from zoho_pipeline.reconciliation.closing.prior import How, PriorPeriodItem, State, changes, with_taken_over
from zoho_pipeline.reconciliation.closing.prior_period import prior_period_items
from zoho_pipeline.reconciliation.closing.snapshot import PASSING, Snapshot
from zoho_pipeline.reconciliation.reading import Item, MonthBooks
from zoho_pipeline_tests.practice.office import NOVEMBER, OCTOBER, SEPTEMBER, Office
from zoho_pipeline_tests.practice.world import PracticeWorld

STATES = st.dictionaries(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), st.fixed_dictionaries({"n": st.integers(0, 2)})
)


@given(STATES, STATES, STATES)
def test_what_a_later_month_took_over_is_not_told_again(signed: State, then: State, now: State) -> None:
    first = list(changes(SEPTEMBER, signed, then))
    assert with_taken_over(signed, first) == then
    second = list(changes(SEPTEMBER, then, now))
    assert with_taken_over(signed, [*first, *second]) == now
    assert (not second) == (then == now)


@given(STATES, STATES)
def test_a_change_is_the_same_when_it_is_read_out_of_a_snapshot(before: State, now: State) -> None:
    for change in changes(SEPTEMBER, before, now):
        assert PriorPeriodItem.read(change.facts) == change


@pytest.fixture
def office(world: PracticeWorld) -> Office:
    return Office(world)


def told(office: Office, month: Month) -> list[tuple[How, str, str]]:
    with office.world.engine.connect() as connection:
        return [(each.how, each.key[1], each.label) for each in prior_period_items(connection, month)]


def snapshot(office: Office, signed: Signed) -> Snapshot:
    with office.world.engine.connect() as connection:
        return keeping.read(connection, signed.entry.facts["snapshot"])


def test_the_snapshot_holds_the_whole_of_the_books(office: Office) -> None:
    office.make_unsent()
    (books,) = office.compare()
    (item,) = office.items()
    office.note(item.id, "posted late")
    kept = snapshot(office, office.prepare())
    assert {each.name for each in fields(MonthBooks)} <= kept.keys()
    assert {each.name for each in fields(Item)} - {"month", "what"} <= kept["items"][0].keys()
    assert [note["text"] for note in kept["notes"]] == ["posted late"]
    invoices = next(each for each in kept["tie_outs"] if each["entity"] == "invoices")
    tie_out = next(each for each in books.tie_outs if each.entity == "invoices")
    assert Decimal(invoices["circletel_amount"]) == tie_out.circletel_amount == Decimal("345.00")
    assert set(PASSING) <= kept.keys()


def test_changes_of_a_signed_month_are_the_next_open_months_and_are_signed_with_it(office: Office) -> None:
    office.sign()
    assert told(office, OCTOBER) == []
    row = office.make_unsent()
    label = str(office.world.circletel.value("customer_invoices", row, "invoice_number"))
    office.compare(SEPTEMBER, OCTOBER)
    appeared = [(How.APPEARED, "missing_in_zoho", label), (How.CHANGED, "total", "total of invoices")]
    assert told(office, OCTOBER) == appeared
    assert told(office, NOVEMBER) == []
    assert told(office, SEPTEMBER) == []
    with pytest.raises(NotSigned, match=f"invoice {label} of 2025-09") as refused:
        office.prepare(OCTOBER)
    assert len(refused.value.reasons) == 1
    (item,) = office.items(SEPTEMBER)
    office.note(item.id)
    office.prepare(OCTOBER)
    kept = snapshot(office, office.approve(OCTOBER))
    assert [each["month"] for each in kept["prior_period"]] == ["2025-09", "2025-09"]
    assert told(office, NOVEMBER) == []
    office.world.circletel.change("customer_invoices", row, status="voided")
    office.compare(SEPTEMBER)
    assert told(office, NOVEMBER) == [
        (How.VANISHED, "missing_in_zoho", label),
        (How.CHANGED, "total", "total of invoices"),
    ]
    assert told(office, OCTOBER) == []


def test_a_reopened_month_has_no_prior_period_of_its_own(office: Office) -> None:
    office.sign()
    office.make_unsent(date(2025, 9, 25))
    office.compare()
    assert len(told(office, OCTOBER)) == 2
    office.reopen()
    assert told(office, OCTOBER) == []
