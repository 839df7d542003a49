"""How a send ended, and the one transaction that writes all of it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sync_columns import read_link, remove_link, write_link, write_status
from zoho_pipeline.circletel.sync_logs import SyncLog, write_log
from zoho_pipeline.mirror.objects import MirrorObject
from zoho_pipeline.mirror.storing import forget, lower_balances, store
from zoho_pipeline.redaction import redacted
from zoho_pipeline.states import Outcome, State
from zoho_pipeline.sync.attempts import end_attempt
from zoho_pipeline.sync.decisions import Create, Open, Update
from zoho_pipeline.sync.kinds.kind import HalfDone, NotAsMapped, Sent
from zoho_pipeline.sync.records import Verdict, save_verdicts
from zoho_pipeline.sync.tables import records
from zoho_pipeline.zoho.errors import (
    AuthenticationFailed,
    CustomerNameTaken,
    DailyQuotaSpent,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    WrongOrganisation,
    ZohoError,
    ZohoUnreachable,
)
from zoho_pipeline.zoho.errors import Conflict as ZohoConflict

STOPS_THE_RUN = (
    AuthenticationFailed, DailyQuotaSpent, PermissionDenied, RateLimited, WrongOrganisation, ZohoUnreachable,
)  # fmt: skip
"""Errors that say nothing about the row: nothing of it was done, and the next one would fare no better."""

_PARKED_ADVICE = "Look at both in Zoho and in CircleTel; a person decides."


@dataclass(frozen=True)
class Ending:
    """How one attempt ended."""

    outcome: Outcome
    state: State
    reason: str | None = None
    advice: str | None = None
    made: MirrorObject | None = None
    sent: Sent | None = None
    taken_back: str | None = None
    """The object that was deleted in Zoho again."""
    error: ZohoError | None = field(default=None, repr=False)


def ended_well(decision: Create | Update | Open, sent: Sent) -> Ending:
    """The calls were answered as they should: created or updated, unless the object is wrong all the same."""
    if sent.trouble:
        return Ending(Outcome.PARKED, State.PARKED, sent.trouble, _PARKED_ADVICE, sent.object, sent)
    outcome = Outcome.CREATED if isinstance(decision, Create) else Outcome.UPDATED
    return Ending(outcome, State.SYNCED, made=sent.object, sent=sent)


def ended_badly(error: ZohoError | NotAsMapped | HalfDone) -> Ending:
    """What becomes of the row after this error."""
    match error:
        case NotAsMapped():
            return Ending(Outcome.REFUSED, State.REFUSED, error.reason, error.advice, taken_back=error.taken_back)
        case HalfDone():
            reason = f"it was made in Zoho, but not finished: {error.error.detail}"
            advice = "Nothing to do: the next run finishes it."
            return Ending(Outcome.FAILED, State.FAILED, reason, advice, made=error.made, error=error.error)
        case OutcomeUnknown():
            return Ending(Outcome.FAILED, State.IN_DOUBT, error.detail, error.next_step(), error=error)
        case CustomerNameTaken():
            return Ending(Outcome.PARKED, State.PARKED, error.detail, error.next_step(), error=error)
        case Rejected() if not isinstance(error, ZohoConflict):
            return Ending(Outcome.REFUSED, State.REFUSED, error.detail, error.next_step(), error=error)
        case _:
            return Ending(Outcome.FAILED, State.FAILED, error.detail, error.next_step(), error=error)


@dataclass(frozen=True)
class Recorder:
    """Writes endings: the row, the attempt, the record, the log and the mirror, all or nothing."""

    engine: Engine
    shape: Shape
    run_id: str

    def record(
        self, row: Row, decision: Create | Update | Open, attempt_id: int, ending: Ending, duration_ms: int
    ) -> Ending:
        """Commit the ending; it turns into a parked one when the row was linked to another object meanwhile."""
        with self.engine.begin() as connection:
            if ending.made is not None and not write_link(connection, row.entity, row.id, ending.made.zoho_id):
                ending = Ending(
                    Outcome.PARKED,
                    State.PARKED,
                    f"object {ending.made.zoho_id} was made for it, but the row was linked to another one meanwhile",
                    "Delete one of the two in Zoho, and link the row to the other.",
                    sent=ending.sent,
                )
            self._write(connection, row, decision, attempt_id, ending, duration_ms)
        return ending

    def _write(
        self, connection: Connection, row: Row, decision: Create | Update | Open, attempt_id: int, ending: Ending,
        duration_ms: int,
    ) -> None:  # fmt: skip
        zoho_id = ending.made.zoho_id if ending.made else None
        if ending.taken_back is not None:
            remove_link(connection, row.entity, row.id, ending.taken_back)
            forget(connection, row.entity, ending.taken_back)
        error = None if ending.state is State.SYNCED else ending.reason
        status = ending.state.sync_status
        if status is not None and ending.state is not State.SYNCED:
            write_status(connection, row.entity, [row.id], status, error, linked=zoho_id or row.sync.zoho_id)
        response = redacted(asdict(ending.made)) if ending.made else None
        end_attempt(
            connection,
            attempt_id,
            ending.outcome.value if ending.state is not State.IN_DOUBT else State.IN_DOUBT.value,
            zoho_id=zoho_id,
            duration_ms=duration_ms,
            message=error,
            response=_plain(response),
            **_numbers(ending.error),
        )
        verdict = Verdict(
            row.id, ending.state, row.sync.source_hash, ending.reason, ending.advice,
            _judged_content(decision, ending), zoho_id or read_link(connection, row.entity, row.id),
        )  # fmt: skip
        save_verdicts(connection, row.entity, [verdict])
        if ending.state is State.IN_DOUBT:
            _start_doubt(connection, row)
        write_log(
            connection,
            self.shape,
            SyncLog(
                entity=row.entity,
                row_id=row.id,
                zoho_id=zoho_id,
                succeeded=ending.state is State.SYNCED,
                attempt_number=_number(connection, row),
                error=error,
                request=redacted(decision.mapped.payload),
                response=response,
                duration_ms=duration_ms,
                cause=type(ending.error).__name__ if ending.error else None,
                run_id=self.run_id,
            ),
        )
        if ending.made is not None:
            store(connection, row.entity, [ending.made])
        if ending.sent is not None:
            lower_balances(connection, ending.sent.applied)

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


def _judged_content(decision: Create | Update | Open, ending: Ending) -> str | None:
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
