"""The table at the end: kinds of fault by entity, and what was found."""

from collections import defaultdict
from collections.abc import Sequence

from faults.playing import Played

COLUMNS = ("duplicate", "lost", "wrong link", "stateless", "mail", "money", "ineligible", "other")
_HEADS = ("dupl", "lost", "link", "state", "mail", "money", "inel", "other")


def table(runs: Sequence[Played]) -> str:
    """A line for each kind and entity."""
    groups: dict[tuple[bool, str, str], list[Played]] = defaultdict(list)
    for played in runs:
        groups[not played.run.kind.within, played.run.kind.name, played.run.entity].append(played)
    lines = [
        f"{'kind':42} {'entity':13} {'runs':>4} {' '.join(f'{head:>5}' for head in _HEADS)} {'calls/rec':>9} named"
    ]
    for (beyond, name, entity), group in sorted(groups.items()):
        counts = " ".join(f"{_count(group, column):5}" for column in COLUMNS)
        named = f"{sum(played.named for played in group):5}" if beyond else ""
        lines.append(f"{name:42} {entity:13} {len(group):4} {counts} {_calls(group):>9} {named}".rstrip())
    return "\n".join(lines)


def totals(runs: Sequence[Played]) -> str:
    """The whole campaign in a few sentences."""
    within = [played for played in runs if played.run.kind.within]
    beyond = [played for played in runs if not played.run.kind.within]
    kinds = {played.run.kind.name for played in runs}
    counts = ", ".join(f"{_count(within, column)} {head}" for column, head in zip(COLUMNS, COLUMNS, strict=True))
    records = sum(played.records for played in runs)
    named = sum(played.named for played in beyond)
    wanted = sum(_count(beyond, column) for column in ("duplicate", "wrong link"))
    return (
        f"{len(runs)} runs of {len(kinds)} kinds, {records} records.\n"
        f"Within the bounds ({len(within)} runs): {counts}.\n"
        f"Beyond the bounds ({len(beyond)} runs): {wanted} duplicates and wrong links, {named} of them named."
    )


def violations(runs: Sequence[Played]) -> list[str]:
    """A line for each finding within the bounds."""
    return [
        f"run {played.run.number} ({played.run.kind.name}, {played.run.entity}, {played.run.workers} workers): "
        f"{finding.kind}: {finding.story.strip().splitlines()[-1]}"
        for played in runs
        if played.run.kind.within
        for finding in played.findings
    ]


def _count(group: Sequence[Played], column: str) -> int:
    found = [finding.kind for played in group for finding in played.findings]
    return sum(kind == column or (column == "other" and kind not in COLUMNS) for kind in found)


def _calls(group: Sequence[Played]) -> str:
    records = sum(played.records for played in group)
    return f"{sum(played.calls for played in group) / records:.2f}" if records else "-"
