"""What the mirror keeps of Zoho's objects, and how they are found in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select, text

from benchmarks.counting import round_trips
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror import lookup, tables
from zoho_pipeline.mirror.objects import MirrorCustomer, MirrorSubscription
from zoho_pipeline.mirror.reading import mirror_invoice, mirror_subscription
from zoho_pipeline.mirror.refresh import refresh
from zoho_pipeline.mirror.storing import store
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline_tests.practice.databases import Databases
from zoho_pipeline_tests.practice.zoho import PracticeZoho
from zoho_pipeline_tests.zoho.practice import SOMEBODY, Practice

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
NOVEMBER = date(2025, 11, 1)


@dataclass
class Mirror:
    """The mirror of a practice Zoho."""

    engine: Engine
    zoho: PracticeZoho
    client: ZohoBilling
    told: list[str] = field(default_factory=list)

    def refresh(self, entity: Entity) -> int:
        return refresh(self.engine, self.client, entity, SOMEBODY, self.told.append)

    def ids(self, entity: Entity) -> set[str]:
        """The objects that exist, as far as the mirror knows."""
        table = tables.OBJECTS[entity]
        with self.engine.connect() as connection:
            return set(connection.execute(select(table.c.zoho_id).where(table.c.gone_at.is_(None))).scalars())


@pytest.fixture
def mirror(databases: Databases, zoho: PracticeZoho) -> Iterator[Mirror]:
    with databases.fresh() as engine:
        yield Mirror(engine, zoho, Practice(zoho.server).zoho)


def test_a_list_of_many_is_read_in_pages_of_two_hundred(mirror: Mirror) -> None:
    made = {mirror.zoho.customer(email=f"c{number}@example.co.za") for number in range(201)}
    assert mirror.refresh(CUSTOMERS) == 201
    assert mirror.ids(CUSTOMERS) == made
    asked = [call["query"] for call in mirror.zoho.calls("GET", "/customers$")]
    assert [("per_page=200" in query, f"page={page}" in query) for page, query in enumerate(asked, 1)] == [
        (True, True),
        (True, True),
    ]
    assert mirror.told[-1] == "Listing Zoho's customers: 201 so far."


def test_customers_merged_in_zoho_vanish_and_their_documents_move(mirror: Mirror) -> None:
    kept, merged = mirror.zoho.customer(), mirror.zoho.customer(email="merged@example.co.za")
    invoice = mirror.zoho.invoice(merged)
    mirror.refresh(CUSTOMERS)
    mirror.refresh(INVOICES)
    mirror.zoho.control.call("POST", "merge-customers", {"from": merged, "into": kept})
    mirror.refresh(CUSTOMERS)
    mirror.refresh(INVOICES)
    assert mirror.ids(CUSTOMERS) == {kept}
    with mirror.engine.connect() as connection:
        (found,) = lookup.invoices_like(connection, [], [], [kept])
    assert found.zoho_id == invoice


def test_every_kind_is_mirrored_with_what_tells_whose_it_is(mirror: Mirror) -> None:
    customer = mirror.zoho.customer("row-1", account_number="CT-1")
    subscription = mirror.zoho.subscription(customer, NOVEMBER, "row-2", reference_id="row-2")
    invoice = mirror.zoho.invoice(customer, "INV-7", circletel_id="row-3")
    payment = mirror.zoho.payment(customer, "100.00", invoice=invoice, circletel_id="row-4", reference_number="R")
    for entity in Entity:
        mirror.refresh(entity)
    with mirror.engine.connect() as connection:
        (seen,) = lookup.customers_like(connection, ["row-1"], [], [])
        (term,) = lookup.subscriptions_like(connection, ["row-2"], [])
        (bill,) = lookup.invoices_like(connection, [], ["INV-7"], [])
        (paid,) = lookup.payments_like(connection, ["row-4"], [])
    assert (seen.zoho_id, seen.circletel_id, seen.account_number, seen.currency_code) == (
        customer,
        "row-1",
        "CT-1",
        "ZAR",
    )
    assert (term.zoho_id, term.reference_id, term.circletel_id, term.plan_code) == (
        subscription,
        "row-2",
        "row-2",
        "fibre-50",
    )
    assert (term.amount, term.billed_from, term.next_billing_on) == (Decimal("799.00"), NOVEMBER, date(2025, 12, 1))
    assert (bill.zoho_id, bill.circletel_id, bill.total, bill.balance) == (
        invoice,
        "row-3",
        Decimal("230.00"),
        Decimal("130.00"),
    )
    assert (paid.zoho_id, paid.circletel_id, paid.amount, paid.reference_number) == (
        payment,
        "row-4",
        Decimal("100.00"),
        "R",
    )


def test_the_detail_of_an_invoice_says_that_no_subscription_raised_it(mirror: Mirror) -> None:
    invoice = mirror.zoho.invoice(mirror.zoho.customer())
    assert mirror_invoice(mirror.client.get_invoice(invoice, SOMEBODY)).subscription_zoho_id == ""


def test_since_when_zoho_bills_stays_known_when_a_later_list_does_not_say(mirror: Mirror) -> None:
    made = mirror_subscription(
        mirror.client.get_subscription(mirror.zoho.subscription(mirror.zoho.customer(), NOVEMBER), SOMEBODY)
    )
    unsaid = MirrorSubscription(made.zoho_id, made.customer_zoho_id, "live", None, None, None, None, None, None)
    with mirror.engine.begin() as connection:
        store(connection, SUBSCRIPTIONS, [made])
        store(connection, SUBSCRIPTIONS, [unsaid])
        assert lookup.subscriptions_by_id(connection, [made.zoho_id])[made.zoho_id].billed_from == NOVEMBER


@pytest.mark.parametrize(
    ("status", "live"),
    [("live", True), ("future", True), ("trial", True), ("dunning", True), ("unpaid", True), ("non_renewing", True),
     ("paused", True), ("cancelled", False), ("cancelled_from_dunning", False), ("expired", False),
     ("trial_expired", False), ("creation_failed", False)],
)  # fmt: skip
def test_a_subscription_lives_until_zoho_will_never_bill_it_again(status: str, live: bool) -> None:
    assert MirrorSubscription("1", "2", status, None, None, None, None, None, None).live is live


def test_addresses_are_looked_up_in_any_case(mirror: Mirror) -> None:
    with mirror.engine.begin() as connection:
        store(connection, CUSTOMERS, [MirrorCustomer("1", "A", "Thandi@Example.co.za", None, None)])
        assert [one.zoho_id for one in lookup.customers_like(connection, [], [], ["thandi@example.co.za"])] == ["1"]
        assert lookup.customers_like(connection, [], [], []) == []
        assert set(lookup.customers_by_id(connection, ["1", "2"])) == {"1"}


def test_an_empty_page_writes_nothing(mirror: Mirror) -> None:
    with mirror.engine.begin() as connection:
        store(connection, CUSTOMERS, [])
        assert connection.execute(text("SELECT count(*) FROM zoho_pipeline.mirror_customers")).scalar_one() == 0


def test_listings_are_measured_by_the_databases_clock(mirror: Mirror) -> None:
    mirror.refresh(CUSTOMERS)
    with mirror.engine.connect() as connection:
        row = connection.execute(select(tables.listings)).one()
    assert row.started_at <= row.completed_at <= datetime.now(UTC) + timedelta(seconds=5)
    assert (row.entity, row.rows) == ("customers", 0)


def test_a_page_is_kept_in_one_statement_and_an_object_that_it_shows_twice_as_it_was_shown_last(mirror: Mirror) -> None:
    shown = [MirrorCustomer(zoho_id, name, None, None, None) for zoho_id, name in (("2", "A"), ("1", "B"), ("2", "C"))]
    with mirror.engine.begin() as connection, round_trips() as trips:
        store(connection, CUSTOMERS, shown)
    assert trips.total == 1
    with mirror.engine.connect() as connection:
        kept = connection.execute(text("SELECT zoho_id, display_name FROM zoho_pipeline.mirror_customers ORDER BY 1"))
        assert [tuple(row) for row in kept] == [("1", "B"), ("2", "C")]
