"""`zoho-pipeline resolve` and `relink`: what a person has decided about one row."""

from typing import Annotated

import typer

Kind = Annotated[str, typer.Argument(metavar="ENTITY", help="customers, subscriptions, invoices or payments.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The row's id in CircleTel.")]
ZohoId = Annotated[str, typer.Argument(metavar="ZOHO_ID", help="The object's id in Zoho.")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who decides it; kept for the audit.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why; kept, and shown with the row. Name no customer.")]


def resolve(kind: Kind, row_id: Id, by: By, why: Why) -> None:
    """Say that nothing is to be done with a row that did not go, until its content changes. Nothing is sent."""
    from zoho_pipeline.actions.resolve import resolve as resolve_row
    from zoho_pipeline.entities import entity

    row = resolve_row(entity(kind), row_id, by, why, None)
    typer.echo(
        f"{row.name} is resolved by {by.strip()}; it was {row.state}. Nothing happens until its content changes."
    )


def relink(kind: Kind, row_id: Id, zoho_id: ZohoId, by: By) -> None:
    """Link a row to its object in Zoho. One call to see that it is there and whose; nothing is sent."""
    from zoho_pipeline.actions.relink import relink as relink_row
    from zoho_pipeline.entities import entity

    before = relink_row(entity(kind), row_id, zoho_id.strip(), by, None)
    was = f" It was linked to {before}." if before and before != zoho_id.strip() else ""
    typer.echo(f"Linked by {by.strip()}: {entity(kind).singular} {row_id} is object {zoho_id.strip()} in Zoho.{was}")
