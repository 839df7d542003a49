"""`zoho-pipeline db …`: the pipeline's own tables."""

import typer

app = typer.Typer(no_args_is_help=True, help="The pipeline's own tables, in the schema zoho_pipeline.")


@app.callback()
def _group() -> None:
    """Keeps `upgrade` a command of its own."""


@app.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date. CircleTel's tables keep their rows."""
    from zoho_pipeline.settings import DatabaseSettings
    from zoho_pipeline.store.database import open_engine, telling_of_outages
    from zoho_pipeline.store.migrate import upgrade as upgrade_store

    engine = open_engine(DatabaseSettings.load())
    try:
        with telling_of_outages(engine, "bring the pipeline's tables up to date"):
            upgrade_store(engine)
    finally:
        engine.dispose()
    typer.echo("The schema zoho_pipeline is up to date.")
