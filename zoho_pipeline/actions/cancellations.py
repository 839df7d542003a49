"""Cancelling subscriptions: a person sees the list, approves entries of it, and they are sent. Audited in approvals."""

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from zoho_pipeline.actions.backfill import BackfillRequest, Log, backfill
from zoho_pipeline.circletel.shape import Shape, read_shape
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import guard_database
from zoho_pipeline.settings import DatabaseSettings, SyncSettings
from zoho_pipeline.store.database import open_engine, telling_of_outages
from zoho_pipeline.store.migrate import require_current
from zoho_pipeline.sync import approvals
from zoho_pipeline.sync.approvals import Approval, approvals_of
from zoho_pipeline.sync.cancelling import refresh


class NotApproved(Foreseen):
    """An approval that names nobody, or something that is not waiting for it."""


def listed(environ: dict[str, str] | None) -> list[Approval]:
    """Cancelled services that Zoho goes on billing, with who approved what so far. Costs no call.

    Raises:
        Foreseen: when the settings, the database or its schema do not allow to look.
    """
    with _at_work("list cancellations", environ) as (connection, shape):
        return refresh(connection, shape)


def approve(ids: Collection[int], by: str, environ: dict[str, str] | None) -> list[Approval]:
    """Approve these entries of the list, all or none; nothing is sent yet.

    Raises:
        NotApproved: when nobody is named, or an entry is unknown, approved or done already, or void by now.
    """
    if not by.strip():
        raise NotApproved("An approval needs a name: say who approves it (--by).")
    with _at_work("approve cancellations", environ) as (connection, shape):
        refresh(connection, shape)
    with _at_work("approve cancellations", environ) as (connection, _):
        missed = set(ids) - approvals.approve(connection, ids, by.strip())
        if missed:
            raise NotApproved(f"Nothing was approved: {_why_not(connection, min(missed))}")
        return approvals_of(connection, ids)


def send(by: str, environ: dict[str, str] | None, log: Log, *, dry_run: bool, confirmed: bool) -> list[Approval]:
    """Carry out what is approved: a run of subscriptions over no month. Returns how each entry stands afterwards.

    Raises:
        Foreseen: as a backfill does; what could not be sent stays approved.
    """
    before = [entry.id for entry in listed(environ) if entry.approved_at]
    request = BackfillRequest(
        frozenset({Entity.SUBSCRIPTIONS}), (), str(uuid.uuid4()), by, dry_run=dry_run, confirmed=confirmed, urgent=True
    )
    list(backfill(request, environ, log))
    with _at_work("read cancellations", environ) as (connection, _):
        return approvals_of(connection, before)


def _why_not(connection: Connection, missed: int) -> str:
    entry = next(iter(approvals_of(connection, [missed])), None)
    again = "see `zoho-pipeline cancellations list`."
    if entry is None:
        return f"there is no cancellation {missed}; {again}"
    if entry.done_at is not None:
        return f"cancellation {missed} is closed ({entry.outcome}); {again}"
    return f"cancellation {missed} was approved by {entry.approved_by} already."


@contextmanager
def _at_work(attempted: str, environ: dict[str, str] | None) -> Iterator[tuple[Connection, Shape]]:
    """A transaction on the checked database."""
    sync = SyncSettings.load(environ)
    engine = open_engine(DatabaseSettings.load(environ), connections=1)
    try:
        with telling_of_outages(engine, attempted), engine.begin() as connection:
            guard_database(sync, connection)
            require_current(connection)
            yield connection, read_shape(connection)
    finally:
        engine.dispose()
