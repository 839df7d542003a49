"""Writing how sends ended: the row, the attempt, the record, the log and the mirror, all or nothing.

Threads that finish at the same moment share a transaction: one of them writes for those that wait.
"""

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import DBAPIError

from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sync_columns import write_status
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.mirror.storing import forget, lower_balances, store
from zoho_pipeline.redaction import redacted
from zoho_pipeline.states import Outcome, State
from zoho_pipeline.store.database import is_outage, reason_of
from zoho_pipeline.sync.attempts import end_attempt
from zoho_pipeline.sync.decisions import Open, Send
from zoho_pipeline.sync.endings import Ending
from zoho_pipeline.sync.outcomes import LOG_REFUSED, LOST_ADVICE, Conclusion, write_conclusions
from zoho_pipeline.sync.tables import records

_log = logging.getLogger(__name__)


class OutcomeNotRecorded(Foreseen):
    """The database refused what a send ended with: the row is in doubt, and looked for before it is sent again."""


@dataclass
class _Entry:
    """An ending on its way into the database."""

    row: Row
    ending: Ending
    conclusion: Conclusion
    written: bool = False


@dataclass
class Recorder:
    """Records the endings of one run, which sends rows of one kind at a time. Threads may share it."""

    engine: Engine
    shape: Shape
    run_id: str
    _queue: deque[_Entry] = field(default_factory=deque)
    _turn: Lock = field(default_factory=Lock)

    def record(self, row: Row, decision: Send, attempt_id: int, ending: Ending, duration_ms: int) -> Ending:
        """Commit the ending; it turns into a parked one when the row was linked to another object meanwhile.

        Raises:
            OutcomeNotRecorded: when the database refuses it; nothing of it is written then.
        """
        entry = _Entry(row, ending, _conclusion(row, decision, attempt_id, ending, duration_ms))
        self._queue.append(entry)
        with self._turn:
            if not entry.written:  # whoever wrote for this one may have failed, so it is not looked for in the queue
                others = [self._queue.popleft() for _ in range(len(self._queue))]
                self._write_first(entry, [other for other in others if other is not entry])
        return entry.ending

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

    def _write_first(self, entry: _Entry, others: Sequence[_Entry]) -> None:
        """Write it with the others, if the database takes them together; else by itself, as each of them does then."""
        if others:
            try:
                return self._write([entry, *others])
            except LOG_REFUSED:
                pass
        try:
            try:
                self._write([entry])
            except LOG_REFUSED as error:
                whom = f"{entry.row.entity.singular} {entry.row.id}"
                _log.warning("Without a row in zoho_sync_logs, the outcome of %s: %s", whom, reason_of(error))
                self._write([entry], log=False)
        except DBAPIError as error:
            if is_outage(error):
                raise
            raise OutcomeNotRecorded(
                f"What became of {entry.row.entity.singular} {entry.row.label} could not be recorded: "
                f"{reason_of(error)}. It counts as in doubt: mend what the database says; a later run looks for it in "
                "Zoho before it sends."
            ) from error

    def _write(self, entries: Sequence[_Entry], *, log: bool = True) -> None:
        entity = entries[0].row.entity
        conclusions = [entry.conclusion for entry in entries]
        with self.engine.begin() as connection:
            parked = write_conclusions(connection, entity, self.shape, conclusions, self.run_id, log=log)
            _note_in_mirror(connection, [entry.ending for entry in entries], entries[0].row)
        for entry in entries:
            if reason := parked.get(entry.row.id):
                entry.ending = Ending(Outcome.PARKED, State.PARKED, reason, LOST_ADVICE, sent=entry.ending.sent)
            entry.written = True


def _note_in_mirror(connection: Connection, endings: Sequence[Ending], example: Row) -> None:
    """What was made is there, what was deleted is not, and what was paid is no longer open, without asking Zoho."""
    store(connection, example.entity, [ending.made for ending in endings if ending.made is not None])
    for ending in endings:
        if ending.taken_back is not None:
            forget(connection, example.entity, ending.taken_back)
        if ending.sent is not None:
            lower_balances(connection, ending.sent.applied)


def _conclusion(row: Row, decision: Send, attempt_id: int, ending: Ending, duration_ms: int) -> Conclusion:
    error = ending.error
    return Conclusion.of(
        row,
        ending.state,
        attempt_id=attempt_id,
        made=ending.zoho_id,
        taken_back=ending.taken_back,
        problem=ending.problem,
        reason=ending.reason,
        advice=ending.advice,
        fingerprint=_judged_content(decision, ending),
        outcome=State.IN_DOUBT.value if ending.state is State.IN_DOUBT else ending.outcome.value,
        http_status=error.status if error else None,
        code=error.code if error else None,
        cause=type(error).__name__ if error else None,
        duration_ms=duration_ms,
        request=redacted(decision.mapped.payload),
        response=_answer(ending),
    )


def _answer(ending: Ending) -> Any:
    return redacted(asdict(ending.made)) if ending.made else None


def _judged_content(decision: Send, ending: Ending) -> str | None:
    """The fingerprint of what Zoho has judged; of a draft that somebody else made nothing of ours was judged."""
    if isinstance(decision, Open) and ending.state is State.REFUSED and ending.taken_back is None:
        return None
    return decision.mapped.fingerprint
