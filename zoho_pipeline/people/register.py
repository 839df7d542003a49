"""The register of people: reading and writing it, in the caller's transaction. Who may, is decided above."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.people.passwords import hashed
from zoho_pipeline.people.person import Person, Role, key_of
from zoho_pipeline.people.tables import people


class NoSuchPerson(Foreseen):
    """Nobody has that name."""


class NameTaken(Foreseen):
    """Somebody has that name already."""


def listed(connection: Connection) -> list[Person]:
    """Everybody, by name."""
    return [person_of(row) for row in connection.execute(select(people).order_by(people.c.key))]


def find(connection: Connection, name: str) -> Person:
    """The person of that name, locked until the transaction ends.

    Raises:
        NoSuchPerson: when nobody has it.
    """
    query = select(people).where(people.c.key == key_of(name)).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise NoSuchPerson(f"There is nobody named {name!r}: see `zoho-pipeline people list`.")
    return person_of(row)


def add(connection: Connection, name: str, roles: Collection[Role], password: str, *, own: bool) -> Person:
    """Enter somebody; `own` says whether he has chosen the password himself.

    Raises:
        NameTaken: when somebody has the name.
    """
    row = {
        "name": name, "key": key_of(name), "roles": _kept(roles), "password_hash": hashed(password),
        "own_password": own,
    }  # fmt: skip
    statement = postgresql.insert(people).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(people)
    made = connection.execute(statement).first()
    if made is None:
        raise NameTaken(f"There is somebody named {name!r} already; people are told apart by their names.")
    return person_of(made)


def give_roles(connection: Connection, person: Person, roles: Collection[Role]) -> Person:
    """Let him have these roles and no others."""
    return _change(connection, person, roles=_kept(roles))


def disable(connection: Connection, person: Person, *, disabled: bool) -> Person:
    """Let him sign in no more, or again."""
    return _change(connection, person, disabled=disabled)


def set_password(connection: Connection, person: Person, password: str, *, own: bool) -> Person:
    """Another password; wrong tries are forgiven."""
    return _change(connection, person, password_hash=hashed(password), own_password=own, failures=0, locked_until=None)


def password_hashes(connection: Connection) -> dict[int, str]:
    """What is kept of each password, by the person's id."""
    return {row.id: row.password_hash for row in connection.execute(select(people.c.id, people.c.password_hash))}


def person_of(row: Any) -> Person:
    """A row of the register."""
    return Person(row.id, row.name, frozenset(Role(role) for role in row.roles), row.disabled, row.own_password)


def _change(connection: Connection, person: Person, **values: Any) -> Person:
    statement = update(people).where(people.c.id == person.id).values(**values).returning(people)
    return person_of(connection.execute(statement).one())


def _kept(roles: Collection[Role]) -> list[str]:
    return sorted(role.value for role in roles)
