"""Months that a run left red, and whose rows have gone since, by whatever way they went."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.opening import Environ, opened
from zoho_pipeline.recovery.months import Cell, without_trouble

_WENT_TO_ITS_END = text("""
    SELECT 1 FROM zoho_pipeline.sync_results
    WHERE run_id = :run_id AND entity = :entity AND month = :month AND interrupted IS NULL AND NOT dry_run
""")


def mended_months(red: Mapping[Cell, str], environ: Environ) -> list[Cell]:
    """Of the months that these runs (by id) left red, those that are in order by now.

    Such a month was gone through to its end, so that single rows are all that it lacked, and none of its rows failed,
    was refused or parked, or is on its way any more.

    Raises:
        Foreseen: when the settings, the database or its schema do not allow to look.
    """
    if not red:
        return []
    with opened("look for months that were mended", environ) as at, at.engine.connect() as connection:
        whole = [cell for cell, run_id in red.items() if _went_to_its_end(connection, cell, run_id)]
        return sorted(without_trouble(connection, at.shape, open_months(at.sync), whole))


def _went_to_its_end(connection: Connection, cell: Cell, run_id: str) -> bool:
    entity, month = cell
    values = {"run_id": run_id, "entity": entity.value, "month": month.key}
    return connection.execute(_WENT_TO_ITS_END, values).first() is not None
