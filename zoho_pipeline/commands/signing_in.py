"""Who is at the terminal: the password is asked for without echo, or taken from a variable; it is never an argument."""

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from zoho_pipeline.people.signing_in import Credentials

PASSWORD = "ZOHO_PIPELINE_PASSWORD"
NEW_PASSWORD = "ZOHO_PIPELINE_NEW_PASSWORD"
"""For automation only: who can read a process's variables can read them."""

As = Annotated[
    str,
    typer.Option("--as", metavar="NAME", help=f"Who signs in. The password is asked for (or in {PASSWORD})."),
]


def credentials(name: str) -> "Credentials":
    """What somebody of that name signs in with.

    Raises:
        NotSignedIn: when there is nobody to ask.
    """
    from zoho_pipeline.people.signing_in import Credentials

    return Credentials(name, _given(PASSWORD) or _asked(f"Password of {name}: ", PASSWORD))


def new_password(name: str) -> str:
    """A new password, typed twice.

    Raises:
        NotSignedIn: when there is nobody to ask, or the two are not the same.
    """
    from zoho_pipeline.people.signing_in import NotSignedIn

    if given := _given(NEW_PASSWORD):
        return given
    password = _asked(f"New password of {name}: ", NEW_PASSWORD)
    if _asked("The same again: ", NEW_PASSWORD) != password:
        raise NotSignedIn("The two passwords are not the same. Nothing was changed.")
    return password


def _given(variable: str) -> str | None:
    from zoho_pipeline.settings import environment

    return environment().get(variable) or None


def _asked(prompt: str, variable: str) -> str:
    from zoho_pipeline.people.signing_in import NotSignedIn

    if not sys.stdin.isatty():
        raise NotSignedIn(f"There is no terminal to ask for the password: set {variable}, for this one command.")
    return getpass.getpass(prompt)
