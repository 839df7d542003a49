"""The registry: every check there is, and what each says of the facts. Pure."""

from functools import cache

from zoho_pipeline.health.check import Check, Finding, Level, Verdict, worst_first
from zoho_pipeline.health.checks import api, integrity, outside, sends, sync
from zoho_pipeline.health.facts import Facts, NotSeen
from zoho_pipeline.health.settings import HealthSettings

LIVE = "zoho"
"""The part of the facts that costs calls."""
COULD_NOT_LOOK = "See what keeps it from looking; a check that could not look is no pass."


@cache
def registry() -> tuple[Check, ...]:
    """All checks, in the order in which they are shown."""
    return (*sync.checks(), *sends.checks(), *integrity.checks(), *outside.checks(), *api.checks(), *api.live())


def judged(facts: Facts, settings: HealthSettings) -> tuple[Finding, ...]:
    """A finding for each check, the worst first; those that ask Zoho are left out where it was not to be asked."""
    wanted = [check for check in registry() if check.part != LIVE or facts.zoho is not None]
    return worst_first([_finding(check, facts, settings) for check in wanted])


def _finding(check: Check, facts: Facts, settings: HealthSettings) -> Finding:
    part = getattr(facts, check.part)
    if isinstance(part, NotSeen):
        verdict = Verdict(Level.UNKNOWN, f"Nobody could look: {part.reason}", advice=COULD_NOT_LOOK)
    else:
        verdict = check.look(part, settings)
    return Finding(
        check.name,
        check.component,
        check.entity,
        verdict.level,
        verdict.found,
        "" if verdict.level is Level.HEALTHY else verdict.advice or check.advice,
        verdict.value,
        check.threshold(settings),
        verdict.examples,
        check.row,
    )
