"""What cannot be compared is refused with a sentence, and nothing of it is stored; what is odd is compared."""

from collections.abc import Iterator

import pytest

from zoho_pipeline.actions.reconcile import refresh_all
from zoho_pipeline.calendar import Month, NoSuchMonth
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.compare import MirrorNotReady
from zoho_pipeline_tests.practice.databases import OLDER, Databases
from zoho_pipeline_tests.practice.fixtures import world_on
from zoho_pipeline_tests.practice.zoho import PracticeZoho
from zoho_pipeline_tests.reconciliation.both_sides import FIRST, SEPTEMBER, BothSides, Pair, money


def stored(sides: BothSides) -> int:
    return int(sides.world.circletel.query("SELECT count(*) FROM zoho_pipeline.reconciliation_comparisons")[0][0])


@pytest.mark.parametrize("month", [Month(2025, 7), Month(2098, 1)])
def test_a_month_that_is_not_open_is_refused(sides: BothSides, month: Month) -> None:
    sides.refresh()
    with pytest.raises(NoSuchMonth, match=f"There is no month {month}"):
        sides.compare(months=(SEPTEMBER, month))
    assert stored(sides) == 0


def test_a_month_without_data_ties_out_at_nothing(sides: BothSides) -> None:
    sides.refresh()
    books = sides.compare(months=(SEPTEMBER,))[SEPTEMBER]
    assert books.ties
    assert {(tie.entity, tie.circletel_count, tie.zoho_count) for tie in books.tie_outs} == {
        (entity, 0, 0) for entity in Entity
    }


def test_no_months_compare_nothing(sides: BothSides) -> None:
    sides.refresh()
    assert sides.compare(months=()) == {}
    assert stored(sides) == 0


def test_a_mirror_that_was_never_filled_is_refused(sides: BothSides) -> None:
    with pytest.raises(MirrorNotReady, match=r"customers were never listed completely.*--refresh"):
        sides.compare(months=(SEPTEMBER,))


@pytest.mark.parametrize(
    ("kind", "entity"),
    [("credit_notes", Entity.INVOICES), ("refunds", Entity.PAYMENTS), ("subscriptions", Entity.SUBSCRIPTIONS)],
)
def test_a_list_that_broke_off_is_refused_where_it_is_needed(sides: BothSides, kind: str, entity: Entity) -> None:
    sides.refresh()
    sides.world.circletel.execute(
        "UPDATE zoho_pipeline.mirror_listings SET completed_at = NULL WHERE entity = :kind", kind=kind
    )
    with pytest.raises(MirrorNotReady, match=f"{kind.replace('_', ' ')} were never listed completely"):
        sides.compare(entity, months=(SEPTEMBER,))
    assert len(sides.compare(Entity.CUSTOMERS, months=(SEPTEMBER,))) == 1


def test_a_listing_that_broke_off_is_no_reason_to_call_anything_gone(sides: BothSides) -> None:
    customers = [sides.customer() for _ in range(3)]
    sides.refresh()
    before = sides.compare(months=(SEPTEMBER,))[SEPTEMBER].as_of
    sides.world.zoho.people.delete(f"/customers/{customers[0].zoho}")
    sides.world.zoho.befall("html_503", path="/customers", times=None)
    with pytest.raises(Foreseen, match="503"):
        refresh_all(sides.environ, lambda line: None)
    sides.world.zoho.mend()
    books = sides.compare(months=(SEPTEMBER, FIRST))
    assert books[FIRST].items == []
    assert books[SEPTEMBER].as_of == before


def test_lists_that_are_too_old_are_refused(sides: BothSides) -> None:
    sides.refresh()
    sides.world.age_everything(25 * 3600)
    with pytest.raises(MirrorNotReady, match=r"too long ago to compare customers.*--refresh"):
        sides.compare(months=(SEPTEMBER,))
    sides.environ["RECONCILIATION_MAX_MIRROR_HOURS"] = "26"
    assert len(sides.compare(months=(SEPTEMBER,))) == 1


