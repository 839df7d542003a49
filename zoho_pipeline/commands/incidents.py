"""`zoho-pipeline incidents …`: what is wrong, since when, and who is on it."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Incidents: what is wrong, since when, who is on it, and their reports.")

Number = Annotated[int, typer.Argument(metavar="ID", help="The incident's number.")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who does it; stays in the timeline.")]
Because = Annotated[str, typer.Option("--because", metavar="WHY", help="Why it is over; stays in the timeline.")]
All = Annotated[bool, typer.Option("--all", help="Those that are over too.")]
Public = Annotated[bool, typer.Option("--public", help="The text for a public status page instead: it names nobody.")]


@app.command("list")
def show(cleared_too: All = False) -> None:
    """Show open incidents, the oldest first. Ends with status 1 where one has not been acknowledged."""
    from rich.console import Console

    from zoho_pipeline.actions.incidents import listed
    from zoho_pipeline.commands.incidents_report import incidents_table

    found = listed(None, cleared_too=cleared_too)
    if found:
        Console().print(incidents_table(found))
    else:
        typer.echo("There is no incident." if cleared_too else "No incident is open.")
    if any(each.cleared_at is None and each.acknowledged_at is None for each in found):
        raise typer.Exit(1)


@app.command()
def ack(number: Number, by: By) -> None:
    """Take one on: it no longer rises for want of an answer."""
    from zoho_pipeline.actions.incidents import acknowledge

    incident = acknowledge(number, by, None)
    typer.echo(f"Incident {number} is {by.strip()}'s: {incident.title}. What to do: {incident.advice}")


@app.command()
def close(number: Number, by: By, because: Because) -> None:
    """Clear one by hand. If what it told of is still seen, it opens anew."""
    from zoho_pipeline.actions.incidents import close as close_by_hand

    incident = close_by_hand(number, by, because, None)
    typer.echo(f"Incident {number} is over: {incident.title}.")


@app.command()
def report(number: Number, public: Public = False) -> None:
    """Print its timeline as markdown, for the incident report."""
    from zoho_pipeline.actions.incidents import written

    typer.echo(written(number, None, public=public), nl=False)
