"""`zoho-pipeline duplicates`: what stands twice in Zoho."""

from typing import Annotated

import typer

Fresh = Annotated[bool, typer.Option("--fresh", help="Read Zoho's lists first: a call for every 200 objects.")]


def duplicates(fresh: Fresh = False) -> None:
    """Show what stands twice in Zoho, as of Zoho's latest complete lists, and what to do about it.

    Changes nothing. Ends with status 1 if anything stands twice, or if a list is missing or too old to tell.
    """
    from rich.console import Console

    from zoho_pipeline.actions.duplicates import look_for_duplicates
    from zoho_pipeline.commands.duplicates_report import print_looked
    from zoho_pipeline.entities import PARENTS_FIRST

    console, progress = Console(), Console(stderr=True)
    looked = look_for_duplicates(fresh=fresh, log=lambda sentence: progress.print(sentence, style="dim", markup=False))
    print_looked(looked, console)
    if looked.duplicates or any(looked.blind(entity) for entity in PARENTS_FIRST):
        raise typer.Exit(1)
