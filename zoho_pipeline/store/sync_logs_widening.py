"""Letting CircleTel's zoho_sync_logs take rows of all four kinds, with duration, cause and run.

As it is in production, its CHECK constraints refuse subscriptions and payments. Where the role may not change the
table, the pipeline goes on with its own record alone.
"""

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

_TABLE = "public.zoho_sync_logs"

_NARROW_CHECKS = text("""
    SELECT conname FROM pg_constraint
    WHERE conrelid = to_regclass('public.zoho_sync_logs') AND contype = 'c'
      AND (pg_get_constraintdef(oid) LIKE '%entity_type%' AND pg_get_constraintdef(oid) NOT LIKE '%ayment%')
""")
_COLUMNS = text("""
    ALTER TABLE public.zoho_sync_logs
        ADD COLUMN IF NOT EXISTS duration_ms integer,
        ADD COLUMN IF NOT EXISTS cause text,
        ADD COLUMN IF NOT EXISTS run_id text
""")
_WIDE_CHECKS = (
    "entity_type IN ('quote', 'contract', 'invoice', 'customer', 'subscription', 'payment')",
    "zoho_entity_type IN ('Estimates', 'Deals', 'Invoices', 'Contacts', 'Subscriptions', 'Payments')",
)
_NAMES = ("zoho_sync_logs_entity_type_check", "zoho_sync_logs_zoho_entity_type_check")


def widen_sync_logs(connection: Connection) -> str | None:
    """Widen the table where that is needed; the reason if it could not be done, else None."""
    if connection.scalar(text("SELECT to_regclass('public.zoho_sync_logs')")) is None:
        return "the table zoho_sync_logs does not exist"
    if not _needed(connection):
        return None
    try:
        with connection.begin_nested():
            _widen(connection)
    except ProgrammingError as error:
        return str(error.orig).strip().splitlines()[0]
    return None


def _needed(connection: Connection) -> bool:
    columns = text("""
        SELECT count(*) FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = 'zoho_sync_logs'
          AND column_name IN ('duration_ms', 'cause', 'run_id')
    """)
    narrow = connection.execute(_NARROW_CHECKS).first() is not None
    return narrow or connection.scalar(columns) != 3


def _widen(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for name in connection.execute(_NARROW_CHECKS).scalars().all():
        connection.execute(text(f"ALTER TABLE {_TABLE} DROP CONSTRAINT {quote(name)}"))
    connection.execute(_COLUMNS)
    for name, check in zip(_NAMES, _WIDE_CHECKS, strict=True):
        connection.execute(text(f"ALTER TABLE {_TABLE} DROP CONSTRAINT IF EXISTS {name}"))
        connection.execute(text(f"ALTER TABLE {_TABLE} ADD CONSTRAINT {name} CHECK ({check})"))
