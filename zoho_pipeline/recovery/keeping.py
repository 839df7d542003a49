"""From which month on a kind is kept in step: a backfill has brought it to the present, so what is new goes by itself.

Before that, rows that nobody has looked at are left alone: the first backfill is a person's decision, and so is one of
months that were left out.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, text

from zoho_pipeline.calendar import Month, OpenMonths
from zoho_pipeline.clock import local_date
from zoho_pipeline.entities import Entity

EVER = datetime.fromisoformat("0001-01-02T00:00:00+00:00")
"""Before any row."""
_DONE = text("""
    SELECT entity, month, max(finished_at) AS finished_at FROM zoho_pipeline.sync_results
    WHERE NOT dry_run AND interrupted IS NULL GROUP BY entity, month
""")


def kept_from(connection: Connection, months: OpenMonths) -> dict[Entity, datetime]:
    """The moment from which on the rows of a kind are kept in step (UTC); a kind that is not is left out."""
    done: defaultdict[Entity, dict[Month, Month]] = defaultdict(dict)
    for row in connection.execute(_DONE):
        done[Entity(row.entity)][Month.parse(row.month)] = Month.of(local_date(row.finished_at))
    first = {entity: first_kept(found.keys(), _reach_the_present(found)) for entity, found in done.items()}
    return {
        entity: EVER if month <= months.first else month.starts_at
        for entity, month in first.items()
        if month is not None
    }


def _reach_the_present(done: dict[Month, Month]) -> list[Month]:
    """The months that were the present one, or a later one, when they were done."""
    return [month for month, when in done.items() if month >= when]


def first_kept(done: Collection[Month], present: Collection[Month]) -> Month | None:
    """The first of the unbroken row of months done that leads up to the present; None where none does. Pure."""
    if not present:
        return None
    first = min(present)
    while first.plus(-1) in done:
        first = first.plus(-1)
    return first
