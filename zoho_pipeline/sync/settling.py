"""What needs no call: writing holds, links and baselines, many rows in one transaction; and the clock of doubts."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, select

from zoho_pipeline.causes import Cause
from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sync_columns import hold_rows
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.tables import listings
from zoho_pipeline.states import State, SyncStatus
from zoho_pipeline.store.database import reason_of
from zoho_pipeline.sync.attempts import last_sent_hashes
from zoho_pipeline.sync.decisions import Adopt, Decision, Hold, Keep, Record
from zoho_pipeline.sync.outcomes import LOG_REFUSED, Conclusion, write_conclusions
from zoho_pipeline.sync.records import leave_to_app, note_vain_look

_LEFT_AS_THEY_ARE = (State.WAITING, State.SENDING, State.IN_DOUBT, State.FAILED)
"""In somebody's hands, or not due yet."""
_CAUSE_OF_HOLD = {
    State.BLOCKED: Cause.BLOCKED_BY_PARENT,
    State.REFUSED: Cause.VALIDATION,
    State.PARKED: Cause.CONFLICT,
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settler:
    """Carries out the decisions that send nothing."""

    engine: Engine
    shape: Shape
    run_id: str
    settling_seconds: int

    def settle(self, entity: Entity, decided: Sequence[tuple[Row, Decision, int]]) -> list[str]:
        """All of them in one transaction, so that a stop leaves none half-written.

        Each comes with how often its row had been claimed when it was decided on: what has been claimed since is left
        as it is.

        Returns the ids of adopted rows that have changed since they were sent: they are to be brought up to date.
        """
        try:
            return self._settle(entity, decided, log=True)
        except LOG_REFUSED as error:
            _log.warning("Without rows in zoho_sync_logs, %s that were adopted: %s", entity, reason_of(error))
            return self._settle(entity, decided, log=False)

    def note_vain_looks(self, entity: Entity, ids: Sequence[str], listed_at: datetime) -> None:
        """Rows in doubt whose object a complete listing did not show."""
        with self.engine.begin() as connection:
            note_vain_look(connection, entity, ids, listed_at, self.settling_seconds)

    def look_wanted_after(self, connection: Connection, known: Iterable[Record]) -> datetime | None:
        """The moment after which a listing counts as a look for rows in doubt, if that has come; else None."""
        now = connection.execute(select(func.clock_timestamp())).scalar_one()
        settling = timedelta(seconds=self.settling_seconds)
        wanted = [
            since + settling
            for record in known
            if record.state is State.IN_DOUBT and (since := record.doubt_looked_at or record.doubt_since) is not None
        ]
        return max((moment for moment in wanted if moment <= now), default=None)

    def last_listing(self, entity: Entity) -> datetime | None:
        """When the latest complete listing of the kind began (UTC)."""
        query = select(func.max(listings.c.started_at)).where(
            listings.c.entity == entity.value, listings.c.completed_at.is_not(None)
        )
        with self.engine.connect() as connection:
            latest: datetime | None = connection.execute(query).scalar_one()
        return latest

    def _settle(self, entity: Entity, decided: Sequence[tuple[Row, Decision, int]], *, log: bool) -> list[str]:
        adopted = [row for row, decision, _ in decided if isinstance(decision, Adopt)]
        with self.engine.begin() as connection:
            sent = last_sent_hashes(connection, entity, [row.id for row in adopted])
            conclusions = [
                replace(found, attempts=attempts)
                for row, decision, attempts in decided
                if (found := _conclusion(row, decision, sent))
            ]
            hold_rows(connection, entity, [conclusion.row_id for conclusion in conclusions])
            taken = write_conclusions(connection, entity, self.shape, conclusions, self.run_id, log=log)
            for reason, ids in _left_to_app(decided).items():
                leave_to_app(connection, entity, ids, reason)
        return [row.id for row in adopted if row.id not in taken and sent.get(row.id, _now(row)) != _now(row)]


def _conclusion(row: Row, decision: Decision, sent: Mapping[str, str]) -> Conclusion | None:
    """What is written about the row; nothing while it is in somebody's hands, or is to be sent."""
    match decision:
        case Adopt(zoho_id, found_by):
            adopted = Conclusion.of(
                row,
                State.SYNCED,
                made=zoho_id,
                reason=f"adopted by {found_by}",
                request={"adopted_by": found_by},
            )
            return replace(adopted, source_hash=sent.get(row.id, _now(row)))
        case Keep(fingerprint):
            return Conclusion.of(row, State.SYNCED, fingerprint=fingerprint)
        case Hold(state, reason, advice, fingerprint, cause) if state not in _LEFT_AS_THEY_ARE:
            problem = reason if state.sync_status is SyncStatus.FAILED else None
            return Conclusion.of(
                row, state, problem=problem, reason=reason, advice=advice, fingerprint=fingerprint,
                cause=cause or _CAUSE_OF_HOLD.get(state),
            )  # fmt: skip
    return None


def _left_to_app(decided: Iterable[tuple[Row, Decision, int]]) -> dict[str, list[str]]:
    """The ids of rows that CircleTel's app may have in hand, by what is said of them."""
    left: dict[str, list[str]] = {}
    for row, decision, _ in decided:
        if isinstance(decision, Hold) and decision.state is State.WAITING:
            left.setdefault(decision.reason, []).append(row.id)
    return left


def _now(row: Row) -> str:
    return row.sync.source_hash
