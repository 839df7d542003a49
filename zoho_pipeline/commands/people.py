"""`zoho-pipeline people …`: who may sign in, and what each may do."""

from typing import TYPE_CHECKING, Annotated

import typer

from zoho_pipeline.commands.signing_in import As, credentials, new_password

if TYPE_CHECKING:
    from zoho_pipeline.people.person import Person

app = typer.Typer(no_args_is_help=True, help="People who sign in: commands and pages know them by these names.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, spaces and . - _ ' @")]
Roles = Annotated[
    list[str],
    typer.Option("--role", metavar="ROLE", help="viewer, operator, preparer, approver or admin; several if repeated."),
]
Admin = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="The admin who does it. Left out for the first admin only.")
]
Undo = Annotated[bool, typer.Option("--undo", help="Let the person sign in again.")]


@app.command()
def add(name: Name, roles: Roles, by: Admin = None) -> None:
    """Enter somebody. The first is an admin and enters himself; whom an admin enters changes the password first."""
    from zoho_pipeline.actions import people
    from zoho_pipeline.people.person import NotAllowed

    if by is None and not people.needs_first_admin(None):
        raise NotAllowed("There is an admin already, and only one may add people: sign in (--as).")
    signing = credentials(by) if by is not None else None
    person = people.add(name, roles, new_password(name), signing, None)
    typer.echo(f"{person.name} is entered: {_roles(person)}.")
    if not person.own_password:
        typer.echo(f"Before signing anything: zoho-pipeline people password {person.name!r} --as {person.name!r}")


@app.command("list")
def show() -> None:
    """Show everybody, with roles."""
    from rich.console import Console
    from rich.table import Table

    from zoho_pipeline.actions import people

    found = people.listed(None)
    if not found:
        typer.echo("Nobody is entered yet: zoho-pipeline people add NAME --role admin makes the first admin.")
        return
    table = Table(title="People", title_justify="left")
    for heading in ("name", "roles", "standing"):
        table.add_column(heading, overflow="fold")
    for person in found:
        table.add_row(person.name, _roles(person), _standing(person))
    Console().print(table)


@app.command()
def role(name: Name, roles: Roles, by: As) -> None:
    """Let somebody have these roles and no others."""
    from zoho_pipeline.actions import people

    person = people.give_roles(name, roles, credentials(by), None)
    typer.echo(f"{person.name} is {_roles(person)} from now on.")


@app.command()
def disable(name: Name, by: As, undo: Undo = False) -> None:
    """Let somebody sign in no more. What was signed stays signed."""
    from zoho_pipeline.actions import people

    person = people.disable(name, credentials(by), None, disabled=not undo)
    typer.echo(f"{person.name} may {'sign in again' if undo else 'sign in no more'}.")


@app.command()
def password(name: Name, by: As) -> None:
    """Change one's own password, or as an admin somebody else's."""
    from zoho_pipeline.actions import people

    signing = credentials(by)
    person = people.set_password(name, new_password(name), signing, None)
    typer.echo(f"{person.name} has another password.")


def _roles(person: "Person") -> str:
    return ", ".join(sorted(person.roles))


def _standing(person: "Person") -> str:
    if person.disabled:
        return "disabled"
    return "" if person.own_password else "has to choose a password before signing"
