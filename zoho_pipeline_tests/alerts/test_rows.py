"""Rows that need a person become incidents, one for each kind and cause, and stop being so by themselves."""

from zoho_pipeline.actions.incidents import listed, note_rows
from zoho_pipeline.alerts.incidents import Observed
from zoho_pipeline.alerts.levels import Level, graded
from zoho_pipeline.alerts.rows import rows_amiss
from zoho_pipeline.alerts.symptoms import Sign, Symptom
from zoho_pipeline.entities import Entity
from zoho_pipeline_tests.practice.world import PracticeWorld

CUSTOMERS = Entity.CUSTOMERS


def seen(world: PracticeWorld) -> dict[str, Symptom]:
    with world.engine.connect() as connection:
        return {symptom.key: symptom for symptom in rows_amiss(connection)}


def refuses(world: PracticeWorld, times: int = 1, status: int = 400) -> None:
    world.zoho.befall("answer", method="POST", path="/customers$", times=times, status=status, body={"code": 2})


def test_a_refused_row_is_the_operations_teams(world: PracticeWorld) -> None:
    world.circletel.customer()
    refuses(world)
    world.run(CUSTOMERS)
    (symptom,) = seen(world).values()
    assert (symptom.title, symptom.cause, symptom.rows, symptom.customers) == (
        "1 customer refused until corrected in CircleTel", "validation", 1, 1,
    )  # fmt: skip
    assert graded(symptom).level is Level.OPERATIONS


def test_it_names_the_run_that_met_them_last(world: PracticeWorld) -> None:
    world.circletel.customer()
    refuses(world)
    world.run(CUSTOMERS)
    world.run(CUSTOMERS)
    latest = world.circletel.query("SELECT run_id FROM zoho_pipeline.sync_results ORDER BY finished_at DESC LIMIT 1")
    (symptom,) = seen(world).values()
    assert f"Run {latest[0].run_id} met them" in symptom.advice


def test_a_cause_that_affects_more_than_ten_customers_is_the_developers(world: PracticeWorld) -> None:
    for _ in range(11):
        world.circletel.customer()
    refuses(world, times=11)
    world.run(CUSTOMERS)
    assert graded(seen(world)["customers refused validation"]).level is Level.DEVELOPMENT


def test_a_row_whose_retries_are_used_is_the_developers(world: PracticeWorld) -> None:
    world.circletel.customer()
    refuses(world, times=9, status=404)
    world.run(CUSTOMERS)
    assert seen(world) == {}
    for _ in range(4):
        world.run(CUSTOMERS)
    (symptom,) = seen(world).values()
    assert (symptom.key, symptom.retries_used) == ("customers parked not_found_in_zoho", 3)
    assert graded(symptom).level is Level.DEVELOPMENT


def test_errors_of_zohos_that_affect_many_customers_are_for_its_support(world: PracticeWorld) -> None:
    for _ in range(11):
        row = world.circletel.customer()
        world.circletel.execute(
            "INSERT INTO zoho_pipeline.sync_records (entity, row_id, state, cause, tries) "
            "VALUES ('customers', :row, 'failed', 'zoho_error', 1)",
            row=row,
        )
    (symptom,) = seen(world).values()
    assert symptom.signs == {Sign.ZOHO_FAILING}
    assert graded(symptom).level is Level.ZOHO_SUPPORT


def test_an_incident_opens_once_and_clears_when_the_rows_have_gone(world: PracticeWorld) -> None:
    row = world.circletel.customer()
    refuses(world)
    world.run(CUSTOMERS)
    environ = world.environ
    assert note_rows(environ) == Observed(opened=(1,))
    assert note_rows(environ) == Observed(going_on=1)
    world.circletel.change("customers", row, phone="0821234567")
    world.run(CUSTOMERS)
    assert note_rows(environ) == Observed(cleared=(1,))
    assert listed(environ) == []
