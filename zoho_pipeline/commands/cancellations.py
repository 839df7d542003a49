"""`zoho-pipeline cancellations …`: services that CircleTel has cancelled and Zoho goes on billing."""

import getpass
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, help="Cancelled services that Zoho goes on billing: see them, approve them, cancel them."
)

Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers of the list.")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who approves it; kept for the audit.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be cancelled, and cancel nothing.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Yes, go over the ceiling (ZOHO_MAX_CANCELLATIONS_PER_DAY).")]


@app.command("list")
def show() -> None:
    """Show what waits for approval, and what is approved. Costs no API call."""
    from rich.console import Console

    from zoho_pipeline.actions.cancellations import listed
    from zoho_pipeline.commands.changes_report import cancellations_table

    entries = listed(None)
    if entries:
        Console().print(cancellations_table("Cancelled in CircleTel, and billed by Zoho", entries))
    else:
        typer.echo("Zoho bills no service that CircleTel has cancelled, as far as its latest lists show.")


@app.command()
def approve(ids: Ids, by: By) -> None:
    """Approve cancellations of the list, all or none. They are sent by `send`, or by the next backfill."""
    from zoho_pipeline.actions.cancellations import approve as approve_these

    entries = approve_these(ids, by, None)
    named = ", ".join(f"{entry.id} (account {entry.shown.get('account')})" for entry in entries)
    typer.echo(f"Approved by {by.strip()}: {named}. Nothing was sent: `zoho-pipeline cancellations send` does that.")


@app.command()
def send(dry_run: DryRun = False, confirm: Confirm = False) -> None:
    """Cancel in Zoho, at once, what is approved. Ends with status 1 if something of it could not be cancelled."""
    from rich.console import Console

    from zoho_pipeline.actions.cancellations import send as send_approved
    from zoho_pipeline.commands.changes_report import cancellations_table
    from zoho_pipeline.sync.cancelling import CANCELLED, ENDED_ALREADY

    entries = send_approved(f"command line: {getpass.getuser()}", None, typer.echo, dry_run=dry_run, confirmed=confirm)
    if not entries:
        typer.echo("Nothing is approved.")
        return
    Console().print(cancellations_table("Approved", entries))
    if not dry_run and any(entry.outcome not in (CANCELLED, ENDED_ALREADY) for entry in entries):
        raise typer.Exit(1)
