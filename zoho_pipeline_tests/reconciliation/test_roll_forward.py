"""Items open when they are first found, clear when they no longer are, and open again."""

from datetime import datetime
from typing import Any

from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline.reconciliation.reading import RolledForward, read_rolled
from zoho_pipeline_tests.reconciliation.both_sides import OCTOBER, SEPTEMBER, BothSides


def kept(sides: BothSides) -> Any:
    (item,) = sides.world.circletel.query("SELECT * FROM zoho_pipeline.reconciliation_items")
    return item


def moment(sides: BothSides) -> datetime:
    found: datetime = sides.world.circletel.query("SELECT clock_timestamp()")[0][0]
    return found


def rolled(sides: BothSides, since: datetime | None) -> RolledForward:
    with sides.world.engine.connect() as connection:
        (found,) = read_rolled(connection, OCTOBER, since)
    return found


def vanish(sides: BothSides) -> None:
    sides.world.circletel.execute("UPDATE zoho_pipeline.mirror_payments SET gone_at = now()")


def appear(sides: BothSides) -> None:
    sides.world.circletel.execute("UPDATE zoho_pipeline.mirror_payments SET gone_at = NULL")


def test_an_item_that_is_found_again_stays_the_same(sides: BothSides) -> None:
    sides.payment(sides.customer())
    sides.refresh()
    vanish(sides)
    sides.compare()
    first = kept(sides)
    sides.compare()
    again = kept(sides)
    assert (again.id, again.opened_at, again.cleared_at) == (first.id, first.opened_at, None)
    assert again.comparison_id > first.comparison_id


def test_an_item_clears_and_opens_again(sides: BothSides) -> None:
    sides.payment(sides.customer())
    sides.refresh()
    start = moment(sides)
    vanish(sides)
    sides.compare()
    opened, between = kept(sides), moment(sides)
    appear(sides)
    sides.compare()
    assert kept(sides).cleared_at > opened.opened_at
    assert rolled(sides, start) == RolledForward(Class.DELETED_IN_ZOHO, 0, 1, 1, 0)
    assert rolled(sides, between) == RolledForward(Class.DELETED_IN_ZOHO, 1, 0, 1, 0)
    vanish(sides)
    sides.compare()
    again = kept(sides)
    assert (again.id, again.cleared_at) == (opened.id, None)
    assert again.opened_at > opened.opened_at


def test_what_was_open_before_and_is_new_less_what_was_cleared_is_carried(sides: BothSides) -> None:
    customer = sides.customer()
    for _ in range(3):
        sides.payment(customer)
    sides.refresh()
    vanish(sides)
    sides.compare()
    since = moment(sides)
    appear(sides)
    late = sides.world.circletel.payment(customer.row, "17.00")
    sides.world.link(Entity.PAYMENTS, late, "5214837000009999999")
    sides.compare()
    found = rolled(sides, since)
    assert found == RolledForward(Class.DELETED_IN_ZOHO, 3, 1, 3, 1)
    assert found.opened_before + found.new - found.cleared == found.carried
    assert rolled(sides, None).new == 4


def test_a_comparison_of_one_month_leaves_the_others_as_they_are(sides: BothSides) -> None:
    sides.payment(sides.customer())
    sides.refresh()
    vanish(sides)
    sides.compare()
    appear(sides)
    sides.compare(months=(OCTOBER,))
    assert kept(sides).cleared_at is None
    sides.compare(months=(SEPTEMBER,))
    assert kept(sides).cleared_at is not None


def test_a_comparison_of_one_kind_leaves_the_others_as_they_are(sides: BothSides) -> None:
    sides.payment(sides.customer())
    sides.refresh()
    vanish(sides)
    sides.compare()
    appear(sides)
    sides.compare(Entity.CUSTOMERS)
    assert kept(sides).cleared_at is None


def test_an_item_that_moves_to_another_month_is_cleared_in_the_first(sides: BothSides) -> None:
    row = sides.world.circletel.payment(sides.customer().row)
    sides.refresh()
    sides.compare()
    sides.world.circletel.change("payment_transactions", row, completed_at="2025-10-15T10:00:00Z")
    sides.compare()
    found = sides.world.circletel.query("SELECT month, cleared_at IS NULL FROM zoho_pipeline.reconciliation_items")
    assert {tuple(row) for row in found} == {("2025-09", False), ("2025-10", True)}
