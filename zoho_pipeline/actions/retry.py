"""Trying rows again at once that failed, were parked or refused. Audited in zoho_pipeline.actions."""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import Connection, text

from zoho_pipeline.actions.backfill import BackfillRequest, Log, Paused, backfill
from zoho_pipeline.actions.opening import Environ, Opened, checked_id, named, no_such_row, opened
from zoho_pipeline.causes import Cause
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import guard_zoho
from zoho_pipeline.recovery.standing import Standing, failed_rows, standing_of
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.states import State
from zoho_pipeline.sync.results import PartitionResult

FAILED = (State.FAILED, State.PARKED, State.REFUSED)
"""What retrying starts anew; a row in doubt never is, for it may be in Zoho: the run looks it up."""


class NotToBeRetried(Foreseen):
    """Trying the row again cannot bring it into Zoho."""


@dataclass(frozen=True)
class Choice:
    """Which rows are to be tried again: those of the ids, else all of these kinds that failed and fit."""

    entities: Collection[Entity] = PARENTS_FIRST
    ids: Collection[str] = ()
    """Of one kind; a row that a person has resolved is tried again too."""
    cause: Cause | None = None
    older_than: timedelta | None = None
    """Last tried longer ago than this (or first seen, where it was never sent)."""


@dataclass(frozen=True)
class Retried:
    """What was tried again, and how it stands afterwards.

    Attributes:
        dry_run: nothing was changed or sent.
        rows: as they stood before.
        after: as they stand now, by kind and id; empty after a dry run.
        results: the run's, of the months that hold the rows.
    """

    dry_run: bool
    rows: Sequence[Standing]
    after: dict[tuple[Entity, str], Standing] = field(default_factory=dict)
    results: Sequence[PartitionResult] = ()


@dataclass(frozen=True)
class Begun:
    """Rows that were started anew, as they stood before; after a dry run nothing was."""

    dry_run: bool
    rows: Sequence[Standing]


def retry(choice: Choice, by: str, environ: Environ, log: Log, *, dry_run: bool = False) -> Retried:
    """Start the rows anew, and send them at once, before bulk work. With ZOHO_WRITES off it is a dry run.

    Raises:
        NoSuchRow, NotToBeRetried: of a row that was named.
        Foreseen: as a backfill does; rows that it did not reach wait for the next run.
    """
    begun = begin(choice, by, environ, log, dry_run=dry_run)
    if begun.dry_run or not begun.rows:
        return Retried(begun.dry_run, begun.rows)
    results = list(backfill(request_for(begun.rows, by), environ, log))
    return Retried(False, begun.rows, standing_after(begun.rows, environ), results)


def begin(choice: Choice, by: str, environ: Environ, log: Log, *, dry_run: bool = False) -> Begun:
    """Start the rows anew, audited, and send nothing: for whoever has them sent by a run of its own.

    Raises:
        NoSuchRow, NotToBeRetried, Foreseen: as `retry` does.
    """
    by = named(by)
    with opened("retry rows", environ) as at:
        if at.sync.paused:
            raise Paused("The pipeline is paused (ZOHO_PAUSED is on): nothing was retried. Switch it off to go on.")
        if not at.sync.writes and not dry_run:
            log("ZOHO_WRITES is off, so this is a dry run: nothing is sent to Zoho, and no row is changed.")
            dry_run = True
        rows = _chosen(at, choice)
        if dry_run or not rows:
            return Begun(dry_run, rows)
        guard_zoho(at.sync, ZohoSettings.load(environ))
        states = (*FAILED, State.RESOLVED) if choice.ids else FAILED
        with at.engine.begin() as connection:
            _start_anew(connection, rows, states, by)
        return Begun(False, rows)


def standing_after(rows: Sequence[Standing], environ: Environ) -> dict[tuple[Entity, str], Standing]:
    """How rows stand now, by kind and id.

    Raises:
        Foreseen: when the database cannot be used.
    """
    with opened("see how rows stand", environ) as at, at.engine.connect() as connection:
        return standings_now(connection, at.shape, rows)


def request_for(rows: Collection[Standing], by: str) -> BackfillRequest:
    """An urgent run for exactly these rows."""
    only: defaultdict[Entity, set[str]] = defaultdict(set)
    for row in rows:
        only[row.entity].add(row.row_id)
    ids = {entity: frozenset(found) for entity, found in only.items()}
    return BackfillRequest(frozenset(ids), (), str(uuid.uuid4()), by, urgent=True, only=ids)


def _chosen(at: Opened, choice: Choice) -> list[Standing]:
    with at.engine.connect() as connection:
        if choice.ids:
            (entity,) = choice.entities
            return [_to_be_retried(connection, at.shape, entity, row_id) for row_id in choice.ids]
        return [
            row
            for entity in PARENTS_FIRST
            if entity in choice.entities
            for row in failed_rows(connection, entity, at.shape, FAILED, choice.cause, choice.older_than)
        ]


def _to_be_retried(connection: Connection, shape: Shape, entity: Entity, row_id: str) -> Standing:
    found = standing_of(connection, entity, shape, [checked_id(entity, row_id)])
    if not found:
        raise no_such_row(entity, row_id)
    (row,) = found
    if not row.eligible and row.state is not State.IN_DOUBT:
        raise NotToBeRetried(
            f"{row.name} does not belong into Zoho by CircleTel's rules (it is withdrawn, inactive, internal, or of a "
            "type that Zoho raises itself), so it was not retried: change it in CircleTel if it should go."
        )
    return replace(row, row_id=checked_id(entity, row_id))


_START_ANEW = text("""
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(entity text, row_id uuid)
    ), before AS MATERIALIZED (
        SELECT r.entity, r.row_id, r.state, r.cause, r.tries FROM zoho_pipeline.sync_records r
        JOIN given USING (entity, row_id) WHERE r.state = ANY(:states) ORDER BY r.entity, r.row_id FOR UPDATE OF r
    ), anew AS (
        UPDATE zoho_pipeline.sync_records r SET state = 'waiting', tries = 0, retry_at = NULL
        FROM before b WHERE (r.entity, r.row_id) = (b.entity, b.row_id)
    )
    INSERT INTO zoho_pipeline.actions ("by", action, entity, row_id, details)
    SELECT :by, 'retry', entity, row_id,
           jsonb_strip_nulls(jsonb_build_object('state', b.state, 'cause', b.cause, 'tries', b.tries))
    FROM given LEFT JOIN before b USING (entity, row_id)
""")


def _start_anew(connection: Connection, rows: Sequence[Standing], states: Sequence[State], by: str) -> None:
    """One statement: a row that is being sent by now, or in doubt, stays as it is."""
    given = json.dumps([{"entity": row.entity.value, "row_id": row.row_id} for row in rows])
    connection.execute(_START_ANEW, {"rows": given, "states": [state.value for state in states], "by": by})


def standings_now(connection: Connection, shape: Shape, rows: Sequence[Standing]) -> dict[tuple[Entity, str], Standing]:
    return {
        (entity, row.row_id): row
        for entity in PARENTS_FIRST
        if (ids := [row.row_id for row in rows if row.entity is entity])
        for row in standing_of(connection, entity, shape, ids)
    }
