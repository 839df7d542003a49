"""The table at the end: kinds of fault by entity, and what was found. As text for people, and as JSON."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from faults.finder import to_be_named
from faults.playing import Played

COLUMNS = ("duplicate", "lost", "wrong link", "stateless", "mail", "money", "ineligible", "stray", "other")
_ERROR = re.compile(r"[\w.]+(Error|Exception|Unreachable|Refused)\b.*: ")
_HEADS = ("dupl", "lost", "link", "state", "mail", "money", "inel", "stray", "other")


def table(runs: Sequence[Played]) -> str:
    """A line for each kind and entity."""
    heads = " ".join(f"{head:>5}" for head in _HEADS)
    lines = [f"{'kind':42} {'entity':13} {'runs':>4} {'struck':>6} {'recs':>5} {'calls/rec':>9} {heads} named"]
    for (beyond, name, entity), group in sorted(_grouped(runs).items()):
        counts = " ".join(f"{_count(group, column):5}" for column in COLUMNS)
        named = f"{_named(group)}/{_to_name(group)}" if beyond else ""
        struck, records = sum(played.struck for played in group), sum(played.records for played in group)
        line = f"{name:42} {entity:13} {len(group):4} {struck:6} {records:5} {_calls(group):>9} {counts} {named:>5}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def totals(runs: Sequence[Played]) -> str:
    """The whole campaign in a few sentences."""
    within, beyond = _parted(runs)
    kinds = {played.run.kind.name for played in runs}
    counts = ", ".join(f"{_count(within, column)} {column}" for column in COLUMNS)
    return (
        f"{len(runs)} runs of {len(kinds)} kinds, {sum(played.records for played in runs)} records; the fault struck "
        f"in {sum(played.struck for played in runs)} of them.\n"
        f"Within the bounds ({len(within)} runs): {counts}.\n"
        f"Beyond the bounds ({len(beyond)} runs): {_to_name(beyond)} duplicates and wrong links, "
        f"{_named(beyond)} of them named."
    )


def violations(runs: Sequence[Played]) -> list[str]:
    """A line for each finding within the bounds, and for each beyond them that is not excused by being named."""
    return [
        f"run {played.run.number} ({played.run.kind.name}, {played.run.entity}, {played.run.workers} workers): {story}"
        for played in runs
        for story in _stories(played)
    ]


def never_struck(runs: Sequence[Played]) -> list[str]:
    """A line for each kind and entity whose fault did not strike in any run: nothing is known of it."""
    return [
        f"{name}, {entity}: the fault did not strike in {len(group)} runs ({_numbers(group)}), so they show nothing"
        for (_, name, entity), group in sorted(_grouped(runs).items())
        if not any(played.struck for played in group)
    ]


def as_json(runs: Sequence[Played]) -> dict[str, Any]:
    """Everything that is counted, by kind and entity, and all violations."""
    return {
        "runs": len(runs),
        "kinds": [
            {
                "kind": name,
                "entity": entity,
                "within": not beyond,
                "runs": len(group),
                "struck": sum(played.struck for played in group),
                "records": sum(played.records for played in group),
                "calls": sum(played.calls for played in group),
                "seconds": round(sum(played.seconds for played in group), 1),
                "findings": dict(Counter(finding.kind for played in group for finding in played.findings)),
                "to_be_named": _to_name(group) if beyond else None,
                "named": _named(group) if beyond else None,
            }
            for (beyond, name, entity), group in sorted(_grouped(runs).items())
        ],
        "violations": violations(runs),
        "stories": [
            {
                "run": played.run.number,
                "findings": [finding.story for finding in played.findings],
                "notes": played.notes,
            }
            for played in runs
            if _stories(played)
        ],
        "never_struck": never_struck(runs),
    }


def _stories(played: Played) -> list[str]:
    if played.run.kind.within:
        return [f"{finding.kind}: {_headline(finding.story)}" for finding in played.findings]
    stories = [
        f"{finding.kind}: {_headline(finding.story)}"
        for finding in played.findings
        if finding.kind in ("campaign", "crash", "stuck", "mail", "stateless")
    ]
    if unnamed := len(to_be_named(played.findings)) - played.named:
        stories.append(f"unnamed: {unnamed} duplicates or wrong links that the mirror does not name")
    return stories


def _headline(story: str) -> str:
    """The story, or of a traceback the error that it ends in."""
    lines = story.strip().splitlines()
    return next((line for line in reversed(lines) if _ERROR.match(line)), lines[-1])


def _grouped(runs: Sequence[Played]) -> dict[tuple[bool, str, str], list[Played]]:
    groups: dict[tuple[bool, str, str], list[Played]] = defaultdict(list)
    for played in runs:
        groups[not played.run.kind.within, played.run.kind.name, played.run.entity].append(played)
    return groups


def _parted(runs: Sequence[Played]) -> tuple[list[Played], list[Played]]:
    within = [played for played in runs if played.run.kind.within]
    return within, [played for played in runs if not played.run.kind.within]


def _count(group: Sequence[Played], column: str) -> int:
    found = [finding.kind for played in group for finding in played.findings]
    return sum(kind == column or (column == "other" and kind not in COLUMNS) for kind in found)


def _named(group: Sequence[Played]) -> int:
    return sum(played.named for played in group)


def _to_name(group: Sequence[Played]) -> int:
    return sum(len(to_be_named(played.findings)) for played in group)


def _numbers(group: Sequence[Played]) -> str:
    shown = ", ".join(str(played.run.number) for played in group[:5])
    return f"run {shown}{', ...' if len(group) > 5 else ''}"


def _calls(group: Sequence[Played]) -> str:
    records = sum(played.records for played in group)
    return f"{sum(played.calls for played in group) / records:.2f}" if records else "-"