def test_one_list_that_is_too_old_makes_all_that_rests_on_it_too_old(sides: BothSides) -> None:
    sides.refresh()
    sides.world.circletel.execute(
        "UPDATE zoho_pipeline.mirror_listings SET started_at = started_at - interval '2 days' "
        "WHERE entity = 'customers'"
    )
    with pytest.raises(MirrorNotReady, match="compare payments"):
        sides.compare(Entity.PAYMENTS, months=(SEPTEMBER,))


def test_details_that_are_still_to_be_read_are_refused(sides: BothSides) -> None:
    sides.invoice(sides.customer())
    sides.refresh()
    sides.world.circletel.execute("UPDATE zoho_pipeline.mirror_invoices SET detailed_version = NULL")
    with pytest.raises(MirrorNotReady, match="Of 1 documents in Zoho the details are still to be read"):
        sides.compare(Entity.INVOICES, months=(SEPTEMBER,))
    assert len(sides.compare(Entity.SUBSCRIPTIONS, months=(SEPTEMBER,))) == 1


def test_a_payment_without_its_days_stands_where_it_was_entered(sides: BothSides) -> None:
    undated = sides.payment(sides.customer())
    sides.world.circletel.change("payment_transactions", undated.row, completed_at=None)
    assert sides.found() == []


def test_documents_of_far_off_years_stand_in_the_first_and_last_month(sides: BothSides) -> None:
    customer = sides.customer()
    sides.world.circletel.invoice(customer.row, "11.50", invoice_date="1999-01-31")
    sides.world.circletel.invoice(customer.row, "23.00", invoice_date="2199-12-31")
    months = sorted(item.month for item in sides.found())
    assert months[0] == FIRST.key
    assert months[1] == max(sides.compare()).key


def test_customers_in_several_currencies_are_totalled_apart(sides: BothSides) -> None:
    customer = sides.customer()
    for currency, amount in (("ZAR", "230.00"), ("USD", "10.00"), ("EUR", "20.00")):
        sides.world.circletel.payment(customer.row, amount, currency=currency)
    sides.found()
    ties = [tie for tie in sides.compare()[SEPTEMBER].tie_outs if tie.entity is Entity.PAYMENTS]
    assert {(tie.currency, tie.circletel_count, tie.circletel_amount) for tie in ties} == {
        ("ZAR", 1, money("230.00")),
        ("USD", 1, money("10.00")),
        ("EUR", 1, money("20.00")),
    }


def test_columns_that_are_null_where_they_may_be_set_nothing_apart(sides: BothSides) -> None:
    invoice = sides.invoice(sides.customer())
    nothing = {"amount_paid": None, "line_items": None, "vat_rate": None, "created_at": None, "updated_at": None}
    sides.world.circletel.change("customer_invoices", invoice.row, **nothing, status=None)
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.STATUS, "draft", "overdue")


@pytest.fixture
def older(databases: Databases, zoho: PracticeZoho) -> Iterator[BothSides]:
    """A database without invoice types, the later column of payments, and credit notes."""
    yield from (BothSides(world) for world in world_on(databases, zoho, OLDER))


def test_an_older_database_is_compared_too(older: BothSides) -> None:
    customer = older.customer()
    service = older.service(customer)
    older.billed(customer, service)
    one_off = older.invoice(customer)
    older.world.circletel.change("customer_invoices", one_off.row, service_id=None)
    assert older.found() == []


def test_in_an_older_database_an_invoice_of_unknown_type_is_told_as_never_sent(older: BothSides) -> None:
    row = older.world.circletel.invoice(older.customer().row)
    item = older.only()
    assert (item.what, item.row_id, item.cause) == (Class.MISSING_IN_ZOHO, row, "excluded")


def test_in_an_older_database_a_payment_names_its_invoice_by_the_older_column(older: BothSides) -> None:
    customer = older.customer()
    invoice = older.invoice(customer)
    payment = older.payment(customer, invoice)
    older.world.circletel.change("payment_transactions", payment.row, invoice_id=invoice.row)
    assert older.found() == []
    older.paid(Pair(invoice.row, ""), "-100.00")
    assert older.only().cause == "completed payments of 230.00"
