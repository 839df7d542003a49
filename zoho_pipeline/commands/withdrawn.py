"""`zoho-pipeline withdrawn`: what stands in Zoho although CircleTel has withdrawn it."""

import typer


def withdrawn() -> None:
    """Show what CircleTel has voided, credited, refunded, cancelled or deleted and Zoho still holds, and what to do.

    Nothing of it is done by the pipeline. As of Zoho's latest lists; costs no API call.
    """
    from rich.console import Console

    from zoho_pipeline.actions.withdrawn import withdrawn as read
    from zoho_pipeline.commands.changes_report import withdrawn_table

    found = read(None)
    if found:
        Console().print(withdrawn_table(found))
    else:
        typer.echo("Nothing that CircleTel has withdrawn stands in Zoho, as far as its latest lists show.")
