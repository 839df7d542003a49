"""Writing how sends ended: the row, the attempt, the record, the log and the mirror, all or nothing."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import DBAPIError

from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sync_columns import write_status
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.mirror.storing import Applied, forget, lower_balances, store
from zoho_pipeline.redaction import redacted
from zoho_pipeline.states import Outcome, State
from zoho_pipeline.store.database import is_outage, reason_of
from zoho_pipeline.sync.attempts import end_attempt, sending_times
from zoho_pipeline.sync.decisions import Open, Send
from zoho_pipeline.sync.endings import Ending
from zoho_pipeline.sync.outcomes import LOG_REFUSED, LOST_ADVICE, Conclusion, write_conclusions
from zoho_pipeline.sync.tables import records

_log = logging.getLogger(__name__)


class OutcomeNotRecorded(Foreseen):
    """The database refused what a send ended with: the row is in doubt, and looked for before it is sent again."""


@dataclass(frozen=True)
class Ended:
    """A send that has ended, and that the database has not heard of yet."""

    row: Row
    decision: Send
    attempt_id: int
    ending: Ending
    duration_ms: int


@dataclass(frozen=True)
class Recorder:
    """Records the endings of one run."""

    engine: Engine
    shape: Shape
    run_id: str

    def record(self, ended: Sequence[Ended]) -> list[tuple[Row, Ending]]:
        """Commit the endings of rows of one kind, together if the database takes them so, else one by one.

        An ending turns into a parked one when the row was linked to another object meanwhile.

        Raises:
            OutcomeNotRecorded: when the database refuses one of them; the others are written then.
        """
        try:
            return self._write(ended)
        except LOG_REFUSED:
            return self._write_one_by_one(ended)

    def _write_one_by_one(self, ended: Sequence[Ended]) -> list[tuple[Row, Ending]]:
        written, refused = [], None
        for each in ended:
            try:
                written += self._write_alone(each)
            except OutcomeNotRecorded as error:
                refused = error
        if refused is not None:
            raise refused
        return written

    def _write_alone(self, ended: Ended) -> list[tuple[Row, Ending]]:
        try:
            try:
                return self._write([ended])
            except LOG_REFUSED as error:
                whom = f"{ended.row.entity.singular} {ended.row.id}"
                _log.warning("Without a row in zoho_sync_logs, the outcome of %s: %s", whom, reason_of(error))
                return self._write([ended], log=False)
        except DBAPIError as error:
            if is_outage(error):
                raise
            raise OutcomeNotRecorded(
                f"What became of {ended.row.entity.singular} {ended.row.label} could not be recorded: "
                f"{reason_of(error)}. It counts as in doubt: mend what the database says; a later run looks for it in "
                "Zoho before it sends."
            ) from error

    def _write(self, ended: Sequence[Ended], *, log: bool = True) -> list[tuple[Row, Ending]]:
        entity = ended[0].row.entity
        with self.engine.begin() as connection:
            conclusions = [_conclusion(each) for each in ended]
            parked = write_conclusions(connection, entity, self.shape, conclusions, self.run_id, log=log)
            _note_in_mirror(connection, entity, ended)
        return [(each.row, _parked(each.ending, parked.get(each.row.id))) for each in ended]

    def release(self, row: Row, attempt_id: int) -> None:
        """Nothing was done, and nothing is wrong with the row: it waits again as it did before.

        Where the lease is over and somebody else has ended the attempt, the row is theirs, and left alone.
        """
        with self.engine.begin() as connection:
            if not end_attempt(connection, attempt_id, "released"):
                return
            status = State.WAITING.sync_status if row.sync.zoho_id is None else row.sync.sync_status
            assert status is not None
            write_status(connection, row.entity, [row.id], status, None, linked=row.sync.zoho_id)
            connection.execute(
                update(records)
                .where(records.c.entity == row.entity.value, records.c.row_id == row.id)
                .values(state=State.WAITING.value, attempts=records.c.attempts - 1)
            )


def _parked(ending: Ending, reason: str | None) -> Ending:
    return Ending(Outcome.PARKED, State.PARKED, reason, LOST_ADVICE, sent=ending.sent) if reason else ending


def _note_in_mirror(connection: Connection, entity: Entity, ended: Sequence[Ended]) -> None:
    """What was made is there, what was deleted is not, and what was paid is no longer open, without asking Zoho."""
    store(connection, entity, [each.ending.made for each in ended if each.ending.made is not None])
    for each in ended:
        if each.ending.taken_back is not None:
            forget(connection, entity, each.ending.taken_back)
    applied = {each.attempt_id: each.ending.sent.applied for each in ended if each.ending.sent}
    if any(applied.values()):
        sent_at = sending_times(connection, applied)
        lower_balances(
            connection,
            [
                Applied(zoho_id, amount, sent_at[attempt_id])
                for attempt_id, parts in applied.items()
                for zoho_id, amount in parts.items()
            ],
        )


def _conclusion(ended: Ended) -> Conclusion:
    ending, error = ended.ending, ended.ending.error
    return Conclusion.of(
        ended.row,
        ending.state,
        attempt_id=ended.attempt_id,
        made=ending.zoho_id,
        taken_back=ending.taken_back,
        problem=ending.problem,
        reason=ending.reason,
        advice=ending.advice,
        fingerprint=_judged_content(ended.decision, ending),
        outcome=State.IN_DOUBT.value if ending.state is State.IN_DOUBT else ending.outcome.value,
        http_status=error.status if error else None,
        code=error.code if error else None,
        cause=ending.cause,
        tries=ending.tries,
        retry_seconds=ending.retry_seconds,
        duration_ms=ended.duration_ms,
        response=_answer(ending),
    )


def _answer(ending: Ending) -> Any:
    return redacted(vars(ending.made)) if ending.made else None


def _judged_content(decision: Send, ending: Ending) -> str | None:
    """The fingerprint of what Zoho has judged; of a draft that somebody else made nothing of ours was judged."""
    if isinstance(decision, Open) and ending.state is State.REFUSED and ending.taken_back is None:
        return None
    return decision.mapped.fingerprint
