"""Sensors: what starts by itself because something has come due. Thin; what is due is decided elsewhere."""

from collections.abc import Callable
from datetime import datetime

import dagster as dg

from zoho_pipeline.actions.unfinished import Open, Span, spans_due
from zoho_pipeline.clock import shown
from zoho_pipeline.defs.zoho import GROUP, key_of
from zoho_pipeline.errors import Foreseen

USUAL_SECONDS = 60
"""Between two looks of a sensor (ZOHO_SENSOR_SECONDS)."""
ReadOpen = Callable[[dict[str, str] | None], tuple[list[Open], datetime]]


def continue_unfinished(read_open: ReadOpen, every: int = USUAL_SECONDS) -> dg.SensorDefinition:
    """Goes on with months that a run left open when the day's calls were spent, or its hours were over."""

    @dg.sensor(
        name="continue_unfinished",
        target=dg.AssetSelection.groups(GROUP),
        minimum_interval_seconds=every,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Goes on with months that were left open because the day's API calls were spent, Zoho was down, "
        "or the hours for heavy work were over, as soon as they can go on.",
    )
    def _continue(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            left_open, now = read_open(None)
        except Foreseen as error:
            return dg.SkipReason(str(error))
        due = spans_due(left_open, now)
        if due:
            return dg.SensorResult(run_requests=[_request(span) for span in due])
        if left_open:
            soonest = min(one.resumes_at for one in left_open)
            return dg.SkipReason(f"{len(left_open)} months are open; they can go on at {shown(soonest)}.")
        return dg.SkipReason("No month was left open.")

    return _continue


def _request(span: Span) -> dg.RunRequest:
    """One run for the span; the moment in its key lets every later attempt be a run of its own."""
    kinds = "+".join(span.entities)
    return dg.RunRequest(
        run_key=f"{kinds} {span.first}..{span.last} {span.resumes_at.isoformat()}",
        asset_selection=[key_of(entity) for entity in span.entities],
        tags={
            "dagster/asset_partition_range_start": span.first.key,
            "dagster/asset_partition_range_end": span.last.key,
        },
    )
