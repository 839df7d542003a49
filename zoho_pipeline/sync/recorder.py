"""Writing how a send ended: the row, the attempt, the record, the log and the mirror, all or nothing."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.exc import DBAPIError

from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sync_columns import read_link, remove_link, write_link, write_status
from zoho_pipeline.circletel.sync_logs import SyncLog, write_log
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.mirror.storing import forget, lower_balances, store
from zoho_pipeline.redaction import redacted
from zoho_pipeline.states import Outcome, State
from zoho_pipeline.store.database import is_outage, reason_of
from zoho_pipeline.sync.attempts import end_attempt
from zoho_pipeline.sync.decisions import Open, Send
from zoho_pipeline.sync.endings import Ending
from zoho_pipeline.sync.records import Verdict, save_verdicts
from zoho_pipeline.sync.tables import records
from zoho_pipeline.zoho.errors import ZohoError


class OutcomeNotRecorded(Foreseen):
    """The database refused what a send ended with: the row is in doubt, and looked for before it is sent again."""


@dataclass(frozen=True)
class Recorder:
    """Records the endings of one run."""

    engine: Engine
    shape: Shape
    run_id: str

    def record(self, row: Row, decision: Send, attempt_id: int, ending: Ending, duration_ms: int) -> Ending:
        """Commit the ending; it turns into a parked one when the row was linked to another object meanwhile.

        Raises:
            OutcomeNotRecorded: when the database refuses it; nothing of it is written then.
        """
        try:
            with self.engine.begin() as connection:
                ending = _linked(connection, row, ending)
                self._write(connection, row, decision, attempt_id, ending, duration_ms)
        except DBAPIError as error:
            if is_outage(error):
                raise
            raise OutcomeNotRecorded(
                f"What became of {row.entity.singular} {row.label} could not be recorded: {reason_of(error)}. It "
                "counts as in doubt: mend what the database says; a later run looks for it in Zoho before it sends."
            ) from error
        return ending

    def _write(
        self,
        connection: Connection,
        row: Row,
        decision: Send,
        attempt_id: int,
        ending: Ending,
        duration_ms: int,
    ) -> None:
        _write_row(connection, row, ending)
        _end(connection, attempt_id, ending, duration_ms)
        _save_record(connection, row, decision, ending)
        self._log(connection, row, decision, ending, duration_ms)
        if ending.made is not None:
            store(connection, row.entity, [ending.made])
        if ending.sent is not None:
            lower_balances(connection, ending.sent.applied)

    def _log(self, connection: Connection, row: Row, decision: Send, ending: Ending, duration_ms: int) -> None:
        entry = SyncLog(
            entity=row.entity,
            row_id=row.id,
            zoho_id=ending.zoho_id,
            succeeded=ending.state is State.SYNCED,
            attempt_number=_number(connection, row),
            error=ending.problem,
            request=redacted(decision.mapped.payload),
            response=_answer(ending),
            duration_ms=duration_ms,
            cause=type(ending.error).__name__ if ending.error else None,
            run_id=self.run_id,
        )
        write_log(connection, self.shape, entry)

    def release(self, row: Row, attempt_id: int) -> None:
        """Nothing was done, and nothing is wrong with the row: it waits again as it did before."""
        with self.engine.begin() as connection:
            status = State.WAITING.sync_status if row.sync.zoho_id is None else row.sync.sync_status
            assert status is not None
            write_status(connection, row.entity, [row.id], status, None, linked=row.sync.zoho_id)
            end_attempt(connection, attempt_id, "released")
            connection.execute(
                update(records)
                .where(records.c.entity == row.entity.value, records.c.row_id == row.id)
                .values(state=State.WAITING.value, attempts=records.c.attempts - 1)
            )


def _linked(connection: Connection, row: Row, ending: Ending) -> Ending:
    """The ending, with the row linked to what was made; parked when the row is linked to another object by now."""
    if ending.made is None or write_link(connection, row.entity, row.id, ending.made.zoho_id):
        return ending
    return Ending(
        Outcome.PARKED,
        State.PARKED,
        f"object {ending.made.zoho_id} was made for it, but the row was linked to another one meanwhile",
        "Delete one of the two in Zoho, and link the row to the other.",
        sent=ending.sent,
    )


def _write_row(connection: Connection, row: Row, ending: Ending) -> None:
    """The columns of CircleTel's row, where linking it has not written them already."""
    if ending.taken_back is not None:
        remove_link(connection, row.entity, row.id, ending.taken_back)
        forget(connection, row.entity, ending.taken_back)
    status = ending.state.sync_status
    if status is not None and ending.state is not State.SYNCED:
        linked = ending.zoho_id or row.sync.zoho_id
        write_status(connection, row.entity, [row.id], status, ending.problem, linked=linked)


def _end(connection: Connection, attempt_id: int, ending: Ending, duration_ms: int) -> None:
    outcome = State.IN_DOUBT.value if ending.state is State.IN_DOUBT else ending.outcome.value
    end_attempt(
        connection,
        attempt_id,
        outcome,
        zoho_id=ending.zoho_id,
        duration_ms=duration_ms,
        message=ending.problem,
        response=_plain(_answer(ending)),
        **_numbers(ending.error),
    )


def _save_record(connection: Connection, row: Row, decision: Send, ending: Ending) -> None:
    verdict = Verdict(
        row.id,
        ending.state,
        row.sync.source_hash,
        ending.reason,
        ending.advice,
        _judged_content(decision, ending),
        ending.zoho_id or read_link(connection, row.entity, row.id),
    )
    save_verdicts(connection, row.entity, [verdict])
    if ending.state is State.IN_DOUBT:
        _start_doubt(connection, row)


def _answer(ending: Ending) -> Any:
    return redacted(asdict(ending.made)) if ending.made else None


def _judged_content(decision: Send, ending: Ending) -> str | None:
    """The fingerprint of what Zoho has judged; of a draft that somebody else made nothing of ours was judged."""
    if isinstance(decision, Open) and ending.state is State.REFUSED and ending.taken_back is None:
        return None
    return decision.mapped.fingerprint


def _start_doubt(connection: Connection, row: Row) -> None:
    connection.execute(
        update(records)
        .where(records.c.entity == row.entity.value, records.c.row_id == row.id)
        .values(doubt_since=func.clock_timestamp())
    )


def _number(connection: Connection, row: Row) -> int:
    query = select(records.c.attempts).where(records.c.entity == row.entity.value, records.c.row_id == row.id)
    number: int = connection.execute(query).scalar_one()
    return number


def _numbers(error: ZohoError | None) -> dict[str, int | None]:
    return {"status": error.status, "code": error.code} if error else {}


def _plain(value: Any) -> Any:
    """JSON has neither Decimal nor date."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value if value is None or isinstance(value, str | int | bool) else str(value)
