"""`zoho-pipeline db …`: the pipeline's own tables."""

import typer

app = typer.Typer(no_args_is_help=True, help="The pipeline's own tables, in the schema zoho_pipeline.")


@app.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date. CircleTel's tables keep their rows."""
    from zoho_pipeline.settings import DatabaseSettings
    from zoho_pipeline.store.database import open_engine
    from zoho_pipeline.store.migrate import upgrade as upgrade_store

    engine = open_engine(DatabaseSettings.load())
    try:
        done = upgrade_store(engine)
    finally:
        engine.dispose()
    if done.before == done.after:
        typer.echo(f"The schema zoho_pipeline is up to date (revision {done.after}).")
    else:
        typer.echo(f"The schema zoho_pipeline is now at revision {done.after} (before: {done.before or 'not there'}).")
    if done.sync_logs_refusal:
        typer.echo(
            f"zoho_sync_logs could not be widened, and the pipeline keeps its own record: {done.sync_logs_refusal}"
        )


@app.command()
def forget() -> None:
    """Delete what has been kept long enough; Dagster does so each night.

    API calls older than ZOHO_CALLS_KEPT_DAYS; incidents that are over, and what people did by hand, older than
    ZOHO_INCIDENTS_KEPT_DAYS.
    """
    from zoho_pipeline.actions.forgetting import forget_old_records

    typer.echo(str(forget_old_records(None)))
