"""The judge of messages: what arrived by mail, webhook and log against the timeline, and that against the world."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulation.judge import Finding
from simulation.kinds import KINDS, Told
from simulation.plan import Fault, unbroken
from simulation.stage import Stage

_SUBJECT = re.compile(r"Incident (\d+|without a number) has (opened|risen|cleared)")
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Span = tuple[datetime, datetime]
Heard = tuple[str, str]
"""A message's first line, and the text that holds the id by which a repetition is known."""
HAPPENED = {"opened": "opened", "raised": "risen", "cleared": "cleared"}
WITHOUT_NUMBER = "without a number"
LEDGER = "ledger"
AFTERWARDS = timedelta(hours=24)
"""So long after trouble an incident may still open of it: retries are used up, a morning's backfill fails."""
NOTICED_AFTER = timedelta(minutes=15)
"""An outage of the database that is shorter may fall between two looks."""


@dataclass(frozen=True)
class Incident:
    """One of the ledger's."""

    number: int
    scope: str
    key: str
    opened: datetime
    cleared: datetime | None
    opened_on: int
    level: int
    events: tuple[str, ...]

    def __str__(self) -> str:
        return f"incident {self.number} ({self.scope}: {self.key})"


@dataclass(frozen=True)
class Messages:
    """What came of it: findings, and figures by channel."""

    findings: list[Finding]
    incidents: Sequence[Incident]
    rises: int
    sent: dict[str, int]
    expected: int


def judge_messages(
    incidents: Sequence[Incident], heard: Mapping[str, Sequence[Heard]], faults: Sequence[Fault]
) -> Messages:
    """The verdict on everything that people were told."""
    wanted = _wanted(incidents)
    findings = [
        *(finding for channel, texts in heard.items() for finding in _count(channel, texts, wanted)),
        *_timelines(incidents),
        *_opened_twice(incidents),
        *_of_faults(incidents, faults),
    ]
    rises = sum(one.events.count("raised") for one in incidents)
    return Messages(findings, incidents, rises, {name: len(texts) for name, texts in heard.items()}, wanted.total())


def read(stage: Stage) -> list[Incident]:
    """All incidents, with what happened to them."""
    events: defaultdict[int, list[Any]] = defaultdict(list)
    for row in stage.query("SELECT incident_id, kind, level FROM zoho_pipeline.incident_events ORDER BY id"):
        events[row.incident_id].append(row)
    return [
        Incident(
            row.id, row.scope, row.key, row.opened_at, row.cleared_at, events[row.id][0].level, row.level,
            tuple(event.kind for event in events[row.id]),
        )
        for row in stage.query("SELECT * FROM zoho_pipeline.incidents ORDER BY id")
    ]  # fmt: skip


def calm_days(begins: datetime, days: int, faults: Sequence[Fault], troubles: Sequence[Span]) -> list[datetime]:
    """The days (by their beginning) on which nothing went wrong or was mended, nor the day before."""
    spans = [(fault.begins, fault.ends) for fault in faults] + list(troubles)
    starts = [begins + timedelta(days=number) for number in range(1, days)]
    return [
        start
        for start in starts
        if all(end + AFTERWARDS < start or begin > start + timedelta(days=1) for begin, end in spans)
    ]


def on_calm_days(incidents: Sequence[Incident], calm: Sequence[datetime]) -> list[Finding]:
    """Incidents that opened although nothing was wrong."""
    return [
        Finding("calm", f"{one} opened at {one.opened:%Y-%m-%d %H:%M}, a day without faults")
        for one in incidents
        for start in calm
        if start <= one.opened < start + timedelta(days=1)
    ]


def heard(stage: Stage) -> dict[str, list[Heard]]:
    """Every message that arrived, by channel."""
    mails = [(str(mail["Subject"]), str(mail["Message-ID"])) for mail in stage.mail.mails]
    posts = [(text.split("\n", 1)[0], text.rsplit("\n", 1)[-1]) for text in stage.hook.texts]
    lines = [(line.split("\n", 1)[0], line) for line in stage.spoken.lines]
    return {"mail": mails, "webhook": posts, "log": lines}


def _wanted(incidents: Sequence[Incident]) -> Counter[tuple[str, str]]:
    """One at opening, one for each rise, one at clearing; the ledger's own incidents have no number."""
    wanted: Counter[tuple[str, str]] = Counter()
    for one in incidents:
        number = WITHOUT_NUMBER if one.scope == LEDGER else str(one.number)
        wanted.update((number, HAPPENED[event]) for event in one.events if event in HAPPENED)
    return wanted


def _count(channel: str, texts: Sequence[Heard], wanted: Counter[tuple[str, str]]) -> Iterator[Finding]:
    told: Counter[tuple[str, str]] = Counter()
    ids: Counter[str] = Counter()
    for subject, identity in texts:
        if not (found := _SUBJECT.search(subject)):
            yield Finding("message", f"{channel}: nobody knows what {subject!r} is about")
            continue
        told[found[1], found[2]] += 1
        ids.update(_UID.findall(identity))
    for (number, happened), times in (told - wanted).items():
        yield Finding("message", f"{channel}: {times} too many that incident {number} has {happened}")
    for (number, happened), times in (wanted - told).items():
        yield Finding("message", f"{channel}: {times} missing that incident {number} has {happened}")
    for uid, times in ids.items():
        if times > 1:
            yield Finding("message", f"{channel}: message {uid} came {times} times")


def _timelines(incidents: Sequence[Incident]) -> Iterator[Finding]:
    for one in incidents:
        counts = Counter(one.events)
        whole = one.events[0] == "opened" and counts["opened"] == 1 and counts["cleared"] == (one.cleared is not None)
        rose, rises = one.level - one.opened_on, counts["raised"]
        if not whole or rises > rose or bool(rises) != (rose > 0):
            yield Finding("timeline", f"{one}: level {one.opened_on} to {one.level} by {', '.join(one.events)}")


def _opened_twice(incidents: Sequence[Incident]) -> Iterator[Finding]:
    """At once, or anew in the very look in which it was cleared."""
    latest: dict[tuple[str, str], Incident] = {}
    for one in incidents:
        before = latest.get((one.scope, one.key))
        if before is not None and (before.cleared is None or one.opened <= before.cleared):
            yield Finding("twice", f"{one} opened while incident {before.number} of the same was open")
        latest[one.scope, one.key] = one


def _of_faults(incidents: Sequence[Incident], faults: Sequence[Fault]) -> Iterator[Finding]:
    """One fault that strikes without a break is one incident, and is told where it has to be."""
    for told in {kind.told for kind in KINDS if kind.told is not None}:
        mine = [one for one in incidents if told.is_told_by(one.scope, one.key)]
        for begins, ends in unbroken([fault for fault in faults if fault.kind.told == told]):
            yield from _of_span(told, mine, begins, ends)


def _of_span(told: Told, mine: Sequence[Incident], begins: datetime, ends: datetime) -> Iterator[Finding]:
    span = f"from {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M}"
    opened = Counter(one.key for one in mine if begins <= one.opened <= ends)
    for key, times in opened.items():
        if times > 1:
            yield Finding("twice", f"{told.scope}: {key} opened {times} times {span}")
    seen = any(one.opened <= ends and (one.cleared is None or one.cleared >= begins) for one in mine)
    if told.always and not seen and ends - begins > NOTICED_AFTER:
        yield Finding("untold", f"nobody was told of {told.scope} {span}")
