"""Backfill: bring the rows of the chosen entities and months into Zoho."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zoho_pipeline.calendar import Month
from zoho_pipeline.entities import Entity
from zoho_pipeline.sync.results import PartitionResult


@dataclass(frozen=True)
class BackfillRequest:
    """What is to be done, by whom."""

    entities: frozenset[Entity]
    months: tuple[Month, ...]
    run_id: str
    by: str
    dry_run: bool = False
    max_rows: int | None = None
    """Rows to send per entity and month at most; the rest stays for the next run."""
    confirmed: bool = False
    """A person has confirmed going over the day's ceilings."""


Log = Callable[[str], None]


def backfill(request: BackfillRequest, environ: dict[str, str] | None, log: Log) -> Iterator[PartitionResult]:
    """Do it, parents before children, yielding each entity's month as it is finished.

    `log` receives a sentence now and then on how far the run is.
    """
    raise NotImplementedError
