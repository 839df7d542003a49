"""`zoho-pipeline retry-failed`, `retry` and `reset-stuck`: rows that did not go are tried again at once."""

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from zoho_pipeline.actions.backfill import Log
    from zoho_pipeline.actions.retry import Retried
    from zoho_pipeline.causes import Cause

Kind = Annotated[
    str | None, typer.Argument(help="customers, subscriptions, invoices or payments; none given: all four.")
]
OneKind = Annotated[str, typer.Argument(metavar="ENTITY", help="customers, subscriptions, invoices or payments.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The row's id in CircleTel.")]
CauseName = Annotated[
    str | None, typer.Option("--cause", metavar="CAUSE", help="Only rows with this cause, such as zoho_error.")
]
OlderThan = Annotated[
    str | None, typer.Option("--older-than", metavar="7d", help="Only rows last tried longer ago: 90m, 36h, 7d.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the rows, change and send nothing.")]


def retry_failed(
    kind: Kind = None, cause: CauseName = None, older_than: OlderThan = None, dry_run: DryRun = False
) -> None:
    """Try all rows again that failed, were parked or refused, their retries counted anew; urgent, at any hour.

    Rows in doubt are never among them. Ends with status 1 when a row did not go this time either.
    """
    from zoho_pipeline.actions.retry import Choice, retry
    from zoho_pipeline.commands.durations import duration
    from zoho_pipeline.entities import PARENTS_FIRST, entity

    choice = Choice(
        entities=(entity(kind),) if kind else PARENTS_FIRST,
        cause=_cause(cause) if cause else None,
        older_than=duration(older_than) if older_than else None,
    )
    _carry_out(lambda log: retry(choice, _who(), None, log, dry_run=dry_run), "No row is to be retried.")


def retry_one(kind: OneKind, row_id: Id, dry_run: DryRun = False) -> None:
    """Try one row at once, whatever became of it before. Ends with status 1 when it did not go."""
    from zoho_pipeline.actions.retry import Choice, retry
    from zoho_pipeline.entities import entity

    choice = Choice(entities=(entity(kind),), ids=(row_id,))
    _carry_out(lambda log: retry(choice, _who(), None, log, dry_run=dry_run), "No row is to be retried.")


def reset_stuck(kind: Kind = None) -> None:
    """Take over rows that have stood in `syncing` for over five minutes; what may be in Zoho is looked for there first.

    Ends with status 1 when a row did not go.
    """
    from zoho_pipeline.actions.stuck import reset_stuck as reset
    from zoho_pipeline.entities import PARENTS_FIRST, entity

    kinds = (entity(kind),) if kind else PARENTS_FIRST
    _carry_out(lambda log: reset(kinds, _who(), None, log), "No row is stuck.")


def _carry_out(act: "Callable[[Log], Retried]", nothing: str) -> None:
    from rich.console import Console

    from zoho_pipeline.commands.retry_report import print_retried

    console = Console(stderr=True)
    with console.status("at work"):
        done = act(lambda sentence: console.print(sentence, style="dim", markup=False, highlight=False))
    if not done.rows:
        typer.echo(nothing)
        return
    print_retried(done)
    if any(not result.green for result in done.results):
        raise typer.Exit(1)


def _cause(name: str) -> "Cause":
    from zoho_pipeline.causes import Cause
    from zoho_pipeline.errors import Foreseen

    try:
        return Cause(name.strip().lower())
    except ValueError:
        raise Foreseen(f"Unknown cause {name!r}: choose one of {', '.join(Cause)}.") from None


def _who() -> str:
    return f"command line: {getpass.getuser()}"
