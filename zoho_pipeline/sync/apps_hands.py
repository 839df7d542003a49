"""What CircleTel's app does beside us: rows that it may be pushing, and what it may have made of them. Pure.

No lock binds the app. It marks a row `syncing`, calls Zoho, then writes the link, or `failed`; it may die or lose an
answer in between, so either status may hide an object in Zoho.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from zoho_pipeline.circletel.rows import Row
from zoho_pipeline.states import State, SyncStatus
from zoho_pipeline.sync.decisions import Record

_OURS = (State.SENDING, State.IN_DOUBT)
_LEFT_AS_FAILED = (State.FAILED, State.REFUSED, State.PARKED, State.RESOLVED)
"""States beside which the status `failed` is our own."""


@dataclass(frozen=True)
class Moment:
    """When the decision is made (UTC), how many seconds rows are left to CircleTel's app, how often one is retried."""

    now: datetime
    app_grace_seconds: int
    most_retries: int = 3

    @property
    def grace(self) -> timedelta:
        """How long rows are left to the app."""
        return timedelta(seconds=self.app_grace_seconds)


def in_the_apps_hands(row: Row, record: Record, moment: Moment) -> bool:
    """Whether CircleTel's app may be pushing the row right now: no lock binds it, so it is left alone for a while."""
    if row.sync.sync_status is SyncStatus.SYNCING and record.state not in _OURS:
        dated = row.sync.touched_at if _status_is_dated(row) else None
        return _younger(dated or record.app_syncing_since, moment)
    if record.attempts or _last_touched_by_us(row, record):
        return False
    return _younger(row.sync.touched_at or record.first_seen_at, moment)


def app_settled_at(row: Row, record: Record, moment: Moment, run_began: datetime) -> datetime | None:
    """Since when Zoho's lists show what the app has made of the row, if anything; None where it never had it in hand.

    Before such a row is made, Zoho must have been listed after that moment (UTC).
    """
    if row.sync.zoho_id is not None or not _was_in_the_apps_hands(row, record):
        return None
    if _status_is_dated(row) and row.sync.touched_at is not None:
        return min(row.sync.touched_at + moment.grace, moment.now)
    return run_began


def _was_in_the_apps_hands(row: Row, record: Record) -> bool:
    match row.sync.sync_status:
        case SyncStatus.SYNCING | SyncStatus.RETRYING:
            return record.state not in _OURS
        case SyncStatus.FAILED:
            ours = record.known and record.state in _LEFT_AS_FAILED
            return not ours or (_status_is_dated(row) and not _last_touched_by_us(row, record))
        case _:
            return False


def _last_touched_by_us(row: Row, record: Record) -> bool:
    """Whether the row's latest change is our own verdict on it."""
    if record.changed_at is None or row.sync.touched_at is None or record.state is State.WAITING:
        return False
    return record.changed_at >= row.sync.touched_at


def _status_is_dated(row: Row) -> bool:
    """Whether a change of status moves the row's updated_at: on services and invoices nothing does."""
    return row.entity in ("customers", "payments")


def _younger(since: datetime | None, moment: Moment) -> bool:
    if moment.app_grace_seconds == 0:
        return False
    return since is None or moment.now - since < moment.grace
