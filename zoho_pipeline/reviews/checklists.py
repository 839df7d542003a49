"""The runbook's checklists (R43) as data: each line's text, its row, and what ticks it. Pure.

A line that a machine can look at is ticked by what was found; what only a person can do stays theirs. What could not be
looked at is never ticked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from zoho_pipeline.alerts.incident import Incident
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.health.check import Component, Finding, HealthReport, Level
from zoho_pipeline.reviews.paper import Review

T = TypeVar("T")


class Mark(StrEnum):
    """How a line stands."""

    DONE = "done"
    FOUND = "found something"
    PERSON = "a person must do it"
    UNSEEN = "could not be looked at"

    @property
    def box(self) -> str:
        """As in the runbook's lists; only what is done is ticked."""
        return "[x]" if self is Mark.DONE else "[ ]"


class NotSeen(Foreseen):
    """What a line needs could not be read."""


@dataclass(frozen=True)
class Look(Generic[T]):
    """What was read, or why it could not be."""

    value: T | None = None
    why_not: str = ""

    def get(self) -> T:
        """What was read.

        Raises:
            NotSeen: saying why it was not.
        """
        if self.value is None:
            raise NotSeen(self.why_not)
        return self.value


@dataclass(frozen=True)
class Closing:
    """How the reconciliation of a month stands; `compared` says that all four kinds were, once the month was over."""

    compared: bool
    ties: bool
    to_mend: int
    signed: bool


@dataclass(frozen=True)
class Evidence:
    """All that a checklist is ticked from; what a list does not need is left out."""

    health: Look[HealthReport] = Look(why_not="The health check was not run.")
    failed_today: Look[dict[Entity, int]] = Look(why_not="Failures were not counted.")
    incidents: Look[Sequence[Incident]] = Look(why_not="Incidents were not read.")
    weekly_sync: Look[Review] = Look(why_not="The weekly review was not read.")
    closing: Look[Closing] = Look(why_not="The reconciliation was not read.")
    performance: Look[Review] = Look(why_not="The performance review was not read.")
    api_cost: Look[Review] = Look(why_not="The API cost review was not read.")
    security: Look[Review] = Look(why_not="The security review was not read.")


@dataclass(frozen=True)
class Ticked:
    """What a line says after the look."""

    mark: Mark
    found: str
    todo: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of a checklist: the runbook's words, its rows, and who ticks it."""

    text: str
    row: str
    tick: Callable[[Evidence], Ticked]

    def ticked(self, evidence: Evidence) -> Ticked:
        """The tick; a look that failed is told, with what to do about it."""
        try:
            return self.tick(evidence)
        except NotSeen as error:
            return Ticked(Mark.UNSEEN, str(error), (f"{self.text}: by hand, for it could not be looked at. {error}",))


@dataclass(frozen=True)
class Checklist:
    """A list with every line ticked or not. `name` is that of the file and asset; `day` is the day of the run."""

    name: str
    title: str
    about: str
    day: date
    lines: Sequence[tuple[Line, Ticked]]
    note: str = ""

    @property
    def todo(self) -> tuple[str, ...]:
        """What a person must do: one list, each thing once."""
        return tuple(dict.fromkeys(each for _, ticked in self.lines for each in ticked.todo))

    def count(self, mark: Mark) -> int:
        """Lines that stand so."""
        return sum(ticked.mark is mark for _, ticked in self.lines)


def tick(lines: Sequence[Line], evidence: Evidence) -> list[tuple[Line, Ticked]]:
    """Every line with its tick."""
    return [(line, line.ticked(evidence)) for line in lines]


def _health(evidence: Evidence) -> Ticked:
    report = evidence.health.get()
    sentence = (
        f"{report.level.upper()}: {len(report.findings) - len(report.amiss)} of {len(report.findings)} checks pass"
    )
    return _of_findings(report.amiss, f"{sentence}.", unseen=report.level is Level.UNKNOWN and not report.findings)


def _dashboard(evidence: Evidence) -> Ticked:
    """The dashboard's figures are those of the checks of the rows; incidents stand beside them."""
    amiss = _amiss(evidence.health.get(), Component.SYNC)
    open_ones = [each for each in evidence.incidents.get() if each.cleared_at is None]
    nobody = [each for each in open_ones if each.acknowledged_at is None]
    found = _of_findings(amiss, f"{len(open_ones)} incidents are open, {len(nobody)} without anybody on them.")
    todo = tuple(f"Incident {each.id} (level {int(each.level)}): {each.title}. {each.advice}" for each in open_ones)
    return Ticked(Mark.FOUND, found.found, found.todo + todo) if todo else found


def _no_failures(evidence: Evidence) -> Ticked:
    failed = evidence.failed_today.get()
    counts = ", ".join(
        f"{count} {entity if count > 1 else entity.singular}" for entity, count in failed.items() if count
    )
    if not counts:
        return Ticked(Mark.DONE, "No row began to fail in the last 24 hours.")
    return Ticked(
        Mark.FOUND,
        f"In the last 24 hours began to fail: {counts}.",
        (f"Failed in the last 24 hours: {counts}. `zoho-pipeline retry-failed --dry-run` says why and what to do.",),
    )


