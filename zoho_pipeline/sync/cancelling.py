"""Cancelling what a person has approved: through the sender, with a trace, a look at Zoho first, and a ceiling."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from zoho_pipeline.circletel.reading import load
from zoho_pipeline.circletel.shape import Shape
from zoho_pipeline.circletel.sync_columns import mark_linked_as_synced
from zoho_pipeline.entities import Change, Entity
from zoho_pipeline.states import State
from zoho_pipeline.sync.approvals import Action, Approval, Listed, conclude, list_for_approval, open_approvals
from zoho_pipeline.sync.attempts import end_abandoned
from zoho_pipeline.sync.cancellable import Cancellable, read_cancellable
from zoho_pipeline.sync.ceilings import read_spent
from zoho_pipeline.sync.decisions import Cancel
from zoho_pipeline.sync.endings import Ending
from zoho_pipeline.sync.sending import Sendable, Sender

VOID = "void: the service or its link has changed in CircleTel since this was shown"
ENDED_ALREADY = "it has ended in Zoho"
CANCELLED = "cancelled"


@dataclass(frozen=True)
class Sorted:
    """How the open entries stand beside what is true now."""

    approved: list[Approval] = field(default_factory=list)
    waiting: list[Approval] = field(default_factory=list)
    """For a person."""
    void: list[Approval] = field(default_factory=list)
    ended: list[Approval] = field(default_factory=list)
    """Zoho bills no more, whoever saw to that."""
    unlisted: list[Cancellable] = field(default_factory=list)


def sort_out(entries: Collection[Approval], standing: Collection[Cancellable]) -> Sorted:
    """Pure: which entries still hold, and what is not listed yet."""
    now = {found.row_id: found for found in standing}
    found = Sorted()
    for entry in entries:
        row = now.get(entry.row_id)
        if row is None or row.source_hash != entry.source_hash:
            found.void.append(entry)
        elif not row.billed:
            found.ended.append(entry)
        else:
            (found.approved if entry.approved_at else found.waiting).append(entry)
    held = {entry.row_id for entry in (*found.approved, *found.waiting)}
    found.unlisted.extend(row for row in standing if row.billed and row.row_id not in held)
    return found


def look(connection: Connection, shape: Shape) -> Sorted:
    """How things stand; reads only, and costs no call."""
    entries = open_approvals(connection, Action.CANCEL, Entity.SUBSCRIPTIONS)
    return sort_out(entries, read_cancellable(connection, shape, [entry.row_id for entry in entries]))


def refresh(connection: Connection, shape: Shape) -> list[Approval]:
    """Bring the list up to date: void what has changed, close what has ended, add what is new. Returns what is open."""
    found = look(connection, shape)
    conclude(connection, [entry.id for entry in found.void], VOID)
    _close_ended(connection, found.ended, ENDED_ALREADY)
    new = [Listed(row.row_id, row.zoho_id, row.source_hash, row.shown) for row in found.unlisted]
    list_for_approval(connection, Action.CANCEL, Entity.SUBSCRIPTIONS, new)
    return open_approvals(connection, Action.CANCEL, Entity.SUBSCRIPTIONS)


def send_approved(sender: Sender, *, dry_run: bool) -> None:
    """Cancel what is approved and still as it was shown; what cannot go now stays approved for the next run.

    Raises:
        ZohoError: when Zoho cannot be used at all; nothing is lost by it.
    """
    if dry_run:
        with sender.engine.connect() as connection:
            found = look(connection, sender.shape)
        _foretell(sender, found)
        return
    with sender.engine.begin() as connection:
        end_abandoned(connection, Entity.SUBSCRIPTIONS)
        entries = refresh(connection, sender.shape)
    approved = [entry for entry in entries if entry.approved_at]
    if waiting := len(entries) - len(approved):
        sender.log(_waiting(waiting))
    if Change.CANCELLATIONS not in sender.settings.changes:
        approved = _left_undone(sender, approved)
    _send(sender, _within_ceiling(sender, approved))
    if sender.stopped is not None and sender.stopped.fault is not None:
        raise sender.stopped.fault


def _foretell(sender: Sender, found: Sorted) -> None:
    allowed = found.approved
    if Change.CANCELLATIONS not in sender.settings.changes:
        allowed = _left_undone(sender, allowed)
    for entry in allowed:
        sender.log(f"Dry run: would cancel subscription {entry.row_id} ({_account(entry)}), as approved.")
    if waiting := len(found.waiting) + len(found.unlisted):
        sender.log(_waiting(waiting))


def _left_undone(sender: Sender, approved: Collection[Approval]) -> list[Approval]:
    if approved:
        sender.log(
            f"{_counted(len(approved), 'approved cancellation')} left undone: ZOHO_CHANGES leaves cancellations out. "
            "Add it there, and the next run sends them; or cancel in Zoho by hand."
        )
    return []


def _within_ceiling(sender: Sender, approved: list[Approval]) -> list[Approval]:
    """Those that the day still allows; cut here, for the sender's own ceiling stops whatever else a run has to do."""
    if sender.confirmed or not approved:
        return approved
    with sender.engine.connect() as connection:
        spent = read_spent(connection).cancellations
    left = max(sender.settings.max_cancellations_per_day - spent, 0)
    if more := len(approved[left:]):
        sender.log(
            f"{_counted(more, 'approved cancellation')} waiting: the ceiling of "
            f"{sender.settings.max_cancellations_per_day} a day (ZOHO_MAX_CANCELLATIONS_PER_DAY) is reached. Look at "
            "what was cancelled; they go tomorrow, or now with confirmation."
        )
    return approved[:left]


