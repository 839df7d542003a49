"""The demonstration's people: one of each role, whose passwords nobody knows beforehand."""

from zoho_pipeline.actions import people
from zoho_pipeline.commands.demo_people import enter_people
from zoho_pipeline.people.person import Role
from zoho_pipeline_tests.practice.databases import MIGRATED, Databases
from zoho_pipeline_tests.practice.fixtures import variables
from zoho_pipeline_tests.practice.world import PracticeWorld
from zoho_pipeline_tests.practice.zoho import PracticeZoho


def test_each_role_has_somebody_who_can_sign_in_and_sign(world: PracticeWorld) -> None:
    signed_in = [people.signed_in(each, world.environ) for each in enter_people(world.environ)]
    assert {role for person in signed_in for role in person.roles} == set(Role)
    assert all(person.own_password and len(person.roles) == 1 for person in signed_in)


def test_no_two_passwords_are_alike_in_one_demonstration_or_in_two(
    world: PracticeWorld, databases: Databases, zoho: PracticeZoho
) -> None:
    first = enter_people(world.environ)
    with databases.fresh(MIGRATED) as engine:
        second = enter_people(variables(zoho, engine.url.render_as_string(), databases.token(MIGRATED)))
    passwords = [each.password for each in (*first, *second)]
    assert len(set(passwords)) == len(passwords) == 10
    assert min(map(len, passwords)) >= 16
