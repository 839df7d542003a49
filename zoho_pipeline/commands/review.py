"""`zoho-pipeline review …`: the reviews and checklists that Dagster's schedules leave, as text."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The runbook's checklists and reviews, as Dagster's schedules leave them.")

Week = Annotated[
    str | None, typer.Option("--week", metavar="MONDAY", help="As 2025-11-10. Default: the last that is over.")
]
Month = Annotated[
    str | None, typer.Option("--month", metavar="MONTH", help="As 2025-10. Default: the last that is over.")
]


@app.command()
def daily() -> None:
    """The daily checklist, ticked."""
    from zoho_pipeline.actions.checklists import daily_checklist
    from zoho_pipeline.reviews.checklist_paper import checklist_markdown

    typer.echo(checklist_markdown(daily_checklist(None, None, typer.echo)), nl=False)


@app.command()
def weekly(week: Week = None) -> None:
    """The weekly checklist, ticked."""
    from zoho_pipeline.actions.checklists import weekly_checklist
    from zoho_pipeline.commands.review_spans import week_of
    from zoho_pipeline.reviews.checklist_paper import checklist_markdown

    typer.echo(checklist_markdown(weekly_checklist(week_of(week), None, None, typer.echo)), nl=False)


@app.command()
def monthly(month: Month = None) -> None:
    """The monthly checklist, ticked."""
    from zoho_pipeline.actions.checklists import monthly_checklist
    from zoho_pipeline.commands.review_spans import month_of
    from zoho_pipeline.reviews.checklist_paper import checklist_markdown

    typer.echo(checklist_markdown(monthly_checklist(month_of(month), None)), nl=False)


@app.command()
def sync(week: Week = None) -> None:
    """The week's syncs, Zoho's side, and the oldest failures."""
    from zoho_pipeline.actions.reviews import weekly_sync
    from zoho_pipeline.commands.review_spans import week_of
    from zoho_pipeline.reviews.paper import markdown

    typer.echo(markdown(weekly_sync(week_of(week), None), pictures=False), nl=False)


@app.command()
def performance(month: Month = None) -> None:
    """Measured durations, peak hours, and limits of Zoho's that were met."""
    from zoho_pipeline.actions.reviews import performance as read
    from zoho_pipeline.commands.review_spans import month_of
    from zoho_pipeline.reviews.paper import markdown

    typer.echo(markdown(read(month_of(month), None), pictures=False), nl=False)


@app.command("api-cost")
def api_cost(month: Month = None) -> None:
    """Calls to Zoho, the limits, and storage."""
    from zoho_pipeline.actions.reviews import api_cost as read
    from zoho_pipeline.commands.review_spans import month_of
    from zoho_pipeline.reviews.paper import markdown

    typer.echo(markdown(read(month_of(month), None), pictures=False), nl=False)


@app.command()
def security(month: Month = None) -> None:
    """Tokens, logs, row-level security, rights, and libraries."""
    from zoho_pipeline.actions.reviews import security as read
    from zoho_pipeline.commands.review_spans import month_of
    from zoho_pipeline.reviews.paper import markdown

    typer.echo(markdown(read(month_of(month), None), pictures=False), nl=False)
