"""Months that finance has signed: no document dated in one is written. Signing and reopening are the only writers."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from zoho_pipeline.calendar import Month
from zoho_pipeline.sync.tables import closed_months as table


def closed_months(connection: Connection) -> frozenset[Month]:
    """The signed months."""
    return frozenset(Month.parse(key) for key in connection.execute(select(table.c.month)).scalars())


def close_month(connection: Connection, month: Month, at: datetime) -> None:
    """Let no document be written into it from now on; `at` is when it was signed (UTC)."""
    connection.execute(insert(table).values(month=month.key, closed_at=at))


def reopen_month(connection: Connection, month: Month) -> None:
    """Let documents go into it again."""
    connection.execute(delete(table).where(table.c.month == month.key))
