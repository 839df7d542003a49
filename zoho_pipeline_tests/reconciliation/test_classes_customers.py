"""What can set a customer of CircleTel apart from Zoho's."""

from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline_tests.reconciliation.both_sides import FIRST, BothSides, money

CUSTOMERS = Entity.CUSTOMERS


def test_missing_in_zoho(sides: BothSides) -> None:
    sides.customer()
    row = sides.world.circletel.customer(zoho_sync_status="failed")
    item = sides.only()
    assert (item.what, item.row_id, item.zoho_id, item.month) == (Class.MISSING_IN_ZOHO, row, "", FIRST.key)
    assert (item.count_effect, item.amount_effect, item.cause) == (-1, money("0"), "failed")
    assert item.label == sides.world.circletel.value("customers", row, "account_number")


def test_what_the_last_attempt_says_is_the_cause(sides: BothSides) -> None:
    row = sides.world.circletel.customer(email="")
    sides.world.run(CUSTOMERS)
    assert sides.world.state(CUSTOMERS, row) == "refused"
    assert sides.only().cause == "refused"


def test_missing_in_circletel(sides: BothSides) -> None:
    sides.customer()
    made = sides.world.zoho.customer()
    item = sides.only()
    assert (item.what, item.row_id, item.zoho_id) == (Class.MISSING_IN_CIRCLETEL, "", made)
    assert (item.count_effect, item.month) == (1, "2025-11")


def test_deleted_in_zoho(sides: BothSides) -> None:
    gone = sides.customer()
    sides.world.zoho.people.delete(f"/customers/{gone.zoho}")
    item = sides.only()
    assert (item.what, item.row_id, item.circletel) == (Class.DELETED_IN_ZOHO, gone.row, gone.zoho)
    assert item.count_effect == -1


def test_duplicate_in_zoho(sides: BothSides) -> None:
    twice = sides.customer()
    second = sides.world.zoho.customer(twice.row)
    item = sides.only()
    assert (item.what, item.zoho_id, item.count_effect) == (Class.DUPLICATE_IN_ZOHO, second, 1)
    assert item.cause == "it carries the key of a row that has another object"


def test_a_duplicate_is_known_by_its_address_too(sides: BothSides) -> None:
    twice = sides.customer()
    address = sides.world.circletel.value("customers", twice.row, "email")
    second = sides.world.zoho.customer(email=address.upper())
    item = sides.only()
    assert (item.what, item.zoho_id) == (Class.DUPLICATE_IN_ZOHO, second)


def test_of_two_objects_of_a_row_that_is_not_linked_one_is_its_own(sides: BothSides) -> None:
    first = sides.customer()
    second = sides.world.zoho.customer(first.row)
    sides.unlink(CUSTOMERS, first)
    found = {(item.what, item.zoho_id, item.count_effect) for item in sides.found()}
    assert found == {(Class.NOT_LINKED, first.zoho, 0), (Class.DUPLICATE_IN_ZOHO, second, 1)}


def test_two_rows_on_one_object(sides: BothSides) -> None:
    owner = sides.customer()
    other = sides.world.circletel.customer()
    sides.world.link(CUSTOMERS, other, owner.zoho)
    item = sides.only()
    assert (item.what, item.row_id, item.zoho_id) == (Class.TWO_ROWS_ONE_OBJECT, other, owner.zoho)
    assert item.count_effect == -1


def test_not_linked(sides: BothSides) -> None:
    apart = sides.customer()
    sides.unlink(CUSTOMERS, apart)
    item = sides.only()
    assert (item.what, item.row_id, item.zoho_id, item.cause) == (Class.NOT_LINKED, apart.row, apart.zoho, "key")
    assert (item.circletel, item.zoho, item.count_effect) == (None, apart.zoho, 0)


