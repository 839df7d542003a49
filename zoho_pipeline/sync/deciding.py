"""From a row, what is known of it, and what is in Zoho, to a decision. Pure; the same order for every kind."""

from collections.abc import Callable, Collection

from zoho_pipeline.calendar import Month
from zoho_pipeline.causes import Cause
from zoho_pipeline.circletel.rows import Invoice, Payment, Row
from zoho_pipeline.clock import local_date, shown
from zoho_pipeline.entities import Change
from zoho_pipeline.mapping.mapped import Unmappable
from zoho_pipeline.settings import SyncSettings
from zoho_pipeline.states import State
from zoho_pipeline.sync.apps_hands import Moment, in_the_apps_hands
from zoho_pipeline.sync.decisions import (
    Adopt,
    After,
    Create,
    Decision,
    Hold,
    Instead,
    Keep,
    Open,
    Record,
    Update,
)
from zoho_pipeline.sync.matching import Ambiguous, Found, Match

LOOKS_BEFORE_SENDING_AGAIN = 2
"""Complete listings, each begun after settling, that must not show an object in doubt before it is sent again."""


NO_LONGER_ELIGIBLE = Hold(
    State.BLOCKED,
    "a send of it ended without an answer, Zoho never showed the object, and by now the row is not eligible",
    "Nothing to do: it goes if CircleTel makes it eligible again.",
)


def decide_unlinked(
    row: Row, record: Record, moment: Moment, find: Callable[[], Match], plan: Callable[[], Create]
) -> Decision:
    """Leave it, adopt what is there, hold it back, or create it."""
    if record.being_sent:
        return Hold(State.SENDING, "another run is sending it at this moment", "Nothing to do.")
    if in_the_apps_hands(row, record, moment):
        return Hold(
            State.WAITING, "CircleTel's app may be pushing it at this moment", "Nothing to do: the next run looks."
        )
    if resolved := _resolved(row, record):
        return resolved
    if not row.sync.eligible:
        return unless_held(lambda: _settled(find(), record) or NO_LONGER_ELIGIBLE)
    return unless_held(
        lambda: _settled(find(), record) or not_to_be_tried(row, record, moment) or _creation(row, record, plan)
    )


def unless_held(decide: Callable[[], Decision]) -> Decision:
    """The decision, or the hold that stands in its way."""
    try:
        return decide()
    except Unmappable as refusal:
        return Hold(State.REFUSED, refusal.reason, refusal.advice)
    except Instead as instead:
        return instead.decision


def decide_linked(
    row: Row,
    record: Record,
    moment: Moment,
    change: Callable[[], Update | Open | Hold | None],
    unfinished: bool = False,
) -> Decision:
    """Keep it, or bring its content up to date; `change` says how this kind does that.

    `unfinished` says that its object in Zoho lacks a step, whether or not the row has changed. A row that somebody has
    linked since we last looked is taken as it is, like one that was linked when it was first seen.
    """
    if record.being_sent:
        return Hold(State.SENDING, "another run is sending it at this moment", "Nothing to do.")
    if not row.sync.eligible:
        return Keep(record.fingerprint)
    linked_by_others = record.zoho_id != row.sync.zoho_id
    if not unfinished and (linked_by_others or _content_stands(row, record)):
        return Keep(record.fingerprint)
    if resolved := _resolved(row, record):
        return resolved
    if record.state is State.PARKED and record.source_hash == row.sync.source_hash and not linked_by_others:
        return Hold(State.PARKED, record.reason or "a person decides", record.advice or "", record.fingerprint)
    if held := not_to_be_tried(row, record, moment):
        return held
    try:
        changed = change()
    except Unmappable as refusal:
        return Hold(State.REFUSED, f"its change cannot be sent: {refusal.reason}", refusal.advice)
    except Instead as instead:
        return instead.decision
    if isinstance(changed, Update):
        if changed.mapped.fingerprint == record.fingerprint and record.state is State.SYNCED:
            return Keep(record.fingerprint)
        return refused_before(row, record, changed.mapped.fingerprint) or changed
    return changed or Keep(record.fingerprint)


def unless_switched_off(decision: Decision, change: Change, settings: SyncSettings) -> Decision:
    """The decision, or a hold in place of an update that ZOHO_CHANGES leaves out."""
    if not isinstance(decision, Update) or change in settings.changes:
        return decision
    return Hold(
        State.BLOCKED,
        f"its content changed in CircleTel, and ZOHO_CHANGES leaves {change} out",
        f"Change it in Zoho by hand, or add {change} to ZOHO_CHANGES: then the next run sends it.",
    )


