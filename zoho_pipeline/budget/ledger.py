"""Keeping the ledger of calls from growing for ever."""

from datetime import timedelta

from sqlalchemy import Engine, text

BATCH = 5_000
"""Rows deleted in one transaction: a moment's work, so that no lock and no old snapshot stands for long."""

_FORGET = text("""
    DELETE FROM zoho_pipeline.api_calls WHERE id = ANY(ARRAY(
        SELECT id FROM zoho_pipeline.api_calls WHERE at < clock_timestamp() - :kept ORDER BY at LIMIT :batch
        FOR UPDATE SKIP LOCKED
    ))
""")


def forget_old_calls(engine: Engine, kept: timedelta, batch: int = BATCH) -> int:
    """Delete the calls that were made longer ago than `kept`, a batch at a time; how many.

    Several may do so at once: each takes rows that nobody else is deleting.
    """
    forgotten = 0
    while True:
        with engine.begin() as connection:
            deleted = connection.execute(_FORGET, {"kept": kept, "batch": batch}).rowcount
        forgotten += deleted
        if deleted < batch:
            return forgotten
