"""A person, and what the roles are. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from zoho_pipeline.errors import Foreseen


class Role(StrEnum):
    """What somebody may do. No role holds another; who has any may look at everything that names no customer."""

    VIEWER = "viewer"
    """Look."""
    OPERATOR = "operator"
    """Start runs, retry, resolve, link, fix."""
    PREPARER = "preparer"
    """Prepare a month for approval."""
    APPROVER = "approver"
    """Approve a month that somebody else has prepared, and reopen a signed one."""
    ADMIN = "admin"
    """Add people, give them roles, disable them."""


class NotAllowed(Foreseen):
    """The person is signed in, and may not do that."""


class NotAPerson(Foreseen):
    """A name, or roles, that nobody can have."""


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    id: int
    name: str
    roles: frozenset[Role]
    disabled: bool = False
    own_password: bool = True
    """Whether he has chosen his password himself: only then is a signature his."""

    def may(self, *roles: Role) -> bool:
        """Whether he has one of these roles, and was not disabled."""
        return not self.disabled and not self.roles.isdisjoint(roles)

    def require(self, attempted: str, *roles: Role) -> None:
        """See that he may.

        Raises:
            NotAllowed: `attempted` completes "may not …".
        """
        if not self.may(*roles):
            wanted = " or ".join(roles)
            raise NotAllowed(f"{self.name} may not {attempted}: that takes the role {wanted}, which an admin can give.")

    def require_own_password(self, attempted: str) -> None:
        """See that nobody else has chosen his password.

        Raises:
            NotAllowed: `attempted` completes "cannot …".
        """
        if not self.own_password:
            raise NotAllowed(
                f"{self.name} cannot {attempted} with a password that somebody else has set: choose one of your own "
                f"(`zoho-pipeline people password {self.name!r} --as {self.name!r}`), then do it again."
            )


_NAME = re.compile(r"[^\W_](?:[^\W_]|[ .'_@-]){1,62}")


def checked_name(name: str) -> str:
    """The name as it is kept.

    Raises:
        NotAPerson: when it is too short, too long, or holds anything but letters, digits and a few signs.
    """
    kept = " ".join(unicodedata.normalize("NFKC", name).split())
    if not _NAME.fullmatch(kept):
        raise NotAPerson(
            f"{name!r} is no name to sign in with: take 2 to 63 letters, digits, spaces and . - _ ' @, "
            "beginning with a letter or digit."
        )
    return kept


def key_of(name: str) -> str:
    """By what a name is looked up: people do not care for upper and lower case."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def checked_roles(names: Iterable[str]) -> frozenset[Role]:
    """The roles of these names.

    Raises:
        NotAPerson: when there is none, or one is unknown.
    """
    known = ", ".join(Role)
    wanted = {name.strip().lower() for name in names}
    if unknown := wanted - set(Role):
        raise NotAPerson(f"{min(unknown)!r} is no role: choose among {known}.")
    if not wanted:
        raise NotAPerson(f"A person needs a role: choose among {known}.")
    return frozenset(Role(name) for name in wanted)
