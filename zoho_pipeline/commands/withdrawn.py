"""`zoho-pipeline withdrawn`: what stands in Zoho although CircleTel has withdrawn it; `… done` takes a row off."""

from typing import Annotated

import typer

app = typer.Typer(help="What CircleTel has withdrawn and Zoho still holds, and what to do.")
Kind = Annotated[str, typer.Argument(metavar="ENTITY", help="customers, subscriptions, invoices or payments.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The row's id in CircleTel.")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who has done it; kept for the audit.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="What was done in Zoho; kept. Name no customer.")]


@app.callback(invoke_without_command=True)
def withdrawn(context: typer.Context) -> None:
    """Show what CircleTel has voided, credited, refunded, cancelled or deleted and Zoho still holds, and what to do.

    Nothing of it is done by the pipeline. As of Zoho's latest lists; costs no API call.
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from zoho_pipeline.actions.withdrawn import withdrawn as read
    from zoho_pipeline.commands.changes_report import withdrawn_table

    found = read(None)
    if found:
        Console().print(withdrawn_table(found))
    else:
        typer.echo("Nothing that CircleTel has withdrawn stands in Zoho, as far as its latest lists show.")


@app.command()
def done(kind: Kind, row_id: Id, by: By, why: Why) -> None:
    """Take a row off the list, because it was done in Zoho and no list shows it, such as a refund."""
    from zoho_pipeline.actions.withdrawn import withdrawn_done
    from zoho_pipeline.entities import entity

    row = withdrawn_done(entity(kind), row_id, by, why, None)
    typer.echo(f"{row.entity.singular.capitalize()} {row.label} is off the list, says {by.strip()}: {row.happened}.")
