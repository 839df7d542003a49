"""Keeping the ledger of calls from growing for ever."""

from datetime import timedelta

from sqlalchemy import Connection, text

KEPT = timedelta(days=90)

_FORGET = text("DELETE FROM zoho_pipeline.api_calls WHERE at < clock_timestamp() - :kept")


def forget_old_calls(connection: Connection, kept: timedelta = KEPT) -> int:
    """Delete the calls that were made longer ago than `kept`; how many."""
    return connection.execute(_FORGET, {"kept": kept}).rowcount