def _recent_activity(evidence: Evidence) -> Ticked:
    report = evidence.health.get()
    amiss = [
        each for part in (Component.ZOHO_API, Component.DAGSTER, Component.MIRROR) for each in _amiss(report, part)
    ]
    return _of_findings(amiss, "" if amiss else "Zoho, its lists and Dagster are well.")


def _sync_rates(evidence: Evidence) -> Ticked:
    return _of_targets(evidence.weekly_sync.get(), "success_rate", "failed_syncs", "average_time")


def _stale(evidence: Evidence) -> Ticked:
    return _of_targets(evidence.weekly_sync.get(), "nothing_stale")


def _zoho_side(evidence: Evidence) -> Ticked:
    return _of_targets(evidence.weekly_sync.get(), "zoho_matches", "no_duplicates")


def _reconciliation(evidence: Evidence) -> Ticked:
    closing = evidence.closing.get()
    if not closing.compared:
        todo = "The month was not compared: materialize reconciliation/… for it, mirror/… first (docs/finance.md)."
        return Ticked(Mark.UNSEEN, "The month was not compared since it is over.", (todo,))
    sign = () if closing.signed else ("Sign the month off once it ties out (docs/finance.md).",)
    sentence = f"{'It ties out' if closing.ties else 'It does not tie out'}; {closing.to_mend} items wait for somebody."
    if closing.ties and not closing.to_mend:
        return Ticked(Mark.DONE if closing.signed else Mark.PERSON, sentence, sign)
    return Ticked(Mark.FOUND, sentence, ("Go through the items of reconciliation/tie_out: each has its advice.", *sign))


def _review(which: Callable[[Evidence], Look[Review]]) -> Callable[[Evidence], Ticked]:
    def ticked(evidence: Evidence) -> Ticked:
        review = which(evidence).get()
        return _of_targets(review, *(each.name for each in review.targets))

    return ticked


def _documentation(evidence: Evidence) -> Ticked:
    todo = "Update docs/runbook.md, contacts (ALERT_…) and thresholds (ZOHO_HEALTH_…) if anything has changed."
    return Ticked(Mark.PERSON, "Nobody but a person can tell what has changed.", (todo,))


def _by_hand(todo: str) -> Callable[[Evidence], Ticked]:
    return lambda _: Ticked(Mark.PERSON, "Only a person can.", (todo,))


DAILY = (
    Line("Run health check script", "R1", _health),
    Line("Review admin dashboard", "R2, R3", _dashboard),
    Line("Check for failed syncs (should be 0)", "R4", _no_failures),
    Line("Verify recent sync activity", "R3", _recent_activity),
)
WEEKLY = (
    Line("Detailed health check with --detailed flag", "R5", _health),
    Line("Review sync success rates", "R6, R7", _sync_rates),
    Line("Clean up stale failures", "R9", _stale),
    Line("Verify ZOHO dashboard matches database", "R8", _zoho_side),
)
MONTHLY = (
    Line("Full data reconciliation", "R12", _reconciliation),
    Line("Performance metrics review", "R13", _review(lambda evidence: evidence.performance)),
    Line("Cost analysis", "R14", _review(lambda evidence: evidence.api_cost)),
    Line("Security audit", "R15", _review(lambda evidence: evidence.security)),
    Line("Update documentation if needed", "R43", _documentation),
)
QUARTERLY = (
    Line("Review the runbook against what was done this quarter", "R44", _by_hand(
        "Go through docs/runbook.md: does every command, asset and sentence still hold? Correct it."
    )),
    Line("Review contacts and response times", "R39, R44", _by_hand(
        "See that ALERT_LEVEL_1_CONTACT to ALERT_LEVEL_3_CONTACT still reach the right people."
    )),
    Line("Review thresholds and limits", "R44", _by_hand(
        "See with `zoho-pipeline verify-env` that ZOHO_HEALTH_…, ZOHO_MAX_…_PER_DAY and ZOHO_CALLS_… still fit."
    )),
    Line("Set the date of the next review", "R44", _by_hand(
        "Enter date and version of this review in docs/runbook.md."
    )),
)  # fmt: skip


def _amiss(report: HealthReport, component: Component) -> list[Finding]:
    return [each for each in report.amiss if each.component is component]


def _of_findings(amiss: Sequence[Finding], sentence: str, *, unseen: bool = False) -> Ticked:
    if unseen:
        raise NotSeen("No health check could look.")
    if not amiss:
        return Ticked(Mark.DONE, sentence)
    blind = all(each.level is Level.UNKNOWN for each in amiss)
    found = "; ".join(f"{each.key}: {each.found.rstrip('.')}" for each in amiss)
    todo = tuple(f"{each.key}: {each.advice}" for each in amiss if each.advice)
    return Ticked(Mark.UNSEEN if blind else Mark.FOUND, f"{sentence} {found}.".lstrip(), todo)


def _of_targets(review: Review, *names: str) -> Ticked:
    targets = [review.target(name) for name in names]
    sentence = " ".join(each.sentence for each in targets if each.met is not True) or " ".join(
        each.sentence for each in targets
    )
    todo = tuple(dict.fromkeys(each.todo for each in targets if each.met is not True and each.todo))
    if any(each.met is False for each in targets):
        return Ticked(Mark.FOUND, sentence, todo)
    return Ticked(Mark.UNSEEN if any(each.met is None for each in targets) else Mark.DONE, sentence, todo)
