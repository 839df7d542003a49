"""What waits, and how far Zoho lets calls through: the backlog, the budget and the circuit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from zoho_pipeline.budget.circuit import Circuit, circuit_state
from zoho_pipeline.budget.shares import shares
from zoho_pipeline.causes import Cause
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.states import State


@dataclass(frozen=True)
class Lot:
    """Rows of one kind that stand alike, for one cause."""

    entity: Entity
    state: State
    cause: Cause | None
    rows: int


@dataclass(frozen=True)
class Used:
    """How much of one of our limits is used."""

    name: str
    used: int
    limit: int

    @property
    def percent(self) -> float:
        """The part used, at most all of it."""
        return min(100.0, 100 * self.used / self.limit)


@dataclass(frozen=True)
class Calls:
    """Zoho's calls: what is used of our share, and whether anything goes; when a run last ended a month (UTC)."""

    used: Sequence[Used]
    circuit: Circuit
    last_month_at: datetime | None


def read_backlog(connection: Connection) -> list[Lot]:
    """All that is not in Zoho and is looked at by somebody or something: parents before children."""
    found = [
        Lot(Entity(row.entity), State(row.state), Cause(row.cause) if row.cause else None, row.number)
        for row in connection.execute(_BACKLOG, {"states": _WAITING})
    ]
    order = list(State)
    return sorted(found, key=lambda lot: (PARENTS_FIRST.index(lot.entity), order.index(lot.state), -lot.rows))


def read_calls(connection: Connection, zoho: ZohoSettings) -> Calls:
    """Of the organisation in the settings."""
    ours = shares(zoho).urgent
    row = connection.execute(_CALLS, {"organisation": zoho.organisation_id}).one()
    used = (
        Used("this minute", row.minute, ours.minute),
        Used("in 24 hours", row.day, ours.day),
        Used("in flight", row.in_flight, ours.in_flight),
    )
    return Calls(used, circuit_state(connection, zoho.organisation_id), row.last_month_at)


_WAITING = [
    state.value for state in State if state not in (State.SYNCED, State.NOT_ELIGIBLE, State.BEFORE_ZOHO, State.RESOLVED)
]
_BACKLOG = text("""
    SELECT entity, state, cause, count(*) AS number FROM zoho_pipeline.sync_records
    WHERE state = ANY(:states) GROUP BY entity, state, cause
""")
_CALLS = text("""
    SELECT count(*) FILTER (WHERE at > now() - interval '1 minute') AS minute, count(*) AS day,
           (SELECT count(*) FROM zoho_pipeline.api_budget b, unnest(b.lease_ends) AS lease
            WHERE b.organisation = :organisation AND lease > now()) AS in_flight,
           (SELECT max(finished_at) FROM zoho_pipeline.sync_results) AS last_month_at
    FROM zoho_pipeline.api_calls WHERE at > now() - interval '1 day' AND organisation = :organisation
""")
