"""`zoho-pipeline health-check`: is everything well, and if not, what is to be done?"""

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How the report is printed."""

    TEXT = "text"
    JSON = "json"
    NAGIOS = "nagios"
    PROMETHEUS = "prometheus"


Detailed = Annotated[bool, typer.Option("--detailed", help="Every check, and the figures by kind, cause and day.")]
Email = Annotated[bool, typer.Option("--email", help="Mail it to operations too, with what has changed first.")]
As = Annotated[Format, typer.Option("--format", help="nagios: one line, and statuses 0, 1, 2, 3.")]
Ask = Annotated[bool, typer.Option("--ask-zoho/--no-zoho", help="Whether to ask Zoho itself: four calls at most.")]


def health_check(detailed: Detailed = False, email: Email = False, form: As = Format.TEXT, ask: Ask = True) -> None:
    """Look at everything: HEALTHY and DEGRADED end with status 0, UNHEALTHY with 1, and so does what cannot be seen.

    Needs no Dagster, changes nothing in CircleTel and leaves nothing in Zoho.
    """
    from zoho_pipeline.actions.health import read_health
    from zoho_pipeline.health.rendering.machines import NAGIOS, as_json, as_nagios, as_prometheus

    report = read_health(
        None, detailed=detailed, ask_zoho=ask, since_mailed=email, log=lambda said: typer.echo(said, err=True)
    )
    if form is Format.TEXT:
        from rich.console import Console

        from zoho_pipeline.commands.health_check_report import shown_report

        console = Console()
        for part in shown_report(report, every=detailed):
            console.print(part)
    else:
        render = {Format.JSON: as_json, Format.NAGIOS: as_nagios, Format.PROMETHEUS: as_prometheus}[form]
        typer.echo(render(report).rstrip("\n"))
    if email:
        from zoho_pipeline.actions.health import mail_report

        recipients = mail_report(report, None)
        typer.echo(f"Mailed to {', '.join(recipients)}.", err=True)
    raise typer.Exit(NAGIOS[report.level] if form is Format.NAGIOS else report.level.ends_with)
