"""Whatever stands twice is found in the mirror and named; what stands once is not."""

from typing import Any

from zoho_pipeline.entities import Entity
from zoho_pipeline.recovery.duplicates import Duplicate, find_duplicates
from zoho_pipeline_tests.practice.world import PracticeWorld


def duplicates(world: PracticeWorld) -> list[Duplicate]:
    """What is found after the lists were read again."""
    world.run()
    with world.engine.connect() as connection:
        return find_duplicates(connection)


def test_a_world_in_order_has_none(world: PracticeWorld) -> None:
    customer = world.circletel.customer()
    invoice = world.circletel.invoice(customer)
    world.circletel.payment(customer, invoice=invoice)
    world.circletel.service(customer)
    world.run()
    assert duplicates(world) == []


def test_a_second_customer_with_the_rows_key_is_named(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.run()
    made = world.zoho.one("customers")
    second = world.zoho.people.post("/customers", _copy_of(made))["customer"]
    world.circletel.customer()  # something to look at, so that the lists are read
    found = duplicates(world)
    assert [(one.entity, set(one.zoho_ids), one.row_ids) for one in found if one.row_ids] == [
        (Entity.CUSTOMERS, {made["customer_id"], second["customer_id"]}, (row,))
    ]


def test_two_rows_on_one_object_are_named(world: PracticeWorld) -> None:
    first, second = world.circletel.customer(), world.circletel.customer()
    world.run(Entity.CUSTOMERS)
    shared = world.standing(Entity.CUSTOMERS, first).zoho_id
    assert shared is not None
    world.link(Entity.CUSTOMERS, second, shared)
    (found,) = [one for one in duplicates(world) if len(one.row_ids) == 2]
    assert (found.zoho_ids, set(found.row_ids)) == ((shared,), {first, second})


def test_the_message_names_kind_objects_and_row_and_no_person(world: PracticeWorld) -> None:
    first, second = world.circletel.customer(), world.circletel.customer()
    world.run(Entity.CUSTOMERS)
    shared = world.standing(Entity.CUSTOMERS, first).zoho_id
    assert shared is not None
    world.link(Entity.CUSTOMERS, second, shared)
    told = " ".join(str(one) for one in duplicates(world))
    assert shared in told
    assert first in told
    assert "Thandi" not in told
    assert "@" not in told


def _copy_of(made: dict[str, Any]) -> dict[str, Any]:
    wanted = ("display_name", "email", "first_name", "last_name")
    fields = [{"api_name": field["api_name"], "value": field["value"]} for field in made["custom_fields"]]
    return {name: made[name] for name in wanted} | {"custom_fields": fields}
