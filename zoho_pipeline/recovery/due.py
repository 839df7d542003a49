"""Which rows can go by themselves now: what the sensors ask, every minute. Reads only.

A row is due for one of six reasons. What has not begun yet is left to the backfill that a person starts: rows that
nobody has looked at are due only from the month on from which their kind is kept in step (`keeping.py`).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.recovery.due_queries import failed_later, served_since, statement

MOST_ROWS = 200
"""Rows of one run: done in minutes at 30 calls a minute, so that what comes due meanwhile gets its turn."""
PROBE_SECONDS = 60
AGAIN_SECONDS = 900
"""Rows that a run left exactly as they were (the day's calls are spent, Zoho is down) are tried again so much later."""


class Why(StrEnum):
    """What makes a row due."""

    FAILED = "failed"
    NEW = "new"
    STUCK = "stuck"
    UNBLOCKED = "unblocked"
    AWAITED = "awaited"
    CORRECTED = "corrected"

    @property
    def what(self) -> str:
        """The rows, in words: `failed row is due`."""
        return _WHAT[self]


_WHAT = {
    Why.FAILED: "failed row is due",
    Why.NEW: "new row waits",
    Why.STUCK: "row is stuck in syncing",
    Why.UNBLOCKED: "blocked row's parent has arrived",
    Why.AWAITED: "row can go that waited for Zoho's invoice or a plan",
    Why.CORRECTED: "refused or parked row was corrected",
}


@dataclass(frozen=True)
class DueRow:
    """A row that can go, and how far it has come: once that has changed, it may be due again at once."""

    entity: Entity
    row_id: str
    progress: str


@dataclass(frozen=True)
class Due:
    """What is due for one reason, parents first; at most MOST_ROWS, the rest has its turn afterwards.

    Attributes:
        at: the database's time (UTC).
        epoch: changes when Zoho takes calls again after an outage or a pause, so that rows which were left as they were
            go at once; while Zoho is down, every minute, for somebody has to see whether it is back.
        next_at: when the next failed row comes due, where one waits for it (UTC).
        failed_later: how many of these wait.
    """

    why: Why
    rows: Sequence[DueRow]
    at: datetime
    epoch: str = ""
    next_at: datetime | None = None
    failed_later: int = 0

    def without(self, taken: Mapping[Entity, Collection[str]]) -> "Due":
        """The same but for these rows, which somebody else has in hand."""
        return replace(self, rows=[row for row in self.rows if row.row_id not in taken.get(row.entity, ())])

    @property
    def only(self) -> dict[Entity, list[str]]:
        """The rows by kind."""
        kinds = [entity for entity in PARENTS_FIRST if any(row.entity is entity for row in self.rows)]
        return {kind: sorted(row.row_id for row in self.rows if row.entity is kind) for kind in kinds}

    @property
    def key(self) -> str:
        """The same for the same rows at the same attempt, within a quarter of an hour and an epoch: Dagster launches a
        key once.

        A key never expires, and a run may leave its rows as they were; without the time such rows would never go again.
        """
        rows = sorted(f"{row.entity} {row.row_id} {row.progress}" for row in self.rows)
        digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
        return f"{self.why} {digest} {int(self.at.timestamp()) // AGAIN_SECONDS} {self.epoch}".strip()


@dataclass(frozen=True)
class Patience:
    """How long rows are left alone: to CircleTel's app, and in doubt until Zoho's lists count as a look (seconds)."""

    app_grace_seconds: int
    settling_seconds: int


def find_due(
    connection: Connection,
    shape: Shape,
    why: Why,
    kept: Mapping[Entity, datetime],
    patience: Patience,
    most: int = MOST_ROWS,
    entities: Collection[Entity] = PARENTS_FIRST,
    *,
    probing: bool = False,
) -> Due:
    """The rows that are due for this reason; `kept` says from when on (UTC) those that nobody has looked at count.

    `probing` says that Zoho is down, and a run is to find out whether it is back.
    """
    rows: list[DueRow] = []
    for entity in PARENTS_FIRST:
        if entity in entities and len(rows) < most:
            rows += _rows(connection, shape, why, entity, kept, patience, most - len(rows))
    at, next_at, later = connection.execute(failed_later()).one()
    epoch = (
        f"probe {int(at.timestamp()) // PROBE_SECONDS}" if probing else connection.execute(served_since()).scalar_one()
    )
    due = Due(why, rows, at, epoch)
    return replace(due, next_at=next_at, failed_later=later) if why is Why.FAILED else due


def _rows(
    connection: Connection,
    shape: Shape,
    why: Why,
    entity: Entity,
    kept: Mapping[Entity, datetime],
    patience: Patience,
    most: int,
) -> list[DueRow]:
    values = {
        "entity": entity.value,
        "kept_from": kept.get(entity),
        "grace": patience.app_grace_seconds,
        "settling": patience.settling_seconds,
        "most": most,
    }
    return [DueRow(entity, row.id, row.progress) for row in connection.execute(statement(why, entity, shape), values)]
