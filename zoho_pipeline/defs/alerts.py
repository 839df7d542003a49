"""Sensors for incidents: failed runs and failed checks become incidents, and people are told. Thin.

Ordinary sensors, not run status sensors: those go on past a run whose tick failed, and it would be lost. Here a tick
that failed is done again.
"""

from collections.abc import Callable

import dagster as dg

from zoho_pipeline.actions import incidents
from zoho_pipeline.clock import SystemClock
from zoho_pipeline.defs.ended_runs import Cursor, ended_since
from zoho_pipeline.defs.failed_checks import failed_checks
from zoho_pipeline.errors import Foreseen

CHECKS = "checks"
EVERY_SECONDS = 30
"""Between two looks at most: people are told soon."""


def sensors(every: int = EVERY_SECONDS) -> list[dg.SensorDefinition]:
    """All of them, running from the start."""
    found: list[tuple[str, Callable[[dg.SensorEvaluationContext], str], str]] = [
        (
            "note_failed_runs",
            _note_runs,
            "Opens an incident for a run that failed, and clears it when later runs have brought what it was to bring.",
        ),
        (
            "note_failed_checks",
            _note_checks,
            "Opens an incident for an asset check that failed as an error; clears it when it passes or warns.",
        ),
        (
            "note_rows",
            _note_rows,
            "Opens an incident for rows that need a person, one for each kind and cause; clears it when none is left.",
        ),
        (
            "note_zoho",
            _note_zoho,
            "Opens an incident when Zoho fails for everybody, or holds all calls up for long; clears it afterwards.",
        ),
        (
            "tell_people",
            _tell,
            "Raises incidents that nobody acknowledged in time, and sends what is to be told by mail, webhook and log.",
        ),
    ]
    return [_sensor(*each, min(every, EVERY_SECONDS)) for each in found]


def _note_runs(context: dg.SensorEvaluationContext) -> str:
    runs, cursor = ended_since(context.instance, Cursor.parse(context.cursor, SystemClock().now()))
    if runs:
        incidents.note_runs(runs, None)
    context.update_cursor(str(cursor))
    return f"{len(runs)} runs have ended, {sum(not run.succeeded for run in runs)} of them with a failure."


def _note_checks(context: dg.SensorEvaluationContext) -> str:
    assert context.repository_def is not None
    keys = sorted(context.repository_def.asset_graph.asset_check_keys, key=str)
    seen = incidents.observe(CHECKS, lambda: failed_checks(context.instance, keys), None)
    return f"{len(keys)} checks: {len(seen.opened)} incidents opened, {len(seen.cleared)} cleared."


def _note_rows(context: dg.SensorEvaluationContext) -> str:
    seen = incidents.note_rows(None)
    return f"Rows: {len(seen.opened)} incidents opened, {len(seen.cleared)} cleared, {seen.going_on} go on."


def _note_zoho(context: dg.SensorEvaluationContext) -> str:
    seen = incidents.note_zoho(None)
    return f"Zoho: {len(seen.opened)} incidents opened, {len(seen.cleared)} cleared, {seen.going_on} go on."


def _tell(context: dg.SensorEvaluationContext) -> str:
    return f"{incidents.tell(None)}."


def _sensor(
    name: str, look: Callable[[dg.SensorEvaluationContext], str], description: str, every: int
) -> dg.SensorDefinition:
    def tick(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        try:
            return dg.SkipReason(look(context))
        except Foreseen as error:
            return dg.SkipReason(str(error))

    return dg.SensorDefinition(
        name=name,
        evaluation_fn=tick,
        minimum_interval_seconds=every,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=description,
    )
