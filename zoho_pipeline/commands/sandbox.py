"""`zoho-pipeline sandbox …`: a practice world on this machine, without Zoho's or CircleTel's real data."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from zoho_pipeline.sandbox.world import Sandbox

app = typer.Typer(
    no_args_is_help=True,
    help="A practice world on this machine: PostgreSQL with sample data, and a practice Zoho Billing.",
)

Directory = Annotated[Path, typer.Option(help="Where the practice world is kept.")]
HERE = Path(".sandbox")


@app.command()
def up(directory: Directory = HERE) -> None:
    """Start it; the first time it is filled with sample data and the app's past."""
    sandbox = _isolated(directory)
    with sandbox.held():
        sandbox.up(typer.echo)
    typer.echo(f'It runs. For its variables: eval "$({_command("env", directory)})"')


@app.command()
def down(directory: Directory = HERE) -> None:
    """Stop it; its data stays."""
    from zoho_pipeline.sandbox.world import Sandbox

    sandbox = Sandbox(directory, os.environ)
    with sandbox.held():
        sandbox.down()
    typer.echo("Everything that ran there has ended.")


@app.command()
def reset(directory: Directory = HERE) -> None:
    """Start it anew, with the sample data as it was at first."""
    sandbox = _isolated(directory)
    with sandbox.held():
        sandbox.wipe()
        sandbox.up(typer.echo)
    typer.echo("It runs, as it was at first.")


@app.command()
def status(directory: Directory = HERE) -> None:
    """Show what runs; ends with status 1 where nothing does."""
    from rich.console import Console

    from zoho_pipeline.commands.sandbox_report import status_table
    from zoho_pipeline.sandbox.world import Sandbox

    sandbox = Sandbox(directory, os.environ)
    Console().print(status_table(sandbox))
    if not sandbox.runs():
        raise typer.Exit(1)


@app.command()
def env(directory: Directory = HERE) -> None:
    """Print the variables that lead to it, for the shell's eval; others that lead to real things are unset."""
    from zoho_pipeline.sandbox.environment import shell_lines
    from zoho_pipeline.sandbox.world import Sandbox

    typer.echo(shell_lines(Sandbox(directory, os.environ).variables(), os.environ))


def _isolated(directory: Path) -> "Sandbox":
    """The practice world, and this process closed against the variables that point at real things."""
    from zoho_pipeline.sandbox.environment import isolate
    from zoho_pipeline.sandbox.world import Sandbox

    isolate(os.environ)
    return Sandbox(directory, os.environ)


def _command(name: str, directory: Path) -> str:
    where = "" if directory == HERE else f" --directory {directory}"
    return f"zoho-pipeline sandbox {name}{where}"
