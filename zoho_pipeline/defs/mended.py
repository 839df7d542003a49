"""The sensor that turns months green whose rows have gone since the run that left them red. Thin.

It looks at what Dagster shows, so that it makes no difference how the rows went: by a sensor, a command or a page.
"""

from collections.abc import Callable, Iterator, Mapping

import dagster as dg

from zoho_pipeline.actions.incidents import note_mended
from zoho_pipeline.calendar import Month
from zoho_pipeline.defs.sensors import USUAL_SECONDS
from zoho_pipeline.defs.zoho import key_of
from zoho_pipeline.entities import PARENTS_FIRST, Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.recovery.months import Cell

Mended = Callable[[Mapping[Cell, str], dict[str, str] | None], list[Cell]]
"""`actions.mended.mended_months`."""


def show_mended_months(mended: Mended, every: int = USUAL_SECONDS) -> dg.SensorDefinition:
    """Reports a materialization for each of them, without a run."""

    @dg.sensor(
        name="show_mended_months",
        minimum_interval_seconds=every,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Turns a month green when single rows were all that it lacked, and all of them have gone since, "
        "or a person has resolved them.",
    )
    def _look(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            found = mended(dict(_red(context.instance)), None)
            note_mended(found, None)
        except Foreseen as error:
            return dg.SkipReason(str(error))
        if not found:
            return dg.SkipReason("No month was mended.")
        return dg.SensorResult(asset_events=[_materialization(*cell) for cell in found])

    return _look


def _red(instance: dg.DagsterInstance) -> Iterator[tuple[Cell, str]]:
    """The months that failed, each with the run that left it so."""
    for entity in PARENTS_FIRST:
        attempts = (
            instance.event_log_storage.get_latest_asset_partition_materialization_attempts_without_materializations(
                key_of(entity)
            )
        )
        runs = sorted({run_id for run_id, _ in attempts.values()})
        if runs:
            failed = dg.RunsFilter(run_ids=runs, statuses=[dg.DagsterRunStatus.FAILURE])
            ended = {run.run_id for run in instance.get_runs(failed)}
            yield from (((entity, Month.parse(month)), run) for month, (run, _) in attempts.items() if run in ended)


def _materialization(entity: Entity, month: Month) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(
        asset_key=key_of(entity),
        partition=month.key,
        description=f"{entity} {month}: the rows that kept it from being green have gone since.",
    )
