"""The migrated database decides as the code of this version says."""

from sqlalchemy import Engine, create_engine, text

from zoho_pipeline.budget.tables import access_tokens, api_budget, api_calls, outages
from zoho_pipeline.store.migrate import upgrade

FUNCTIONS = text("""
    SELECT proname, pg_get_function_arguments(oid), prosrc FROM pg_proc
    WHERE pronamespace = 'zoho_pipeline'::regnamespace ORDER BY proname
""")
COLUMNS = text("""
    SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default
    FROM information_schema.columns
    WHERE table_schema = 'zoho_pipeline' AND table_name = ANY(:tables) ORDER BY 1, 2
""")


def test_a_migrated_database_has_these_tables_and_functions(engine: Engine) -> None:
    administrator = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text("CREATE DATABASE migrated"))
    migrated = create_engine(engine.url.set(database="migrated"))
    try:
        upgrade(migrated)
        names = {"tables": [api_budget.name, api_calls.name, access_tokens.name, outages.name]}
        with engine.connect() as made, migrated.connect() as moved:
            functions = set(made.execute(FUNCTIONS))  # the migrated database has those of other rooms too
            assert {name for name, *_ in functions} == {"take_permits", "hear_endings", "circuit_after"}
            assert functions <= set(moved.execute(FUNCTIONS))
            assert moved.execute(COLUMNS, names).all() == made.execute(COLUMNS, names).all()
    finally:
        migrated.dispose()
        with administrator.connect() as connection:
            connection.execute(text("DROP DATABASE migrated"))
        administrator.dispose()
