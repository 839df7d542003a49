"""The demonstration's people: one of each role, with passwords that are made up now and told once.

In the practice world alone: nobody comes with the pipeline, and no password is a default.
"""

import secrets

from zoho_pipeline.actions import people
from zoho_pipeline.people.person import Role
from zoho_pipeline.people.signing_in import Credentials

ADMIN = "Zanele Admin"
OTHERS = {
    "Thandi Preparer": Role.PREPARER,
    "Pieter Approver": Role.APPROVER,
    "Olga Operator": Role.OPERATOR,
    "Vusi Viewer": Role.VIEWER,
}
RANDOM_BYTES = 12


def enter_people(environ: dict[str, str]) -> list[Credentials]:
    """Enter them, each with a password of his own, so that a preparer and an approver can sign; who they are."""
    admin = Credentials(ADMIN, _password())
    people.add(admin.name, [Role.ADMIN], admin.password, None, environ)
    return [admin, *(_entered(name, role, admin, environ) for name, role in OTHERS.items())]


def _entered(name: str, role: Role, admin: Credentials, environ: dict[str, str]) -> Credentials:
    given = Credentials(name, _password())
    people.add(given.name, [role], given.password, admin, environ)
    own = Credentials(name, _password())
    people.set_password(name, own.password, given, environ)
    return own


def _password() -> str:
    return secrets.token_urlsafe(RANDOM_BYTES)
