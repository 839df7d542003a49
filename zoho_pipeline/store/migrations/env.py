"""Alembic's environment: it works on the connection that `migrate` hands over, inside its transaction."""

from alembic import context

from zoho_pipeline.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=metadata.schema,
    include_schemas=True,
    include_name=lambda name, kind, parents: kind != "schema" or name == metadata.schema,
)
context.run_migrations()
