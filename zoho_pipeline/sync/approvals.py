"""What a person has to approve before it is done in Zoho: listed, approved by somebody, then done or void. Audited."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from zoho_pipeline.entities import Entity
from zoho_pipeline.sync.tables import approvals


class Action(StrEnum):
    """What can be approved."""

    CANCEL = "cancel"
    PUSH = "push"


@dataclass(frozen=True)
class Listed:
    """Something to be approved, as it stands now."""

    row_id: str
    zoho_id: str
    source_hash: str
    shown: dict[str, Any]


@dataclass(frozen=True)
class Approval:
    """One entry: waiting for a person, waiting to be carried out, or done."""

    id: int
    action: Action
    entity: Entity
    row_id: str
    zoho_id: str
    source_hash: str
    shown: dict[str, Any]
    listed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    done_at: datetime | None
    outcome: str | None


def open_approvals(connection: Connection, action: Action, entity: Entity) -> list[Approval]:
    """Those that wait for a person or to be carried out, the oldest first."""
    of = approvals.c
    return _read(connection, of.action == action.value, of.entity == entity.value, of.done_at.is_(None))


def approvals_of(connection: Connection, ids: Collection[int]) -> list[Approval]:
    """Those of these ids that exist, done or not."""
    return _read(connection, approvals.c.id.in_(ids))


def list_for_approval(connection: Connection, action: Action, entity: Entity, found: Sequence[Listed]) -> None:
    """Enter them; a row of which one is open already gets no second."""
    if not found:
        return
    common = {"action": action.value, "entity": entity.value}
    values = [common | entry.__dict__ for entry in found]
    connection.execute(insert(approvals).on_conflict_do_nothing(), values)


def approve(connection: Connection, ids: Collection[int], by: str) -> set[int]:
    """Note who approved them; returns those that were still waiting for it."""
    of = approvals.c
    statement = (
        update(approvals)
        .where(of.id.in_(ids), of.approved_at.is_(None), of.done_at.is_(None))
        .values(approved_by=by, approved_at=func.clock_timestamp())
        .returning(of.id)
    )
    return set(connection.execute(statement).scalars())


def conclude(connection: Connection, ids: Collection[int], outcome: str) -> None:
    """Close them; what is closed already stays as it was."""
    of = approvals.c
    statement = update(approvals).where(of.id.in_(ids), of.done_at.is_(None))
    connection.execute(statement.values(done_at=func.clock_timestamp(), outcome=outcome))


def _read(connection: Connection, *conditions: Any) -> list[Approval]:
    query = select(approvals).where(*conditions).order_by(approvals.c.id)
    return [
        Approval(**{**row, "action": Action(row["action"]), "entity": Entity(row["entity"])})
        for row in connection.execute(query).mappings()
    ]
