"""`zoho-pipeline reconcile …`: CircleTel against Zoho, month by month."""

import uuid
from typing import Annotated

import typer

app = typer.Typer(help="Compare CircleTel with Zoho: every record and every cent explained.")

OneMonth = Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="Default: the last whole month.")]
From = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="For several: the first (not --month).")]
To = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="The last of several (default: --from).")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Read Zoho's lists and new details first.")]


@app.callback(invoke_without_command=True)
def reconcile(
    context: typer.Context,
    month: OneMonth = None,
    first: From = None,
    last: To = None,
    refresh: Refresh = False,
) -> None:
    """Compare, and show each month's tie-out, controls and dearest items.

    Ends with status 1 if something is left unexplained, or a control does not hold.
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from zoho_pipeline.actions.reconcile import ReconcileRequest
    from zoho_pipeline.actions.reconcile import reconcile as compare
    from zoho_pipeline.commands.reconcile_months import chosen
    from zoho_pipeline.commands.reconcile_report import print_books

    console, progress = Console(), Console(stderr=True)
    request = ReconcileRequest(chosen(month, first, last), str(uuid.uuid4()), refresh=refresh)
    tied = True
    for books in compare(request, None, lambda line: progress.print(line, style="dim", markup=False)):
        print_books(books, console)
        tied = tied and books.ties
    if not tied:
        raise typer.Exit(1)
