"""What is alike on both sides is no item, and all that is counted and controlled agrees."""

from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class
from zoho_pipeline_tests.reconciliation.both_sides import BothSides


def test_sides_that_are_alike_have_no_item_and_every_control_holds(sides: BothSides) -> None:
    sides.some_of_each()
    sides.some_of_each()
    assert sides.found() == []
    books = sides.compare()
    assert all(each.ties for each in books.values())
    assert all(control.holds for each in books.values() for control in each.controls)
    counted = {
        entity: sum(tie.circletel_count for each in books.values() for tie in each.tie_outs if tie.entity is entity)
        for entity in Entity
    }
    assert counted == {
        Entity.CUSTOMERS: 2,
        Entity.SUBSCRIPTIONS: 2,
        Entity.INVOICES: 8,
        Entity.PAYMENTS: 2,
    }


def test_nothing_at_all_is_alike_too(sides: BothSides) -> None:
    assert sides.found() == []
    assert all(each.ties for each in sides.compare().values())


def test_every_class_is_explained() -> None:
    assert all(each.meaning.title and each.meaning.explains and each.meaning.advice for each in Class)
