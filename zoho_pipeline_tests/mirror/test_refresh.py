"""The mirror: what a complete listing no longer shows is gone; half a listing says nothing of what it did not show."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from sqlalchemy import Engine, func, select, update

from zoho_pipeline.budget.connect import billing_client
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror import tables
from zoho_pipeline.mirror.listing import begin
from zoho_pipeline.mirror.lookup import customers_by_id
from zoho_pipeline.mirror.objects import MirrorCustomer, MirrorInvoice
from zoho_pipeline.mirror.refresh import CONFIRMED_ONE_BY_ONE, ensure_listed, refresh
from zoho_pipeline.mirror.storing import Applied, forget, lower_balances, store
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.errors import ZohoError
from zoho_pipeline.zoho.ports import About
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS = Entity
ABOUT = About("customers", name="the list of customers")
HOUR = timedelta(hours=1)


@dataclass
class Mirror:
    """The mirror of a practice world, and how it is filled."""

    world: PracticeWorld
    client: ZohoBilling

    @property
    def engine(self) -> Engine:
        return self.world.engine

    def refill(self, entity: Entity = CUSTOMERS) -> int:
        """List the kind completely."""
        return refresh(self.engine, self.client, entity, ABOUT, print_nothing)

    def ensure(self, max_age: timedelta = HOUR, after: datetime | None = None) -> bool:
        """List the customers unless that was done lately."""
        return ensure_listed(self.engine, self.client, CUSTOMERS, max_age, after, ABOUT, print_nothing)

    def go_on(self) -> bool:
        """List the customers for the books."""
        return ensure_listed(
            self.engine, self.client, CUSTOMERS, timedelta(0), None, ABOUT, print_nothing, resumable=DAYS
        )

    def there(self, entity: Entity = CUSTOMERS) -> set[str]:
        """Ids of what is taken to exist in Zoho."""
        table = tables.OBJECTS[entity]
        with self.engine.connect() as connection:
            return set(connection.execute(select(table.c.zoho_id).where(table.c.gone_at.is_(None))).scalars())

    def listings(self) -> list[tuple[bool, int | None]]:
        """Of every listing, whether it is complete, and how many rows it had."""
        listings = tables.listings
        query = select(listings.c.completed_at, listings.c.rows).order_by(listings.c.id)
        with self.engine.connect() as connection:
            return [(row.completed_at is not None, row.rows) for row in connection.execute(query)]

    def put(self, entity: Entity, *objects: MirrorCustomer | MirrorInvoice) -> None:
        """As after a write of ours."""
        with self.engine.begin() as connection:
            store(connection, entity, objects)


def print_nothing(line: str) -> None:
    """Nobody reads it."""


@pytest.fixture
def mirror(world: PracticeWorld) -> Mirror:
    """An empty mirror of a practice Zoho."""
    client = billing_client(ZohoSettings.load(world.environ), world.engine, SystemClock(), "a test")
    return Mirror(world, client)


def customer(zoho_id: str, name: str = "Thandi") -> MirrorCustomer:
    return MirrorCustomer(zoho_id, name, None, None, None)


def test_every_object_of_the_list_is_mirrored_with_what_matching_needs(mirror: Mirror) -> None:
    made = mirror.world.zoho.customer("0b0b0b0b-1111-4222-8333-444444444444", account_number="CT-2025-00001")
    assert mirror.refill() == 1
    with mirror.engine.connect() as connection:
        found = customers_by_id(connection, [made])[made]
    assert (found.display_name, found.email) == ("Thandi Mokoena", "thandi@example.co.za")
    assert (found.circletel_id, found.account_number) == ("0b0b0b0b-1111-4222-8333-444444444444", "CT-2025-00001")
    assert mirror.listings() == [(True, 1)]


@pytest.mark.parametrize("entity", Entity)
def test_what_a_complete_listing_no_longer_shows_is_gone(mirror: Mirror, entity: Entity) -> None:
    zoho = mirror.world.zoho
    payer = zoho.customer()
    make = {
        CUSTOMERS: lambda: zoho.customer(display_name="Another"),
        SUBSCRIPTIONS: lambda: zoho.subscription(payer, date(2025, 12, 1)),
        INVOICES: lambda: zoho.invoice(payer, draft=True),
        PAYMENTS: lambda: zoho.payment(payer),
    }
    stays, goes = make[entity](), make[entity]()
    mirror.refill(entity)
    assert mirror.there(entity) >= {stays, goes}
    zoho.people.delete(f"/{entity}/{goes}")
    mirror.refill(entity)
    assert stays in mirror.there(entity)
    assert goes not in mirror.there(entity)


def test_what_is_seen_again_is_there_again(mirror: Mirror) -> None:
    made = mirror.world.zoho.customer()
    with mirror.engine.begin() as connection:
        store(connection, CUSTOMERS, [customer(made, "Old name")])
        forget(connection, CUSTOMERS, made)
    assert mirror.there() == set()
    mirror.refill()
    assert mirror.there() == {made}
    with mirror.engine.connect() as connection:
        assert customers_by_id(connection, [made])[made].display_name == "Thandi Mokoena"


# A listing that breaks off


def two_pages(mirror: Mirror) -> None:
    """More customers than a page holds, all of them mirrored; the second page now fails to come."""
    zoho = mirror.world.zoho
    for number in range(201):
        zoho.customer(display_name=f"Customer {number}", email=f"c{number}@example.co.za")
    mirror.refill()
    zoho.befall("answer", method="GET", path="/customers$", times=None, match={"skip": 1}, status=400,
                body={"code": 2, "message": "Invalid value passed for page"})  # fmt: skip


def test_a_listing_that_breaks_off_marks_nothing_as_gone_and_is_not_complete(mirror: Mirror) -> None:
    two_pages(mirror)
    there = mirror.there()
    assert len(there) == 201
    with pytest.raises(ZohoError):
        mirror.refill()
    assert mirror.there() == there
    assert mirror.listings() == [(True, 201), (False, None)]
    mirror.world.age_everything(2 * 3600)
    mirror.world.zoho.mend()
    assert mirror.ensure()
    assert mirror.listings()[-1] == (True, 201)


def test_a_listing_that_broke_off_does_not_count_as_one(mirror: Mirror) -> None:
    mirror.world.zoho.befall("answer", method="GET", path="/customers$", status=400, body={"code": 2, "message": "No"})
    with pytest.raises(ZohoError):
        mirror.ensure()
    assert mirror.ensure()
    assert not mirror.ensure()
    assert mirror.listings() == [(False, None), (True, 0)]


# A listing that is gone on with

DAYS = timedelta(days=3)


def broken_off(mirror: Mirror, customers: int = 450) -> list[str]:
    """So many customers, of which the first two pages have been read when the calls of the day were spent."""
    made = [mirror.world.zoho.customer(str(number)) for number in range(customers)]
    zoho = mirror.world.zoho
    zoho.befall("answer", method="GET", path="/customers$", match={"skip": 2}, status=400, body={"code": 2})
    with pytest.raises(ZohoError):
        mirror.go_on()
    zoho.mend()
    zoho.forget_calls()
    return made


def pages_read(mirror: Mirror) -> list[str]:
    return [parse_qs(call["query"])["page"][0] for call in mirror.world.zoho.calls("GET")]


def test_it_begins_with_the_last_page_that_was_read(mirror: Mirror) -> None:
    made = broken_off(mirror)
    assert mirror.go_on()
    assert pages_read(mirror) == ["2", "3"]
    assert mirror.there() == set(made)
    assert mirror.listings() == [(True, 450)]


def test_it_says_nothing_of_what_was_made_since_it_began_and_takes_none_of_it_to_be_gone(mirror: Mirror) -> None:
    made = broken_off(mirror)
    late = [mirror.world.zoho.customer(f"late {number}") for number in range(30)]
    mirror.put(CUSTOMERS, customer(late[0]))
    assert mirror.go_on()
    assert mirror.there() >= {*made, late[0]}


def test_deletions_in_between_leave_no_gap(mirror: Mirror) -> None:
    made = broken_off(mirror)
    for zoho_id in made[-30:]:
        mirror.world.zoho.people.delete(f"/customers/{zoho_id}")
    assert mirror.go_on()
    assert mirror.there() == set(made)  # as when it began; the next one tells
    mirror.refill()
    assert mirror.there() == set(made[:-30])


def test_one_that_began_too_long_ago_is_made_anew(mirror: Mirror) -> None:
    broken_off(mirror)
    mirror.world.age_everything(4 * 86_400)
    assert mirror.go_on()
    assert pages_read(mirror) == ["1", "2", "3"]
    assert mirror.listings() == [(False, None), (True, 450)]


def test_the_sync_goes_on_with_one_only_if_it_is_young_enough_for_it(mirror: Mirror) -> None:
    broken_off(mirror)
    with mirror.engine.connect() as connection:
        moment = connection.execute(select(func.clock_timestamp())).scalar_one()
    assert mirror.ensure(after=moment)
    assert pages_read(mirror) == ["1", "2", "3"]


def test_two_readers_do_not_go_on_with_the_same_one(mirror: Mirror) -> None:
    broken_off(mirror)
    with mirror.engine.connect() as one, mirror.engine.connect() as other, one.begin(), other.begin():
        first, second = (begin(connection, CUSTOMERS, DAYS, None) for connection in (one, other))
    assert (first.page, second.page) == (2, 1)
    assert first.id != second.id


# Our own writes meanwhile


def test_what_we_make_while_a_listing_is_under_way_is_not_marked_as_gone(mirror: Mirror) -> None:
    zoho = mirror.world.zoho
    zoho.customer()

    def make_another(line: str) -> None:
        """A write of ours, after the page has been read."""
        mirror.put(CUSTOMERS, customer("made-meanwhile"))

    refresh(mirror.engine, mirror.client, CUSTOMERS, ABOUT, make_another)
    assert "made-meanwhile" in mirror.there()
    mirror.refill()
    assert "made-meanwhile" not in mirror.there()


def test_what_was_written_before_the_listing_began_and_is_not_in_it_is_gone(mirror: Mirror) -> None:
    mirror.put(CUSTOMERS, customer("nobody"))
    mirror.refill()
    assert mirror.there() == set()


def test_listing_one_kind_says_nothing_about_another(mirror: Mirror) -> None:
    mirror.put(CUSTOMERS, customer("somebody"))
    mirror.refill(INVOICES)
    assert mirror.there() == {"somebody"}


# When it is listed at all


def test_a_young_listing_is_not_made_again_and_an_old_one_is(mirror: Mirror) -> None:
    assert mirror.ensure()
    assert not mirror.ensure()
    mirror.world.age_everything(3601)
    assert mirror.ensure()
    assert len(mirror.listings()) == 2


def test_a_listing_that_began_before_a_given_moment_is_not_good_enough(mirror: Mirror) -> None:
    mirror.ensure()
    with mirror.engine.connect() as connection:
        moment = connection.execute(select(func.clock_timestamp())).scalar_one()
    assert mirror.ensure(after=moment)
    assert not mirror.ensure(after=moment)


# What a list row does not say

MINUTE = timedelta(minutes=1)


def invoice(**values: object) -> MirrorInvoice:
    made = MirrorInvoice("9", "INV-1", "7", "sent", date(2025, 9, 1), Decimal(230), Decimal(230), None, None, None)
    return replace(made, **values)  # type: ignore[arg-type]


def test_which_subscription_raised_an_invoice_stays_known_when_a_list_row_does_not_say(mirror: Mirror) -> None:
    mirror.put(INVOICES, invoice(subscription_zoho_id="5"))
    mirror.put(INVOICES, invoice(status="paid"))
    table = tables.invoices
    with mirror.engine.connect() as connection:
        row = connection.execute(select(table.c.subscription_zoho_id, table.c.status)).one()
    assert tuple(row) == ("5", "paid")


@pytest.mark.parametrize(("applied", "left"), [("30.00", "200.00"), ("230.00", "0.00"), ("999.00", "0.00")])
def test_what_a_payment_of_ours_was_put_on_is_no_longer_open(mirror: Mirror, applied: str, left: str) -> None:
    mirror.put(INVOICES, invoice())
    with mirror.engine.begin() as connection:
        lower_balances(connection, [Applied("9", Decimal(applied) / 2, datetime.now(UTC) + MINUTE)] * 2)
        assert connection.execute(select(tables.invoices.c.balance)).scalar_one() == Decimal(left)


def test_a_balance_that_was_listed_after_the_payment_had_been_sent_shows_it_already(mirror: Mirror) -> None:
    mirror.put(INVOICES, invoice())
    with mirror.engine.begin() as connection:
        lower_balances(connection, [Applied("9", Decimal("30.00"), datetime.now(UTC) - MINUTE)])
        assert connection.execute(select(tables.invoices.c.balance)).scalar_one() == Decimal("230.00")


def test_an_object_that_is_gone_is_found_by_nobody(mirror: Mirror) -> None:
    mirror.put(CUSTOMERS, customer("1"), customer("2"))
    with mirror.engine.begin() as connection:
        connection.execute(update(tables.customers).where(tables.customers.c.zoho_id == "1").values(gone_at=func.now()))
        assert set(customers_by_id(connection, ["1", "2"])) == {"2"}


def test_an_object_that_a_deletion_pulls_past_the_reader_is_not_taken_to_be_gone(mirror: Mirror) -> None:
    customers = [mirror.world.zoho.customer(str(number)) for number in range(203)]
    mirror.refill()
    newest = customers[-1]

    def delete_one(line: str) -> None:
        if line.endswith(": 200 so far."):
            mirror.world.zoho.people.delete(f"/customers/{newest}")

    refresh(mirror.engine, mirror.client, CUSTOMERS, ABOUT, delete_one)
    assert mirror.there() == set(customers)
    mirror.refill()
    assert mirror.there() == set(customers) - {newest}


def test_many_that_are_gone_are_told_by_a_second_list_and_not_one_by_one(mirror: Mirror) -> None:
    for number in range(CONFIRMED_ONE_BY_ONE + 1):
        mirror.world.zoho.customer(str(number))
    mirror.refill()
    for zoho_id in mirror.there():
        mirror.world.zoho.people.delete(f"/customers/{zoho_id}")
    mirror.world.zoho.forget_calls()
    assert mirror.refill() == 0
    assert mirror.there() == set()
    assert len(mirror.world.zoho.calls("GET")) == 2