def unless_signed(decision: Decision, row: Row, closed: Collection[Month], first: Month) -> Decision:
    """The decision, or a hold in place of one that writes a document into a month that finance has signed.

    `first` is the first month, which also holds all that is older.
    """
    if not closed or not isinstance(row, Invoice | Payment) or not isinstance(decision, Create | Update | Open | After):
        return decision
    month = max(first, Month.of(row.invoice_date if isinstance(row, Invoice) else local_date(row.paid_at)))
    if month not in closed:
        return decision
    return Hold(
        State.BLOCKED,
        f"it is dated in {month}, which finance has signed",
        f"Date it in an open month, or have {month} reopened (`zoho-pipeline reconcile reopen {month}`).",
    )


def _content_stands(row: Row, record: Record) -> bool:
    """Whether nothing has to be compared: first seen when already linked, or unchanged since it was synced."""
    if not record.known or record.source_hash is None:
        return True
    return record.source_hash == row.sync.source_hash and record.state is State.SYNCED


def _resolved(row: Row, record: Record) -> Hold | None:
    """A person has said that nothing is to be done with the row as it is."""
    as_it_was = (record.source_hash, record.zoho_id) == (row.sync.source_hash, row.sync.zoho_id)
    if record.state is not State.RESOLVED or not as_it_was:
        return None
    return Hold(State.RESOLVED, record.reason or "resolved", record.advice or "", record.fingerprint)


_STANDING = (State.REFUSED, State.PARKED, State.RESOLVED)
NOT_JUDGED = ""
"""A fingerprint that no content has: the verdict is not about what was sent, so it stands in nothing's way."""


def refused_before(row: Row, record: Record, fingerprint: str) -> Hold | None:
    """The standing verdict on this very content of a row linked as it is: it is not sent again until that changes."""
    known, now = (record.fingerprint, record.source_hash, record.zoho_id), row.sync
    if record.state not in _STANDING or known != (fingerprint, now.source_hash, now.zoho_id):
        return None
    return Hold(record.state, record.reason or "refused by Zoho", record.advice or "", record.fingerprint)


def _adoption(match: Match) -> Decision | None:
    match match:
        case Found(zoho_id, by, by_content):
            return Adopt(zoho_id, by, fingerprint=None, by_content=by_content)
        case Ambiguous(reason):
            advice = "Compare both in Zoho, mend or merge there, and link the row to the right one."
            return Hold(State.PARKED, reason, advice, NOT_JUDGED)
        case None:
            return None
    raise AssertionError(f"{match} must have been cleared up before")


DOUBT = Hold(
    State.IN_DOUBT,
    "a send ended without an answer, and Zoho does not show the object so far",
    "Nothing to do: it is looked for again before anybody sends it.",
)


def in_doubt(record: Record) -> Hold | None:
    """The doubt, as long as Zoho has not been looked at often enough."""
    is_doubted = record.state is State.IN_DOUBT and record.doubt_looks < LOOKS_BEFORE_SENDING_AGAIN
    return DOUBT if is_doubted else None


def _settled(match: Match, record: Record) -> Decision | None:
    """Adopted, in doubt, or left to a person: what only looks alike ends no doubt, for that would be forgotten then."""
    adoption = _adoption(match)
    return adoption if isinstance(adoption, Adopt) else in_doubt(record) or adoption


def not_to_be_tried(row: Row, record: Record, moment: Moment) -> Hold | None:
    """A failed row whose retry is not due, and one whose answers are lost again and again; unless it has changed."""
    if (record.source_hash, record.zoho_id) != (row.sync.source_hash, row.sync.zoho_id):
        return None
    if record.state is State.FAILED and record.retry_at is not None and record.retry_at > moment.now:
        advice = f"Nothing to do: it goes again at {shown(record.retry_at)}; `zoho-pipeline retry` sends it at once."
        return Hold(State.FAILED, record.reason or "it failed", advice, record.fingerprint)
    if record.state is State.IN_DOUBT and record.tries > moment.most_retries:
        reason = f"it never arrived in Zoho, and was tried {record.tries} times: {record.reason}"
        return Hold(State.PARKED, reason, Cause.ZOHO_ERROR.advice, record.fingerprint, Cause.ZOHO_ERROR)
    return None


def _creation(row: Row, record: Record, plan: Callable[[], Create]) -> Decision:
    create = plan()
    return refused_before(row, record, create.mapped.fingerprint) or create
