"""Looking the whole sign-off over: every byte of trail and snapshots, and whether the tables say what the trail says.

What no chain can show, a trail rewritten from its first entry on, is shown by a head that was printed before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from zoho_pipeline.people.register import listed, password_hashes
from zoho_pipeline.reconciliation.closing import tables
from zoho_pipeline.reconciliation.closing.canonical import sha256
from zoho_pipeline.reconciliation.closing.chain import Entry, Head, Kept, What, broken, contradicts
from zoho_pipeline.reconciliation.closing.entering import facts_of
from zoho_pipeline.reconciliation.closing.states import standings
from zoho_pipeline.reconciliation.closing.trail import read_head, read_kept
from zoho_pipeline.sync.tables import closed_months


@dataclass(frozen=True)
class Verified:
    """What was found; `faults` are sentences, the first altered entry first; none where all is as it was written."""

    head: Head
    entries: int
    snapshots: int
    faults: Sequence[str]


def verify(connection: Connection, printed: Sequence[Head] = ()) -> Verified:
    """Work all out anew, from the first entry on; `printed` are heads from workbooks and mails.

    The caller's transaction shows one moment, or an approval that comes in between looks like an alteration.
    """
    head, kept = read_head(connection), read_kept(connection)
    named = set(connection.execute(select(tables.snapshots.c.sha256)).scalars())
    if fault := broken(kept, head):
        return Verified(head, len(kept), len(named), [f"{_told(fault, kept)}."])
    entries = [Entry.read(each.content) for each in kept]
    faults = [
        *(f"{fault}." for each in printed if (fault := contradicts(each, kept))),
        *_snapshots(connection, entries, named),
        *_closed(connection, entries),
        *_people(connection, entries),
    ]
    return Verified(head, len(kept), len(named), faults)


def _told(fault: str, kept: Sequence[Kept]) -> str:
    return f"{fault[0].upper()}{fault[1:]}; {len(kept)} entries are there"


def _snapshots(connection: Connection, entries: Sequence[Entry], named: set[str]) -> Iterator[str]:
    of = tables.snapshots
    good: dict[str, bool] = {}
    for entry in entries:
        if (wanted := entry.facts.get("snapshot")) is None:
            continue
        if wanted not in good and wanted in named:
            content = connection.execute(select(of.c.content).where(of.c.sha256 == wanted)).scalar_one()
            good[wanted] = sha256(content) == wanted
        if not good.get(wanted, False):
            what = "was altered" if wanted in named else "is gone"
            yield f"The snapshot {wanted[:16]} of entry {entry.number} ({entry.facts['month']}, {entry.what}) {what}."
    for stray in sorted(named - {entry.facts.get("snapshot") for entry in entries}):
        yield f"There is a snapshot {stray[:16]} that no entry names: it was put in, or its hash was altered."


def _closed(connection: Connection, entries: Sequence[Entry]) -> Iterator[str]:
    by_trail: dict[str, datetime] = {
        month.key: each.approved.at for month, each in standings(entries).items() if each.signed and each.approved
    }
    of = closed_months.c
    kept: dict[str, datetime] = {row.month: row.closed_at for row in connection.execute(select(of.month, of.closed_at))}
    for month in sorted(by_trail.keys() | kept.keys()):
        if by_trail.get(month) != kept.get(month):
            signed = "signed" if month in by_trail else "not signed"
            yield f"{month} is {signed} by the trail, and the table closed_months says otherwise: it was altered."


def _people(connection: Connection, entries: Sequence[Entry]) -> Iterator[str]:
    """Roles and passwords that nobody was given by an admin."""
    by_trail = {entry.facts["id"]: entry for entry in entries if entry.what is What.PERSON}
    hashes = password_hashes(connection)
    kept = {person.id: facts_of(person, hashes[person.id]) for person in listed(connection)}
    for number in sorted(by_trail.keys() | kept.keys()):
        entry = by_trail.get(number)
        if entry is None:
            yield f"Person {number} ({kept[number]['name']}) was entered by no admin: the table people was altered."
        elif number not in kept:
            yield f"Person {number} of entry {entry.number} ({entry.facts['name']}) is gone from the table people."
        elif changed := [name for name, value in kept[number].items() if entry.facts.get(name) != value]:
            yield (
                f"Person {number} ({entry.facts['name']}) is not as entry {entry.number} says ({', '.join(changed)}): "
                "the table people was altered."
            )
