"""What needs no call: writing holds, links and baselines, many rows in one transaction; and the clock of doubts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, select

from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sync_columns import mark_linked_as_synced, write_link, write_status
from zoho_pipeline.circletel.sync_logs import SyncLog, write_log
from zoho_pipeline.entities import Entity
from zoho_pipeline.mirror.tables import listings
from zoho_pipeline.states import State, SyncStatus
from zoho_pipeline.sync.attempts import last_sent_hash
from zoho_pipeline.sync.decisions import Adopt, Decision, Hold, Keep, Record
from zoho_pipeline.sync.records import Verdict, leave_to_app, note_vain_look, save_verdicts


@dataclass(frozen=True)
class Settler:
    """Carries out the decisions that send nothing."""

    engine: Engine
    shape: Shape
    run_id: str
    settling_seconds: int

    def settle(self, decided: Sequence[tuple[Row, Decision]]) -> list[str]:
        """All of them in one transaction, so that a stop leaves none half-written.

        Returns the ids of adopted rows that have changed since they were sent: they are to be brought up to date.
        """
        with self.engine.begin() as connection:
            held = [(row, decision) for row, decision in decided if isinstance(decision, Hold)]
            self._hold(connection, held)
            adopted = [(row, decision) for row, decision in decided if isinstance(decision, Adopt)]
            outdated = [row.id for row, decision in adopted if not self._adopt(connection, row, decision)]
            self._keep(connection, [(row, decision) for row, decision in decided if isinstance(decision, Keep)])
        return outdated

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

    def _hold(self, connection: Connection, held: Sequence[tuple[Row, Hold]]) -> None:
        verdicts: dict[Entity, list[Verdict]] = defaultdict(list)
        statuses: dict[tuple[Entity, SyncStatus, str | None, str | None], list[str]] = defaultdict(list)
        waiting: dict[tuple[Entity, str], list[str]] = defaultdict(list)
        for row, hold in held:
            if hold.state is State.WAITING:
                waiting[row.entity, hold.reason].append(row.id)
            elif hold.state not in (State.SENDING, State.IN_DOUBT):
                verdicts[row.entity].append(
                    Verdict(
                        row.id, hold.state, row.sync.source_hash, hold.reason, hold.advice, hold.fingerprint,
                        row.sync.zoho_id,
                    )
                )  # fmt: skip
                if status := hold.state.sync_status:
                    error = hold.reason if status is SyncStatus.FAILED else None
                    statuses[row.entity, status, error, row.sync.zoho_id].append(row.id)
        for (entity, reason), ids in waiting.items():
            leave_to_app(connection, entity, ids, reason)
        for (entity, status, error, linked), ids in statuses.items():
            write_status(connection, entity, ids, status, error, linked)
        for entity, entries in verdicts.items():
            save_verdicts(connection, entity, entries)

    def _adopt(self, connection: Connection, row: Row, decision: Adopt) -> bool:
        """Link the row; whether its content is what is in Zoho, which is what was sent if we once did."""
        if not write_link(connection, row.entity, row.id, decision.zoho_id):
            return True
        reason = f"adopted by {decision.found_by}"
        content = last_sent_hash(connection, row.entity, row.id) or row.sync.source_hash
        verdict = Verdict(row.id, State.SYNCED, content, reason, zoho_id=decision.zoho_id)
        save_verdicts(connection, row.entity, [verdict])
        write_log(
            connection,
            self.shape,
            SyncLog(
                entity=row.entity,
                row_id=row.id,
                zoho_id=decision.zoho_id,
                succeeded=True,
                attempt_number=1,
                error=None,
                request={"adopted_by": decision.found_by},
                response=None,
                duration_ms=0,
                cause=None,
                run_id=self.run_id,
            ),
        )
        return content == row.sync.source_hash

    def _keep(self, connection: Connection, kept: Sequence[tuple[Row, Keep]]) -> None:
        by_entity: dict[Entity, list[tuple[Row, Keep]]] = defaultdict(list)
        for row, decision in kept:
            by_entity[row.entity].append((row, decision))
        for entity, entries in by_entity.items():
            verdicts = [
                Verdict(row.id, State.SYNCED, row.sync.source_hash, None, None, decision.fingerprint, row.sync.zoho_id)
                for row, decision in entries
            ]
            save_verdicts(connection, entity, verdicts)
            mark_linked_as_synced(connection, entity, [row.id for row, _ in entries])
