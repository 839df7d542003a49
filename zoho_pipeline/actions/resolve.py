"""Saying that nothing is to be done with a row that did not go, until its content changes. Audited."""

from sqlalchemy import Connection

from zoho_pipeline.actions.opening import Done, Environ, checked_id, named, note, opened, row_of
from zoho_pipeline.circletel.links import lock_row
from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.recovery.standing import Standing, standing_of
from zoho_pipeline.states import State
from zoho_pipeline.sync.outcomes import Conclusion, write_conclusions

RESOLVABLE = (State.FAILED, State.PARKED, State.REFUSED, State.BLOCKED, State.AWAITED, State.RESOLVED)
ADVICE = "Nothing, until its content changes in CircleTel; `zoho-pipeline retry` takes it up again."


class NotResolved(Foreseen):
    """The row is not in a state that a person can end."""


def resolve(entity: Entity, row_id: str, by: str, why: str, environ: Environ) -> Standing:
    """Resolve it; nothing is sent. Returns how the row stood before.

    Raises:
        NobodyNamed, NoSuchRow: when nobody is named, or there is no such row.
        NotResolved: without a reason, or when the row is under way, in doubt, or in Zoho as it should be.
    """
    by = named(by)
    if not why.strip():
        raise NotResolved("Nothing was resolved: say why (--why); it is kept, and shown with the row.")
    with opened("resolve a row", environ) as at, at.engine.begin() as connection:
        lock_row(connection, entity, checked_id(entity, row_id))
        row = row_of(connection, entity, at.shape, row_id)
        (before,) = standing_of(connection, entity, at.shape, [row.id])
        _must_be_resolvable(before)
        _write(connection, at.shape, row, why.strip())
        details = {"why": why.strip(), "state": before.state, "cause": before.cause, "reason": before.reason}
        note(
            connection, "resolve", by, entity, [Done(row.id, {name: value for name, value in details.items() if value})]
        )
    return before


def _write(connection: Connection, shape: Shape, row: Row, why: str) -> None:
    reason = f"resolved by a person: {why}"
    conclusion = Conclusion.of(row, State.RESOLVED, problem=reason, reason=reason, advice=ADVICE)
    write_conclusions(connection, row.entity, shape, [conclusion], "by hand", log=False)


def _must_be_resolvable(row: Standing) -> None:
    said = f"{row.name} was not resolved: "
    if row.being_sent or row.state is State.SENDING:
        raise NotResolved(f"{said}it is being sent at this moment. See how that ends.")
    if row.state is State.IN_DOUBT:
        raise NotResolved(
            f"{said}a send of it ended without an answer, so it may be in Zoho. It is looked for by itself; "
            "`zoho-pipeline reset-stuck` looks at once."
        )
    if row.state not in RESOLVABLE:
        state = f"it is {row.state}: {row.state.next}" if row.state else "it was never looked at"
        raise NotResolved(f"{said}{state}.")
