"""People who sign in: entered by an admin, each change in the trail of the sign-off."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, Engine

from zoho_pipeline.actions.opening import Environ, opened
from zoho_pipeline.clock import Clock, SystemClock
from zoho_pipeline.people import register
from zoho_pipeline.people.passwords import require_strength
from zoho_pipeline.people.person import NotAllowed, Person, Role, checked_name, checked_roles
from zoho_pipeline.people.signing_in import Credentials, NotSignedIn
from zoho_pipeline.people.signing_in import sign_in as check
from zoho_pipeline.reconciliation.closing.chain import Signer
from zoho_pipeline.reconciliation.closing.entering import enter
from zoho_pipeline.reconciliation.closing.trail import lock_head

FIRST = Signer(None, "command line: nobody was an admin yet")


def signed_in(given: Credentials, environ: Environ, clock: Clock | None = None) -> Person:
    """The person, if the password is his: for pages.

    Raises:
        NotSignedIn: if not, or too often wrong.
    """
    with opened("sign in", environ) as at:
        return check(at.engine, given, clock or SystemClock())


def listed(environ: Environ) -> list[Person]:
    """Everybody, by name."""
    with opened("list people", environ) as at, at.engine.connect() as connection:
        return register.listed(connection)


def needs_first_admin(environ: Environ) -> bool:
    """Whether nobody is an admin, so that the next who is added may be, without anybody's sign-in."""
    with opened("look for an admin", environ) as at, at.engine.connect() as connection:
        return not _admins(connection)


def add(
    name: str, roles: Iterable[str], password: str, by: Credentials | None, environ: Environ, clock: Clock | None = None
) -> Person:
    """Enter somebody. The first admin enters himself, with a password of his own; whom an admin enters changes his.

    Raises:
        NotAPerson, NameTaken, WeakPassword: when name, roles or password will not do.
        NotSignedIn, NotAllowed: when there is an admin, and none has signed in.
    """
    kept, wanted = checked_name(name), checked_roles(roles)
    require_strength(password, kept)
    first = by is None

    def change(connection: Connection) -> Person:
        if first and Role.ADMIN not in wanted:
            raise NotAllowed("Nobody is an admin yet, so the first person needs the role admin (--role admin).")
        return register.add(connection, kept, wanted, password, own=first)

    return _changed("add people", by, environ, clock, change)


def give_roles(
    name: str, roles: Iterable[str], by: Credentials, environ: Environ, clock: Clock | None = None
) -> Person:
    """Let somebody have these roles and no others.

    Raises:
        NotAPerson, NoSuchPerson: when the roles or the person do not exist.
        NotSignedIn, NotAllowed: when no admin has signed in, or nobody would be an admin any more.
    """
    wanted = checked_roles(roles)
    return _changed(
        "give roles",
        by,
        environ,
        clock,
        lambda connection: register.give_roles(connection, register.find(connection, name), wanted),
    )


def disable(
    name: str, by: Credentials, environ: Environ, clock: Clock | None = None, *, disabled: bool = True
) -> Person:
    """Let somebody sign in no more, or again; what he has signed stays signed.

    Raises:
        NoSuchPerson: when there is nobody of that name.
        NotSignedIn, NotAllowed: when no admin has signed in, or nobody would be an admin any more.
    """
    return _changed(
        "disable people",
        by,
        environ,
        clock,
        lambda connection: register.disable(connection, register.find(connection, name), disabled=disabled),
    )


def set_password(name: str, password: str, by: Credentials, environ: Environ, clock: Clock | None = None) -> Person:
    """Another password: one's own, or as an admin somebody else's, who then cannot sign before he has changed it.

    Raises:
        NoSuchPerson, WeakPassword: when there is nobody of that name, or the password will not do.
        NotSignedIn, NotAllowed: when neither he nor an admin has signed in.
    """
    with opened("change a password", environ) as at:
        signed = check(at.engine, by, clock or SystemClock())
        with at.engine.begin() as connection:
            head = lock_head(connection)
            owner, now = register.find(connection, name), register.find(connection, signed.name)
            if owner.id != now.id:
                now.require("set somebody else's password", Role.ADMIN)
            require_strength(password, owner.name)
            changed = register.set_password(connection, owner, password, own=owner.id == now.id)
            enter(connection, head, Signer.of(now), changed)
            return changed


def _changed(
    attempted: str,
    by: Credentials | None,
    environ: Environ,
    clock: Clock | None,
    change: Callable[[Connection], Person],
) -> Person:
    """Register and trail, all or nothing; one change after the other."""
    with opened(attempted, environ) as at:
        signed = None if by is None else check(at.engine, by, clock or SystemClock())
        return _entered(at.engine, attempted, signed, change)


def _entered(engine: Engine, attempted: str, signed: Person | None, change: Callable[[Connection], Person]) -> Person:
    with engine.begin() as connection:
        head = lock_head(connection)
        admins = _admins(connection)
        if signed is None and admins:
            raise NotSignedIn(f"There is an admin already, and only one may {attempted}: sign in (--as).")
        signer = FIRST
        if signed is not None:
            now = register.find(connection, signed.name)
            now.require(attempted, Role.ADMIN)
            signer = Signer.of(now)
        person = change(connection)
        if not _admins(connection):
            raise NotAllowed(f"{person.name} is the only admin and stays one: make somebody else an admin first.")
        enter(connection, head, signer, person)
        return person


def _admins(connection: Connection) -> list[Person]:
    return [person for person in register.listed(connection) if person.may(Role.ADMIN)]
