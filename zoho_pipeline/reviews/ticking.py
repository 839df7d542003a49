"""What ticks a line of the runbook's checklists: from what was read to how the line stands. Pure."""

from collections.abc import Callable, Sequence

from zoho_pipeline.health.check import Component, Finding, HealthReport, Level
from zoho_pipeline.reviews.checklist import Evidence, Look, Mark, NotSeen, Ticked
from zoho_pipeline.reviews.paper import Review


def health(evidence: Evidence) -> Ticked:
    """By the whole health check."""
    report = evidence.health.get()
    sentence = (
        f"{report.level.upper()}: {len(report.findings) - len(report.amiss)} of {len(report.findings)} checks pass"
    )
    return _of_findings(report.amiss, f"{sentence}.", unseen=report.level is Level.UNKNOWN and not report.findings)


def dashboard(evidence: Evidence) -> Ticked:
    """The dashboard's figures are those of the checks of the rows; incidents stand beside them."""
    amiss = _amiss(evidence.health.get(), Component.SYNC)
    open_ones = [each for each in evidence.incidents.get() if each.cleared_at is None]
    nobody = [each for each in open_ones if each.acknowledged_at is None]
    found = _of_findings(amiss, f"Open incidents: {len(open_ones)}, without anybody on them: {len(nobody)}.")
    todo = tuple(f"Incident {each.id} (level {int(each.level)}): {each.title}. {each.advice}" for each in open_ones)
    return Ticked(Mark.FOUND, found.found, found.todo + todo) if todo else found


def no_failures(evidence: Evidence) -> Ticked:
    """By the rows that began to fail within 24 hours."""
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


def recent_activity(evidence: Evidence) -> Ticked:
    """By the checks of Zoho, of its lists, and of Dagster."""
    report = evidence.health.get()
    amiss = [
        each for part in (Component.ZOHO_API, Component.DAGSTER, Component.MIRROR) for each in _amiss(report, part)
    ]
    return _of_findings(amiss, "" if amiss else "Zoho, its lists and Dagster are well.")


def sync_rates(evidence: Evidence) -> Ticked:
    """By three targets of the week's review."""
    return _of_targets(evidence.weekly_sync.get(), "success_rate", "failed_syncs", "average_time")


def stale(evidence: Evidence) -> Ticked:
    """By what has stood as failed for long."""
    return _of_targets(evidence.weekly_sync.get(), "nothing_stale")


def zoho_side(evidence: Evidence) -> Ticked:
    """By how Zoho's lists agree with CircleTel's tables."""
    return _of_targets(evidence.weekly_sync.get(), "zoho_matches", "no_duplicates")


def reconciliation(evidence: Evidence) -> Ticked:
    """By how the month ties out, and whether it is signed."""
    closing = evidence.closing.get()
    if not closing.compared:
        todo = "The month was not compared: materialize reconciliation/… for it, mirror/… first (docs/finance.md)."
        return Ticked(Mark.UNSEEN, "The month was not compared since it is over.", (todo,))
    sign = () if closing.signed else ("Sign the month off once it ties out (docs/finance.md).",)
    sentence = f"{'It ties out' if closing.ties else 'It does not tie out'}; items for somebody: {closing.to_mend}."
    if closing.ties and not closing.to_mend:
        return Ticked(Mark.DONE if closing.signed else Mark.PERSON, sentence, sign)
    return Ticked(Mark.FOUND, sentence, ("Go through the items of reconciliation/tie_out: each has its advice.", *sign))


def review(which: Callable[[Evidence], Look[Review]]) -> Callable[[Evidence], Ticked]:
    """By all targets of that review."""

    def ticked(evidence: Evidence) -> Ticked:
        review = which(evidence).get()
        return _of_targets(review, *(each.name for each in review.targets))

    return ticked


def documentation(evidence: Evidence) -> Ticked:
    """By nobody but a person."""
    todo = "Update docs/runbook.md, contacts (ALERT_…) and thresholds (ZOHO_HEALTH_…) if anything has changed."
    return Ticked(Mark.PERSON, "Nobody but a person can tell what has changed.", (todo,))


def by_hand(todo: str) -> Callable[[Evidence], Ticked]:
    """By a person alone, with what is to be done."""
    return lambda _: Ticked(Mark.PERSON, "Only a person can.", (todo,))


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
