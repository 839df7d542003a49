"""`zoho-pipeline reconcile prepare`, `approve`, `reopen`, `note`, `months` and `verify`: signing months off."""

from typing import TYPE_CHECKING, Annotated

import typer

from zoho_pipeline.commands.signing_in import As, credentials

if TYPE_CHECKING:
    from zoho_pipeline.actions.sign_off import Signed

OneMonth = Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2025-03.")]
Item = Annotated[int, typer.Argument(metavar="ITEM", help="Its number in the list of items.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the trail. Name no customer.")]
Said = Annotated[str, typer.Option("--text", metavar="TEXT", help="What is known of it; kept. Name no customer.")]
Heads = Annotated[
    list[str], typer.Option("--head", metavar="HEAD", help="A head as workbook or mail show it; several if repeated.")
]


def attach(app: typer.Typer) -> None:
    """Make them commands of the group `reconcile`."""
    for command in (prepare, approve, reopen, note, months, verify):
        app.command()(command)


def prepare(month: OneMonth, by: As) -> None:
    """Prepare a month: its books are kept as they are now, and somebody else approves them."""
    from zoho_pipeline.actions import sign_off
    from zoho_pipeline.calendar import Month

    done = sign_off.prepare(Month.parse(month), credentials(by), None)
    typer.echo(f"{month} is prepared by {done.entry.by.name}. {_head(done)}")


def approve(month: OneMonth, by: As) -> None:
    """Sign a month that somebody else has prepared: it is closed from then on."""
    from zoho_pipeline.actions import sign_off
    from zoho_pipeline.calendar import Month

    done = sign_off.approve(Month.parse(month), credentials(by), None)
    typer.echo(f"{month} is signed, approved by {done.entry.by.name}: no document goes into it any more. {_head(done)}")


def reopen(month: OneMonth, why: Why, by: As) -> None:
    """Open a signed month again; documents that were held back go with the next run."""
    from zoho_pipeline.actions import sign_off
    from zoho_pipeline.calendar import Month

    done = sign_off.reopen(Month.parse(month), why, credentials(by), None)
    typer.echo(f"{month} is open again, says {done.entry.by.name}: {done.entry.facts['why']}. {_head(done)}")


def note(item: Item, said: Said, by: As) -> None:
    """Say what is known of an item, so that its month can be signed."""
    from zoho_pipeline.actions import sign_off

    label = sign_off.note(item, said, credentials(by), None)
    typer.echo(f"Item {item} ({label}) is noted; it is signed with its month.")


def months(by: As) -> None:
    """Show how each month stands, and what of signed ones has changed since."""
    from rich.console import Console

    from zoho_pipeline.actions import sign_off
    from zoho_pipeline.commands.sign_off_report import months_table, prior_period_table

    found, console = sign_off.months(credentials(by), None), Console()
    console.print(months_table(found.standings))
    if found.prior_period:
        console.print(prior_period_table(found.prior_period))
    console.print(f"Head of the trail: {found.head.printed}", markup=False, highlight=False)


def verify(by: As, head: Heads = []) -> None:  # noqa: B006 - typer reads it, nobody changes it
    """Look over the whole trail and all snapshots. Ends with status 1 if a byte was altered."""
    from zoho_pipeline.actions import sign_off

    found = sign_off.verify(credentials(by), None, printed=head)
    for fault in found.faults:
        typer.echo(f"ALTERED: {fault}")
    if found.faults:
        raise typer.Exit(1)
    typer.echo(
        f"Every byte is as it was written: {found.entries} entries, {found.snapshots} snapshots. "
        f"Head of the trail: {found.head.printed}"
    )


def _head(done: "Signed") -> str:
    return f"Head of the trail: {done.head.printed}"