def test_not_linked_though_it_carries_only_the_account_number(sides: BothSides) -> None:
    row = sides.world.circletel.customer()
    known = sides.world.circletel.query("SELECT * FROM customers WHERE id = :id", id=row)[0]
    sides.world.zoho.customer(
        account_number=known.account_number, display_name=f"{known.first_name} {known.last_name}", email=known.email
    )
    item = sides.only()
    assert (item.what, item.cause) == (Class.NOT_LINKED, "account number")


def test_not_linked_though_it_carries_no_key(sides: BothSides) -> None:
    row = sides.world.circletel.customer()
    known = sides.world.circletel.query("SELECT * FROM customers WHERE id = :id", id=row)[0]
    sides.world.zoho.customer(display_name=f"{known.first_name} {known.last_name}", email=known.email)
    item = sides.only()
    assert (item.what, item.cause) == (Class.NOT_LINKED, "e-mail and name")


def test_blank_addresses_match_nobody(sides: BothSides) -> None:
    for email in ("", " "):
        sides.world.circletel.customer(email=email, first_name="Sam", last_name="Dube")
    sides.world.zoho.customer(display_name="Sam Dube", email="sam@example.co.za")
    sides.refresh()
    sides.world.circletel.execute("UPDATE zoho_pipeline.mirror_customers SET email = ''")
    found = sorted(item.what for item in sides.found(stale=True))
    assert found == [Class.MISSING_IN_CIRCLETEL, Class.MISSING_IN_ZOHO, Class.MISSING_IN_ZOHO]


def test_not_eligible(sides: BothSides) -> None:
    tester = sides.customer()
    sides.world.circletel.change("customers", tester.row, account_type="internal_test")
    item = sides.only()
    assert (item.what, item.zoho_id, item.row_id, item.count_effect) == (Class.NOT_ELIGIBLE, tester.zoho, "", 1)


def test_name(sides: BothSides) -> None:
    sides.customer(display_name="Sipho Dlamini")
    item = sides.only()
    assert (item.what, item.circletel, item.zoho, item.count_effect) == (Class.NAME, "T…", "S…", 0)


def test_email(sides: BothSides) -> None:
    sides.customer(email="sipho@example.co.za")
    item = sides.only()
    assert (item.what, item.circletel, item.zoho) == (Class.EMAIL, "t…", "s…")


def test_an_address_in_capitals_is_the_same(sides: BothSides) -> None:
    alike = sides.customer()
    address = sides.world.circletel.value("customers", alike.row, "email")
    sides.world.circletel.change("customers", alike.row, email=f" {address.upper()}")
    assert sides.found() == []


def test_currency(sides: BothSides) -> None:
    sides.customer(currency_code="USD")
    found = {(item.what, item.currency, item.count_effect) for item in sides.found()}
    assert found == {(Class.CURRENCY, "ZAR", -1), (Class.CURRENCY, "USD", 1)}


def test_undated(sides: BothSides) -> None:
    undated = sides.customer()
    sides.world.circletel.execute("ALTER TABLE customers DISABLE TRIGGER set_customers_updated_at")
    sides.world.circletel.change("customers", undated.row, created_at=None, updated_at=None)
    item = sides.only()
    assert (item.what, item.row_id, item.month, item.count_effect) == (Class.UNDATED, undated.row, FIRST.key, 0)


def test_an_undated_customer_that_is_missing_falls_out_of_no_month(sides: BothSides) -> None:
    sides.world.circletel.customer(created_at=None, updated_at=None)
    found = {(item.what, item.month, item.count_effect) for item in sides.found()}
    assert found == {(Class.UNDATED, FIRST.key, 0), (Class.MISSING_IN_ZOHO, FIRST.key, -1)}


def test_an_item_names_nobody(sides: BothSides) -> None:
    sides.customer(display_name="Sipho Dlamini", email="sipho@example.co.za")
    sides.world.zoho.customer(display_name="Lerato Nkosi", email="lerato@example.co.za")
    sides.world.circletel.customer()
    items = sides.found()
    assert len(items) == 4
    told = str(items).lower()
    assert not [name for name in ("sipho", "dlamini", "lerato", "nkosi", "thandi", "mokoena", "@") if name in told]