def _send(sender: Sender, approved: Collection[Approval]) -> None:
    by_row = {entry.row_id: entry for entry in approved}
    with sender.engine.connect() as connection:
        rows = load(connection, Entity.SUBSCRIPTIONS, sender.shape, list(by_row))
    wanted = [
        Sendable(row, Cancel(by_row[row_id].zoho_id), None) for row_id, row in rows.items() if not row.sync.eligible
    ]
    for row, ending in sender.send(Entity.SUBSCRIPTIONS, wanted):
        entry = by_row[row.id]
        with sender.engine.begin() as connection:
            _note(connection, entry, ending)
        if ending.state is not State.SYNCED:
            sender.log(f"Subscription {row.id} ({_account(entry)}) was not cancelled: {ending.reason} {ending.advice}")


def _note(connection: Connection, entry: Approval, ending: Ending) -> None:
    """Done, refused or unclear to a person: closed. Failed or in doubt: it stays approved, and the next run looks."""
    if ending.state is State.SYNCED:
        _close_ended(connection, [entry], CANCELLED)
    elif ending.state in (State.REFUSED, State.PARKED):
        conclude(connection, [entry.id], f"{ending.state}: {ending.reason}")


_OVER = text("""
    UPDATE zoho_pipeline.sync_records
    SET state = 'not_eligible', reason = 'its service was cancelled', changed_at = now()
    WHERE entity = 'subscriptions' AND row_id = ANY(CAST(:ids AS uuid[]))
""")


def _close_ended(connection: Connection, entries: Collection[Approval], outcome: str) -> None:
    """Close them; should CircleTel take the service up again, its row is looked at anew and not taken for synced."""
    ids = [entry.row_id for entry in entries]
    conclude(connection, [entry.id for entry in entries], outcome)
    connection.execute(_OVER, {"ids": ids})
    mark_linked_as_synced(connection, Entity.SUBSCRIPTIONS, ids)


def _waiting(number: int) -> str:
    return (
        f"{_counted(number, 'cancelled service')} still billed by Zoho, waiting for approval: see "
        "`zoho-pipeline cancellations list`."
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what} is" if number == 1 else f"{number} {what}s are"


def _account(entry: Approval) -> str:
    return f"account {entry.shown.get('account')}"
