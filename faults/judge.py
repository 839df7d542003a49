"""The judge: CircleTel's tables against what Zoho holds. It shares no code with the sync.

Which row an object is for is told by what the object carries: a key of ours or of the app's, or the row's content where
it carries none. From there everything else follows: duplicates, lost rows, wrong links, wrong money, rows without a
next step, mails, and objects of rows that must not go.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from faults.contents import differences
from faults.court import Court, key_of
from faults.evidence import Row, gather
from faults.scene import Scene

TELLS_WHAT_IS_NEXT = frozenset(
    {"waiting", "blocked", "awaited", "failed", "refused", "parked", "resolved", "before_zoho", "not_eligible"}
)
NEEDS_A_REASON = frozenset({"blocked", "awaited", "failed", "refused", "parked"})


@dataclass(frozen=True)
class Finding:
    """Something that must not be: what kind of thing, its story, and the objects in Zoho it is about."""

    kind: str
    story: str
    objects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """All findings of a run, and what the run cost."""

    findings: list[Finding]
    records: int
    calls: int


def judge(scene: Scene, rests: frozenset[str]) -> Verdict:
    """The verdict on a run that has come to its end."""
    evidence = gather(scene)
    court = Court(scene, evidence, rests)
    findings = [finding for look in _LOOKS for finding in look(court)]
    records = sum(
        row.zoho_id is not None and row.id in scene.world.good for row in evidence.rows[scene.entity].values()
    )
    return Verdict(findings, records, len(evidence.calls))


def _duplicates(court: Court) -> Iterator[Finding]:
    for kind, owned in court.owners.items():
        for owner, things in owned.items():
            if len(things) > 1:
                ids = tuple(thing.id for thing in things)
                yield Finding("duplicate", f"{kind} row {owner} has {len(ids)} objects: {', '.join(ids)}", ids)


def _lost(court: Court) -> Iterator[Finding]:
    for row_id in court.scene.world.good:
        row = court.evidence.rows[court.scene.entity].get(row_id)
        if row is None or not row.eligible:
            continue
        if row.zoho_id is None and row.state not in court.allowed(row):
            yield Finding("lost", f"{row} is not linked, and rests in {row.state}: {row.reason}")
        elif row.state != "synced" and row.state not in court.allowed(row):
            yield Finding("lost", f"{row} is linked to {row.zoho_id}, and rests in {row.state}: {row.reason}")
    for row_id in court.scene.world.rests:
        row = court.evidence.rows[court.scene.entity].get(row_id)
        if row is not None and row.eligible and row.state not in court.allowed(row):
            yield Finding("lost", f"{row} cannot go, and rests in {row.state}: {row.reason}")


def _links(court: Court) -> Iterator[Finding]:
    for kind, rows in court.evidence.rows.items():
        holders: dict[str, str] = {}
        for row in rows.values():
            if row.zoho_id is None or row.zoho_id in court.scene.gone or row.zoho_id in court.scene.merged:
                continue
            thing = court.evidence.things[kind].get(row.zoho_id)
            if thing is None or thing.shown["deleted"]:
                yield Finding("wrong link", f"{row} points at {row.zoho_id}, which is not in Zoho", (row.zoho_id,))
                continue
            if other := holders.get(thing.id):
                yield Finding("wrong link", f"{row} and row {other} both point at {thing}", (thing.id,))
            holders[thing.id] = row.id
            owner = key_of(kind, thing, rows)
            if owner not in (None, row.id):
                yield Finding("wrong link", f"{row} points at {thing}, which is row {owner}'s", (thing.id,))
            if kind != "customers" and thing.customer != court.partner(row):
                yield Finding("wrong link", f"{row} points at {thing}, which is another customer's", (thing.id,))


def _next_steps(court: Court) -> Iterator[Finding]:
    yield from (Finding("stateless", f"an attempt of {name} is open for ever") for name in court.evidence.open_attempts)
    for rows in court.evidence.rows.values():
        for row in rows.values():
            if story := _without_next_step(row):
                yield Finding("stateless", f"{row} {story}")


def _without_next_step(row: Row) -> str | None:
    if row.status == "syncing":
        return f"is 'syncing' for ever ({row.state}: {row.reason})"
    if not row.eligible:
        return f"is not eligible, but {row.state}" if row.state in ("sending", "in_doubt") else None
    if row.state == "synced":
        whole = row.zoho_id is not None and row.status == "synced"
        return None if whole else f"is said to be synced, with id {row.zoho_id} and status {row.status}"
    if row.state is None:
        return None if row.zoho_id else "has no state at all"
    if row.state not in TELLS_WHAT_IS_NEXT:
        return f"rests in {row.state}"
    if row.state in NEEDS_A_REASON and not row.reason:
        return f"is {row.state} without a reason"
    return None


def _mails(court: Court) -> Iterator[Finding]:
    return (Finding("mail", f"a mail went out: {mail}") for mail in court.evidence.mails)


def _contents(court: Court) -> Iterator[Finding]:
    scene = court.scene
    by_people = bool(scene.gone or {"unapplied", "deleted", "taken back"} & set(scene.kept))
    for kind, rows in court.evidence.rows.items():
        for row in rows.values():
            things = court.owners[kind].get(row.id, [])
            if not row.eligible or row.state != "synced" or len(things) != 1 or row.id not in court.scene.world.good:
                continue
            for difference in differences(row, things[0], court.evidence, court.owners, by_people):
                yield Finding("money", f"{row}: {difference}", (things[0].id,))


def _not_to_go(court: Court) -> Iterator[Finding]:
    taken_back = court.scene.kept.get("taken back")
    for kind, rows in court.evidence.rows.items():
        for row in rows.values():
            things = court.owners[kind].get(row.id, [])
            if things and not row.eligible and row.id != taken_back:
                yield Finding("ineligible", f"{row} must not go, and {things[0]} was made for it", (things[0].id,))
            if things and row.state == "refused" and row.id in court.scene.world.rests and not row.zoho_id:
                yield Finding("ineligible", f"{row} was refused, and {things[0]} stands all the same", (things[0].id,))


def _strays(court: Court) -> Iterator[Finding]:
    """What the ledger says that the pipeline made, and that is no row's."""
    for call in court.evidence.calls:
        kind, zoho_id = str(call["kind"]), str(call["id"])
        if not (call["committed"] and call["method"] == "POST" and call["path"].endswith(f"/{kind}")):
            continue
        thing = court.evidence.things[kind].get(zoho_id) if kind in court.evidence.things else None
        if thing is None or not thing.alive or zoho_id in court.scene.gone or "deleted" in court.scene.kept:
            continue
        if court.owner_of(kind, zoho_id) not in court.evidence.rows[kind]:
            yield Finding("stray", f"{thing} was made by the pipeline, and is no row's", (zoho_id,))


_LOOKS = (_duplicates, _lost, _links, _next_steps, _mails, _contents, _not_to_go, _strays)
