"""`zoho-pipeline reconcile …`: CircleTel against Zoho, month by month."""

import uuid
from typing import Annotated

import typer

from zoho_pipeline.commands import sign_off

app = typer.Typer(help="Compare CircleTel with Zoho: every record and every cent explained.")
sign_off.attach(app)

OneMonth = Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="Default: the last whole month.")]
From = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="For several: the first (not --month).")]
To = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="The last of several (default: --from).")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Read Zoho's lists and new details first.")]


Publish = Annotated[bool, typer.Option("--publish", help="Write workbook and report (RECONCILIATION_REPORTS_URL).")]


@app.callback(invoke_without_command=True)
def reconcile(
    context: typer.Context,
    month: OneMonth = None,
    first: From = None,
    last: To = None,
    refresh: Refresh = False,
    publish: Publish = False,
) -> None:
    """Compare, and show each month's tie-out, controls and dearest items.

    Ends with status 1 if something is left unexplained, or a control does not hold.
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from zoho_pipeline.actions.papers import publish_months
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
    if publish:
        for compared, papers in publish_months(request.months, None):
            console.print(f"{compared}: {papers.workbook} and {papers.report}", soft_wrap=True, markup=False)
    if not tied:
        raise typer.Exit(1)


Classes = Annotated[
    list[str] | None, typer.Option("--class", help="May be given again; none: all that the sync mends.")
]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who has it done; kept for the audit.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")]


@app.command()
def fix(
    by: By,
    month: OneMonth = None,
    what: Classes = None,
    dry_run: DryRun = False,
) -> None:
    """Send again, adopt or update what the comparison of a month found, and compare it anew.

    What a person has to do or approve is only named. Ends with status 1 if something is left of what was tried.
    """
    from rich.console import Console

    from zoho_pipeline.actions.fixing import FixRequest
    from zoho_pipeline.actions.fixing import fix as mend
    from zoho_pipeline.commands.reconcile_months import chosen, classes
    from zoho_pipeline.commands.reconcile_report import print_fixed

    console, progress = Console(), Console(stderr=True)
    (wanted,) = chosen(month, None, None)
    request = FixRequest(wanted, by, classes(what or []), dry_run)
    fixed = mend(request, None, lambda line: progress.print(line, style="dim", markup=False))
    print_fixed(fixed, console)
    if fixed.after is not None and fixed.cleared < len(fixed.tried):
        raise typer.Exit(1)


Ids = Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="Numbers of the list, to approve them.")]
Approver = Annotated[str, typer.Option("--by", metavar="WHO", help="Who approves them; kept for the audit.")]


@app.command()
def missed(ids: Ids = None, by: Approver = "", month: OneMonth = None) -> None:
    """Show the recurring invoices that Zoho has missed; with numbers and --by: approve that they are sent.

    An approved one goes with the next run, as a one-off under CircleTel's number.
    """
    from rich.console import Console

    from zoho_pipeline.actions.missed import approve_missed
    from zoho_pipeline.actions.missed import missed as listed
    from zoho_pipeline.calendar import Month
    from zoho_pipeline.commands.reconcile_report import missed_table

    if ids:
        entries = approve_missed(ids, by, None)
        named = ", ".join(str(entry.shown["invoice"]) for entry in entries)
        typer.echo(f"Approved by {by.strip()}: {named}. The next run sends them, or `zoho-pipeline retry invoices ID`.")
    elif entries := listed(Month.parse(month) if month else None, None):
        Console().print(missed_table(entries))
    else:
        typer.echo("Zoho has missed nothing, as far as the latest comparisons show.")
