"""Entering people: an admin signs in for it, the first one excepted, and the trail tells of each change."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import Engine

from zoho_pipeline.actions import people
from zoho_pipeline.clock import SimulatedClock
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.people.passwords import WeakPassword
from zoho_pipeline.people.person import NotAllowed, Person, Role
from zoho_pipeline.people.register import NameTaken, NoSuchPerson
from zoho_pipeline.people.signing_in import Credentials, NotSignedIn
from zoho_pipeline.reconciliation.closing.trail import read_trail
from zoho_pipeline.reconciliation.closing.verifying import verify
from zoho_pipeline_tests.practice.databases import Databases

PASSWORD, OTHER = "correct horse battery", "another staple entirely"
ADMIN = Credentials("Zanele", PASSWORD)


@dataclass
class Register:
    """The people of a database."""

    engine: Engine
    environ: dict[str, str]
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(datetime(2026, 1, 15, tzinfo=UTC)))

    def add(self, name: str, *roles: str, by: Credentials | None = ADMIN, password: str = PASSWORD) -> Person:
        return people.add(name, roles, password, by, self.environ, self.clock)

    def signs_in(self, name: str, password: str) -> bool:
        try:
            return people.signed_in(Credentials(name, password), self.environ, self.clock).name == name
        except NotSignedIn:
            return False

    def trail(self) -> list[tuple[str, dict[str, object]]]:
        with self.engine.connect() as connection:
            return [(entry.by.name, dict(entry.facts)) for entry in read_trail(connection).entries]

    def faults(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(verify(connection).faults)


@pytest.fixture
def register(databases: Databases) -> Iterator[Register]:
    """An empty one."""
    with databases.fresh() as engine:
        environ = {
            "CIRCLETEL_DATABASE_URL": engine.url.render_as_string(),
            "ZOHO_PIPELINE_SANDBOX": databases.token(),
        }
        yield Register(engine, environ)


@pytest.fixture
def staffed(register: Register) -> Register:
    """One with Zanele, the first admin."""
    register.add("Zanele", "admin", by=None)
    return register


def test_the_first_admin_enters_himself_and_nobody_after_him_does(register: Register) -> None:
    assert people.needs_first_admin(register.environ)
    with pytest.raises(NotAllowed, match="the first person needs the role admin"):
        register.add("Pieter", "preparer", by=None)
    assert register.add("Zanele", "admin", "approver", by=None).own_password
    assert not people.needs_first_admin(register.environ)
    with pytest.raises(NotSignedIn, match="There is an admin already, and only one may add people: sign in"):
        register.add("Mallory", "admin", by=None)
    assert [person.name for person in people.listed(register.environ)] == ["Zanele"]


def test_of_two_first_admins_at_once_one_is(register: Register) -> None:
    together = Barrier(2)

    def one(name: str) -> str:
        together.wait(20)
        try:
            return register.add(name, "admin", by=None).name
        except NotSignedIn:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(one, ["Zanele", "Thabo"]))
    assert "refused" in ended
    assert len(people.listed(register.environ)) == 1


def test_whom_an_admin_enters_has_a_password_that_is_not_his_own_until_he_changes_it(staffed: Register) -> None:
    assert not staffed.add("Pieter", "preparer").own_password
    mine = Credentials("Pieter", PASSWORD)
    assert people.set_password("pieter", OTHER, mine, staffed.environ, staffed.clock).own_password
    assert not staffed.signs_in("Pieter", PASSWORD)
    assert staffed.signs_in("Pieter", OTHER)
    people.set_password("Pieter", PASSWORD, ADMIN, staffed.environ, staffed.clock)
    assert [person.own_password for person in people.listed(staffed.environ)] == [False, True]


CHANGES: dict[str, Callable[[Register, Credentials], object]] = {
    "add": lambda at, by: at.add("Mallory", "admin", by=by),
    "role": lambda at, by: people.give_roles("Pieter", ["approver"], by, at.environ, at.clock),
    "disable": lambda at, by: people.disable("Zanele", by, at.environ, at.clock),
    "somebody else's password": lambda at, by: people.set_password("Zanele", OTHER, by, at.environ, at.clock),
}


@pytest.mark.parametrize("what", CHANGES)
def test_nobody_but_an_admin_changes_the_register(staffed: Register, what: str) -> None:
    staffed.add("Pieter", "preparer", "operator", "viewer", "approver")
    before, trail = people.listed(staffed.environ), staffed.trail()
    with pytest.raises(NotAllowed, match=r"Pieter may not .*: that takes the role admin"):
        CHANGES[what](staffed, Credentials("Pieter", PASSWORD))
    with pytest.raises(NotSignedIn):
        CHANGES[what](staffed, Credentials("Zanele", OTHER))
    assert people.listed(staffed.environ) == before
    assert staffed.trail() == trail


@pytest.mark.parametrize("roles", [["viewer"], ["preparer", "approver"]])
def test_the_only_admin_stays_one(staffed: Register, roles: list[str]) -> None:
    with pytest.raises(NotAllowed, match="Zanele is the only admin and stays one"):
        people.give_roles("Zanele", roles, ADMIN, staffed.environ, staffed.clock)
    with pytest.raises(NotAllowed, match="Zanele is the only admin and stays one"):
        people.disable("Zanele", ADMIN, staffed.environ, staffed.clock)
    staffed.add("Thabo", "admin")
    assert people.give_roles("Zanele", roles, ADMIN, staffed.environ, staffed.clock).roles == {Role(r) for r in roles}


def test_who_was_disabled_signs_in_no_more_until_that_is_undone(staffed: Register) -> None:
    staffed.add("Pieter", "preparer")
    people.disable("Pieter", ADMIN, staffed.environ, staffed.clock)
    assert not staffed.signs_in("Pieter", PASSWORD)
    people.disable("Pieter", ADMIN, staffed.environ, staffed.clock, disabled=False)
    assert staffed.signs_in("Pieter", PASSWORD)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda at: at.add("zanele", "viewer"), NameTaken),
        (lambda at: at.add("Pieter", "viewer", password="short"), WeakPassword),
        (lambda at: people.set_password("Zanele", "short", ADMIN, at.environ, at.clock), WeakPassword),
        (lambda at: people.disable("Nobody", ADMIN, at.environ, at.clock), NoSuchPerson),
    ],
)
def test_what_will_not_do_changes_nothing(
    staffed: Register, change: Callable[[Register], object], error: type[Foreseen]
) -> None:
    before, trail = people.listed(staffed.environ), staffed.trail()
    with pytest.raises(error):
        change(staffed)
    assert (people.listed(staffed.environ), staffed.trail()) == (before, trail)


def test_the_trail_tells_who_changed_what_and_holds_no_password(staffed: Register) -> None:
    staffed.add("Pieter", "preparer")
    people.give_roles("Pieter", ["approver"], ADMIN, staffed.environ, staffed.clock)
    people.disable("Pieter", ADMIN, staffed.environ, staffed.clock)
    told = staffed.trail()
    assert [by for by, _ in told] == ["command line: nobody was an admin yet", "Zanele", "Zanele", "Zanele"]
    assert [(facts["name"], facts["roles"], facts["disabled"]) for _, facts in told] == [
        ("Zanele", ["admin"], False),
        ("Pieter", ["preparer"], False),
        ("Pieter", ["approver"], False),
        ("Pieter", ["approver"], True),
    ]
    assert PASSWORD not in str(told)
    assert "argon2" not in str(told)
    assert staffed.faults() == []
