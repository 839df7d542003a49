"""Preparing, approving and reopening a month: what is read, what is decided, what is kept."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine, text

from zoho_pipeline.calendar import Month
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.people.person import Person, Role
from zoho_pipeline.people.register import find
from zoho_pipeline.reconciliation.closing import guards, keeping
from zoho_pipeline.reconciliation.closing.chain import Entry, Signer, What
from zoho_pipeline.reconciliation.closing.guards import NotSigned
from zoho_pipeline.reconciliation.closing.notes import Note, notes_on
from zoho_pipeline.reconciliation.closing.prior_period import carried_items, prior_period_items
from zoho_pipeline.reconciliation.closing.snapshot import Snapshot, differing, taken
from zoho_pipeline.reconciliation.closing.states import Standing
from zoho_pipeline.reconciliation.closing.trail import append, lock_trail, read_trail
from zoho_pipeline.reconciliation.reading import Item, MonthBooks, read_month
from zoho_pipeline.sync.closed import close_month, reopen_month


class MeanwhileSigned(Foreseen):
    """Somebody else has signed or reopened something at this very moment."""


@dataclass(frozen=True)
class Terms:
    """What the books are measured by: materiality in rand (or another item's currency), today in Johannesburg."""

    materiality: Decimal
    today: date


@dataclass(frozen=True)
class Reading:
    """A month, all as of one moment."""

    books: MonthBooks
    carried: Sequence[Item]
    notes: Sequence[Note]
    snapshot: Snapshot
    months: Mapping[Month, Standing]

    def against(self, terms: Terms) -> list[str]:
        """What is wrong with the month itself."""
        return guards.against_signing(self.books, self.carried, self.notes, terms.materiality, terms.today)


def prepare(engine: Engine, month: Month, by: Person, terms: Terms) -> Entry:
    """Keep the month as it is, for somebody else to approve.

    Raises:
        NotSigned: with every reason.
        NotAllowed, TrailAltered, SnapshotAltered, MeanwhileSigned: nothing was done.
    """
    reading = _read(engine, month, terms)
    with engine.begin() as connection:
        trail = lock_trail(connection)
        _require(connection, by, "prepare a month", Role.PREPARER)
        reasons = [*guards.against_preparing(trail.months, month), *reading.against(terms)]
        if reasons:
            raise NotSigned(month, "prepared", reasons)
        _require_same(month, "prepared", reading, trail.months)
        facts = {"month": month.key, "snapshot": keeping.keep(connection, reading.snapshot)}
        return append(connection, trail.head, What.PREPARED, Signer.of(by), facts)


def approve(engine: Engine, month: Month, by: Person, terms: Terms) -> Entry:
    """Sign it as it was prepared: it is closed from then on.

    Raises:
        NotSigned: with every reason, also if the month is no longer as it was prepared.
        NotAllowed, TrailAltered, SnapshotAltered, MeanwhileSigned: nothing was done.
    """
    reading = _read(engine, month, terms)
    with engine.begin() as connection:
        trail = lock_trail(connection)
        _require(connection, by, "approve a month", Role.APPROVER)
        if reasons := guards.against_approving(trail.months, month, by):
            raise NotSigned(month, "approved", reasons)
        _require_same(month, "approved", reading, trail.months)
        named = trail.months[month].snapshot or ""
        changed = differing(keeping.read(connection, named), reading.snapshot)
        moved = [f"It is not as it was prepared any more ({', '.join(changed)}): prepare it anew."] if changed else []
        if reasons := [*moved, *reading.against(terms)]:
            raise NotSigned(month, "approved", reasons)
        entry = append(connection, trail.head, What.APPROVED, Signer.of(by), {"month": month.key, "snapshot": named})
        close_month(connection, month, entry.at)
        return entry


def reopen(engine: Engine, month: Month, by: Person, why: str) -> Entry:
    """Open a signed month for changes again.

    Raises:
        NotSigned: when it is not signed, or there is no reason.
        NotAllowed, TrailAltered: nothing was done.
    """
    with engine.begin() as connection:
        trail = lock_trail(connection)
        _require(connection, by, "reopen a month", Role.APPROVER)
        if reasons := guards.against_reopening(trail.months, month, why):
            raise NotSigned(month, "reopened", reasons)
        reopen_month(connection, month)
        facts = {"month": month.key, "why": why.strip()}
        return append(connection, trail.head, What.REOPENED, Signer.of(by), facts)


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nothing changes while one reads; it asks nothing of the session."""
    with engine.begin() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        yield connection


def _read(engine: Engine, month: Month, terms: Terms) -> Reading:
    with one_moment(engine) as connection:
        months = read_trail(connection).months
        books = read_month(connection, month)
        prior = prior_period_items(connection, month)
        carried = carried_items(connection, prior)
        notes = notes_on(connection, [*books.items, *carried])
        return Reading(books, carried, notes, taken(books, prior, notes, terms.materiality), months)


def _require(connection: Connection, by: Person, attempted: str, role: Role) -> None:
    """By what is known of the person now: he may have been disabled since he signed in."""
    person = find(connection, by.name)
    person.require(attempted, role)
    person.require_own_password(attempted)


def _require_same(month: Month, attempted: str, reading: Reading, months: Mapping[Month, Standing]) -> None:
    if reading.months != months:
        raise MeanwhileSigned(
            f"{month} was not {attempted}: somebody has signed a month at this moment. Look, and do it again."
        )
