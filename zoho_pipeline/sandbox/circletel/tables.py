"""Makes CircleTel's tables in an empty practice database, and tells such a database from a real one.

What belongs here: running the SQL beside this file. What does not: any row of sample data. The tables follow
what is known of production to the letter, gaps and oddities included; the pipeline must run on them unchanged.
"""

from __future__ import annotations

from enum import Enum
from importlib import resources

from sqlalchemy import Connection, Engine, text


class Variant(Enum):
    """Which age of CircleTel's database to make."""

    CURRENT = "current"
    OLDER = "older"
    """No invoice_type, no customer_invoice_id, no credit_notes; a CHECK on customers.zoho_sync_status."""


def create_tables(engine: Engine, variant: Variant = Variant.CURRENT) -> None:
    """Make all tables, triggers, roles and policies in the (empty) database, and mark it as the sandbox's own.

    Roles belong to the whole server: they are made if missing, by however many databases at once.
    """
    scripts = ["schema.sql", "security.sql"] + (["older.sql"] if variant is Variant.OLDER else [])
    with engine.begin() as connection:
        for script in scripts:
            _run_script(connection, script)


def is_marked(engine: Engine) -> bool:
    """Whether the database carries the sandbox's mark: only then may it be filled, emptied or dropped."""
    with engine.connect() as connection:
        if connection.scalar(text("SELECT to_regclass('zoho_pipeline_sandbox.marker')")) is None:
            return False
        return bool(connection.scalar(text("SELECT count(*) > 0 FROM zoho_pipeline_sandbox.marker")))


def marker_token(engine: Engine) -> str:
    """The mark of this very database: it differs between two practice databases."""
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT token FROM zoho_pipeline_sandbox.marker")))


def _run_script(connection: Connection, name: str) -> None:
    script = (resources.files(__package__) / name).read_text(encoding="utf-8")
    connection.connection.cursor().execute(script)  # as it stands: no parameters, so % and : mean themselves
