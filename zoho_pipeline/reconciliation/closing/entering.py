"""Changes of the register of people, entered in the trail: who may sign is part of what was signed."""

from typing import Any

from sqlalchemy import Connection

from zoho_pipeline.people.person import Person
from zoho_pipeline.people.register import password_hashes
from zoho_pipeline.reconciliation.closing.canonical import sha256
from zoho_pipeline.reconciliation.closing.chain import Entry, Head, Signer, What
from zoho_pipeline.reconciliation.closing.trail import append


def enter(connection: Connection, head: Head, by: Signer, person: Person) -> Entry:
    """The person as he is now, after the locked head."""
    facts = facts_of(person, password_hashes(connection)[person.id])
    return append(connection, head, What.PERSON, by, facts)


def facts_of(person: Person, password_hash: str) -> dict[str, Any]:
    """All that decides what he may sign; of the password's hash another hash, which tells whether it was changed."""
    return {
        "id": person.id,
        "name": person.name,
        "roles": sorted(role.value for role in person.roles),
        "disabled": person.disabled,
        "own_password": person.own_password,
        "password": sha256(password_hash),
    }
