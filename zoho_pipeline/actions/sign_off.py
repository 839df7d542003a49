"""Signing a month off: prepared, approved, reopened, and looked over. Everybody signs in; the trail is the audit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from zoho_pipeline.actions.backfill import open_months
from zoho_pipeline.actions.opening import Environ, Opened, opened
from zoho_pipeline.calendar import Month
from zoho_pipeline.clock import Clock, SystemClock, local_date
from zoho_pipeline.people.person import Person, Role
from zoho_pipeline.people.register import find
from zoho_pipeline.people.signing_in import Credentials, sign_in
from zoho_pipeline.reconciliation.closing import signing
from zoho_pipeline.reconciliation.closing.chain import Entry, Head
from zoho_pipeline.reconciliation.closing.notes import add_note
from zoho_pipeline.reconciliation.closing.prior import PriorPeriodItem
from zoho_pipeline.reconciliation.closing.prior_period import prior_period_items
from zoho_pipeline.reconciliation.closing.signing import Terms, one_moment
from zoho_pipeline.reconciliation.closing.states import Standing
from zoho_pipeline.reconciliation.closing.trail import head_after, read_trail
from zoho_pipeline.reconciliation.closing.verifying import Verified
from zoho_pipeline.reconciliation.closing.verifying import verify as look_over
from zoho_pipeline.reconciliation.settings import ReconciliationSettings

NOTING = (Role.PREPARER, Role.APPROVER, Role.ADMIN)
"""Who may say what is known of an item."""


@dataclass(frozen=True)
class Signed:
    """What was entered in the trail, and its head from then on."""

    entry: Entry
    head: Head


@dataclass(frozen=True)
class Months:
    """How the months stand, what of signed ones has changed since, and the head of the trail."""

    standings: Sequence[Standing]
    prior_period: Sequence[PriorPeriodItem]
    head: Head


def prepare(month: Month, by: Credentials, environ: Environ, clock: Clock | None = None) -> Signed:
    """Keep the month as it is now, for somebody else to approve.

    Raises:
        NotSignedIn, NotAllowed: when no preparer has signed in.
        NotSigned: with every reason why the month cannot be signed as it is.
        Foreseen: when the settings, the database or its schema do not allow it; nothing was done.
    """
    with _signed_in("prepare a month", by, environ, clock) as (at, person, terms):
        return _signed(at, signing.prepare(at.engine, _known(at, month), person, terms))


def approve(month: Month, by: Credentials, environ: Environ, clock: Clock | None = None) -> Signed:
    """Sign the month as somebody else has prepared it: no document dated in it is written to Zoho from then on.

    Raises:
        NotSignedIn, NotAllowed: when no approver has signed in.
        NotSigned: with every reason, also that the month is no longer as it was prepared.
        Foreseen: when the settings, the database or its schema do not allow it; nothing was done.
    """
    with _signed_in("approve a month", by, environ, clock) as (at, person, terms):
        return _signed(at, signing.approve(at.engine, _known(at, month), person, terms))


def reopen(month: Month, why: str, by: Credentials, environ: Environ, clock: Clock | None = None) -> Signed:
    """Open a signed month again; documents that were held back go with the next run.

    Raises:
        NotSignedIn, NotAllowed: when no approver has signed in.
        NotSigned: when it is not signed, or there is no reason.
        Foreseen: when the settings, the database or its schema do not allow it; nothing was done.
    """
    with _signed_in("reopen a month", by, environ, clock) as (at, person, _):
        return _signed(at, signing.reopen(at.engine, month, person, why))


def note(item_id: int, said: str, by: Credentials, environ: Environ, clock: Clock | None = None) -> str:
    """Say what is known of an item; it is signed with its month. Returns the item's label.

    Raises:
        NotSignedIn, NotAllowed: when neither a preparer, an approver nor an admin has signed in.
        NotNoted: when there is no such item, or nothing is said.
    """
    with _signed_in("note an item", by, environ, clock) as (at, person, _):
        return _noted(at, item_id, said, person)


def note_as(item_id: int, said: str, person: Person, environ: Environ) -> str:
    """Likewise of somebody who has signed in already, in the pages: a note is signed with its month, not by itself.

    Raises:
        NotAllowed: when he is neither a preparer, an approver nor an admin, as of now.
        NotNoted: when there is no such item, or nothing is said.
    """
    with opened("note an item", environ) as at:
        return _noted(at, item_id, said, person)


def months(by: Credentials, environ: Environ, clock: Clock | None = None) -> Months:
    """How the months stand, from the first open one to the last that is over, and those that were ever signed.

    Raises:
        NotSignedIn: when nobody has signed in.
        TrailAltered, SnapshotAltered: when nobody can tell.
    """
    with _signed_in("list months", by, environ, clock) as (at, _, terms), one_moment(at.engine) as connection:
        trail, all_open = read_trail(connection), open_months(at.sync)
        over = [month for month in all_open.between(all_open.first, all_open.last) if month.last_day < terms.today]
        standings = [trail.months.get(month, Standing(month)) for month in sorted({*over, *trail.months})]
        carrying = [each.month.plus(1) for each in standings if each.signed]
        prior = [item for month in carrying for item in prior_period_items(connection, month)]
        return Months(standings, prior, trail.head)


def verify(by: Credentials, environ: Environ, clock: Clock | None = None, *, printed: Sequence[str] = ()) -> Verified:
    """Look over every byte of trail and snapshots; `printed` are heads from workbooks and mails.

    Raises:
        NotSignedIn: when nobody has signed in.
        NoHead: when a printed head is none.
    """
    heads = [Head.parse(each) for each in printed]
    with _signed_in("verify the sign-off", by, environ, clock) as (at, _, _), one_moment(at.engine) as connection:
        return look_over(connection, heads)


def _noted(at: Opened, item_id: int, said: str, person: Person) -> str:
    with at.engine.begin() as connection:
        now = find(connection, person.name)
        now.require("note an item", *NOTING)
        return add_note(connection, item_id, said, now.name)


@contextmanager
def _signed_in(
    attempted: str, by: Credentials, environ: Environ, clock: Clock | None
) -> Iterator[tuple[Opened, Person, Terms]]:
    now = clock or SystemClock()
    settings = ReconciliationSettings.load(environ)
    with opened(attempted, environ) as at:
        person = sign_in(at.engine, by, now)
        yield at, person, Terms(settings.materiality, local_date(now.now()))


def _known(at: Opened, month: Month) -> Month:
    """A month that is open to the pipeline.

    Raises:
        NoSuchMonth: when it is not.
    """
    (known,) = open_months(at.sync).between(month, month)
    return known


def _signed(at: Opened, entry: Entry) -> Signed:
    with at.engine.connect() as connection:
        return Signed(entry, head_after(connection, entry))
