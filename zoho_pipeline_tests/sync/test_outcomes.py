"""What is written about rows when they have ended: all of it together, and only as far as it is still true."""

from zoho_pipeline.circletel.shape import read_shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.sync.outcomes import Conclusion, write_conclusions
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS = Entity.CUSTOMERS


def conclude(world: PracticeWorld, *conclusions: Conclusion) -> dict[str, str]:
    with world.engine.begin() as connection:
        return write_conclusions(connection, CUSTOMERS, read_shape(connection), conclusions, "run", log=True)


def attempt(world: PracticeWorld, row: str) -> int:
    """An open attempt at making the row's object."""
    with world.engine.begin() as connection:
        number: int = connection.exec_driver_sql(
            "INSERT INTO zoho_pipeline.attempts (entity, row_id, action, run_id, worker, lease_until, sent_at) "
            f"VALUES ('customers', '{row}', 'create', 'run', 'us', now() + interval '1 minute', now()) RETURNING id"
        ).scalar_one()
    return number


def parked(row: str, held: str | None = None) -> Conclusion:
    return Conclusion(row, "parked", "hash", "failed", held, problem="unclear", reason="unclear")


def made(row: str, number: int, zoho_id: str) -> Conclusion:
    return Conclusion(row, "synced", "hash", "synced", None, made=zoho_id, attempt_id=number, outcome="created")


def states(world: PracticeWorld) -> dict[str, str]:
    return {row.row_id: row.state for row in world.circletel.query(
        "SELECT row_id::text, state FROM zoho_pipeline.sync_records"
    )}  # fmt: skip


def test_many_rows_are_concluded_together_each_in_its_own_way(world: PracticeWorld) -> None:
    sent, held = world.circletel.customer(), world.circletel.customer()
    assert conclude(world, made(sent, attempt(world, sent), "77"), parked(held)) == {}
    assert states(world) == {sent: "synced", held: "parked"}
    assert world.standing(CUSTOMERS, sent).zoho_id == "77"
    assert (world.status(CUSTOMERS, sent), world.status(CUSTOMERS, held)) == ("synced", "failed")


def test_a_decision_made_before_somebody_linked_the_row_changes_nothing(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    world.link(CUSTOMERS, row, "77", status="synced")
    conclude(world, parked(row))
    assert states(world) == {}
    assert world.status(CUSTOMERS, row) == "synced"


def test_an_object_made_for_a_row_that_was_linked_meanwhile_is_named_and_the_link_stays(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    number = attempt(world, row)
    world.link(CUSTOMERS, row, "66", status="synced")
    told = conclude(world, made(row, number, "77"))
    assert told == {row: "object 77 was made for it, but the row was linked to another one meanwhile"}
    assert states(world) == {row: "parked"}
    assert world.standing(CUSTOMERS, row).zoho_id == "66"


def test_an_object_made_for_a_row_that_was_deleted_meanwhile_is_named(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    number = attempt(world, row)
    world.circletel.execute("DELETE FROM customers WHERE id = :row", row=row)
    assert "was deleted in CircleTel" in conclude(world, made(row, number, "77"))[row]


def test_a_late_failure_says_nothing_about_a_row_whose_attempt_others_have_ended(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    number = attempt(world, row)
    world.circletel.execute("UPDATE zoho_pipeline.attempts SET ended_at = now(), outcome = 'in_doubt'")
    late = Conclusion(row, "in_doubt", "hash", "syncing", None, attempt_id=number, outcome="in_doubt")
    conclude(world, late)
    assert states(world) == {}


def test_a_late_success_still_links_its_row(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    number = attempt(world, row)
    world.circletel.execute("UPDATE zoho_pipeline.attempts SET ended_at = now(), outcome = 'in_doubt'")
    conclude(world, made(row, number, "77"))
    assert world.standing(CUSTOMERS, row).zoho_id == "77"
    assert states(world) == {row: "synced"}


def test_a_row_that_is_concluded_as_it_stands_is_not_touched(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    conclude(world, parked(row))
    touched = world.circletel.query("SELECT xmin::text AS version FROM customers WHERE id = :row", row=row)
    conclude(world, parked(row))
    assert world.circletel.query("SELECT xmin::text AS version FROM customers WHERE id = :row", row=row) == touched
