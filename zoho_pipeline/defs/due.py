"""Sensors for rows that can go by themselves: one for each reason, so that each can be switched off. Thin.

Each launches one run of the job `sync_urgently` for exactly these rows, and no other while that one is under way.
"""

from collections.abc import Callable

import dagster as dg

from zoho_pipeline.clock import shown
from zoho_pipeline.defs.urgent import STEP
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.recovery.due import Due, Why

LOOKS_EVERY_SECONDS = 60
ReadDue = Callable[[Why, dict[str, str] | None], Due]

NAMES = {
    Why.FAILED: "retry_failed_rows",
    Why.NEW: "send_new_rows",
    Why.STUCK: "take_over_stuck_rows",
    Why.UNBLOCKED: "follow_parents",
    Why.CORRECTED: "send_corrected_rows",
}
_DESCRIPTIONS = {
    Why.FAILED: "Tries failed rows again when their retry is due: three times, ever later, until they are parked.",
    Why.NEW: "Sends rows that nobody has looked at, once CircleTel's app has had its time for them; only of kinds that "
    "a backfill has brought up to the present, and from the months on that it covered without a gap.",
    Why.STUCK: "Takes over rows that have stood in `syncing` for over five minutes: what may have reached Zoho is "
    "looked for there before anything is sent.",
    Why.UNBLOCKED: "Sends rows that were blocked, once a parent of theirs has come into Zoho.",
    Why.CORRECTED: "Sends rows that were refused, parked or resolved, once their content has changed in CircleTel.",
}
_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def sensors(read_due: ReadDue, job: dg.JobDefinition) -> list[dg.SensorDefinition]:
    """All five, running from the start."""
    return [_sensor(why, read_due, job) for why in Why]


def _sensor(why: Why, read_due: ReadDue, job: dg.JobDefinition) -> dg.SensorDefinition:
    @dg.sensor(
        name=NAMES[why],
        job=job,
        minimum_interval_seconds=LOOKS_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=_DESCRIPTIONS[why],
    )
    def _look(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        mine = dg.RunsFilter(tags={"dagster/sensor_name": NAMES[why]}, statuses=_UNDER_WAY)
        if under_way := context.instance.get_runs(mine, limit=1):
            return dg.SkipReason(f"Run {under_way[0].run_id} is under way for earlier ones.")
        try:
            due = read_due(why, None)
        except Foreseen as error:
            return dg.SkipReason(str(error))
        return _request(due) if due.rows else dg.SkipReason(_nothing(due))

    return _look


def _request(due: Due) -> dg.RunRequest:
    only = {entity.value: ids for entity, ids in due.only.items()}
    return dg.RunRequest(
        run_key=due.key,
        run_config={"ops": {STEP: {"config": {"months": [], "only": only}}}},
        tags={"zoho_pipeline/due": due.why.value},
    )


def _nothing(due: Due) -> str:
    if due.next_at is not None:
        return f"No {due.why.what}; {due.failed_later} wait, the next until {shown(due.next_at)}."
    return f"No {due.why.what}."
