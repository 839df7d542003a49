"""What is said: a line a day, and a table at the end. As text for people, and as JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from simulation.evidence import TABLE, gather
from simulation.judge import Finding, Known, Verdict, judge
from simulation.running import Simulation
from simulation.telling import Messages, calm_days, heard, judge_messages, on_calm_days, read

STATES = ("synced", "blocked", "awaited", "refused", "parked", "before_zoho")
CALLS_A_DAY = 800
"""Zoho's usual 1 000 without the fifth that is left to CircleTel's app."""


@dataclass
class Report:
    """A simulation that has come to its end, judged."""

    seed: int
    days: int
    seconds: float
    verdict: Verdict
    messages: Messages
    calm: Sequence[datetime]
    calls: dict[date, int]
    most_calls: int
    struck: Counter[str]
    troubles: dict[str, int]
    answers: dict[str, int]
    """Calls by the HTTP status of their answer; 0 is none."""
    counted: dict[str, int]
    findings: list[Finding] = field(default_factory=list)

    @property
    def calls_per_record(self) -> float:
        """All calls of the run, lists included, by rows synced in the end."""
        return sum(self.calls.values()) / max(self.verdict.records, 1)


def judged(simulation: Simulation, seconds: float) -> Report:
    """Look at everything."""
    troubles = simulation.troubles
    known = Known(simulation.office.made, troubles.rests, troubles.gone, simulation.office.taken_as_it_is)
    verdict = judge(gather(simulation.stage), known)
    messages = judge_messages(read(simulation.stage), heard(simulation.stage), simulation.struck)
    calm = calm_days(simulation.begins, simulation.days, simulation.struck, troubles.spans)
    witness, counted, runs = simulation.witness, simulation.sensors.counted, simulation.sensors.runs
    most = witness.most_in_24_hours()
    findings = [
        *verdict.findings,
        *messages.findings,
        *on_calm_days(messages.incidents, calm),
        *(Finding("incident", story) for story in witness.wrong),
        *simulation.rounds.alarms,
    ]
    if most > CALLS_A_DAY:
        findings.append(Finding("budget", f"{most} calls within 24 hours, of {CALLS_A_DAY}"))
    return Report(
        seed=simulation.seed,
        days=simulation.days,
        seconds=seconds,
        verdict=verdict,
        messages=messages,
        calm=calm,
        calls=witness.calls_by_day(),
        most_calls=most,
        struck=Counter(fault.kind.name for fault in simulation.struck),
        troubles=troubles.planted,
        answers=dict(witness.answers),
        counted=vars(counted)
        | {"runs": runs.started, "failed runs": runs.failed}
        | {"looks checked": witness.looks, "acknowledged": simulation.operations.taken_on}
        | {"health looked at": simulation.rounds.looks},
        findings=findings,
    )


def day_line(simulation: Simulation, day: date, seconds: float) -> str:
    """One day, as it ends."""
    counts, runs = simulation.sensors.counted, simulation.sensors.runs
    calls = simulation.witness.calls_by_day().get(day, 0)
    faults = ", ".join(fault.kind.name for fault in simulation.active)
    return (
        f"{day} {seconds:6.0f} s  {counts.ticks:5} ticks {runs.started:5} runs {calls:4} calls"
        f"  {len(simulation.witness.wrong)} wrong  {faults}"
    ).rstrip()


def table(report: Report) -> str:
    """Where rows rest, what struck, what was told, and what is wrong."""
    standing = report.verdict.standing
    lines = [f"{'rows':14}" + "".join(f"{state:>12}" for state in STATES)]
    lines += [f"{kind:14}" + "".join(f"{standing[(kind, state)]:12}" for state in STATES) for kind in TABLE]
    messages = report.messages
    scopes = Counter(one.scope for one in messages.incidents)
    cleared = sum(one.cleared is not None for one in messages.incidents)
    by_scope = ", ".join(f"{count} {scope}" for scope, count in sorted(scopes.items()))
    sent = ", ".join(f"{count} by {channel}" for channel, count in messages.sent.items())
    lines += [
        "",
        f"faults: {report.struck.total()} ({_listed(report.struck)})",
        f"troubles with rows: {sum(report.troubles.values())} ({_listed(report.troubles)})",
        f"incidents: {len(messages.incidents)} ({by_scope}), {cleared} cleared, {messages.rises} rises",
        f"messages: {sent}; due on each channel: {messages.expected}",
        f"days on which nothing was wrong: {len(report.calm)}",
        _calls(report),
        ", ".join(f"{count} {name}" for name, count in report.counted.items()),
        f"{report.days} days with seed {report.seed} in {report.seconds:.0f} seconds: {len(report.findings)} findings",
        *(f"  {finding.kind}: {finding.story}" for finding in report.findings),
    ]
    return "\n".join(lines)


def as_json(report: Report) -> dict[str, Any]:
    """Everything that is counted, and all findings."""
    return {
        "seed": report.seed,
        "days": report.days,
        "seconds": round(report.seconds, 1),
        "rows": {kind: {state: report.verdict.standing[(kind, state)] for state in STATES} for kind in TABLE},
        "faults": dict(report.struck),
        "troubles": report.troubles,
        "incidents": [
            {
                "number": one.number,
                "scope": one.scope,
                "key": one.key,
                "opened": one.opened.isoformat(),
                "cleared": one.cleared.isoformat() if one.cleared else None,
                "events": list(one.events),
            }
            for one in report.messages.incidents
        ],
        "messages": report.messages.sent | {"due": report.messages.expected},
        "calm_days": len(report.calm),
        "calls": {str(day): calls for day, calls in sorted(report.calls.items())},
        "most_calls_in_24_hours": report.most_calls,
        "answers": report.answers,
        "calls_per_record": round(report.calls_per_record, 3),
        "counted": report.counted,
        "findings": [{"kind": finding.kind, "story": finding.story} for finding in report.findings],
    }


def _calls(report: Report) -> str:
    return (
        f"calls: {sum(report.calls.values())}, at most {report.most_calls} in 24 hours (of {CALLS_A_DAY}); "
        f"{report.calls_per_record:.2f} by row synced; answered {_listed(report.answers)} (times, status)"
    )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
